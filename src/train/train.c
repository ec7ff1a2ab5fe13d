/* SPDX-License-Identifier: Apache-2.0 */
/* train.c - the whole course of a training. */
#include "mien/train.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "train/doctor.h"

enum { MAX_REPORT = 16 << 20 };

struct mien_train_result {
    mien_arena arena;
    mien_train_summary summary;
};

void mien_train_defaults(mien_train_options *options) {
    *options = (mien_train_options){0};
}

/* ---- the course ------------------------------------------------------- */

/* What a stage has reached, on the test if there is one. */
static mien_status end_stage(mien_trainer *t) {
    mien_figures f = mien_no_figures;
    double *kept = t->stage_figures + 2 * t->at.stage;
    const mien_part part = mien_trainer_part(t, true);
    if (part != MIEN_TRAIN && t->recipe.n_stages > 1) {
        MIEN_TRY(mien_trainer_validate(t, part, true, &f));
        mien_info("%s: %s loss %.4f, accuracy %.2f %%",
                  t->recipe.stages[t->at.stage].name, mien_part_name(part),
                  f.loss, 100 * f.accuracy);
    }
    kept[0] = f.loss;
    kept[1] = f.accuracy;
    if (t->at.stage + 1 >= t->recipe.n_stages) return MIEN_OK;
    const mien_updater_plan plan = mien_trainer_plan(t, (int)t->at.stage + 1);
    MIEN_TRY(mien_updater_next(&t->update, &plan));
    t->at.stage++;
    t->at.stage_epoch = 0;
    t->at.stage_step = 0;
    return MIEN_OK;
}

static bool over(const mien_trainer *t) {
    const mien_early_stop *stop = &t->recipe.train.early_stop;
    const bool stale = stop->patience && t->at.stale >= stop->patience;
    return t->stopped_early || t->memorised || stale;
}

static mien_status run_stages(mien_trainer *t) {
    for (;;) {
        const mien_stage *stage = &t->recipe.stages[t->at.stage];
        const bool last = t->at.stage + 1 >= t->recipe.n_stages;
        while (t->at.stage_epoch < stage->epochs && !over(t)) {
            MIEN_TRY(mien_trainer_epoch(t));
            if (t->again) return MIEN_OK;
        }
        MIEN_TRY(end_stage(t));
        if (last) return MIEN_OK;
    }
}

/* The model file holds the weights that validation chose, or else the last
 * ones; the final figures are taken from what it holds. */
static mien_status finish(mien_trainer *t, mien_figures *figures) {
    const mien_part part = mien_trainer_part(t, true);
    *figures = mien_no_figures;
    if (!t->at.best_epoch) MIEN_TRY(mien_trainer_write_model(t));
    MIEN_TRY(mien_trainer_read_model(t));
    if (part == MIEN_TRAIN && !t->options.overfit) return MIEN_OK;
    return mien_trainer_validate(t, part, false, figures);
}

/* ---- the result ------------------------------------------------------- */

static const char *copy(mien_train_result *r, const char *text) {
    return mien_arena_strdup(&r->arena, text ? text : "");
}

static mien_status copy_texts(mien_train_result *r, const mien_trainer *t,
                              const char *report) {
    mien_train_summary *s = &r->summary;
    char hash[MIEN_HASH_HEX] = "";
    const size_t n = (size_t)t->recipe.n_stages;
    mien_train_stage *stages = mien_arena_alloc(&r->arena, n, sizeof *stages);
    MIEN_TRY(mien_model_hash(hash, t->net, t->net->weights.values));
    s->run = copy(r, t->folder);
    s->model = copy(r, t->model);
    s->split = copy(r, mien_part_name(mien_trainer_part(t, true)));
    s->report = copy(r, report);
    s->weights_hash = copy(r, hash);
    s->stages = stages;
    if (!stages || !s->run || !s->model || !s->split || !s->report ||
        !s->weights_hash)
        return MIEN_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        stages[i].name = copy(r, t->recipe.stages[i].name);
        if (!stages[i].name) return MIEN_ENOMEM;
        stages[i].loss = t->stage_figures[2 * i];
        stages[i].accuracy = t->stage_figures[2 * i + 1];
    }
    s->n_stages = (int)n;
    return MIEN_OK;
}

