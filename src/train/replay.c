/* SPDX-License-Identifier: Apache-2.0 */
/* replay.c - make the steps of a run again, up to one that is examined.
 *
 * A step is a function of the state before it, the recipe and the data; the
 * threads do not matter. What the doctor did in between is repeated from what
 * the run's logs say: batches that were passed over, ways back. The trainer is
 * a quiet one: nothing is written into the run folder. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "mien/health.h"
#include "train/locate.h"
#include "train/loss_scale.h"
#include "train/replay_past.h"
#include "train/ring.h"

enum { MAX_TEXT = 65536 };

struct mien_replay {
    mien_arena arena;
    mien_replay_summary summary;
};

typedef struct replaying {
    mien_replay *out;
    const char *run;
    mien_replay_past past;
    mien_trainer t;
    mien_ring *ring; /* NULL: nothing to go back to */
    mien_located found;
    mien_position at;  /* before the step */
    int batch;         /* of the step, that was examined */
    int64_t index;     /* of the sample in the data, and of what was mixed */
    int64_t partner;   /* into it; -1 */
    int class; /* of the sample, its number; -1: none. Names are people's */
} replaying;

/* ---- on the way ------------------------------------------------------- */

/* Only the plateau schedule looks at validations: at what held-out samples
 * say, or else those that were trained on. */
static mien_status validate(mien_trainer *t) {
    const mien_stage *stage = &t->recipe.stages[t->at.stage];
    const mien_schedule_ops *ops =
        (const mien_schedule_ops *)(const void *)t->update.schedule.choice.row;
    const bool due = (t->at.epoch + 1) % t->recipe.train.validate_every == 0 ||
                     t->at.stage_epoch + 1 >= stage->epochs;
    mien_figures f = mien_no_figures;
    if (!due || !ops || !ops->validated) return MIEN_OK;
    if (mien_source_samples(t->source, MIEN_VAL))
        MIEN_TRY(mien_trainer_validate(t, MIEN_VAL, true, &f));
    mien_schedule_validated(
        &t->update.schedule,
        isnan(f.loss) ? mien_score_loss(&t->at.seen) : f.loss);
    return MIEN_OK;
}

/* To the next epoch and stage, when one is over. */
static mien_status turn_page(mien_trainer *t) {
    if (t->at.batch >= t->source->batches) {
        MIEN_TRY(validate(t));
        t->at.epoch++;
        t->at.stage_epoch++;
        t->at.batch = 0;
        t->at.seen = (mien_score){0};
    }
    while (t->at.stage_epoch >= t->recipe.stages[t->at.stage].epochs &&
           t->at.stage + 1 < t->recipe.n_stages) {
        const mien_updater_plan plan =
            mien_trainer_plan(t, (int)t->at.stage + 1);
        MIEN_TRY(mien_updater_next(&t->update, &plan));
        t->at.stage++;
        t->at.stage_epoch = 0;
        t->at.stage_step = 0;
    }
    return mien_source_begin(t->source, t->at.epoch, t->at.batch);
}

/* Batches of the step that comes next. */
static int64_t batches_of(const mien_trainer *t) {
    const int64_t left = t->source->batches - t->at.batch;
    const int64_t n = mien_trainer_accumulate(t);
    return n < left ? n : left;
}

/* What the run passed over. */
static mien_status pass_over(mien_trainer *t) {
    for (int64_t n = batches_of(t); n > 0; n--) {
        mien_batch unused;
        MIEN_TRY(mien_trainer_next(t, &unused));
    }
    t->at.skipped++;
    if (!mien_loss_scale_lower(t)) t->at.skipped_in_row++;
    t->at.step++;
    t->at.stage_step++;
    return MIEN_OK;
}

/* A step that failed did so in the run, too, which then went on. */
static mien_status make_step(replaying *r) {
    const mien_logged_step *s = mien_logged_find(&r->past.log, r->t.at.step);
    if (s && s->outlier) return pass_over(&r->t);
    const mien_status status = mien_trainer_step(&r->t);
    return status == MIEN_EDIAGNOSIS ? MIEN_OK : status;
}

/* Keep what the doctor will go back to. */
static mien_status remember(replaying *r) {
    for (int i = 0; i < r->past.n_backs; i++)
        if (r->past.backs[i].from == r->t.at.step &&
            r->past.backs[i].after >= r->t.at.step)
            return mien_ring_take(r->ring, &r->t);
    return MIEN_OK;
}

