/* SPDX-License-Identifier: Apache-2.0 */
/* checkup.c - gradients, one batch by heart, and the rate. */
#include "train/checkup.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/log.h"
#include "nn/gradcheck.h"
#include "train/doctor.h"
#include "train/sweep.h"

enum {
    COST = 120, /* steps, of all of it */
    BY_HEART = 40,
    SWEEP_STEPS = 60,
    SAMPLES = 4,
    VALUES = 2,
    MOST_SET = MIEN_DOCTOR_CHANGES + 256
};
static const double affordable = 0.01, learned = 0.95, tolerance = 1e-5;

static mien_finding *say(mien_finding *found, int *n, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static mien_finding *say(mien_finding *found, int *n, const char *format, ...) {
    va_list args;
    mien_finding *f = &found[*n];
    if (*n == MIEN_MAX_FINDINGS) return NULL;
    *f = (mien_finding){.detector = "checkup",
                        .severity = MIEN_WARN,
                        .cause = MIEN_CAUSE_UNKNOWN};
    va_start(args, format);
    vsnprintf(f->text, sizeof f->text, format, args);
    va_end(args);
    ++*n;
    return f;
}

static mien_status check_gradients(mien_trainer *t, mien_finding *found,
                                   int *n) {
    mien_batch batch;
    mien_arena arena = {0};
    mien_gradcheck_summary sum;
    MIEN_TRY(mien_source_begin(t->source, 0, 0));
    MIEN_TRY(mien_source_next(t->source, &batch));
    if (batch.n > SAMPLES) batch.n = SAMPLES;
    batch.class_weight = t->class_weight;
    batch.progress = 1;
    const mien_status status = mien_net_gradcheck(
        &sum, &arena, t->net,
        &(mien_net_check){.batch = &batch,
                          .values = VALUES,
                          .tolerance = tolerance,
                          .threads = t->recipe.train.threads});
    for (int i = 0; status == MIEN_OK && i < sum.n; i++)
        if (!sum.rows[i].pass) {
            say(found, n,
                "the gradient of %.100s is %.3g where differences say %.3g",
                sum.rows[i].tensor, sum.rows[i].analytic, sum.rows[i].numeric);
            break;
        }
    mien_arena_close(&arena);
    return status;
}

/* A network that cannot lower the loss of one batch lowers no other. */
static mien_status learn_by_heart(mien_trainer *t, mien_finding *found,
                                  int *n) {
    const mien_doctor *d = t->mode.doctor;
    mien_train_options options = d->options;
    mien_trial trial;
    options.overfit = 1;
    MIEN_TRY(mien_trial_run(
        &trial, &(mien_trial_plan){
                    .recipe = d->recipe,
                    .options = &options,
                    .changes = d->changes,
                    .n_changes = d->n_changes,
                    .samples = (int64_t)BY_HEART * t->recipe.train.batch}));
    if (!trial.sound)
        say(found, n, "one batch could not be learned by heart: %.200s",
            trial.why);
    else if (!(trial.loss[trial.n - 1] < learned * trial.loss[0]))
        say(found, n,
            "%d steps on one batch did not lower its loss: %.4g, then %.4g",
            trial.n, trial.loss[0], trial.loss[trial.n - 1]);
    mien_trial_close(&trial);
    return MIEN_OK;
}

/* From the start, with the recipe as it is now: the rate at which the loss
 * fell apart, or NaN. Goes into the journal. */
static mien_status sweep(mien_trainer *t, double *diverged) {
    const mien_doctor *d = t->mode.doctor;
    const double base = mien_base_lr(&t->update.optim);
    const char *set[MOST_SET];
    int n = 0;
    mien_sweep s;
    *diverged = NAN;
    if (d->options.n_set + d->n_changes > MOST_SET) return MIEN_OK;
    for (int i = 0; i < d->options.n_set; i++) set[n++] = d->options.set[i];
    for (int i = 0; i < d->n_changes; i++) set[n++] = d->changes[i];
    const bool muted = mien_log_mute(true);
    const mien_status status =
        mien_sweep_run(&s, d->recipe,
                       &(mien_sweep_options){.set = set,
                                             .n_set = n,
                                             .data = d->options.data,
                                             .from = base * 1e-5,
                                             .to = base * 10,
                                             .steps = SWEEP_STEPS,
                                             .quiet = true});
    mien_log_mute(muted);
    if (status != MIEN_OK) return status == MIEN_ENOMEM ? status : MIEN_OK;
    *diverged = s.diverged;
    mien_journal_sweep(&t->care->journal, t->at.step,
                       &(mien_sweep_curve){.lr = s.lr,
                                           .loss = s.loss,
                                           .n = s.n,
                                           .diverged = s.diverged,
                                           .suggested = s.suggested});
    mien_sweep_close(&s);
    return MIEN_OK;
}

static mien_status check_rate(mien_trainer *t, mien_finding *found, int *n) {
    const double lr = mien_base_lr(&t->update.optim);
    double diverged;
    MIEN_TRY(sweep(t, &diverged));
    if (isnan(diverged) || lr <= diverged / 10) return MIEN_OK;
    mien_finding *f =
        say(found, n,
            "a sweep diverged at the rate %.3g, and the recipe's is %.3g: a "
            "tenth of what diverges is safe",
            diverged, lr);
    if (f) f->cause = MIEN_CAUSE_RATE;
    if (f && lr >= diverged) f->severity = MIEN_FAIL;
    return MIEN_OK;
}

mien_status mien_checkup(mien_trainer *t, mien_finding *found, int *n) {
    if ((double)COST > affordable * (double)t->care->frame.steps ||
        !t->mode.doctor || t->recipe.precision.type)
        return MIEN_OK;
    MIEN_TRY(check_gradients(t, found, n));
    MIEN_TRY(learn_by_heart(t, found, n));
    return check_rate(t, found, n);
}
