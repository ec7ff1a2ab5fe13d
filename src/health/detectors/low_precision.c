/* SPDX-License-Identifier: Apache-2.0 */
/* low_precision.c - what 16 bits cannot hold.
 *
 *   overflow   a layer's values above what they hold (65504 in fp16)
 *   underflow  more than limits.underflow of a layer's gradients became 0; not
 *              of the last layer's, where the probability of a wrong class is
 *              as small as it likes
 *   skipped    more than 1 % of the steps, after the first 100
 *   stalled    updates that round away: w + dw = w for most values of a tensor
 *              that have a gradient, for 10 probed steps in a row
 *
 * Source: Micikevicius et al., Mixed precision training, ICLR 2018
 * (arXiv:1710.03740). */
#include <math.h>
#include <stdio.h>

#include "health/signs.h"
#include "nn/precision.h"

enum { SEEN, SKIPPED, STALLED, N_STATE };
enum { SETTLING = 100, STALLED_STEPS = 10, WINDOW = 1000 };

static const char *type_name(const mien_frame *f) {
    return f->precision == MIEN_PRECISION_BF16 ? "bf16" : "fp16";
}

static bool overflows(const mien_watch *w, const mien_frame *f,
                      const mien_probe *p) {
    if (p->overflow > 0) return true;
    return f->precision == MIEN_PRECISION_F16 && p->max > w->limits.half_max;
}

static void look_for_overflow(mien_watch *w, const mien_frame *f) {
    char n[MIEN_NUMBER_ROOM];
    for (int i = 0; i < f->n_layers; i++) {
        const mien_layer_state *l = &f->layers[i];
        const bool forward = overflows(w, f, &l->y);
        if (!forward && (f->scaling || !overflows(w, f, &l->dy))) continue;
        const mien_probe *p = forward ? &l->y : &l->dy;
        mien_finding found = {.severity = MIEN_FAIL,
                              .cause = MIEN_CAUSE_OVERFLOW,
                              .value = p->max,
                              .limit = w->limits.half_max};
        snprintf(found.where, sizeof found.where, "%s", l->name);
        mien_watch_say(w, &found,
                       "the %s of %.100s reach %s, and %.3g %% of "
                       "them are above what %s holds",
                       forward ? "values" : "gradients", l->name,
                       mien_number(n, p->max), 100 * p->overflow, type_name(f));
        return;
    }
}

static void look_for_underflow(mien_watch *w, const mien_frame *f) {
    double most = w->limits.underflow;
    int layer = -1;
    for (int i = 0; i < f->n_layers - 1; i++) {
        if (!(f->layers[i].dy.underflow > most)) continue;
        most = f->layers[i].dy.underflow;
        layer = i;
    }
    if (layer < 0) return;
    mien_finding found = {.severity = MIEN_FAIL,
                          .cause = MIEN_CAUSE_UNDERFLOW,
                          .value = most,
                          .limit = w->limits.underflow};
    snprintf(found.where, sizeof found.where, "%s", f->layers[layer].name);
    mien_watch_say(w, &found,
                   "%.3g %% of the gradients that reach %.100s are "
                   "too small for %s and became 0",
                   100 * most, f->layers[layer].name, type_name(f));
}

/* Counts fade, so that what was long ago is forgotten. */
static void look_for_skips(mien_watch *w, const mien_frame *f, double *state) {
    const double keep = 1 - 1.0 / WINDOW;
    state[SEEN] = keep * state[SEEN] + 1;
    if (f->step >= SETTLING)
        state[SKIPPED] = keep * state[SKIPPED] + f->skipped;
    const double share = state[SKIPPED] / state[SEEN];
    if (!f->skipped || state[SKIPPED] < 1.5 || !(share > 0.01)) return;
    const mien_finding found = {.severity = MIEN_FAIL,
                                .cause = MIEN_CAUSE_OVERFLOW,
                                .value = share,
                                .limit = 0.01};
    mien_watch_say(w, &found,
                   "%.3g %% of the steps overflowed in %s and were "
                   "skipped",
                   100 * share, type_name(f));
}

static int most_stalled(const mien_frame *f) {
    double most = 0.5;
    int worst = -1;
    for (int i = 0; i < f->n_tensors; i++) {
        if (f->tensors[i].role != MIEN_ROLE_WEIGHT ||
            !(f->tensors[i].stalled > most))
            continue;
        most = f->tensors[i].stalled;
        worst = i;
    }
    return worst;
}

static void look_for_stall(mien_watch *w, const mien_frame *f, double *state) {
    const int worst = most_stalled(f);
    state[STALLED] = worst < 0 ? 0 : state[STALLED] + 1;
    if (state[STALLED] < STALLED_STEPS) return;
    const mien_tensor_state *t = &f->tensors[worst];
    char n[MIEN_NUMBER_ROOM];
    mien_finding found = {.severity = MIEN_FAIL,
                          .cause = MIEN_CAUSE_STALL,
                          .value = t->stalled,
                          .limit = 0.5};
    snprintf(found.where, sizeof found.where, "%s", t->name);
    mien_watch_say(w, &found,
                   "%.3g %% of the values of %.100s have a gradient "
                   "and did not move: an update of %s of their norm is less "
                   "than %s can add",
                   100 * t->stalled, t->name, mien_number(n, t->ratio),
                   type_name(f));
}

static void look(mien_watch *w, const mien_frame *f, double *state) {
    if (!f->precision) return;
    look_for_skips(w, f, state);
    if (!f->probed) return;
    look_for_overflow(w, f);
    look_for_underflow(w, f);
    if (!f->skipped) look_for_stall(w, f, state);
}

const mien_detector_ops mien_detector_low_precision = {
    .name = "low_precision",
    .summary = "16 bits cannot hold the values",
    .n_state = N_STATE,
    .look = look,
};
