/* SPDX-License-Identifier: Apache-2.0 */
/* exploding.c - values, gradients or steps that grow out of proportion.
 *
 *   gain     of any two layers, forward or backward (gains.c)
 *   norm     |g| over the median of the healthy steps
 *   update   |dW| / |W| of a tensor of weights */
#include <math.h>
#include <stdio.h>

#include "health/signs.h"

enum { AT_START, GAINS, NORMS, UPDATES, LEAPS, N_STATE };
enum { LEAST_HISTORY = 20 };

/* What exploded, or died out, at step 0 has no other cause later. */
static mien_cause cause_of(const mien_watch *w, const mien_frame *f,
                           double gain, const double *state) {
    const mien_cause now = mien_cause_of_growth(w, f, gain);
    if (now == MIEN_CAUSE_OUTLIER || !state[AT_START]) return now;
    return (mien_cause)(state[AT_START] - 1);
}

static void say_gain(mien_watch *w, const mien_frame *f, const mien_gain *gain,
                     const char *pass, mien_cause cause) {
    char n[MIEN_NUMBER_ROOM], because[MIEN_BECAUSE_ROOM];
    mien_finding found = {.severity = MIEN_FAIL,
                          .cause = cause,
                          .value = gain->most,
                          .limit = w->limits.gain};
    snprintf(found.where, sizeof found.where, "%.60s and %.60s",
             mien_layer_name(f, gain->most_from),
             mien_layer_name(f, gain->most_to));
    mien_watch_say(w, &found, "%s gain %s between %s: exploding%s", pass,
                   mien_number(n, gain->most), found.where,
                   mien_because(because, w, f, cause));
}

/* After the first steps it has to last for two probed steps. */
static void look_at_gains(mien_watch *w, const mien_frame *f, double *state) {
    const double limit = w->limits.gain;
    mien_gain forward, backward;
    mien_gain_forward(&forward, f);
    mien_gain_backward(&backward, f);
    const double most = fmax(forward.most, backward.most);
    const double least = fmin(forward.least, backward.least);
    state[GAINS] = most > limit ? state[GAINS] + 1 : 0;
    if (f->step == 0 && most > limit)
        state[AT_START] = 1 + mien_cause_of_growth(w, f, most);
    else if (f->step == 0 && least < 1 / limit)
        state[AT_START] = 1 + mien_cause_of_fall(w, f, least);
    if (!state[GAINS] || (f->step >= MIEN_START_STEPS && state[GAINS] < 2))
        return;
    if (forward.most > limit)
        say_gain(w, f, &forward, "forward",
                 cause_of(w, f, forward.most, state));
    if (backward.most > limit)
        say_gain(w, f, &backward, "backward",
                 cause_of(w, f, backward.most, state));
}

static void look_at_norm(mien_watch *w, const mien_frame *f, double *state) {
    char norm[MIEN_NUMBER_ROOM], n[MIEN_NUMBER_ROOM],
        because[MIEN_BECAUSE_ROOM];
    const double usual =
        mien_history_median(&w->history, w->history.norm, MIEN_NORM_WINDOW);
    const double rise = f->norm / usual;
    if (w->history.n < LEAST_HISTORY || !mien_frame_is_healthy(f)) return;
    if (!(rise > w->limits.norm_rise)) {
        state[NORMS] = 0;
        return;
    }
    const mien_cause cause = cause_of(w, f, 0, state);
    const mien_finding found = {.severity = mien_sign_jump(&state[NORMS], f),
                                .cause = cause,
                                .value = rise,
                                .limit = w->limits.norm_rise};
    mien_watch_say(w, &found,
                   "the gradient's norm is %s, %sx its median over "
                   "the last healthy steps%s",
                   mien_number(norm, f->norm), mien_number(n, rise),
                   mien_because(because, w, f, cause));
}

/* A step that moves weights by a tenth of their norm is too long when it is
 * the rule. It is not rare at the start: the first steps of Adagrad at .01 and
 * RMSprop at .001 were 1.06, .48, .29, .27, .19 ... in networks that reached
 * 100 %; those of Adam at .1 were 2.2, .71, .36 and of SGD at 1 .31, 2.3, 4.8,
 * in networks that learned nothing. */
static mien_severity severity_of(const mien_watch *w, double ratio,
                                 double *state) {
    const double fail = w->limits.update_fail;
    state[UPDATES] = ratio > fail ? state[UPDATES] + 1 : 0;
    state[LEAPS] = ratio > 3 * fail ? state[LEAPS] + 1 : 0;
    if (ratio > 15 * fail || state[LEAPS] >= 3 || state[UPDATES] >= 20)
        return MIEN_FAIL;
    return state[LEAPS] || state[UPDATES] >= 5 ? MIEN_WARN : MIEN_NOTE;
}

static void look_at_updates(mien_watch *w, const mien_frame *f, double *state) {
    char n[MIEN_NUMBER_ROOM], because[MIEN_BECAUSE_ROOM];
    double ratio;
    const int i = mien_sign_moved(&ratio, f);
    const mien_severity severity = severity_of(w, ratio, state);
    if (i < 0 || ratio <= w->limits.update_warn) return;
    mien_finding found = {.severity = severity,
                          .cause = cause_of(w, f, 0, state),
                          .value = ratio,
                          .limit = severity == MIEN_NOTE
                                       ? w->limits.update_warn
                                       : w->limits.update_fail};
    snprintf(found.where, sizeof found.where, "%s", f->tensors[i].name);
    const bool rate = found.cause == MIEN_CAUSE_RATE;
    mien_watch_say(w, &found,
                   "one step at lr %.3g moved %.100s by %s of its "
                   "norm%s",
                   f->lr, f->tensors[i].name, mien_number(n, ratio),
                   rate ? "" : mien_because(because, w, f, found.cause));
}

static void look(mien_watch *w, const mien_frame *f, double *state) {
    if (f->probed) look_at_gains(w, f, state);
    look_at_norm(w, f, state);
    if (f->probed && !f->skipped) look_at_updates(w, f, state);
}

const mien_detector_ops mien_detector_exploding = {
    .name = "exploding",
    .summary = "values, gradients or steps grow out of proportion",
    .n_state = N_STATE,
    .look = look,
};
