/* SPDX-License-Identifier: Apache-2.0 */
/* step.c - one optimiser step.
 *
 *   batches -> loss, gradient -> finite? -> updater -> moving average -> care
 *
 * Nothing that lasts is touched before loss and gradient were found finite:
 * neither weights nor optimiser state, running statistics, moving average.
 * A step that is not is dropped, counted, and its batch noted in the log. */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/finite.h"
#include "base/log.h"
#include "train/doctor.h"
#include "train/gradients.h"
#include "train/loss_scale.h"

/* What a step saw, for the log and for those who watch. */
typedef struct sight {
    mien_score score;
    mien_update_report update;
    mien_batch batch; /* the last one */
    mien_result result;
    double began, waited, taught;
    bool scaling;    /* the loss scale was too high for it */
    bool lost;       /* not to be learned from: */
    const char *why; /* "loss" is not finite, or "input" is an outlier */
    int64_t first_batch, last_batch; /* last_batch: `batch` */
} sight;

int64_t mien_trainer_accumulate(const mien_trainer *t) {
    const mien_optim_ops *ops = mien_optim_ops_of(&t->update.optim);
    if (ops->full_batch) return t->source->batches;
    return t->recipe.train.accumulate;
}

int64_t mien_trainer_steps(const mien_trainer *t) {
    const int64_t each = mien_trainer_accumulate(t);
    return (t->source->batches + each - 1) / each;
}

static void add(float *sum, const float *gradient, size_t n, float factor,
                bool first) {
    if (first)
        for (size_t i = 0; i < n; i++) sum[i] = factor * gradient[i];
    else
        for (size_t i = 0; i < n; i++) sum[i] += factor * gradient[i];
}

/* How far training is, 0 to 1: for margins that grow. */
static float progress(const mien_trainer *t) {
    const double all =
        (double)mien_recipe_epochs(&t->recipe) * (double)mien_trainer_steps(t);
    const double x = (double)t->at.step / all;
    return (float)(x < 1 ? x : 1);
}

mien_status mien_trainer_next(mien_trainer *t, mien_batch *batch) {
    MIEN_TRY(mien_source_next(t->source, batch));
    batch->class_weight = t->class_weight;
    batch->seed = (uint64_t)t->recipe.train.seed;
    batch->step = (uint32_t)(t->at.images / batch->n);
    batch->progress = progress(t);
    batch->loss_scale = (float)mien_loss_scale(t);
    t->at.batch++;
    t->at.images += batch->n;
    return MIEN_OK;
}

/* One batch forward and backward; `n` of them make the step. */
static mien_status take_batch(mien_trainer *t, sight *s, int64_t i, int64_t n) {
    mien_batch *batch = &s->batch;
    MIEN_TRY(mien_trainer_next(t, batch));
    t->images += batch->n;
    if (mien_care_outlier(t, batch)) {
        s->lost = true;
        s->why = "input";
        return MIEN_OK;
    }
    MIEN_TRY(mien_runner_step(t->run, batch, &s->result));
    if (mien_bad_f64(s->result.loss)) {
        s->lost = true;
        s->why = "loss";
        return MIEN_OK;
    }
    mien_score_add(&s->score, &s->result, batch->label, batch->n);
    if (t->gradient == t->run->gradient) return MIEN_OK;
    add(t->gradient, t->run->gradient, t->net->weights.size_trained,
        1.0f / (float)n, i == 0);
    return mien_runner_commit(t->run);
}

/* All batches of a step. Those of several batches blend their statistics as
 * they go, so what was there before is kept for a step that is dropped. The
 * rest of such a step is only counted: its last batch is still to be looked
 * at, and the source goes on behind it with the next step. */
static mien_status take_batches(mien_trainer *t, sight *s) {
    const int64_t left = t->source->batches - t->at.batch;
    int64_t n = mien_trainer_accumulate(t);
    if (n > left) n = left;
    s->first_batch = t->at.batch;
    if (n > 0) MIEN_TRY(mien_source_begin(t->source, t->at.epoch, t->at.batch));
    for (int64_t i = 0; i < n && !s->lost; i++)
        MIEN_TRY(take_batch(t, s, i, n));
    s->last_batch = t->at.batch - 1;
    t->at.images += (s->first_batch + n - t->at.batch) * s->batch.n;
    t->at.batch = s->first_batch + n;
    return MIEN_OK;
}

