/* SPDX-License-Identifier: Apache-2.0 */
/* sweep.c - the steps of a sweep.
 *
 *   lr_i = from (to / from)^(i / (steps - 1))        i = 0 .. steps-1
 *
 * Everything but the schedule is the recipe's: optimiser, clip, batches in
 * their order, epoch after epoch. The loss of a step is measured before its
 * update, so what lr_i did is the loss of the step after it. */
#include "train/sweep.h"

#include <math.h>
#include <string.h>

#include "base/finite.h"
#include "base/log.h"
#include "base/mem.h"
#include "train/trainer.h"

static mien_status allocate(mien_sweep *s, const mien_sweep_options *o) {
    const double from = o->from > 0 ? o->from : 1e-7;
    const double to = o->to > 0 ? o->to : 10;
    s->steps = o->steps ? o->steps : MIEN_SWEEP_STEPS;
    if (mien_bad_f64(to) || !(from < to))
        return mien_fail(MIEN_EINVAL,
                         "a sweep from a rate of %g to %g does not rise: the "
                         "first must be the lesser, both above 0",
                         from, to);
    if (s->steps < 2 || s->steps > MIEN_SWEEP_MOST)
        return mien_fail(MIEN_EINVAL, "a sweep of %d steps: 2 to %d can be",
                         s->steps, MIEN_SWEEP_MOST);
    const size_t n = (size_t)s->steps;
    s->lr = mien_alloc(n, sizeof *s->lr);
    s->loss = mien_alloc(n, sizeof *s->loss);
    s->smooth = mien_alloc(n, sizeof *s->smooth);
    if (!s->lr || !s->loss || !s->smooth) return MIEN_ENOMEM;
    for (size_t i = 0; i < n; i++)
        s->lr[i] = from * pow(to / from, (double)i / (double)(n - 1));
    return MIEN_OK;
}

/* One optimiser step at this rate; *loss is the one before its update, NaN
 * when the step could not be made. */
static mien_status step(mien_trainer *t, double lr, double *loss) {
    const mien_score before = t->at.seen;
    if (t->at.batch >= t->source->batches) {
        t->at.epoch++;
        t->at.stage_epoch++;
        t->at.batch = 0;
    }
    t->update.schedule.choice.row = NULL;
    t->update.schedule.base = lr;
    *loss = NAN;
    MIEN_TRY(mien_source_begin(t->source, t->at.epoch, t->at.batch));
    const mien_status status = mien_trainer_step(t);
    if (status == MIEN_EDIAGNOSIS) return MIEN_OK; /* that is what we ask */
    MIEN_TRY(status);
    const int64_t n = t->at.seen.samples - before.samples;
    if (n) *loss = (t->at.seen.loss_sum - before.loss_sum) / (double)n;
    return MIEN_OK;
}

static void report(const mien_sweep *s) {
    mien_log_mute(false);
    mien_progress("learning rates", s->n, s->steps, NULL);
    mien_log_mute(true);
}

static mien_status go(mien_sweep *s, mien_trainer *t, bool quiet) {
    s->recipe = mien_base_lr(&t->update.optim);
    MIEN_TRY(step(t, s->lr[0], &s->before));
    if (mien_bad_f64(s->before))
        return mien_fail(MIEN_EDIAGNOSIS,
                         "the first step of the sweep, at a rate of %g, is not "
                         "finite: look at the input with mien data show, and "
                         "at the initial weights",
                         s->lr[0]);
    while (s->n < s->steps && !mien_sweep_over(s)) {
        /* The last step is there for its loss alone. */
        const double lr = s->n + 1 < s->steps ? s->lr[s->n + 1] : 0;
        if (mien_train_interrupted())
            return mien_fail(MIEN_EINTERRUPTED, "interrupted after %d steps",
                             s->n);
        MIEN_TRY(step(t, lr, &s->loss[s->n]));
        s->n++;
        if (!quiet) report(s);
    }
    mien_sweep_read(s);
    return MIEN_OK;
}

static mien_status run(mien_sweep *s, mien_trainer *t, const char *recipe,
                       const mien_sweep_options *o) {
    const mien_trainer_mode mode = {.quiet = true};
    mien_train_options options;
    mien_train_defaults(&options);
    options.set = o->set;
    options.n_set = o->n_set;
    options.data = o->data;
    MIEN_TRY(allocate(s, o));
    MIEN_TRY(mien_trainer_open_as(t, recipe, &options, &mode));
    const bool muted = mien_log_mute(true);
    const mien_status status = go(s, t, o->quiet || muted);
    mien_log_mute(muted);
    mien_trainer_close(t);
    return status;
}

mien_status mien_sweep_run(mien_sweep *out, const char *recipe,
                           const mien_sweep_options *options) {
    mien_trainer *t = mien_alloc(1, sizeof *t);
    *out = (mien_sweep){0};
    if (!t) return MIEN_ENOMEM;
    const mien_status status = run(out, t, recipe, options);
    mien_free(t);
    if (status != MIEN_OK) mien_sweep_close(out);
    return status;
}

void mien_sweep_close(mien_sweep *s) {
    mien_free(s->lr);
    mien_free(s->loss);
    mien_free(s->smooth);
    *s = (mien_sweep){0};
}