static void copy_figures(mien_train_summary *s, const mien_trainer *t,
                         const mien_figures *f) {
    s->loss = f->loss;
    s->accuracy = f->accuracy;
    s->top5 = f->top5;
    s->train_loss = mien_score_loss(&t->last_seen);
    s->train_accuracy = mien_score_accuracy(&t->last_seen);
    s->epochs = (int)t->at.epoch;
    s->best_epoch = (int)t->at.best_epoch;
    s->steps = t->at.step;
    s->skipped = t->at.skipped;
    s->clipped = t->at.clipped;
    s->seconds = t->seconds;
    s->images_per_s = (double)t->images / t->seconds;
    s->wait_share = mien_source_waited(t->source) / t->seconds;
    s->teacher_share = t->taught / t->seconds;
    s->stopped_early = over(t) && !t->memorised;
    s->memorised = t->memorised;
}

static mien_status train(mien_trainer *t, mien_train_result *r) {
    mien_figures figures;
    mien_info(
        "%s: %lld to train on, %lld to validate, %lld to test, %d "
        "classes; run folder %s",
        t->recipe.name, (long long)mien_source_samples(t->source, MIEN_TRAIN),
        (long long)mien_source_samples(t->source, MIEN_VAL),
        (long long)mien_source_samples(t->source, MIEN_TEST),
        t->source->data->reader->classes, t->folder);
    MIEN_TRY(mien_doctor_before(t));
    if (!t->again) MIEN_TRY(run_stages(t));
    if (t->again) return MIEN_OK;
    MIEN_TRY(finish(t, &figures));
    if (t->recipe.n_stages == 1) {
        t->stage_figures[0] = figures.loss;
        t->stage_figures[1] = figures.accuracy;
    }
    copy_figures(&r->summary, t, &figures);
    if (t->care) mien_journal_verdict(&t->care->journal, t->at.step, "");
    const char *table = (const char *)t->gradients.data;
    return copy_texts(r, t, table);
}

static mien_status plan_only(mien_trainer *t, mien_train_result *r) {
    mien_buf text = {.cap = MAX_REPORT};
    mien_status status = mien_trainer_describe(&text, t);
    copy_figures(&r->summary, t, &mien_no_figures);
    if (status == MIEN_OK) status = copy_texts(r, t, (char *)text.data);
    mien_buf_close(&text);
    return status;
}

/* Write the report; what went wrong before stays the error. */
static void leave(mien_trainer *t, mien_status status) {
    char text[1024];
    snprintf(text, sizeof text, "%s", mien_error());
    mien_care_report(t);
    if (status != MIEN_OK) mien_fail(status, "%s", text);
}

/* Train, and again with the doctor's changes for as long as he wants to. */
static mien_status attend(mien_trainer *t, mien_train_result *r,
                          const char *recipe, const mien_train_options *given) {
    mien_train_options options = *given;
    mien_doctor *d = mien_alloc(1, sizeof *d);
    mien_status status = d ? MIEN_OK : MIEN_ENOMEM;
    if (d) status = mien_doctor_open(d, recipe, &options);
    for (bool again = true; status == MIEN_OK && again;) {
        const mien_trainer_mode mode = mien_doctor_mode(d);
        status = mien_trainer_open_as(t, recipe, &d->options, &mode);
        if (status != MIEN_OK) break;
        status = t->options.dry_run ? plan_only(t, r) : train(t, r);
        again = t->again;
        if (!again) leave(t, status);
        mien_trainer_close(t);
        if (again) mien_doctor_again(d);
        options.resume = false; /* an attempt begins at its first step */
    }
    if (d) mien_doctor_close(d);
    mien_free(d);
    return status;
}

mien_status mien_train_run(mien_train_result **out, const char *recipe,
                           const mien_train_options *options) {
    mien_train_options defaults;
    *out = NULL;
    mien_train_defaults(&defaults);
    mien_trainer *t = mien_alloc(1, sizeof *t);
    mien_train_result *r = mien_alloc(1, sizeof *r);
    mien_status status = t && r ? MIEN_OK : MIEN_ENOMEM;
    if (status == MIEN_OK)
        status = attend(t, r, recipe, options ? options : &defaults);
    mien_free(t);
    mien_train_interrupt_clear();
    if (status != MIEN_OK) {
        mien_train_result_free(r);
        return status;
    }
    *out = r;
    return MIEN_OK;
}

const mien_train_summary *mien_train_summary_of(const mien_train_result *r) {
    return &r->summary;
}

void mien_train_result_free(mien_train_result *r) {
    if (!r) return;
    mien_arena_close(&r->arena);
    mien_free(r);
}

mien_status mien_train_help(char **out) {
    mien_buf text = {.cap = MAX_REPORT};
    mien_status status = mien_recipe_help(&text);
    *out = NULL;
    if (status == MIEN_OK) {
        *out = mien_strdup((const char *)text.data);
        if (!*out) status = MIEN_ENOMEM;
    }
    mien_buf_close(&text);
    return status;
}

void mien_train_help_free(char *text) { mien_free(text); }
