/* SPDX-License-Identifier: Apache-2.0 */
/* collapsed.c - different samples get the same answer.
 *
 * A fresh ReLU network answers alike too, so a high cosine counts only where
 * it does not go away: at step 0 of a deep network (it rises to 1 with depth),
 * or later while the loss is still that of knowing nothing.
 *
 * A margin head that collapses has a signature: mean cosine above .9 and
 *
 *   ln C + s (1 - cos m)  <=  loss  <=  ln C + s sin m
 *
 * the losses of all embeddings at their common centre (theta = 0) and across
 * it (theta = 90 degrees).
 * Source for the depth: Poole et al., Exponential expressivity in deep neural
 * networks through transient chaos, NeurIPS 2016 (arXiv:1606.05340). */
#include <math.h>
#include <stdio.h>

#include "health/signs.h"

enum { ALIKE_SINCE, SIGNED_SINCE, N_STATE };
enum { ALIKE_STEPS = 100, SIGNED_STEPS = 30 };

bool mien_sign_margin_collapse(const mien_frame *f) {
    const double base = log(f->classes), s = f->margin_s, m = f->margin_m;
    return s > 0 && m > 0 && f->classes > 1 && f->cosine > 0.9 &&
           f->loss >= base + s * (1 - cos(m)) &&
           f->loss <= 1.02 * (base + s * sin(m));
}

static void say(mien_watch *w, const mien_frame *f, mien_cause cause,
                const char *why) {
    char because[MIEN_BECAUSE_ROOM], loss[MIEN_NUMBER_ROOM];
    const mien_finding found = {.severity = MIEN_FAIL,
                                .cause = cause,
                                .value = f->cosine,
                                .limit = w->limits.cosine};
    mien_watch_say(w, &found,
                   "the answers to different samples have a mean "
                   "cosine of %.4f at loss %s: %s%s",
                   f->cosine, mien_number(loss, f->loss), why,
                   mien_because(because, w, f, cause));
}

/* Steps since `since` was set, which it is when `now` becomes true. */
static double lasting(double *since, const mien_frame *f, bool now) {
    if (!now) return *since = 0;
    if (!*since) *since = 1 + (double)f->step;
    return (double)f->step + 2 - *since;
}

static mien_cause cause_of(const mien_watch *w, const mien_frame *f) {
    if (mien_sign_off(f) >= 0) return MIEN_CAUSE_DEAD;
    if (mien_sign_depth(f) >= MIEN_DEEP) return MIEN_CAUSE_DEPTH;
    if (mien_sign_large_init(w)) return MIEN_CAUSE_INIT_LARGE;
    if (mien_sign_small_init(w)) return MIEN_CAUSE_INIT_SMALL;
    return MIEN_CAUSE_UNKNOWN;
}

static void look(mien_watch *w, const mien_frame *f, double *state) {
    if (!isfinite(f->cosine) || !mien_frame_is_healthy(f)) return;
    const bool alike = f->cosine > w->limits.cosine;
    const bool signature = mien_sign_margin_collapse(f);
    if (f->step == 0 && alike && mien_sign_depth(f) >= MIEN_DEEP)
        say(w, f, MIEN_CAUSE_DEPTH, "the depth makes them alike");
    if (lasting(&state[SIGNED_SINCE], f, signature) >= SIGNED_STEPS)
        say(w, f, MIEN_CAUSE_MARGIN, "the embeddings collapsed");
    const bool stuck = alike && mien_sign_clueless(f, 0.97);
    if (lasting(&state[ALIKE_SINCE], f, stuck) >= ALIKE_STEPS && !signature)
        say(w, f, cause_of(w, f), "nothing tells them apart");
}

const mien_detector_ops mien_detector_collapsed = {
    .name = "collapsed",
    .summary = "different samples get the same answer",
    .n_state = N_STATE,
    .look = look,
};
