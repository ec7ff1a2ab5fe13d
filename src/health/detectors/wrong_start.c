/* SPDX-License-Identifier: Apache-2.0 */
/* wrong_start.c - the very first step is not that of a fresh network.
 *
 * Answers that know nothing cost L0 (ln C for cross entropy): a first loss far
 * above it comes from answers that are large, not wrong. And He's rule keeps
 * the variance of the values from layer to layer:
 *
 *   |L - L0| > start_share L0
 *   (rms(y) / rms(x))^2 above variance_ratio, or below its inverse, for a layer
 *   with weights
 *
 * Source: He et al., Delving deep into rectifiers, ICCV 2015
 * (arXiv:1502.01852), eq. 10. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "health/signs.h"

/* rms(W) over He's, of the layer's own weights. */
static double scale_of(const mien_frame *f, int layer) {
    for (int i = 0; i < f->n_tensors; i++)
        if (f->tensors[i].layer == layer &&
            f->tensors[i].role == MIEN_ROLE_WEIGHT)
            return f->tensors[i].scale;
    return NAN;
}

static mien_cause cause_of(const mien_watch *w, const mien_frame *f) {
    const int off = mien_sign_off(f);
    if (off >= 0) return MIEN_CAUSE_BIAS;
    if (mien_sign_large_init(w)) return MIEN_CAUSE_INIT_LARGE;
    if (mien_sign_input_range(f)) return MIEN_CAUSE_INPUT_RANGE;
    if (mien_sign_small_init(w)) return MIEN_CAUSE_INIT_SMALL;
    return MIEN_CAUSE_UNKNOWN;
}

/* A loss three times what ignorance costs is no accident; 1.3 to 2 times is
 * what He's rule gives to the last layer of small networks. Below: a network
 * that was trained before may start there. */
static mien_severity severity_of(const mien_frame *f, mien_cause cause) {
    if (f->loss < f->expected) return MIEN_NOTE;
    if (cause != MIEN_CAUSE_UNKNOWN) return MIEN_FAIL;
    if (f->loss > 3 * f->expected) return MIEN_FAIL;
    return f->loss > 2 * f->expected ? MIEN_WARN : MIEN_NOTE;
}

static void look_at_loss(mien_watch *w, const mien_frame *f) {
    const double off = fabs(f->loss - f->expected) / f->expected;
    char because[MIEN_BECAUSE_ROOM], loss[MIEN_NUMBER_ROOM],
        expected[MIEN_NUMBER_ROOM];
    if (!(f->expected > 0) || !(off > w->limits.start_share)) return;
    const mien_cause cause = cause_of(w, f);
    const mien_finding found = {.severity = severity_of(f, cause),
                                .cause = cause,
                                .value = off,
                                .limit = w->limits.start_share};
    mien_watch_say(w, &found,
                   "the first loss is %s where a network that knows "
                   "nothing has %s%s",
                   mien_number(loss, f->loss),
                   mien_number(expected, f->expected),
                   mien_because(because, w, f, cause));
}

/* (rms(y) / rms(x))^2 of the layer that is farthest from 1. */
static double worst_ratio(int *layer, const mien_frame *f) {
    double worst = 1;
    *layer = -1;
    for (int i = 0; i < f->n_layers; i++) {
        const double gain = f->layers[i].forward_gain;
        if (!isfinite(scale_of(f, i)) || !(gain > 0) || !isfinite(gain) ||
            mien_kind_has(&f->layers[i], "norm") ||
            mien_kind_has(&f->layers[i], "bn"))
            continue;
        if (fabs(log(gain * gain)) <= fabs(log(worst))) continue;
        worst = gain * gain;
        *layer = i;
    }
    return worst;
}

static mien_cause cause_of_ratio(const mien_watch *w, const mien_frame *f,
                                 int layer, double ratio) {
    const double scale = scale_of(f, layer);
    if (ratio > 1 && (mien_sign_large_init(w) || scale > 4))
        return MIEN_CAUSE_INIT_LARGE;
    if (ratio < 1 && (mien_sign_small_init(w) || scale < 0.05))
        return MIEN_CAUSE_INIT_SMALL;
    return MIEN_CAUSE_UNKNOWN;
}

static void look_at_ratio(mien_watch *w, const mien_frame *f) {
    int layer;
    const double ratio = worst_ratio(&layer, f),
                 limit = w->limits.variance_ratio;
    char n[MIEN_NUMBER_ROOM], own[MIEN_NUMBER_ROOM];
    if (layer < 0 || (ratio < limit && ratio > 1 / limit)) return;
    const mien_cause cause = cause_of_ratio(w, f, layer, ratio);
    mien_finding found = {.severity = cause ? MIEN_FAIL : MIEN_NOTE,
                          .cause = cause,
                          .value = ratio,
                          .limit = ratio > 1 ? limit : 1 / limit};
    snprintf(found.where, sizeof found.where, "%s", f->layers[layer].name);
    mien_watch_say(w, &found,
                   "%.100s gives %sx the variance that it gets; its "
                   "weights started at %sx He's",
                   f->layers[layer].name, mien_number(n, ratio),
                   mien_number(own, scale_of(f, layer)));
}

static void look(mien_watch *w, const mien_frame *f, double *state) {
    (void)state;
    if (f->step != 0 || f->skipped || f->input.non_finite) return;
    look_at_loss(w, f);
    if (f->probed) look_at_ratio(w, f);
}

const mien_detector_ops mien_detector_wrong_start = {
    .name = "wrong_start",
    .summary = "the first loss or a layer's variance is off",
    .look = look,
};
