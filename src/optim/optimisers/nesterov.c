/* SPDX-License-Identifier: Apache-2.0 */
/* nesterov.c - momentum that looks ahead; the formulas are in sgd.h.
 *
 * Source: Nesterov, A method for solving the convex programming problem with
 * convergence rate O(1/k^2), 1983, in the form of Sutskever et al., ICML
 * 2013. */
#include "optim/optimisers/sgd.h"

static const mien_param params[] = {
    MIEN_OPTIM_PARAMS(mien_sgd_config, 0.01, 0),
    MIEN_MOMENTUM_PARAM(0.9),
    {0},
};

static void update(const mien_update *u) {
    mien_sgd_config cfg = *(const mien_sgd_config *)u->config;
    mien_update ahead = *u;
    cfg.nesterov = true;
    ahead.config = &cfg;
    mien_sgd_update(&ahead);
}

const mien_optim_ops mien_optim_nesterov = {
    .row = {.name = "nesterov",
            .summary = "momentum that looks ahead",
            .params = params,
            .config_size = sizeof(mien_sgd_config)},
    .slots = {"momentum"},
    .n_slots = 1,
    .slots_of = mien_sgd_slots,
    .elementwise = true,
    .update = update,
};
