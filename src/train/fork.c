/* SPDX-License-Identifier: Apache-2.0 */
/* fork.c - run both arms and compare. */
#include "train/fork.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "train/doctor.h"

/* ---- which is better -------------------------------------------------- */

static bool by_accuracy(const mien_trainer *t, const mien_trial *a,
                        const mien_trial *b, bool asked) {
    if (isnan(a->score.accuracy) || isnan(b->score.accuracy)) return false;
    return asked || t->care->frame.margin_s > 0;
}

/* 1 when `with` is, -1 when the other is, 0 when nobody can tell. */
static int more_accurate(const mien_trial *with, const mien_trial *without,
                         double least) {
    const double p = with->score.accuracy, q = without->score.accuracy;
    const double n = with->score.samples;
    const double se = sqrt((p * (1 - p) + q * (1 - q)) / n);
    if (fabs(p - q) <= least || fabs(p - q) <= se) return 0;
    return p > q ? 1 : -1;
}

/* The mean of the last quarter, where there are no scores. */
static double tail(const mien_trial *trial) {
    const int from = trial->n - (trial->n + 3) / 4;
    double sum = 0;
    for (int i = from; i < trial->n; i++) sum += trial->loss[i];
    return sum / (trial->n - from);
}

/* Embeddings that all point the same way have a loss near ln C: less than what
 * a margin head that is on its way has, and worth nothing. */
static bool collapsed(const mien_trainer *t, const mien_trial *trial) {
    return t->care->frame.margin_s > 0 &&
           trial->score.cosine > t->care->watch.limits.cosine;
}

/* What must be better by how much: the loss by a share, the accuracy, where it
 * is asked for. */
typedef struct bar {
    double lower_loss, higher_accuracy;
    bool by_accuracy;
} bar;

static void compare(mien_fork *f, const mien_trainer *t, bar b) {
    const mien_trial *a = &f->with, *o = &f->without;
    double with = a->score.loss, without = o->score.loss;
    if (isnan(with) || isnan(without)) with = tail(a), without = tail(o);
    const int hits = by_accuracy(t, a, o, b.by_accuracy)
                         ? more_accurate(a, o, b.higher_accuracy)
                         : 0;
    if (!a->sound || !o->sound)
        f->helped = a->sound;
    else if (hits)
        f->helped = hits > 0;
    else if (collapsed(t, a) != collapsed(t, o))
        f->helped = collapsed(t, o); /* and no longer is */
    else
        f->helped = with < without - b.lower_loss * fabs(without);
}

static void arm(char *out, size_t room, const mien_trial *trial) {
    if (!trial->sound)
        snprintf(out, room, "broken");
    else if (isnan(trial->score.loss))
        snprintf(out, room, "loss %.3g", tail(trial));
    else
        snprintf(out, room, "loss %.3g and %.1f %% right", trial->score.loss,
                 100 * trial->score.accuracy);
}

static void describe(mien_fork *f) {
    char with[64], without[64];
    arm(with, sizeof with, &f->with);
    arm(without, sizeof without, &f->without);
    snprintf(f->text, sizeof f->text,
             "fork test, %d steps: %s with, %s without: %s", f->with.n, with,
             without, f->helped ? "kept" : "dropped");
}

/* ---- the arms --------------------------------------------------------- */

static int64_t samples_of(const mien_trainer *t, int64_t batch) {
    const int64_t all = t->care->frame.steps * t->recipe.train.batch *
                        mien_trainer_accumulate(t);
    const int64_t wanted = t->recipe.health.fork * batch;
    return wanted < all ? wanted : all;
}

/* The changes so far, and those of a prescription behind them. */
static int join(const char **out, const mien_doctor *d,
                const mien_prescription *p) {
    int n = 0;
    for (int i = 0; i < d->n_changes; i++) out[n++] = d->changes[i];
    for (int i = 0; p && i < p->n; i++) out[n++] = p->changes[i];
    return n;
}

/* The batch in force after the changes: fork steps are counted in it. */
static int batch_after(const mien_trainer *t, const mien_prescription *p) {
    int batch = t->recipe.train.batch;
    for (int i = 0; i < p->n; i++)
        sscanf(p->changes[i], "train.batch=%d", &batch);
    return batch;
}

mien_status mien_fork_change(mien_fork *f, mien_trainer *t,
                             const mien_prescription *p) {
    mien_doctor *d = t->mode.doctor;
    const char *changes[MIEN_DOCTOR_CHANGES + MIEN_MAX_CHANGES];
    const int64_t patience = p->patience ? p->patience : 1;
    mien_trial_plan plan = {
        .recipe = d->recipe,
        .options = &d->options,
        .changes = changes,
        .samples = samples_of(t, patience * batch_after(t, p))};
    *f = (mien_fork){.borrowed = true};
    if (d->plain_samples != plan.samples) {
        plan.n_changes = join(changes, d, NULL);
        mien_trial_close(&d->plain);
        MIEN_TRY(mien_trial_run(&d->plain, &plan));
        d->plain_samples = plan.samples;
    }
    plan.n_changes = join(changes, d, p);
    MIEN_TRY(mien_trial_run(&f->with, &plan));
    f->without = d->plain;
    compare(f, t, (bar){0.02, 0.02, p->by_accuracy});
    describe(f);
    return MIEN_OK;
}

mien_status mien_fork_back(mien_fork *f, mien_trainer *t,
                           const mien_snapshot *snapshot, double lr_factor,
                           bool broken) {
    const mien_doctor *d = t->mode.doctor;
    mien_trial_plan plan = {.recipe = d->recipe,
                            .options = &d->options,
                            .changes = d->changes,
                            .n_changes = d->n_changes,
                            .samples = samples_of(t, t->recipe.train.batch),
                            .from = t};
    *f = (mien_fork){.without = {.score = mien_trial_no_score}};
    if (!broken) MIEN_TRY(mien_trial_run(&f->without, &plan));
    plan.state = snapshot;
    plan.lr_factor = lr_factor;
    const mien_status status = mien_trial_run(&f->with, &plan);
    if (status != MIEN_OK) {
        mien_fork_close(f);
        return status;
    }
    compare(f, t, (bar){0.2, 0.05, true}); /* 100 steps are given up */
    describe(f);
    return MIEN_OK;
}

void mien_fork_close(mien_fork *f) {
    mien_trial_close(&f->with);
    if (!f->borrowed) mien_trial_close(&f->without);
    *f = (mien_fork){0};
}
