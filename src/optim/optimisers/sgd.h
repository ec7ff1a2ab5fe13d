/* SPDX-License-Identifier: Apache-2.0 */
/* sgd.h - gradient descent with and without momentum, shared by four rows.
 *
 *   d = g + weight_decay w
 *   b = d                               at the first step, then
 *   b = momentum b + (1 - dampening) d
 *   w -= lr b                           or lr (d + momentum b): Nesterov
 *
 * as PyTorch's SGD; without momentum, w -= lr d. */
#ifndef MIEN_OPTIM_OPTIMISERS_SGD_H
#define MIEN_OPTIM_OPTIMISERS_SGD_H

#include "optim/optimiser.h"

typedef struct mien_sgd_config {
    mien_optim_config base;
    double momentum, dampening;
    bool nesterov;
} mien_sgd_config;

#define MIEN_MOMENTUM_PARAM(default)                                   \
    {                                                                  \
        "momentum", "share of the last move that goes on",             \
            offsetof(mien_sgd_config, momentum), 0, 0.999999, default, \
            .kind = MIEN_DOUBLE                                        \
    }

void mien_sgd_update(const mien_update *u);
int mien_sgd_slots(const void *config);

#endif
