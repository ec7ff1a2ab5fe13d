/* SPDX-License-Identifier: Apache-2.0 */
/* global_norm.c - the whole gradient to a length of at most max.
 *
 *   g <- g min(1, max / (|g| + 1e-6))   over all tensors together
 *
 * Keeps the direction. The factor is that of PyTorch's clip_grad_norm_.
 * Source: Pascanu, Mikolov, Bengio, On the difficulty of training recurrent
 * neural networks, ICML 2013 (arXiv:1211.5063). */
#include "optim/clip.h"

typedef struct config {
    double max;
} config;

static const mien_param params[] = {
    {"max", "greatest norm of the whole gradient", offsetof(config, max), 1e-12,
     1e12, 1, .kind = MIEN_DOUBLE},
    {0},
};

static int apply(const mien_clip_pass *p, mien_clip_report *report) {
    report->threshold = ((const config *)p->config)->max;
    return mien_clip_to(p, report->threshold);
}

const mien_clip_ops mien_clip_global_norm = {
    .row = {.name = "global_norm",
            .summary = "the whole gradient to a length of at most max",
            .params = params,
            .config_size = sizeof(config)},
    .apply = apply,
};
