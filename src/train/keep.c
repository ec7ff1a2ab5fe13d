/* SPDX-License-Identifier: Apache-2.0 */
/* keep.c - checkpoints, and the model file.
 *
 * A checkpoint is a model file with more in it: the optimiser's slots, the
 * states of schedule, clip and constraints, the moving average, the figures
 * of the stages that are over, and the position. What is drawn at random
 * needs no state: it is a function of seed, epoch and step. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/finite.h"
#include "train/care.h"

static mien_tensor row(const char *name, mien_dtype type, void *data,
                       size_t count) {
    mien_tensor t = {
        .name = name, .dtype = type, .rank = 1, .shape = {count}, .data = data};
    mien_tensor_measure(&t);
    return t;
}

int mien_trainer_state(mien_trainer *t, mien_tensor *out) {
    int n = mien_updater_state(&t->update, out);
    if (t->average)
        out[n++] =
            row("average/values", MIEN_F32, t->average, t->net->weights.size);
    out[n++] = row("stages/figures", MIEN_F64, t->stage_figures,
                   2 * (size_t)t->recipe.n_stages);
    return n + mien_care_state(t, out + n);
}

mien_status mien_trainer_check_state(const mien_tensor *list, int n) {
    for (int i = 0; i < n; i++) {
        if (list[i].dtype != MIEN_F32) continue;
        const size_t count = mien_tensor_count(&list[i]);
        if (mien_first_bad(list[i].data, count) < count)
            return mien_fail(MIEN_EDIAGNOSIS,
                             "'%s' holds a value that is not "
                             "finite: such state is never saved",
                             list[i].name);
    }
    return MIEN_OK;
}

/* Keep the newest `keep` epoch checkpoints beside the last one. */
static mien_status keep_epoch(const mien_trainer *t) {
    char path[MIEN_PATH_ROOM + 32];
    const long long epoch = t->at.epoch, keep = t->recipe.train.keep;
    if (!keep || t->at.batch) return MIEN_OK;
    snprintf(path, sizeof path, "%s/epoch-%04lld.safetensors", t->folder,
             epoch - keep);
    if (epoch > keep) MIEN_TRY(mien_file_remove(path));
    snprintf(path, sizeof path, "%s/epoch-%04lld.safetensors", t->folder,
             epoch);
    return mien_file_link(t->checkpoint, path);
}

mien_status mien_trainer_write_state(const char *path, const mien_trainer *t,
                                     const mien_snapshot *state,
                                     const char *reason) {
    mien_arena arena = {0};
    char *position;
    mien_status status = mien_trainer_check_state(state->tensors, state->n);
    if (status == MIEN_OK)
        status = mien_position_emit(&position, &arena, &state->at);
    if (status == MIEN_OK) {
        const mien_meta metas[] = {{MIEN_POSITION_KEY, position},
                                   {"reason", reason}};
        const mien_model_extra extra = {state->tensors, state->n, metas,
                                        reason ? 2 : 1};
        status =
            mien_model_write(path, t->net, state->values, &t->card, &extra);
    }
    mien_arena_close(&arena);
    return status;
}

mien_status mien_trainer_save(mien_trainer *t) {
    mien_run_log_flush(&t->log);
    t->at.log_bytes = t->log.bytes;
    mien_care_flush(t);
    mien_snapshot now = {.at = t->at, .values = t->net->weights.values};
    now.n = mien_trainer_state(t, now.tensors);
    const mien_status status =
        mien_trainer_write_state(t->checkpoint, t, &now, NULL);
    if (status == MIEN_OK) return keep_epoch(t);
    if (status == MIEN_ENOSPACE && mien_file_exists(t->checkpoint))
        return mien_fail_in(status,
                            "the checkpoint does not fit on the disk; "
                            "the one before it is kept, make room and go on "
                            "with --resume");
    return mien_fail_in(status, "saving a checkpoint");
}

/* What watches, and the clip that is the doctor's and not the recipe's: health
 * may have been off before. */
static bool may_begin_anew(const mien_trainer *t, const char *name) {
    return !strncmp(name, "health/", 7) ||
           (!strcmp(name, "clip/state") && !t->recipe.stages[t->at.stage].clip);
}

/* Copy a tensor of the file over the trainer's; both must agree. */
static mien_status fill(const mien_trainer *t, const mien_tensor *to,
                        const mien_safetensors *file) {
    char want[MIEN_TENSOR_TEXT], got[MIEN_TENSOR_TEXT] = "not there";
    const mien_tensor *from = mien_safetensors_find(file, to->name);
    if (!from && may_begin_anew(t, to->name)) return MIEN_OK;
    if (from && from->dtype == to->dtype && from->bytes == to->bytes) {
        memcpy((void *)to->data, from->data, to->bytes);
        return MIEN_OK;
    }
    mien_tensor_describe(want, to);
    if (from) mien_tensor_describe(got, from);
    return mien_fail(MIEN_ESHAPE,
                     "%s: '%s' is %s, this recipe needs %s: was "
                     "it changed since?",
                     t->checkpoint, to->name, got, want);
}

