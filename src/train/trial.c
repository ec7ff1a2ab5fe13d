/* SPDX-License-Identifier: Apache-2.0 */
/* trial.c - train a copy for some steps and judge what came of it. */
#include "train/trial.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/finite.h"

enum { JUDGED = 512, MAX_STATE = MIEN_TRAINER_TENSORS };

const mien_trial_score mien_trial_no_score = {NAN, NAN, NAN, 0};

/* ---- the score -------------------------------------------------------- */

/* -log softmax(z)_y, and whether y is the first of the largest. */
static double cross_entropy(const float *z, int n, int y, bool *hit) {
    double most = z[0], sum = 0;
    int best = 0;
    for (int k = 1; k < n; k++)
        if (z[k] > most) most = z[best = k];
    for (int k = 0; k < n; k++) sum += exp(z[k] - most);
    *hit = best == y;
    return log(sum) + most - z[y];
}

/* A single score above 0 means class 1. */
static double binary(float z, int y, bool *hit) {
    const double margin = y ? z : -z;
    *hit = margin > 0;
    return margin > 0 ? log1p(exp(-margin)) : log1p(exp(margin)) - margin;
}

typedef struct tally {
    double *loss; /* of each class: sums */
    int *hits, *n;
    int classes;
    double *direction; /* sum of the answers, each of length 1 */
    int width, answers;
} tally;

static void add_direction(tally *sum, const float *y) {
    const double norm = mien_norm2(y, (size_t)sum->width);
    if (!(norm > 0)) return;
    for (int k = 0; k < sum->width; k++) sum->direction[k] += y[k] / norm;
    sum->answers++;
}

/* (|sum of u|^2 - n) / (n (n - 1)) over n unit vectors u. */
static double mean_cosine(const tally *sum) {
    const double n = sum->answers;
    double squares = 0;
    if (sum->width < 2 || n < 2) return NAN;
    for (int k = 0; k < sum->width; k++)
        squares += sum->direction[k] * sum->direction[k];
    return (squares - n) / (n * (n - 1));
}

static void add(tally *sum, const mien_result *r, const mien_batch *b) {
    for (int i = 0; i < b->n; i++) {
        add_direction(sum, r->y + (size_t)i * r->width);
        const float *z = r->scores + (size_t)i * r->n_scores;
        const int y = b->label[i];
        bool hit;
        sum->loss[y] += r->n_scores > 1 ? cross_entropy(z, r->n_scores, y, &hit)
                                        : binary(*z, y, &hit);
        sum->hits[y] += hit;
        sum->n[y]++;
    }
}

static void average(mien_trial_score *out, const tally *sum) {
    int present = 0;
    out->loss = out->accuracy = 0;
    for (int c = 0; c < sum->classes; c++) {
        if (!sum->n[c]) continue;
        present++;
        out->samples += sum->n[c];
        out->loss += sum->loss[c] / sum->n[c];
        out->accuracy += (double)sum->hits[c] / sum->n[c];
    }
    out->loss /= present;
    out->accuracy /= present;
    out->cosine = mean_cosine(sum);
}

static mien_status judge_all(mien_trainer *t, mien_loader *loader, tally *sum) {
    for (;;) {
        const mien_loaded *b;
        mien_result result;
        MIEN_TRY(mien_loader_next(loader, &b));
        if (!b || !b->count) return MIEN_OK;
        mien_batch batch = {
            .n = b->count, .x = b->x, .label = b->label, .progress = 1};
        MIEN_TRY(mien_runner_infer(t->check, &batch, &result));
        if (!result.scores || !batch.label) return MIEN_OK;
        add(sum, &result, &batch);
    }
}

mien_status mien_trial_judge(mien_trial_score *out, mien_trainer *t) {
    mien_loader *loader = NULL;
    mien_arena arena = {0};
    const size_t classes = (size_t)t->net->spec.classes;
    const mien_feed feed = {
        .part = MIEN_TRAIN, .batch = t->recipe.train.batch, .limit = JUDGED};
    tally sum = {.loss = mien_arena_alloc(&arena, classes + 1, sizeof(double)),
                 .hits = mien_arena_alloc(&arena, classes + 1, sizeof(int)),
                 .n = mien_arena_alloc(&arena, classes + 1, sizeof(int)),
                 .classes = (int)classes,
                 .width = mien_net_width(t->net)};
    sum.direction = mien_arena_alloc(&arena, (size_t)sum.width, sizeof(double));
    *out = mien_trial_no_score;
    mien_status status = sum.loss && sum.hits && sum.n && sum.direction
                             ? MIEN_OK
                             : MIEN_ENOMEM;
    if (status == MIEN_OK)
        status = mien_dataset_load(&loader, t->source->data, &feed);
    if (status == MIEN_OK) status = judge_all(t, loader, &sum);
    if (status == MIEN_OK) average(out, &sum);
    mien_loader_close(loader);
    mien_arena_close(&arena);
    return status;
}

