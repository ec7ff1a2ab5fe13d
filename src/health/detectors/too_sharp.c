/* SPDX-License-Identifier: Apache-2.0 */
/* too_sharp.c - the loss is steeper than the rate allows.
 *
 *   lambda_max > 3 (2 / lr)        while the loss rises
 *
 * Gradient descent overshoots along the sharpest direction once its curvature
 * passes 2 / lr; training lives at that edge, so three times of it count. The
 * trainer measures the curvature when another detector has seen the loss rise,
 * for optimisers whose step is the rate times a gradient.
 * Source: Cohen et al., Edge of stability, ICLR 2021 (arXiv:2103.00065). */
#include <math.h>

#include "health/signs.h"

static const double times_edge = 3;

static void look(mien_watch *w, const mien_frame *f, double *state) {
    char curvature[MIEN_NUMBER_ROOM], edge[MIEN_NUMBER_ROOM];
    (void)state;
    if (!(f->sharpness > times_edge * 2 / f->lr)) return;
    const mien_finding found = {.severity = MIEN_WARN,
                                .cause = MIEN_CAUSE_RATE,
                                .value = f->sharpness,
                                .limit = times_edge * 2 / f->lr};
    mien_watch_say(w, &found,
                   "the loss has a curvature of %s along its sharpest "
                   "direction, and at this rate %s is stable",
                   mien_number(curvature, f->sharpness),
                   mien_number(edge, 2 / f->lr));
}

const mien_detector_ops mien_detector_too_sharp = {
    .name = "too_sharp",
    .summary = "the loss is steeper than the rate allows",
    .look = look,
};
