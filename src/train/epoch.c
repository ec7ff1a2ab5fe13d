/* SPDX-License-Identifier: Apache-2.0 */
/* epoch.c - all steps of an epoch, then validation and a checkpoint. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "health/sparkline.h"
#include "train/care.h"

enum { RECENT = 12 /* blocks of the progress line */ };

/* ", accuracy 93.10 %", or nothing. */
static const char *accuracy_text(char *out, size_t room, double accuracy) {
    out[0] = 0;
    if (!isnan(accuracy))
        snprintf(out, room, ", accuracy %.2f %%", 100 * accuracy);
    return out;
}

/* The losses of the last steps as blocks, and a space; or nothing. */
static const char *recent(char *out, size_t room, const mien_trainer *t) {
    double loss[MIEN_WATCH_HISTORY];
    *out = 0;
    if (!t->care) return out;
    const mien_history *h = &t->care->watch.history;
    const int n = mien_history_copy(loss, h, h->loss, MIEN_WATCH_HISTORY);
    mien_sparkline(out, room - 1, loss, n, RECENT);
    return n ? strcat(out, " ") : out;
}

static void report_progress(const mien_trainer *t, int epochs) {
    char task[48], note[96 + 3 * RECENT], accuracy[32];
    char blocks[MIEN_SPARKLINE_ROOM(RECENT) + 1];
    snprintf(task, sizeof task, "epoch %lld/%d", (long long)t->at.epoch + 1,
             epochs);
    snprintf(note, sizeof note, "%sloss %.4f%s",
             recent(blocks, sizeof blocks, t), mien_score_loss(&t->at.seen),
             accuracy_text(accuracy, sizeof accuracy,
                           mien_score_accuracy(&t->at.seen)));
    mien_progress(task, t->at.batch, t->source->batches, note);
}

static mien_status interrupted(mien_trainer *t) {
    MIEN_TRY(mien_trainer_save(t));
    return mien_fail(MIEN_EINTERRUPTED,
                     "interrupted at step %lld and saved; "
                     "go on with: mien train %s --out %s --resume",
                     (long long)t->at.step, t->recipe.path, t->folder);
}

static mien_status run_steps(mien_trainer *t, int epochs) {
    MIEN_TRY(mien_source_begin(t->source, t->at.epoch, t->at.batch));
    while (t->at.batch < t->source->batches) {
        if (mien_train_interrupted()) return interrupted(t);
        MIEN_TRY(mien_trainer_step(t));
        if (t->again) return MIEN_OK;
        report_progress(t, epochs);
        if (t->options.stop_at && t->at.step >= t->options.stop_at)
            return mien_fail(MIEN_EINTERRUPTED,
                             "stopped at step %lld, nothing was saved",
                             (long long)t->at.step);
    }
    return MIEN_OK;
}

/* Is it better than the best so far? By the metric of early_stop. */
static bool better(const mien_trainer *t, double value) {
    const mien_early_stop *stop = &t->recipe.train.early_stop;
    if (isnan(value)) return false;
    if (!t->at.best_epoch) return true;
    return stop->metric == MIEN_METRIC_LOSS ? value < t->at.best - stop->delta
                                            : value > t->at.best + stop->delta;
}

/* Only a validation part may choose: a model chosen by its test would be
 * reported too well. */
static mien_status choose(mien_trainer *t, const mien_figures *f) {
    const mien_early_stop *stop = &t->recipe.train.early_stop;
    const double value =
        stop->metric == MIEN_METRIC_LOSS ? f->loss : f->accuracy;
    if (!mien_source_samples(t->source, MIEN_VAL) || t->options.overfit)
        return MIEN_OK;
    if (!better(t, value)) {
        t->at.stale++;
        t->stopped_early = stop->patience && t->at.stale >= stop->patience;
        return MIEN_OK;
    }
    t->at.best = value;
    t->at.best_epoch = t->at.epoch + 1;
    t->at.stale = 0;
    return mien_trainer_write_model(t);
}

static void log_validation(mien_trainer *t, mien_part part,
                           const mien_figures *f) {
    mien_run_log_begin(&t->log, "validation");
    mien_run_log_int(&t->log, "step", t->at.step);
    mien_run_log_int(&t->log, "epoch", t->at.epoch + 1);
    mien_run_log_text(&t->log, "split", mien_part_name(part));
    mien_run_log_real(&t->log, "loss", f->loss);
    mien_run_log_real(&t->log, "accuracy", f->accuracy);
    mien_run_log_real(&t->log, "top5", f->top5);
    mien_run_log_end(&t->log);
}

static mien_status look(mien_trainer *t, mien_figures *f) {
    const mien_part part = mien_trainer_part(t, false);
    *f = mien_no_figures;
    if (part == MIEN_TRAIN && !t->options.overfit) return MIEN_OK;
    MIEN_TRY(mien_trainer_validate(t, part, true, f));
    log_validation(t, part, f);
    t->memorised = t->options.overfit && f->accuracy >= 1;
    return choose(t, f);
}

static void say(const mien_trainer *t, int epochs, const mien_figures *f) {
    char a[32], b[32], held_out[96] = "";
    if (!isnan(f->loss))
        snprintf(held_out, sizeof held_out, "; %s loss %.4f%s",
                 mien_part_name(mien_trainer_part(t, false)), f->loss,
                 accuracy_text(a, sizeof a, f->accuracy));
    mien_info("epoch %lld/%d: loss %.4f%s%s", (long long)t->at.epoch + 1,
              epochs, mien_score_loss(&t->at.seen),
              accuracy_text(b, sizeof b, mien_score_accuracy(&t->at.seen)),
              held_out);
    for (const char *line = (const char *)t->gradients.data;
         line && *line && t->options.show_gradients;) {
        const char *end = strchr(line, '\n');
        mien_info("%.*s", (int)(end - line), line);
        line = end + 1;
    }
}

/* What the plateau schedule watches: held out for choosing, or else trained
 * on, never the test. */
static double watched(const mien_trainer *t, const mien_figures *f) {
    if (mien_source_samples(t->source, MIEN_VAL) && !isnan(f->loss))
        return f->loss;
    return mien_score_loss(&t->at.seen);
}

mien_status mien_trainer_epoch(mien_trainer *t) {
    const mien_train_settings *s = &t->recipe.train;
    const int epochs = mien_recipe_epochs(&t->recipe);
    const mien_stage *stage = &t->recipe.stages[t->at.stage];
    mien_figures figures = mien_no_figures;
    MIEN_TRY(run_steps(t, epochs));
    if (t->again) return MIEN_OK;
    mien_care_epoch(t);
    const bool last = t->at.stage_epoch + 1 >= stage->epochs;
    const bool due = (t->at.epoch + 1) % s->validate_every == 0 || last;
    if (due) {
        MIEN_TRY(look(t, &figures));
        mien_schedule_validated(&t->update.schedule, watched(t, &figures));
    }
    say(t, epochs, &figures);
    t->at.epoch++;
    t->at.stage_epoch++;
    t->at.batch = 0;
    t->last_seen = t->at.seen;
    t->at.seen = (mien_score){0};
    const bool over = last || t->stopped_early || t->memorised;
    if (t->at.epoch % s->save_every && !over) return MIEN_OK;
    return mien_trainer_save(t);
}
