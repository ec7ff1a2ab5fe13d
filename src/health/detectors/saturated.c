/* SPDX-License-Identifier: Apache-2.0 */
/* saturated.c - a tanh or a sigmoid at its ends, where its slope is near 0.
 *
 *   |tanh| > .97, or a sigmoid outside [.05, .95], for more than
 *   limits.saturated of a layer's values
 *
 * The last layer is left out: answers that are sure are no trouble.
 * Source: Glorot and Bengio, Understanding the difficulty of training deep
 * feedforward neural networks, AISTATS 2010, section 3. */
#include <stdio.h>

#include "health/signs.h"

static mien_cause cause_of(const mien_watch *w, const mien_frame *f,
                           bool at_start) {
    if (!at_start) return MIEN_CAUSE_SATURATED;
    if (mien_sign_large_init(w)) return MIEN_CAUSE_INIT_LARGE;
    if (mien_sign_input_range(f)) return MIEN_CAUSE_INPUT_RANGE;
    return MIEN_CAUSE_BIAS;
}

/* state[0]: 1 + the cause of what was so at step 0 */
static void look(mien_watch *w, const mien_frame *f, double *state) {
    double most = w->limits.saturated;
    char because[MIEN_BECAUSE_ROOM];
    int layer = -1;
    for (int i = 0; f->probed && i < f->n_layers - 1; i++) {
        if (!(f->layers[i].y.saturated > most)) continue;
        most = f->layers[i].y.saturated;
        layer = i;
    }
    if (layer < 0) return;
    if (f->step == 0) state[0] = 1 + cause_of(w, f, true);
    const mien_cause cause =
        state[0] ? (mien_cause)(state[0] - 1) : cause_of(w, f, false);
    mien_finding found = {
        .severity = state[0] || most > 0.9 ? MIEN_FAIL : MIEN_WARN,
        .cause = cause,
        .value = most,
        .limit = w->limits.saturated};
    snprintf(found.where, sizeof found.where, "%s", f->layers[layer].name);
    mien_watch_say(w, &found,
                   "%.3g %% of the values of %.100s (%.40s) are at "
                   "its ends%s",
                   100 * most, f->layers[layer].name,
                   f->layers[layer].kind ? f->layers[layer].kind : "",
                   mien_because(because, w, f, cause));
}

const mien_detector_ops mien_detector_saturated = {
    .name = "saturated",
    .summary = "a tanh or a sigmoid is at its ends",
    .n_state = 1,
    .look = look,
};
