/* SPDX-License-Identifier: Apache-2.0 */
/* rmsprop.c - the gradient over its running root mean square.
 *
 *   d = g + weight_decay w      s = alpha s + (1 - alpha) d^2
 *   centred:  m = alpha m + (1 - alpha) d,  r = sqrt(s - m^2) + eps
 *   else      r = sqrt(s) + eps
 *   b = momentum b + d / r      w -= lr b
 *
 * as PyTorch's RMSprop. s - m^2 is at least 0 but for rounding, which would
 * make the root NaN: it is then taken as 0.
 * Source: Tieleman & Hinton, Coursera lecture 6.5, 2012. Graves,
 * arXiv:1308.0850 (centred). */
#include <math.h>

#include "optim/optimiser.h"

typedef struct config {
    mien_optim_config base;
    double alpha, eps, momentum;
    bool centred;
} config;

enum { SQUARE, MOVE, MEAN };

static const mien_param params[] = {
    MIEN_OPTIM_PARAMS(config, 0.01, 0),
    {"alpha", "memory of the mean square", offsetof(config, alpha), 0, 0.999999,
     0.99, .kind = MIEN_DOUBLE},
    {"eps", "added to the root", offsetof(config, eps), 1e-16, 1, 1e-8,
     .kind = MIEN_DOUBLE},
    {"momentum", "share of the last move that goes on",
     offsetof(config, momentum), 0, 0.999999, 0, .kind = MIEN_DOUBLE},
    {"centred", "by the variance, not the mean square",
     offsetof(config, centred), .kind = MIEN_BOOL},
    {0},
};

static int slots_of(const void *config_) {
    const config *cfg = config_;
    return cfg->centred ? 3 : cfg->momentum > 0 ? 2 : 1;
}

/* d / r; m is NULL unless centred. */
static float direction(float *restrict s, float *restrict m, float d,
                       const config *cfg) {
    const float alpha = (float)cfg->alpha, rest = (float)(1 - cfg->alpha);
    *s = alpha * *s + rest * d * d;
    float square = *s;
    if (m) {
        *m = alpha * *m + rest * d;
        /* in double, where m^2 cannot overflow: inf - inf would be NaN */
        const double variance = (double)*s - (double)*m * (double)*m;
        square = variance < 0 ? 0 : (float)variance;
    }
    return d / (sqrtf(square) + (float)cfg->eps);
}

static void update(const mien_update *u) {
    const config *cfg = u->config;
    const float decay = (float)mien_decay_of(u), lr = (float)u->lr;
    const float keep = (float)cfg->momentum;
    float *restrict s = u->slot[SQUARE], *restrict w = u->w;
    float *restrict m = cfg->centred ? u->slot[MEAN] : NULL;
    float *restrict b = cfg->momentum > 0 ? u->slot[MOVE] : NULL;
    for (size_t i = 0; i < u->n; i++) {
        const float d = u->g[i] + decay * w[i];
        float move = direction(&s[i], m ? &m[i] : NULL, d, cfg);
        if (b) move = b[i] = keep * b[i] + move;
        w[i] -= lr * move;
    }
}

const mien_optim_ops mien_optim_rmsprop = {
    .row = {.name = "rmsprop",
            .summary = "the gradient over its root mean square",
            .params = params,
            .config_size = sizeof(config)},
    .slots = {"square", "momentum", "mean"},
    .n_slots = 3,
    .slots_of = slots_of,
    .elementwise = true,
    .update = update,
};
