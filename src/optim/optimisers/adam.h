/* SPDX-License-Identifier: Apache-2.0 */
/* adam.h - what adam and adamw share.
 *
 *   m = beta1 m + (1 - beta1) d       v = beta2 v + (1 - beta2) d^2
 *   w -= lr / (1 - beta1^t)  m / (sqrt(v) / sqrt(1 - beta2^t) + eps)
 *
 * as PyTorch's Adam; with `amsgrad` the root is of the greatest v so far. */
#ifndef MIEN_OPTIM_OPTIMISERS_ADAM_H
#define MIEN_OPTIM_OPTIMISERS_ADAM_H

#include "optim/optimiser.h"

typedef struct mien_adam_config {
    mien_optim_config base;
    double beta1, beta2, eps;
    bool amsgrad;
} mien_adam_config;

/* clang-format off */
#define MIEN_ADAM_PARAMS                                                    \
    {"beta1", "memory of the mean", offsetof(mien_adam_config, beta1), 0,   \
     0.999999, 0.9, .kind = MIEN_DOUBLE},                                   \
    {"beta2", "memory of the mean square",                                  \
     offsetof(mien_adam_config, beta2), 0, 0.9999999, 0.999,                \
     .kind = MIEN_DOUBLE},                                                  \
    {"eps", "added to the root", offsetof(mien_adam_config, eps), 1e-16, 1, \
     1e-8, .kind = MIEN_DOUBLE},                                            \
    {"amsgrad", "never let a rate grow again",                              \
     offsetof(mien_adam_config, amsgrad), .kind = MIEN_BOOL}
/* clang-format on */

/* Names of the slots. */
#define MIEN_ADAM_SLOTS \
    { "mean", "square", "greatest" }
int mien_adam_slots(const void *config);

/* One step; d = g + coupled w, after w is multiplied by shrink. */
void mien_adam_move(const mien_update *u, float coupled, float shrink);

#endif
