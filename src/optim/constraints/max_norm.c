/* SPDX-License-Identifier: Apache-2.0 */
/* max_norm.c - the weights into each unit to a length of at most max.
 *
 *   w_u <- w_u max / |w_u|   where |w_u| > max
 *
 * Source: Srivastava et al., Dropout, JMLR 15, 2014, section 5.1. */
#include "optim/clip.h"
#include "optim/constraint.h"

typedef struct config {
    double max;
} config;

static const mien_param params[] = {
    {"max", "greatest norm of a unit's weights", offsetof(config, max), 1e-6,
     1e6, 1, .kind = MIEN_DOUBLE},
    {0},
};

static void apply(const mien_constrain_pass *p) {
    const double max = ((const config *)p->config)->max;
    const size_t size = mien_unit_size(p->tensor);
    float *w = p->tensor->w;
    for (int u = 0; u < mien_units(p->tensor); u++, w += size) {
        const double norm = mien_norm2(w, size);
        if (norm > max) mien_scale(w, size, max / norm);
    }
}

const mien_constraint_ops mien_constraint_max_norm = {
    .row = {.name = "max_norm",
            .summary = "each unit's weights to a length of at most max",
            .params = params,
            .config_size = sizeof(config)},
    .apply = apply,
};