static void keep_running(mien_trainer *t, bool back) {
    const mien_weights *w = &t->net->weights;
    const size_t bytes = (w->size - w->size_trained) * sizeof(float);
    float *values = w->values + w->size_trained;
    if (!t->running || !bytes) return;
    if (back)
        memcpy(values, t->running, bytes);
    else
        memcpy(t->running, values, bytes);
}

/* average += (1 - d) (w - average), d rising to the recipe's decay so that
 * the start is forgotten soon; running statistics are copied. */
static void follow(mien_trainer *t) {
    const mien_weights *w = &t->net->weights;
    if (!t->average) return;
    const double k = (double)(t->at.step - t->at.skipped);
    const double young = (1 + k) / (10 + k);
    const double decay = t->recipe.train.ema;
    const float rate = (float)(1 - (decay < young ? decay : young));
    for (size_t i = 0; i < w->size_trained; i++)
        t->average[i] += rate * (w->values[i] - t->average[i]);
    memcpy(t->average + w->size_trained, w->values + w->size_trained,
           (w->size - w->size_trained) * sizeof(float));
}

static bool skipped(const sight *s) { return s->lost || s->update.skipped; }

/* What was not as it should be, or NULL. */
static const char *culprit(const sight *s) {
    return s->lost ? s->why : s->update.bad;
}

static void log_step(mien_trainer *t, const sight *s) {
    mien_run_log *log = &t->log;
    const double seconds = mien_clock() - s->began;
    mien_run_log_begin(log, skipped(s) ? "skipped" : "step");
    mien_run_log_int(log, "step", t->at.step);
    mien_run_log_int(log, "epoch", t->at.epoch + 1);
    if (t->mode.attempt) mien_run_log_int(log, "attempt", t->mode.attempt);
    if (skipped(s)) {
        mien_run_log_int(log, "batch", s->first_batch);
        mien_run_log_int(log, "batches", t->at.batch - s->first_batch);
        mien_run_log_text(log, "not_finite", culprit(s));
    }
    mien_run_log_real(log, "loss", mien_score_loss(&s->score));
    mien_run_log_real(log, "accuracy", mien_score_accuracy(&s->score));
    mien_run_log_real(log, "lr", s->update.lr);
    mien_run_log_real(log, "grad_norm", s->update.norm);
    mien_run_log_real(log, "grad_norm_backbone", s->update.backbone);
    mien_run_log_real(log, "grad_norm_head", s->update.head);
    mien_run_log_real(log, "penalty", s->update.penalty);
    mien_run_log_int(log, "clipped", s->update.clipped);
    mien_run_log_real(log, "images_per_s", (double)s->score.samples / seconds);
    mien_run_log_real(log, "wait_share",
                      (mien_source_waited(t->source) - s->waited) / seconds);
    if (t->source->teacher)
        mien_run_log_real(
            log, "teacher_share",
            (mien_source_taught(t->source) - s->taught) / seconds);
    mien_run_log_end(log);
}

/* Its last batch was not even run. */
static bool outlier(const sight *s) {
    return s->lost && !strcmp(s->why, "input");
}

static void warn_dropped(const mien_trainer *t, const sight *s) {
    mien_warn(
        "step %lld (epoch %lld, batch %lld): %s%s %s; the step is "
        "skipped and nothing changed",
        (long long)t->at.step, (long long)t->at.epoch + 1,
        (long long)s->first_batch, s->lost ? "the " : "the gradient of ",
        culprit(s),
        outlier(s) ? "is unlike that of all batches before" : "is not finite");
}

