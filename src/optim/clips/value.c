/* SPDX-License-Identifier: Apache-2.0 */
/* value.c - each element of the gradient to [-max, max].
 *
 * Bends the direction: large elements are cut, small ones are not.
 * As PyTorch's clip_grad_value_ and Keras' clipvalue. */
#include "optim/clip.h"

typedef struct config {
    double max;
} config;

static const mien_param params[] = {
    {"max", "largest size of an element", offsetof(config, max), 1e-12, 1e12,
     0.5, .kind = MIEN_DOUBLE},
    {0},
};

static int apply(const mien_clip_pass *p, mien_clip_report *report) {
    const float max = (float)((const config *)p->config)->max;
    int changed = 0;
    report->threshold = (double)max;
    for (int i = 0; i < p->n; i++)
        changed += mien_clamp(p->tensors[i].g, p->tensors[i].n, max);
    return changed;
}

const mien_clip_ops mien_clip_value = {
    .row = {.name = "value",
            .summary = "each element to [-max, max]",
            .params = params,
            .config_size = sizeof(config)},
    .apply = apply,
};
