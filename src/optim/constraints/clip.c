/* SPDX-License-Identifier: Apache-2.0 */
/* clip.c - each weight to [-c, c].
 *
 * Source: Arjovsky, Chintala, Bottou, Wasserstein GAN, ICML 2017
 * (arXiv:1701.07875), algorithm 1. */
#include "optim/constraint.h"

typedef struct config {
    float max;
} config;

static const mien_param params[] = {
    {"max", "largest size of a weight", offsetof(config, max), 1e-6, 1e6, 1},
    {0},
};

static void apply(const mien_constrain_pass *p) {
    const float c = ((const config *)p->config)->max;
    float *w = p->tensor->w;
    for (size_t i = 0; i < p->tensor->n; i++) {
        const float low = w[i] < -c ? -c : w[i];
        w[i] = low > c ? c : low;
    }
}

const mien_constraint_ops mien_constraint_clip = {
    .row = {.name = "clip",
            .summary = "each weight to [-max, max]",
            .params = params,
            .config_size = sizeof(config)},
    .apply = apply,
};
