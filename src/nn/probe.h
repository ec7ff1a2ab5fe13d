/* SPDX-License-Identifier: Apache-2.0 */
/* probe.h - what passes through a layer: its size, its zeros, what is bad.
 *
 *   MIEN_TRY(mien_runner_watch(run, true));    (the steps from now on)
 *   MIEN_TRY(mien_runner_step(run, &batch, &result));
 *   for (int i = 0; i < mien_runner_rows(run); i++) {
 *       const mien_layer_probe *p = mien_runner_probe(run, i);
 *       ... p->y.rms, p->dy.rms, p->dead
 *   }
 *
 * A layer is a row of the plan: the layers that run as one have one output
 * and one probe. Outputs are measured right after they were written and
 * gradients right before they are read, while the caches still hold them. */
#ifndef MIEN_NN_PROBE_H
#define MIEN_NN_PROBE_H

#include <stdint.h>

#include "tensor/shape.h"

/* Over all values of a tensor. Mean, rms and max leave out what is not
 * finite; shares are of all values, 0 to 1. */
typedef struct mien_probe {
    int64_t count, non_finite;
    double mean, rms, max; /* max of |x| */
    double zeros;          /* share that is exactly 0 */
    /* |tanh| above .97, a sigmoid outside [.05, .95]; 0 for other layers */
    double saturated;
    /* In 16 bits: shares that became infinite, that became 0 */
    double overflow, underflow;
    int first_bad; /* the first sample of the batch with a bad value, or -1 */
} mien_probe;

typedef struct mien_layer_probe {
    mien_probe y;         /* what it gave, forward */
    mien_probe dy;        /* the gradient that reached it, backward */
    int units;            /* channels, or values of a vector */
    double dead;          /* share of units that were 0 for every sample */
    const uint8_t *alive; /* [units] 1: not 0 for some sample of this batch */
} mien_layer_probe;

/* Measure a plain batch x[n][c][h][w]; `low` and `high`, unless NULL, get the
 * least and largest finite value of each of the c channels, NaN where there
 * is none. */
void mien_probe_plain(mien_probe *out, const float *x, mien_shape shape,
                      float *low, float *high);

#endif
