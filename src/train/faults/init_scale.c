/* SPDX-License-Identifier: Apache-2.0 */
/* init_scale.c - the network starts from weights that are far too large.
 *
 * Of the network only: a margin loss scales its class centres to unit length,
 * so that their size means nothing. Where a weight is given as direction and
 * length, the length is what counts. */
#include "train/fault.h"

typedef struct config {
    float by;
} config;

static const mien_param params[] = {
    {"by", "what all weights of the network are multiplied by",
     offsetof(config, by), 0, 1e30, 1000},
    {0},
};

static void scale(float *values, size_t n, float by) {
    for (size_t i = 0; i < n; i++) values[i] *= by;
}

static void weights(mien_weights *w, const void *cfg) {
    const float by = ((const config *)cfg)->by;
    for (int i = 0; i < w->n_trained; i++) {
        const mien_weight *item = &w->items[i];
        if (item->spec.role != MIEN_ROLE_WEIGHT || item->node == MIEN_OF_LOSS)
            continue;
        scale(w->values + item->offset, item->count, by);
        if (item->gain_offset)
            scale(w->values + item->gain_offset, (size_t)item->spec.dims.d[0],
                  by);
    }
}

const mien_fault_ops mien_fault_init_scale = {
    .row = {.name = "init_scale",
            .summary = "the network's first weights are multiplied",
            .params = params,
            .config_size = sizeof(config)},
    .weights = weights,
};