/* ---- the steps -------------------------------------------------------- */

/* The optimiser's state of one trainer into another, where both have it. */
static void copy_state(mien_trainer *to, mien_trainer *from) {
    mien_tensor a[MAX_STATE], b[MAX_STATE];
    const int n = mien_trainer_state(to, a), m = mien_trainer_state(from, b);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < m; k++)
            if (!strcmp(a[i].name, b[k].name) && a[i].bytes == b[k].bytes)
                memcpy((void *)a[i].data, b[k].data, a[i].bytes);
}

static mien_status go_on(mien_trainer *t, const mien_trial_plan *plan) {
    const mien_weights *w = &plan->from->net->weights;
    const int stage = (int)plan->from->at.stage;
    if (stage) {
        const mien_updater_plan next = mien_trainer_plan(t, stage);
        MIEN_TRY(mien_updater_next(&t->update, &next));
    }
    if (plan->state)
        mien_ring_copy(t, plan->state);
    else {
        copy_state(t, plan->from);
        memcpy(t->net->weights.values, w->values, w->size * sizeof(float));
    }
    t->at = plan->from->at;
    if (plan->lr_factor > 0) t->at.lr_factor = plan->lr_factor;
    return MIEN_OK;
}

/* The next epoch, with nothing of what is done between two. */
static bool turn_page(mien_trainer *t) {
    const mien_stage *stage = &t->recipe.stages[t->at.stage];
    if (t->at.batch < t->source->batches) return true;
    if (t->at.stage_epoch + 1 >= stage->epochs) return false;
    t->at.epoch++;
    t->at.stage_epoch++;
    t->at.batch = 0;
    return true;
}

static mien_status steps(mien_trial *out, mien_trainer *t, int64_t samples) {
    const int64_t before = t->images, most = samples + 1;
    out->loss = mien_alloc((size_t)most, sizeof *out->loss);
    if (!out->loss) return MIEN_ENOMEM;
    while (t->images - before < samples && out->n < most && turn_page(t)) {
        const mien_score seen = t->at.seen;
        const int64_t skipped = t->at.skipped;
        MIEN_TRY(mien_source_begin(t->source, t->at.epoch, t->at.batch));
        MIEN_TRY(mien_trainer_step(t));
        const int64_t n = t->at.seen.samples - seen.samples;
        out->skipped += t->at.skipped > skipped;
        out->loss[out->n++] =
            n ? (t->at.seen.loss_sum - seen.loss_sum) / (double)n : NAN;
    }
    return mien_trial_judge(&out->score, t);
}

static mien_status run(mien_trial *out, mien_trainer *t,
                       const mien_trial_plan *plan) {
    const mien_trainer_mode mode = {
        .changes = plan->changes, .n_changes = plan->n_changes, .quiet = true};
    mien_train_options options = *plan->options;
    options.resume = options.show_gradients = false;
    options.stop_at = 0;
    MIEN_TRY(mien_trainer_open_as(t, plan->recipe, &options, &mode));
    if (plan->from) MIEN_TRY(go_on(t, plan));
    return steps(out, t, plan->samples);
}

mien_status mien_trial_run(mien_trial *out, const mien_trial_plan *plan) {
    mien_trainer *t = mien_alloc(1, sizeof *t);
    *out = (mien_trial){.score = mien_trial_no_score};
    if (!t) return MIEN_ENOMEM;
    const bool muted = mien_log_mute(true);
    const mien_status status = run(out, t, plan);
    mien_log_mute(muted);
    if (status != MIEN_OK)
        snprintf(out->why, sizeof out->why, "%s", mien_error());
    /* A score that is no number: the weights cannot be used. */
    const bool broken = out->score.samples && mien_bad_f64(out->score.loss);
    if (status == MIEN_OK && broken)
        snprintf(out->why, sizeof out->why, "its answers are not finite");
    out->sound = status == MIEN_OK && !broken && out->skipped * 2 < out->n;
    mien_trainer_close(t);
    mien_free(t);
    if (status != MIEN_ENOMEM) return MIEN_OK;
    mien_trial_close(out);
    return status;
}

void mien_trial_close(mien_trial *trial) {
    mien_free(trial->loss);
    *trial = (mien_trial){0};
}
