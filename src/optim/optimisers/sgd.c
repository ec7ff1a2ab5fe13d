/* SPDX-License-Identifier: Apache-2.0 */
/* sgd.c - stochastic gradient descent; the formulas are in sgd.h.
 *
 * Source: Robbins & Monro, A stochastic approximation method, Annals of
 * Mathematical Statistics 22, 1951. Sutskever et al., On the importance of
 * initialization and momentum in deep learning, ICML 2013. */
#include "optim/optimisers/sgd.h"

static const mien_param params[] = {
    MIEN_OPTIM_PARAMS(mien_sgd_config, 0.01, 0),
    MIEN_MOMENTUM_PARAM(0),
    {"dampening", "share of the gradient that momentum leaves out",
     offsetof(mien_sgd_config, dampening), 0, 1, 0, .kind = MIEN_DOUBLE},
    {"nesterov", "look ahead", offsetof(mien_sgd_config, nesterov),
     .kind = MIEN_BOOL},
    {0},
};

static void plain(const mien_update *u, float lr, float decay) {
    float *restrict w = u->w;
    const float *restrict g = u->g;
    for (size_t i = 0; i < u->n; i++) w[i] -= lr * (g[i] + decay * w[i]);
}

void mien_sgd_update(const mien_update *u) {
    const mien_sgd_config *cfg = u->config;
    const float lr = (float)u->lr, decay = (float)mien_decay_of(u);
    if (cfg->momentum == 0) {
        plain(u, lr, decay);
        return;
    }
    const bool first = u->step == 1;
    const float keep = first ? 0 : (float)cfg->momentum;
    const float take = first ? 1 : (float)(1 - cfg->dampening);
    const float ahead = cfg->nesterov ? (float)cfg->momentum : 1;
    const float now = cfg->nesterov ? 1 : 0;
    float *restrict w = u->w, *restrict b = u->slot[0];
    const float *restrict g = u->g;
    for (size_t i = 0; i < u->n; i++) {
        const float d = g[i] + decay * w[i];
        b[i] = keep * b[i] + take * d;
        w[i] -= lr * (now * d + ahead * b[i]);
    }
}

int mien_sgd_slots(const void *config) {
    return ((const mien_sgd_config *)config)->momentum > 0 ? 1 : 0;
}

const mien_optim_ops mien_optim_sgd = {
    .row = {.name = "sgd",
            .summary = "a step down the gradient of each batch",
            .params = params,
            .config_size = sizeof(mien_sgd_config)},
    .slots = {"momentum"},
    .n_slots = 1,
    .slots_of = mien_sgd_slots,
    .elementwise = true,
    .update = mien_sgd_update,
};
