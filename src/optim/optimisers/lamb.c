/* SPDX-License-Identifier: Apache-2.0 */
/* lamb.c - adam with a rate for each layer, for large batches.
 *
 *   m = beta1 m + (1 - beta1) g       v = beta2 v + (1 - beta2) g^2
 *   r = m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + eps) + weight_decay w
 *   w -= lr k r,   k = min(|w|, most) / |r|      1 where |w| or |r| is 0
 *
 * Norms are of the whole tensor; `most` is the upper end of the paper's phi.
 * Biases and gains move with k = 1 and without decay; decay_all treats them
 * like weights.
 * Source: You et al., Large batch optimization for deep learning, ICLR 2020
 * (arXiv:1904.00962), algorithm 2. */
#include <math.h>

#include "optim/optimiser.h"

typedef struct config {
    mien_optim_config base;
    double beta1, beta2, eps, most;
} config;

static const mien_param params[] = {
    MIEN_OPTIM_PARAMS(config, 0.001, 0.01),
    {"beta1", "memory of the mean", offsetof(config, beta1), 0, 0.999999, 0.9,
     .kind = MIEN_DOUBLE},
    {"beta2", "memory of the mean square", offsetof(config, beta2), 0,
     0.9999999, 0.999, .kind = MIEN_DOUBLE},
    {"eps", "added to the root", offsetof(config, eps), 1e-16, 1, 1e-6,
     .kind = MIEN_DOUBLE},
    {"most", "greatest norm of weights that counts", offsetof(config, most),
     1e-6, 1e9, 10, .kind = MIEN_DOUBLE},
    {0},
};

/* The factors of one step, as floats for the loops. */
typedef struct step {
    float b1, c1, b2, c2, mean, root, eps, decay;
} step;

static void remember(const mien_update *u, step s) {
    float *restrict m = u->slot[0], *restrict v = u->slot[1];
    const float *restrict g = u->g;
    for (size_t i = 0; i < u->n; i++) {
        m[i] = s.b1 * m[i] + s.c1 * g[i];
        v[i] = s.b2 * v[i] + s.c2 * g[i] * g[i];
    }
}

static inline float direction(const mien_update *u, step s, size_t i) {
    const float *m = u->slot[0], *v = u->slot[1];
    return m[i] * s.mean / (sqrtf(v[i]) * s.root + s.eps) + s.decay * u->w[i];
}

/* k, from two norms added up in order. */
static double layer_rate(const mien_update *u, step s) {
    const config *cfg = u->config;
    if (u->role != MIEN_ROLE_WEIGHT && !cfg->base.decay_all) return 1;
    double square = 0;
    for (size_t i = 0; i < u->n; i++) {
        const double r = (double)direction(u, s, i);
        square += r * r;
    }
    const double w = mien_norm2(u->w, u->n), r = sqrt(square);
    return w > 0 && r > 0 ? (w < cfg->most ? w : cfg->most) / r : 1;
}

static void update(const mien_update *u) {
    const config *cfg = u->config;
    const double t = (double)u->step;
    const step s = {.b1 = (float)cfg->beta1,
                    .c1 = (float)(1 - cfg->beta1),
                    .b2 = (float)cfg->beta2,
                    .c2 = (float)(1 - cfg->beta2),
                    .mean = (float)(1 / (1 - pow(cfg->beta1, t))),
                    .root = (float)(1 / sqrt(1 - pow(cfg->beta2, t))),
                    .eps = (float)cfg->eps,
                    .decay = (float)mien_decay_of(u)};
    remember(u, s);
    const float rate = (float)(u->lr * layer_rate(u, s));
    for (size_t i = 0; i < u->n; i++) u->w[i] -= rate * direction(u, s, i);
}

const mien_optim_ops mien_optim_lamb = {
    .row = {.name = "lamb",
            .summary = "adam with a rate for each layer",
            .params = params,
            .config_size = sizeof(config)},
    .slots = {"mean", "square"},
    .n_slots = 2,
    .update = update,
};
