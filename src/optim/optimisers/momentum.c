/* SPDX-License-Identifier: Apache-2.0 */
/* momentum.c - sgd that keeps rolling; the formulas are in sgd.h.
 *
 * Source: Polyak, Some methods of speeding up the convergence of iteration
 * methods, USSR Computational Mathematics 4(5), 1964. */
#include "optim/optimisers/sgd.h"

static const mien_param params[] = {
    MIEN_OPTIM_PARAMS(mien_sgd_config, 0.01, 0),
    MIEN_MOMENTUM_PARAM(0.9),
    {"dampening", "share of the gradient that momentum leaves out",
     offsetof(mien_sgd_config, dampening), 0, 1, 0, .kind = MIEN_DOUBLE},
    {0},
};

const mien_optim_ops mien_optim_momentum = {
    .row = {.name = "momentum",
            .summary = "sgd that keeps rolling",
            .params = params,
            .config_size = sizeof(mien_sgd_config)},
    .slots = {"momentum"},
    .n_slots = 1,
    .slots_of = mien_sgd_slots,
    .elementwise = true,
    .update = mien_sgd_update,
};
