/* SPDX-License-Identifier: Apache-2.0 */
/* vanishing.c - values or gradients that die out, or weights that stand still.
 *
 *   gain     of any two layers below 1 / limits.gain (gains.c)
 *   update   |dW| / |W| of all weights below limits.update_least for 100 steps
 *            while the loss is within 1 % of that of knowing nothing */
#include <math.h>
#include <stdio.h>

#include "health/signs.h"

enum { OFF, GAINS, STILL_SINCE, N_STATE };
enum { STILL_STEPS = 100 };

/* Units that were off at step 0 were switched off by their biases. */
static mien_cause cause_of(const mien_watch *w, const mien_frame *f,
                           double gain, const double *state) {
    const mien_cause cause = mien_cause_of_fall(w, f, gain);
    return cause == MIEN_CAUSE_DEAD && state[OFF] ? MIEN_CAUSE_BIAS : cause;
}

static void say_gain(mien_watch *w, const mien_frame *f, const mien_gain *gain,
                     const char *pass, mien_cause cause) {
    char n[MIEN_NUMBER_ROOM], because[MIEN_BECAUSE_ROOM];
    mien_finding found = {.severity = MIEN_FAIL,
                          .cause = cause,
                          .value = gain->least,
                          .limit = 1 / w->limits.gain};
    snprintf(found.where, sizeof found.where, "%.60s and %.60s",
             mien_layer_name(f, gain->least_from),
             mien_layer_name(f, gain->least_to));
    mien_watch_say(w, &found, "%s gain %s between %s: vanishing%s", pass,
                   mien_number(n, gain->least), found.where,
                   mien_because(because, w, f, cause));
}

/* After the first steps it has to last for two probed steps. */
static void look_at_gains(mien_watch *w, const mien_frame *f, double *state) {
    const double limit = 1 / w->limits.gain;
    mien_gain forward, backward;
    mien_gain_forward(&forward, f);
    mien_gain_backward(&backward, f);
    const bool low = forward.least < limit || backward.least < limit;
    state[GAINS] = low ? state[GAINS] + 1 : 0;
    if (!low || (f->step >= MIEN_START_STEPS && state[GAINS] < 2)) return;
    if (forward.least < limit)
        say_gain(w, f, &forward, "forward",
                 cause_of(w, f, forward.least, state));
    if (backward.least < limit)
        say_gain(w, f, &backward, "backward",
                 cause_of(w, f, backward.least, state));
}

static double largest_update(const mien_frame *f) {
    double most = NAN;
    for (int i = 0; i < f->n_tensors; i++)
        if (f->tensors[i].role == MIEN_ROLE_WEIGHT)
            most = fmax(most, f->tensors[i].ratio);
    return most;
}

static void look_at_updates(mien_watch *w, const mien_frame *f, double *state) {
    const double most = largest_update(f), limit = w->limits.update_least;
    char n[MIEN_NUMBER_ROOM], loss[MIEN_NUMBER_ROOM],
        because[MIEN_BECAUSE_ROOM];
    if (f->skipped) return;
    if (!(most < limit) || !(fabs(f->loss / f->expected - 1) < 0.01)) {
        state[STILL_SINCE] = 0;
        return;
    }
    if (!state[STILL_SINCE]) state[STILL_SINCE] = 1 + (double)f->step;
    if ((double)f->step - state[STILL_SINCE] + 1 < STILL_STEPS) return;
    const mien_finding found = {.severity = MIEN_FAIL,
                                .cause = cause_of(w, f, 1, state),
                                .value = most,
                                .limit = limit};
    mien_watch_say(w, &found,
                   "no weights moved by more than %s of their norm "
                   "in a step since step %.0f, and the loss is still %s%s",
                   mien_number(n, most), state[STILL_SINCE] - 1,
                   mien_number(loss, f->loss),
                   mien_because(because, w, f, found.cause));
}

static void look(mien_watch *w, const mien_frame *f, double *state) {
    if (!f->probed) return;
    if (f->step == 0) state[OFF] = mien_sign_off(f) >= 0;
    if (!f->input.non_finite && isfinite(f->loss)) look_at_gains(w, f, state);
    look_at_updates(w, f, state);
}

const mien_detector_ops mien_detector_vanishing = {
    .name = "vanishing",
    .summary = "values or gradients die out on their way",
    .n_state = N_STATE,
    .look = look,
};
