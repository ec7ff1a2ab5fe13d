/* SPDX-License-Identifier: Apache-2.0 */
/* lars.c - momentum with a rate for each layer, for large batches.
 *
 *   k = trust |w| / (|g| + weight_decay |w|)     1 where |w| or |g| is 0
 *   b = momentum b + lr k (g + weight_decay w)   w -= b
 *
 * Norms are of the whole tensor. Biases and gains move with k = 1 and without
 * decay, as in the authors' code; decay_all treats them like weights.
 * Source: You, Gitman, Ginsburg, Large batch training of convolutional
 * networks, arXiv:1708.03888, algorithm 1. */
#include "optim/optimiser.h"

typedef struct config {
    mien_optim_config base;
    double momentum, trust;
} config;

static const mien_param params[] = {
    MIEN_OPTIM_PARAMS(config, 0.1, 0.0005),
    {"momentum", "share of the last move that goes on",
     offsetof(config, momentum), 0, 0.999999, 0.9, .kind = MIEN_DOUBLE},
    {"trust", "of a layer's weights that one step may move",
     offsetof(config, trust), 1e-9, 1, 0.001, .kind = MIEN_DOUBLE},
    {0},
};

static double layer_rate(const mien_update *u, double decay) {
    const config *cfg = u->config;
    if (u->role != MIEN_ROLE_WEIGHT && !cfg->base.decay_all) return 1;
    const double w = mien_norm2(u->w, u->n), g = mien_norm2(u->g, u->n);
    return w > 0 && g > 0 ? cfg->trust * w / (g + decay * w) : 1;
}

static void update(const mien_update *u) {
    const double decay_of = mien_decay_of(u);
    const float decay = (float)decay_of;
    const float rate = (float)(u->lr * layer_rate(u, decay_of));
    const float keep = (float)((const config *)u->config)->momentum;
    float *restrict w = u->w, *restrict b = u->slot[0];
    const float *restrict g = u->g;
    for (size_t i = 0; i < u->n; i++) {
        b[i] = keep * b[i] + rate * (g[i] + decay * w[i]);
        w[i] -= b[i];
    }
}

const mien_optim_ops mien_optim_lars = {
    .row = {.name = "lars",
            .summary = "momentum with a rate for each layer",
            .params = params,
            .config_size = sizeof(config)},
    .slots = {"momentum"},
    .n_slots = 1,
    .update = update,
};
