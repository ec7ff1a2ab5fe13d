/* SPDX-License-Identifier: Apache-2.0 */
/* decay.c - weight decay that beats the gradient.
 *
 *   |decay W| / |g|  above .5 within the first 20 steps, or above 3 ever
 *
 * Late in a training that went well the gradient is small and any decay beats
 * it; so it is a failure only while the loss is still that of knowing
 * nothing. */
#include "health/signs.h"

static const double early_share = 0.5, any_share = 3;

static void look(mien_watch *w, const mien_frame *f, double *state) {
    const bool early = f->step < MIEN_START_STEPS;
    const double limit = early ? early_share : any_share;
    char n[MIEN_NUMBER_ROOM];
    (void)state;
    if (f->skipped || !(f->decay_share > limit)) return;
    const mien_finding found = {
        .severity = mien_sign_clueless(f, 0.9) ? MIEN_FAIL : MIEN_NOTE,
        .cause = MIEN_CAUSE_DECAY,
        .value = f->decay_share,
        .limit = limit};
    mien_watch_say(w, &found,
                   "weight decay pulls %s times as hard as the "
                   "gradient pushes",
                   mien_number(n, f->decay_share));
}

const mien_detector_ops mien_detector_decay = {
    .name = "decay",
    .summary = "weight decay beats the gradient",
    .look = look,
};
