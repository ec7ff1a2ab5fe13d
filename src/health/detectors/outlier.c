/* SPDX-License-Identifier: Apache-2.0 */
/* outlier.c - one batch unlike all others.
 *
 *   rms(x) > 10 x its median, or max |x| > 30 x its median
 *
 * over the batches so far, from the sixth on. Looks first: such a batch makes
 * much else look wrong. */
#include <stdio.h>

#include "health/signs.h"

static void look(mien_watch *w, const mien_frame *f, double *state) {
    const double rms = mien_sign_rms(w, f), peak = mien_sign_peak(w, f);
    const bool by_rms = rms > mien_outlier_rms;
    char n[MIEN_NUMBER_ROOM], usual[MIEN_NUMBER_ROOM];
    (void)state;
    if (!by_rms && !(peak > mien_outlier_peak)) return;
    const double value = by_rms ? rms : peak;
    const double size = by_rms ? f->input.rms : f->input.max;
    mien_finding found = {
        .severity = MIEN_FAIL,
        .cause = MIEN_CAUSE_OUTLIER,
        .since = f->step,
        .value = value,
        .limit = by_rms ? mien_outlier_rms : mien_outlier_peak};
    snprintf(found.where, sizeof found.where, "batch %lld of epoch %lld",
             (long long)f->batch, (long long)f->epoch);
    mien_watch_say(w, &found,
                   "the input's %s is %s in %s, %sx the median of "
                   "the batches before it",
                   by_rms ? "rms" : "largest value", mien_number(n, size),
                   found.where, mien_number(usual, value));
}

const mien_detector_ops mien_detector_outlier = {
    .name = "outlier",
    .summary = "one batch is unlike all others",
    .look = look,
};
