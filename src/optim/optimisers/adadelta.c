/* SPDX-License-Identifier: Apache-2.0 */
/* adadelta.c - moves in the units of the weights.
 *
 *   d = g + weight_decay w      s = rho s + (1 - rho) d^2
 *   x = d sqrt(a + eps) / sqrt(s + eps)      a = rho a + (1 - rho) x^2
 *   w -= lr x
 *
 * as PyTorch's Adadelta. Source: Zeiler, arXiv:1212.5701. */
#include <math.h>

#include "optim/optimiser.h"

typedef struct config {
    mien_optim_config base;
    double rho, eps;
} config;

static const mien_param params[] = {
    MIEN_OPTIM_PARAMS(config, 1, 0),
    {"rho", "memory of both mean squares", offsetof(config, rho), 0, 0.999999,
     0.9, .kind = MIEN_DOUBLE},
    {"eps", "added under the roots", offsetof(config, eps), 1e-16, 1, 1e-6,
     .kind = MIEN_DOUBLE},
    {0},
};

static void update(const mien_update *u) {
    const config *cfg = u->config;
    const float decay = (float)mien_decay_of(u), lr = (float)u->lr;
    const float rho = (float)cfg->rho, rest = (float)(1 - cfg->rho);
    const float eps = (float)cfg->eps;
    float *restrict w = u->w, *restrict s = u->slot[0];
    float *restrict a = u->slot[1];
    const float *restrict g = u->g;
    for (size_t i = 0; i < u->n; i++) {
        const float d = g[i] + decay * w[i];
        s[i] = rho * s[i] + rest * d * d;
        const float x = sqrtf(a[i] + eps) / sqrtf(s[i] + eps) * d;
        a[i] = rho * a[i] + rest * x * x;
        w[i] -= lr * x;
    }
}

const mien_optim_ops mien_optim_adadelta = {
    .row = {.name = "adadelta",
            .summary = "moves in the units of the weights",
            .params = params,
            .config_size = sizeof(config)},
    .slots = {"square", "moves"},
    .n_slots = 2,
    .elementwise = true,
    .update = update,
};
