/* SPDX-License-Identifier: Apache-2.0 */
/* spike.c - a loss that jumps, or rises for a long time.
 *
 *   jump   loss > median + spike_mads max(MAD, 1 % of the median), over the
 *          last 200 healthy steps, of which there are at least 30
 *   rise   P(slope > 0) > .99, least squares with Gaussian noise, the slope of
 *          n steps having the variance
 *
 *            12 sigma^2 / (n^3 - n),   sigma^2 = sum of squares / (n - 2)
 *
 * A loss that has settled passes the second test once in a hundred tries, and
 * it is tried at each step. So it must hold over the last 100 steps and over
 * the last 200, and the line must rise by more than a quarter of its mean.
 *
 * While a margin grows the loss has to rise; nothing is said then.
 * Source of the rise: King, Automatic learning rate scheduling that really
 * works, dlib, 2018. */
#include <math.h>

#include "health/signs.h"

enum { IN_A_ROW, MARGIN, MARGIN_SINCE, N_STATE };
enum { LEAST = 30, RISE_STEPS = 100 };

static const double least_rise = 0.25;

static mien_cause cause_of(const mien_watch *w, const mien_frame *f) {
    return mien_sign_outlier(w, f) ? MIEN_CAUSE_OUTLIER : MIEN_CAUSE_RATE;
}

static void look_for_jump(mien_watch *w, const mien_frame *f, double *state) {
    const mien_history *h = &w->history;
    const double usual = mien_history_median(h, h->loss, MIEN_WATCH_HISTORY);
    const double mad = mien_history_mad(h, h->loss, MIEN_WATCH_HISTORY);
    const double unit = fmax(mad, 0.01 * fabs(usual));
    const double limit = usual + w->limits.spike_mads * unit;
    char loss[MIEN_NUMBER_ROOM], n[MIEN_NUMBER_ROOM], m[MIEN_NUMBER_ROOM],
        because[MIEN_BECAUSE_ROOM];
    if (h->n < LEAST || !(f->loss > limit)) {
        state[IN_A_ROW] = 0;
        return;
    }
    const mien_cause cause = cause_of(w, f);
    const mien_finding found = {.severity = mien_sign_jump(&state[IN_A_ROW], f),
                                .cause = cause,
                                .value = f->loss,
                                .limit = limit};
    mien_watch_say(w, &found,
                   "the loss jumped to %s, %s deviations above its "
                   "median %s%s",
                   mien_number(loss, f->loss),
                   mien_number(n, (f->loss - usual) / unit),
                   mien_number(m, usual), mien_because(because, w, f, cause));
}

typedef struct line {
    double p;    /* P(slope > 0) */
    double rise; /* from its start to its end, as a share of the mean */
} line;

static line fit(const mien_history *h, int n) {
    double y[MIEN_WATCH_HISTORY], mean = 0, xy = 0, squares = 0;
    const double middle = (n - 1) / 2.0, xx = ((double)n * n * n - n) / 12;
    mien_history_copy(y, h, h->loss, n);
    for (int i = 0; i < n; i++) mean += y[i] / n;
    for (int i = 0; i < n; i++) xy += (i - middle) * (y[i] - mean);
    const double slope = xy / xx;
    for (int i = 0; i < n; i++) {
        const double off = y[i] - mean - slope * (i - middle);
        squares += off * off;
    }
    const double sigma = sqrt(squares / (n - 2) / xx);
    return (line){.p = 0.5 * erfc(-slope / (sigma * M_SQRT2)),
                  .rise = slope * (n - 1) / mean};
}

static bool rises(line *l, const mien_history *h, int n) {
    *l = fit(h, n);
    return l->p > 0.99 && l->rise > least_rise;
}

static void look_for_rise(mien_watch *w, const mien_frame *f) {
    const mien_history *h = &w->history;
    char n[MIEN_NUMBER_ROOM], because[MIEN_BECAUSE_ROOM];
    line recent, all;
    if (h->n < 2 * RISE_STEPS || !mien_frame_is_healthy(f) ||
        !rises(&recent, h, RISE_STEPS) || !rises(&all, h, 2 * RISE_STEPS))
        return;
    const mien_cause cause = cause_of(w, f);
    const mien_finding found = {.severity = MIEN_FAIL,
                                .cause = cause,
                                .value = recent.rise,
                                .limit = least_rise};
    mien_watch_say(w, &found,
                   "the loss rose by %s %% over the last %d healthy "
                   "steps, P(slope > 0) = %.4f%s",
                   mien_number(n, 100 * recent.rise), RISE_STEPS, recent.p,
                   mien_because(because, w, f, cause));
}

/* A margin that changed within the steps that are compared. */
static bool margin_grows(const mien_frame *f, double *state) {
    const double now = (double)f->step;
    if (state[MARGIN] != 1 + f->margin_m) {
        state[MARGIN_SINCE] = state[MARGIN] ? now : now - MIEN_WATCH_HISTORY;
        state[MARGIN] = 1 + f->margin_m;
    }
    return f->margin_m > 0 && now - state[MARGIN_SINCE] < MIEN_WATCH_HISTORY;
}

static void look(mien_watch *w, const mien_frame *f, double *state) {
    if (margin_grows(f, state)) return;
    look_for_jump(w, f, state);
    look_for_rise(w, f);
}

const mien_detector_ops mien_detector_spike = {
    .name = "spike",
    .summary = "the loss jumps, or rises for a long time",
    .n_state = N_STATE,
    .look = look,
};
