/* SPDX-License-Identifier: Apache-2.0 */
/* sharpness.h - the largest curvature of the loss, by power iteration.
 *
 *   v <- H v / |H v|,   H v = (g(w + e v) - g(w)) / e,   lambda = v . H v
 *
 * with g the gradient on one batch and e small against the weights. Gradient
 * descent at rate lr is stable while lambda < 2 / lr. Ten gradients; nothing
 * of the training changes but the runner's gradient.
 * Source: LeCun, Simard & Pearlmutter, Automatic learning rate maximization,
 * NIPS 1992; Cohen et al., Edge of stability, ICLR 2021 (arXiv:2103.00065). */
#ifndef MIEN_TRAIN_SHARPNESS_H
#define MIEN_TRAIN_SHARPNESS_H

#include "train/trainer.h"

/* NaN when the gradient is not finite.
 *
 * Errors: MIEN_ENOMEM, and those of a step. */
mien_status mien_sharpness(double *lambda, mien_trainer *t,
                           const mien_batch *batch);

#endif