static void go_back(replaying *r) {
    mien_trainer *t = &r->t;
    for (int i = 0; i < r->past.n_backs; i++) {
        const mien_replay_back *back = &r->past.backs[i];
        if (back->after != t->at.step - 1) continue;
        const mien_snapshot *s = mien_ring_find(r->ring, back->from);
        if (!s || mien_ring_step(s) != back->from) continue;
        mien_ring_copy(t, s);
        t->at.lr_factor /= 2;
        t->at.rollbacks++;
        t->at.skipped_in_row = 0;
    }
}

static mien_status go_there(replaying *r) {
    const int n = r->past.n_backs;
    if (n) MIEN_TRY(mien_ring_open(&r->ring, &r->t, n < 2 ? 2 : n, 1));
    MIEN_TRY(turn_page(&r->t));
    while (r->t.at.step < r->past.wanted->step) {
        MIEN_TRY(remember(r));
        MIEN_TRY(make_step(r));
        go_back(r);
        MIEN_TRY(turn_page(&r->t));
    }
    r->at = r->t.at;
    return MIEN_OK;
}

/* ---- the step itself -------------------------------------------------- */

static void name_sample(replaying *r, const mien_batch *batch) {
    const mien_source *source = r->t.source;
    const int i = r->found.sample;
    r->index = r->partner = -1;
    r->class = -1;
    if (i < 0) return;
    r->index = source->sample[i];
    if (batch->mixed) r->partner = source->sample[batch->n - 1 - i];
    if (batch->label) r->class = batch->label[i];
}

/* With the weights before the step; of a step of several batches that failed
 * the one where it did. */
static mien_status examine(replaying *r) {
    mien_trainer *t = &r->t;
    const int64_t n = r->past.wanted->skipped ? batches_of(t) : 1;
    for (int i = 0; i < n; i++) {
        mien_batch batch;
        r->batch = i;
        MIEN_TRY(mien_trainer_next(t, &batch));
        MIEN_TRY(mien_locate(&r->found, t->net, &batch));
        name_sample(r, &batch);
        if (strcmp(r->found.pass, "healthy")) break;
    }
    t->at = r->at;
    return mien_source_begin(t->source, t->at.epoch, t->at.batch);
}

