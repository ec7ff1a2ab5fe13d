/* SPDX-License-Identifier: Apache-2.0 */
/* rescale.c - the weights of each tensor stretched to fill [low, high].
 *
 *   w <- low + (high - low) (w - min) / (max - min)
 *
 * A tensor whose weights are all equal stays as it is, for it has no spread to
 * stretch. Meant for experiments: with low = 0 no weight can inhibit. */
#include "optim/constraint.h"

typedef struct config {
    float low, high;
} config;

static const mien_param params[] = {
    {"low", "where the least weight goes", offsetof(config, low), -1e6, 1e6, 0},
    {"high", "where the greatest weight goes", offsetof(config, high), -1e6,
     1e6, 1},
    {0},
};

static void apply(const mien_constrain_pass *p) {
    const config *cfg = p->config;
    float *w = p->tensor->w, min = w[0], max = w[0];
    for (size_t i = 1; i < p->tensor->n; i++) {
        min = w[i] < min ? w[i] : min;
        max = w[i] > max ? w[i] : max;
    }
    if (!(max > min)) return;
    const double spread = (double)max - (double)min;
    for (size_t i = 0; i < p->tensor->n; i++) {
        const double share = ((double)w[i] - (double)min) / spread;
        w[i] = (float)((1 - share) * cfg->low + share * cfg->high);
    }
}

const mien_constraint_ops mien_constraint_rescale = {
    .row = {.name = "rescale",
            .summary = "each tensor's weights stretched to [low, high]",
            .params = params,
            .config_size = sizeof(config)},
    .apply = apply,
};
