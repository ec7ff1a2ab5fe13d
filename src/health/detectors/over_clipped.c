/* SPDX-License-Identifier: Apache-2.0 */
/* over_clipped.c - a clip that acts on most steps is the learning rate.
 *
 * More than limits.clip_share of the last 100 healthy steps were clipped. A
 * threshold that stands still then cuts what is usual, and hides a rate that
 * is too high: a warning. One that follows the gradient (a percentile) means
 * to: a note. */
#include "health/signs.h"

enum { WINDOW = 100 };
enum { LAST, SAME_FOR, N_STATE };

static void look(mien_watch *w, const mien_frame *f, double *state) {
    const mien_history *h = &w->history;
    double x[WINDOW], count = 0;
    char n[MIEN_NUMBER_ROOM];
    if (!(f->threshold > 0)) return;
    state[SAME_FOR] = f->threshold == state[LAST] ? state[SAME_FOR] + 1 : 0;
    state[LAST] = f->threshold;
    if (h->n < WINDOW) return;
    mien_history_copy(x, h, h->clipped, WINDOW);
    for (int i = 0; i < WINDOW; i++) count += x[i];
    const double share = count / WINDOW;
    if (!(share > w->limits.clip_share)) return;
    const bool fixed = state[SAME_FOR] >= WINDOW / 2;
    const mien_finding found = {.severity = fixed ? MIEN_WARN : MIEN_NOTE,
                                .cause = MIEN_CAUSE_RATE,
                                .value = share,
                                .limit = w->limits.clip_share};
    mien_watch_say(w, &found,
                   "%.3g %% of the last %d steps were clipped at %s"
                   "%s",
                   100 * share, WINDOW, mien_number(n, f->threshold),
                   fixed ? ": the threshold has become the learning rate"
                         : ", a threshold that follows the gradient");
}

const mien_detector_ops mien_detector_over_clipped = {
    .name = "over_clipped",
    .summary = "most steps are clipped",
    .n_state = N_STATE,
    .look = look,
};