static double real_of(const json_t *line, const char *key) {
    const json_t *value = json_object_get(line, key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

/* The trainer writes its line of the log into memory. */
static mien_status repeat(replaying *r) {
    mien_replay_summary *s = &r->out->summary;
    char *text = NULL;
    size_t size;
    s->loss = s->norm = NAN;
    if (r->past.wanted->outlier) return MIEN_OK;
    r->t.log.file = open_memstream(&text, &size);
    if (!r->t.log.file) return mien_fail(MIEN_ENOMEM, "out of memory");
    const mien_status status = make_step(r);
    mien_run_log_close(&r->t.log);
    json_t *line = status == MIEN_OK ? json_loads(text, 0, NULL) : NULL;
    s->loss = real_of(line, "loss");
    s->norm = real_of(line, "grad_norm");
    json_decref(line);
    free(text);
    return status;
}

/* ---- the words -------------------------------------------------------- */

static bool equal(double a, double b) {
    return a == b || (isnan(a) && isnan(b));
}

static const char *number(char out[32], double x) {
    if (isnan(x)) return "not finite";
    snprintf(out, 32, "%.9g", x);
    return out;
}

static mien_status say_step(mien_buf *b, const replaying *r) {
    const mien_replay_summary *s = &r->out->summary;
    const char *slash = strrchr(r->past.checkpoint, '/');
    MIEN_TRY(mien_buf_printf(
        b, "Step %lld (epoch %lld, batch %lld of %d) of %s was made again ",
        (long long)s->step, (long long)r->at.epoch + 1,
        (long long)r->at.batch + r->batch + 1, r->t.source->batches, r->run));
    if (!r->past.checkpoint[0])
        return mien_buf_printf(b, "from the beginning: ");
    return mien_buf_printf(b, "from step %lld on (%s): ", (long long)s->from,
                           slash ? slash + 1 : r->past.checkpoint);
}

static mien_status say_result(mien_buf *b, const replaying *r) {
    const mien_replay_summary *s = &r->out->summary;
    char loss[32], norm[32];
    if (r->past.wanted->outlier)
        return mien_buf_printf(b,
                               "the run passed over its input, which was "
                               "unlike all before. ");
    MIEN_TRY(mien_buf_printf(b, "loss %s, gradient norm %s, ",
                             number(loss, s->loss), number(norm, s->norm)));
    if (s->same)
        return mien_buf_printf(b, "the same to the bit as in log.jsonl%s. ",
                               r->past.wanted->skipped
                                   ? "; the step was skipped, then and now"
                                   : "");
    return mien_buf_printf(
        b,
        "but log.jsonl says %s and %s: the data, the recipe or the program "
        "has changed since, or the run was made with options that recipe.yaml "
        "does not hold. ",
        number(loss, s->logged_loss), number(norm, s->logged_norm));
}

static mien_status say_sample(mien_buf *b, const replaying *r) {
    if (r->index < 0) return MIEN_OK;
    MIEN_TRY(mien_buf_printf(b, " Sample %d is number %lld of the data",
                             r->found.sample, (long long)r->index));
    if (r->class >= 0) MIEN_TRY(mien_buf_printf(b, ", class %d", r->class));
    if (r->partner >= 0)
        MIEN_TRY(mien_buf_printf(b, ", mixed with number %lld",
                                 (long long)r->partner));
    return mien_buf_printf(b, ".");
}

static mien_status keep(const char **out, mien_replay *replay,
                        const char *text) {
    *out = mien_arena_strdup(&replay->arena, text);
    return *out ? MIEN_OK : MIEN_ENOMEM;
}

static mien_status report(replaying *r) {
    mien_replay_summary *s = &r->out->summary;
    mien_buf text = {.cap = MAX_TEXT};
    s->step = r->past.wanted->step;
    s->from = r->past.from;
    s->logged_loss = r->past.wanted->loss;
    s->logged_norm = r->past.wanted->norm;
    s->same = equal(s->loss, s->logged_loss) && equal(s->norm, s->logged_norm);
    s->sample = r->found.sample;
    s->index = r->index;
    mien_status status = say_step(&text, r);
    if (status == MIEN_OK) status = say_result(&text, r);
    if (status == MIEN_OK) status = mien_buf_printf(&text, "%s", r->found.text);
    if (status == MIEN_OK) status = say_sample(&text, r);
    if (status == MIEN_OK)
        status = keep(&s->text, r->out, (const char *)text.data);
    if (status == MIEN_OK) status = keep(&s->pass, r->out, r->found.pass);
    if (status == MIEN_OK) status = keep(&s->layer, r->out, r->found.layer);
    if (status == MIEN_OK) status = keep(&s->tensor, r->out, r->found.tensor);
    mien_buf_close(&text);
    return status;
}

/* ---- all of it -------------------------------------------------------- */

static mien_status replay(replaying *r, int64_t step) {
    char recipe[MIEN_PATH_ROOM];
    mien_train_options options;
    const mien_trainer_mode mode = {.quiet = true};
    mien_train_defaults(&options);
    MIEN_TRY(mien_replay_past_open(&r->past, r->run, step));
    MIEN_TRY(mien_path_join(recipe, sizeof recipe, r->run, "recipe.yaml"));
    MIEN_TRY(mien_trainer_open_as(&r->t, recipe, &options, &mode));
    if (r->past.checkpoint[0]) {
        memcpy(r->t.checkpoint, r->past.checkpoint, sizeof r->t.checkpoint);
        MIEN_TRY(mien_trainer_restore(&r->t));
    }
    MIEN_TRY(go_there(r));
    MIEN_TRY(examine(r));
    MIEN_TRY(repeat(r));
    return report(r);
}

mien_status mien_health_replay(mien_replay **out, const char *run,
                               int64_t step) {
    *out = NULL;
    mien_replay *result = mien_alloc(1, sizeof *result);
    replaying *r = mien_alloc(1, sizeof *r);
    mien_status status = MIEN_ENOMEM;
    if (result && r) {
        r->out = result;
        r->run = run;
        const bool muted = mien_log_mute(true);
        status = replay(r, step);
        mien_log_mute(muted);
        mien_ring_close(r->ring);
        mien_trainer_close(&r->t);
        mien_replay_past_close(&r->past);
    }
    mien_free(r);
    if (status != MIEN_OK) {
        mien_replay_free(result);
        return status;
    }
    *out = result;
    return MIEN_OK;
}

const mien_replay_summary *mien_replay_summary_of(const mien_replay *replay) {
    return &replay->summary;
}

void mien_replay_free(mien_replay *replay) {
    if (!replay) return;
    mien_arena_close(&replay->arena);
    mien_free(replay);
}