/* The same network and loss, or nothing can be continued. */
static mien_status check_same(const mien_trainer *t,
                              const mien_safetensors *file) {
    const struct {
        const char *key, *now;
        bool must;
    } facts[] = {{"model", t->card.model, true},
                 {"loss", t->card.loss, true},
                 {"data_hash", t->card.data_hash, false},
                 {"teacher_hash", t->card.teacher_hash, false},
                 {"recipe_hash", t->card.recipe_hash, false}};
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        const char *then = mien_safetensors_meta(file, facts[i].key);
        const char *now = facts[i].now;
        if (!strcmp(then ? then : "", now ? now : "")) continue;
        if (facts[i].must)
            return mien_fail(MIEN_EINVAL,
                             "%s was made with another section "
                             "'%s' than %s has now",
                             t->checkpoint, facts[i].key, t->recipe.path);
        mien_warn(
            "%s: %s is not what it was when the checkpoint was saved; "
            "going on, but not as an uninterrupted run would",
            t->recipe.path, facts[i].key);
    }
    return MIEN_OK;
}

static mien_status read_position(mien_trainer *t,
                                 const mien_safetensors *file) {
    const char *text = mien_safetensors_meta(file, MIEN_POSITION_KEY);
    if (!text)
        return mien_fail(MIEN_EFORMAT,
                         "%s is no checkpoint: it has no "
                         "position",
                         t->checkpoint);
    MIEN_TRY(mien_position_parse(&t->at, text, t->checkpoint));
    if (t->at.stage >= t->recipe.n_stages || t->at.batch > t->source->batches)
        return mien_fail(MIEN_EINVAL,
                         "%s: its position, stage %lld, epoch "
                         "%lld, batch %lld, is not in this recipe",
                         t->checkpoint, (long long)t->at.stage + 1,
                         (long long)t->at.epoch + 1, (long long)t->at.batch);
    return MIEN_OK;
}

static mien_status restore_from(mien_trainer *t, const mien_safetensors *file) {
    mien_tensor state[MIEN_TRAINER_TENSORS];
    const char *start = mien_safetensors_meta(file, "start_hash");
    MIEN_TRY(check_same(t, file));
    if (start) {
        snprintf(t->start_hash, sizeof t->start_hash, "%s", start);
        t->card.start_hash = t->start_hash;
    }
    MIEN_TRY(read_position(t, file));
    if (t->at.stage > 0) {
        const mien_updater_plan plan = mien_trainer_plan(t, (int)t->at.stage);
        mien_updater_close(&t->update);
        MIEN_TRY(mien_updater_open(&t->update, &plan));
    }
    MIEN_TRY(
        mien_model_copy(t->net->weights.values, t->net, file, t->checkpoint));
    const int n = mien_trainer_state(t, state);
    for (int i = 0; i < n; i++) MIEN_TRY(fill(t, &state[i], file));
    return mien_trainer_check_state(state, n);
}

mien_status mien_trainer_restore(mien_trainer *t) {
    mien_safetensors *file;
    if (!mien_file_exists(t->checkpoint))
        return mien_fail(MIEN_ENOTFOUND, "nothing to resume: there is no %s",
                         t->checkpoint);
    MIEN_TRY(mien_safetensors_open(&file, t->checkpoint, true));
    const mien_status status = restore_from(t, file);
    mien_safetensors_close(file);
    return status;
}

static mien_status write_swapped(mien_trainer *t) {
    MIEN_TRY(mien_known_answer(t->answer, &t->card.n_answer, t->check));
    return mien_model_write(t->model, t->net, t->net->weights.values, &t->card,
                            NULL);
}

mien_status mien_trainer_write_model(mien_trainer *t) {
    mien_trainer_swap(t);
    const mien_status status = write_swapped(t);
    mien_trainer_swap(t);
    t->card.n_answer = 0; /* a checkpoint carries none */
    return status;
}

mien_status mien_trainer_read_model(mien_trainer *t) {
    mien_safetensors *file;
    MIEN_TRY(mien_safetensors_open(&file, t->model, true));
    const mien_status status =
        mien_model_copy(t->net->weights.values, t->net, file, t->model);
    mien_safetensors_close(file);
    return status;
}
