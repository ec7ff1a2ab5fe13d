/* SPDX-License-Identifier: Apache-2.0 */
/* norm.c - the gradient of each tensor to a length of at most max.
 *
 *   g <- g max / |g|   where |g| > max
 *
 * Keeps each tensor's direction, not the one of the whole. As Keras' clipnorm.
 * Source: Pascanu, Mikolov, Bengio, On the difficulty of training recurrent
 * neural networks, ICML 2013 (arXiv:1211.5063), per tensor. */
#include "optim/clip.h"

typedef struct config {
    double max;
} config;

static const mien_param params[] = {
    {"max", "greatest norm of a tensor's gradient", offsetof(config, max),
     1e-12, 1e12, 1, .kind = MIEN_DOUBLE},
    {0},
};

static int apply(const mien_clip_pass *p, mien_clip_report *report) {
    const double max = ((const config *)p->config)->max;
    int changed = 0;
    report->threshold = max;
    for (int i = 0; i < p->n; i++) {
        if (p->norms[i] <= max) continue;
        mien_scale(p->tensors[i].g, p->tensors[i].n, max / p->norms[i]);
        changed++;
    }
    return changed;
}

const mien_clip_ops mien_clip_norm = {
    .row = {.name = "norm",
            .summary = "each tensor's gradient to a length of at most max",
            .params = params,
            .config_size = sizeof(config)},
    .apply = apply,
};
