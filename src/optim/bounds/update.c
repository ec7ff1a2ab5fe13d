/* SPDX-License-Identifier: Apache-2.0 */
/* update.c - a tensor moves by at most a share of its own length.
 *
 *   dW <- dW min(1, kappa max(|W|, floor sqrt(n)) / |dW|)
 *
 * kappa = .01 lets a healthy step pass (they are near 1e-3) and turns a rate
 * that is a hundred times too high into a slow training instead of a dead one.
 * The floor, the length of a tensor whose values are all `floor`, lets zero
 * and tiny weights start.
 * Source: You, Gitman, Ginsburg, Large batch training of convolutional
 * networks, 2017 (arXiv:1708.03888), whose trust ratio fixes |dW| / |W|; here
 * it is only bounded. */
#include <math.h>

#include "optim/bound.h"

typedef struct config {
    double kappa, floor;
} config;

static const mien_param params[] = {
    {"kappa", "greatest |dW| / |W|", offsetof(config, kappa), 1e-9, 1e3, 0.01,
     .kind = MIEN_DOUBLE},
    {"floor", "|W| counts as at least this times sqrt(values)",
     offsetof(config, floor), 0, 1e3, 1e-3, .kind = MIEN_DOUBLE},
    {0},
};

static double longest(const mien_bound_pass *p) {
    const config *cfg = p->config;
    const double least = cfg->floor * sqrt((double)p->tensor->n);
    const double size = p->moved->before;
    return cfg->kappa * (size > least ? size : least);
}

const mien_bound_ops mien_bound_update = {
    .row = {.name = "update",
            .summary = "a tensor moves by at most a share of its length",
            .params = params,
            .config_size = sizeof(config)},
    .longest = longest,
};
