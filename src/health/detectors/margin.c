/* SPDX-License-Identifier: Apache-2.0 */
/* margin.c - the full margin before there is anything to part.
 *
 * With embeddings at random angles the margin adds s sin m to the loss, the
 * same for every class: its gradient pulls all embeddings to one side before
 * it parts them. So a large scale and a large margin, in force from the first
 * step, while after the first steps
 *
 *   theta is still near 90 degrees, the loss near ln C + s sin m, and the mean
 *   of the last steps not below that of the first five
 *
 * Source: Deng et al., ArcFace, CVPR 2019 (arXiv:1801.07698). */
#include <math.h>

#include "health/signs.h"

enum { MARGIN, SEEN, FIRST, RECENT, N_STATE };
enum { AVERAGED = 5, WAIT = 15, UNTIL = 100 };

static bool is_full(const mien_frame *f) {
    return f->margin_s >= 30 && f->margin_m >= 0.3 && f->classes > 1;
}

/* Steps with this margin, mean of their first losses, running mean of the
 * last. A margin that still grows begins anew. */
static void follow(const mien_frame *f, double *state) {
    if (state[MARGIN] != f->margin_m)
        state[SEEN] = state[FIRST] = state[RECENT] = 0;
    state[MARGIN] = f->margin_m;
    const double n = ++state[SEEN];
    if (n <= AVERAGED) state[FIRST] += (f->loss - state[FIRST]) / n;
    state[RECENT] += (f->loss - state[RECENT]) / fmin(n, AVERAGED);
}

static bool is_stuck(const mien_frame *f, const double *state) {
    const double start = log(f->classes) + f->margin_s * sin(f->margin_m);
    const bool across = !(fabs(f->theta - M_PI / 2) > 0.2);
    return state[SEEN] >= WAIT && state[SEEN] <= UNTIL && across &&
           state[RECENT] > 0.9 * start && state[RECENT] > 0.98 * state[FIRST];
}

static void look(mien_watch *w, const mien_frame *f, double *state) {
    char loss[MIEN_NUMBER_ROOM], start[MIEN_NUMBER_ROOM];
    if (!is_full(f) || !mien_frame_is_healthy(f)) return;
    follow(f, state);
    if (!is_stuck(f, state)) return;
    const bool collapsed = mien_sign_margin_collapse(f);
    const mien_finding found = {.severity = collapsed ? MIEN_FAIL : MIEN_WARN,
                                .cause = MIEN_CAUSE_MARGIN,
                                .value = state[RECENT],
                                .limit = 0.98 * state[FIRST]};
    mien_watch_say(w, &found,
                   "after %.0f steps at s %.3g, m %.3g the mean "
                   "angle is %.3g degrees and the loss %s, %s at first: the "
                   "full margin comes too early%s",
                   state[SEEN], f->margin_s, f->margin_m, f->theta * 180 / M_PI,
                   mien_number(loss, state[RECENT]),
                   mien_number(start, state[FIRST]),
                   collapsed ? ", the embeddings collapse" : "");
}

const mien_detector_ops mien_detector_margin = {
    .name = "margin",
    .summary = "the full margin is in force from the start",
    .n_state = N_STATE,
    .look = look,
};
