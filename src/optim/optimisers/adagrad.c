/* SPDX-License-Identifier: Apache-2.0 */
/* adagrad.c - each weight's rate falls with the gradients it has seen.
 *
 *   d = g + weight_decay w      s += d^2
 *   w -= lr / (1 + (t - 1) lr_decay)  d / (sqrt(s) + eps)
 *
 * as PyTorch's Adagrad; s begins at `start`.
 * Source: Duchi, Hazan, Singer, Adaptive subgradient methods, JMLR 12, 2011. */
#include <math.h>

#include "optim/optimiser.h"

typedef struct config {
    mien_optim_config base;
    double lr_decay, eps, start;
} config;

static const mien_param params[] = {
    MIEN_OPTIM_PARAMS(config, 0.01, 0),
    {"lr_decay", "fall of the rate with the steps", offsetof(config, lr_decay),
     0, 1, 0, .kind = MIEN_DOUBLE},
    {"eps", "added to the root", offsetof(config, eps), 1e-16, 1, 1e-10,
     .kind = MIEN_DOUBLE},
    {"start", "what the sum of squares begins at", offsetof(config, start), 0,
     1e6, 0, .kind = MIEN_DOUBLE},
    {0},
};

static void update(const mien_update *u) {
    const config *cfg = u->config;
    const float decay = (float)mien_decay_of(u), eps = (float)cfg->eps;
    const float lr =
        (float)(u->lr / (1 + (double)(u->step - 1) * cfg->lr_decay));
    const float start = u->step == 1 ? (float)cfg->start : 0;
    float *restrict w = u->w, *restrict s = u->slot[0];
    const float *restrict g = u->g;
    for (size_t i = 0; i < u->n; i++) {
        const float d = g[i] + decay * w[i];
        s[i] = (s[i] + start) + d * d;
        w[i] -= lr * (d / (sqrtf(s[i]) + eps));
    }
}

const mien_optim_ops mien_optim_adagrad = {
    .row = {.name = "adagrad",
            .summary = "rates fall with the gradients seen",
            .params = params,
            .config_size = sizeof(config)},
    .slots = {"sum"},
    .n_slots = 1,
    .elementwise = true,
    .update = update,
};
