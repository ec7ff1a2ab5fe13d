/* SPDX-License-Identifier: Apache-2.0 */
/* care_notes.c - what is kept of a training for people to look at. */
#include "train/care_notes.h"

#include <math.h>
#include <stdio.h>

#include "base/log.h"
#include "health/report.h"

enum {
    ANGLE_BINS = 36,
    LEAST_APART = 50, /* steps between two histograms of a tensor */
    MOST_HISTOGRAMS = 200
};
static const double pi = 3.14159265358979;

/* Scalars of a probed step, for TensorBoard. */
static void write_events(mien_care *c) {
    const mien_frame *f = &c->frame;
    mien_tfevents *e = c->events;
    if (!e) return;
    mien_tfevents_scalar(e, f->step, "train/loss", f->loss);
    mien_tfevents_scalar(e, f->step, "train/lr", f->lr);
    mien_tfevents_scalar(e, f->step, "gradient/norm", f->norm);
    mien_tfevents_scalar(e, f->step, "gradient/backbone", f->backbone);
    mien_tfevents_scalar(e, f->step, "gradient/head", f->head);
    if (!isnan(f->accuracy))
        mien_tfevents_scalar(e, f->step, "train/accuracy", f->accuracy);
    if (!isnan(f->cosine))
        mien_tfevents_scalar(e, f->step, "output/cosine", f->cosine);
}

/* Samples of the last batch by their angle to the right class. */
static void count_angles(mien_care *c, const mien_seen *seen,
                         int64_t bins[ANGLE_BINS]) {
    const mien_result *r = seen->result;
    for (int i = 0; i < seen->batch->n; i++) {
        double cosine =
            r->scores[(size_t)i * r->n_scores + seen->batch->label[i]] /
            c->frame.margin_s;
        cosine = cosine > 1 ? 1 : cosine < -1 ? -1 : cosine;
        const int bin = (int)(acos(cosine) / pi * ANGLE_BINS);
        bins[bin < ANGLE_BINS ? bin : ANGLE_BINS - 1]++;
    }
}

static void note_angles(mien_trainer *t, const mien_seen *seen) {
    mien_care *c = t->care;
    int64_t bins[ANGLE_BINS] = {0};
    if (c->frame.margin_s <= 0 || !seen->result->scores) return;
    count_angles(c, seen, bins);
    mien_journal_angles(&c->journal, t->at.step, bins);
}

void mien_care_note(mien_trainer *t, const mien_seen *seen) {
    if (t->care->frame.skipped || !t->care->frame.probed) return;
    write_events(t->care);
    note_angles(t, seen);
}

/* A pass over weights and gradient takes up to two thirds of a step of a
 * network that is mostly dense, so of short epochs only some have one: the
 * first, the last, and those that pass a multiple of the distance. */
static bool is_due(const mien_trainer *t) {
    const int64_t now = t->at.step, epoch = mien_trainer_steps(t);
    const int64_t even = t->care->frame.steps / MOST_HISTOGRAMS;
    const int64_t apart = even > LEAST_APART ? even : LEAST_APART;
    return t->at.epoch == 0 || now / apart > (now - epoch) / apart ||
           t->at.epoch + 1 == mien_recipe_epochs(&t->recipe);
}

static void write_histogram(mien_trainer *t, int tensor, const char *what,
                            const float *x) {
    mien_care *c = t->care;
    const mien_trained *of = &t->update.tensors[tensor];
    char tag[160];
    mien_histogram h = {0};
    mien_histogram_add(&h, x, of->n);
    mien_journal_histogram(&c->journal, t->at.step, tensor, what, &h);
    snprintf(tag, sizeof tag, "%s/%s", what, of->name);
    mien_tfevents_histogram(c->events, t->at.step, tag, &h);
}

void mien_care_epoch(mien_trainer *t) {
    mien_care *c = t->care;
    if (!c) return;
    for (int i = 0; i < t->update.n && is_due(t); i++) {
        write_histogram(t, i, "weight", t->update.tensors[i].w);
        write_histogram(t, i, "gradient", t->update.tensors[i].g);
    }
    mien_journal_flush(&c->journal);
    mien_tfevents_flush(c->events);
}

/* A report that cannot be written is no reason to fail. */
void mien_care_report(mien_trainer *t) {
    char path[MIEN_PATH_ROOM + 16];
    if (!t->care) return;
    mien_journal_flush(&t->care->journal);
    snprintf(path, sizeof path, "%s/report.html", t->folder);
    if (mien_health_report(path, t->folder) != MIEN_OK)
        mien_warn("no report was written: %s", mien_error());
}