/* Count a step that was dropped; too many in a row end the training. */
static mien_status drop(mien_trainer *t, sight *s) {
    keep_running(t, true);
    t->at.skipped++;
    s->scaling = !outlier(s) && mien_loss_scale_lower(t);
    if (s->scaling) return MIEN_OK;
    t->at.skipped_in_row++;
    if (t->at.skipped_in_row == 1 && !t->mode.quiet) warn_dropped(t, s);
    if (t->at.skipped_in_row <= t->recipe.train.max_skips) return MIEN_OK;
    mien_run_log_flush(&t->log);
    return mien_fail(MIEN_EDIAGNOSIS,
                     "%lld steps in a row were not finite "
                     "(the last in %s, step %lld, epoch %lld, batch %lld): "
                     "none of them was applied, so the weights are sound but "
                     "cannot be trained on; try a tenth of the learning rate, "
                     "clip: {global_norm: 1}, or look at the input with mien "
                     "data show",
                     (long long)t->at.skipped_in_row, culprit(s),
                     (long long)t->at.step, (long long)t->at.epoch + 1,
                     (long long)s->first_batch);
}

/* A finite gradient times the rate was too much for a float. There is no way
 * back from here but a snapshot or the last checkpoint, which are sound. */
static mien_status burst(const mien_trainer *t, const sight *s) {
    return mien_fail(MIEN_EDIAGNOSIS,
                     "the step made weights of %s that are not finite (step "
                     "%lld, epoch %lld, batch %lld; learning rate %g, gradient "
                     "norm %g): the rate is far too high; nothing of this was "
                     "saved",
                     s->update.burst, (long long)t->at.step,
                     (long long)t->at.epoch + 1, (long long)s->first_batch,
                     s->update.lr, s->update.norm);
}

static mien_status show_gradients(mien_trainer *t) {
    if (!t->options.show_gradients || t->at.batch < t->source->batches)
        return MIEN_OK;
    mien_buf_close(&t->gradients);
    t->gradients = (mien_buf){.cap = 4 << 20};
    return mien_gradients_table(&t->gradients, t->update.tensors, t->update.n);
}

static void count(mien_trainer *t, const sight *s) {
    mien_score *seen = &t->at.seen;
    t->at.skipped_in_row = 0;
    t->at.clipped += s->update.clipped;
    seen->loss_sum += s->score.loss_sum;
    seen->samples += s->score.samples;
    seen->judged += s->score.judged;
    seen->ranked += s->score.ranked;
    seen->hits += s->score.hits;
    seen->hits5 += s->score.hits5;
}

static mien_status apply(mien_trainer *t, sight *s) {
    if (s->lost) return drop(t, s);
    MIEN_TRY(show_gradients(t));
    MIEN_TRY(mien_updater_run(&t->update, t->at.stage_step, t->at.lr_factor,
                              &s->update));
    if (s->update.skipped) return drop(t, s);
    if (s->update.burst) return burst(t, s);
    if (t->gradient == t->run->gradient) MIEN_TRY(mien_runner_commit(t->run));
    mien_loss_scale_raise(t);
    follow(t);
    count(t, s);
    return MIEN_OK;
}

static mien_seen seen_of(const sight *s) {
    const bool ran = !outlier(s);
    return (mien_seen){
        .batch = &s->batch,
        .result = ran ? &s->result : NULL,
        .update = &s->update,
        .first_batch = s->first_batch,
        .last_batch = s->last_batch,
        .loss = s->lost && ran ? s->result.loss : mien_score_loss(&s->score),
        .accuracy = mien_score_accuracy(&s->score),
        .skipped = skipped(s),
        .scaling = s->scaling,
        .bad = skipped(s) ? culprit(s) : NULL};
}

mien_status mien_trainer_step(mien_trainer *t) {
    sight s = {.began = mien_clock(),
               .waited = mien_source_waited(t->source),
               .taught = mien_source_taught(t->source),
               .update = {.lr = NAN, .norm = NAN, .threshold = NAN}};
    keep_running(t, false);
    MIEN_TRY(mien_care_before(t));
    MIEN_TRY(take_batches(t, &s));
    mien_status status = apply(t, &s);
    const mien_seen seen = seen_of(&s);
    if (status == MIEN_OK || status == MIEN_EDIAGNOSIS)
        status = mien_doctor_after(t, &seen, status);
    log_step(t, &s);
    t->at.step++;
    t->at.stage_step++;
    t->seconds += mien_clock() - s.began;
    t->taught += mien_source_taught(t->source) - s.taught;
    return status;
}
