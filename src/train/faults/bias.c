/* SPDX-License-Identifier: Apache-2.0 */
/* bias.c - every bias, and every shift of a normalisation, starts off 0. */
#include "train/fault.h"

typedef struct config {
    float value;
} config;

static const mien_param params[] = {
    {"value", "where biases and shifts start", offsetof(config, value), -1e30,
     1e30, -10},
    {0},
};

static void weights(mien_weights *w, const void *cfg) {
    for (int i = 0; i < w->n_trained; i++) {
        const mien_weight *item = &w->items[i];
        if (item->spec.role != MIEN_ROLE_BIAS &&
            item->spec.role != MIEN_ROLE_SHIFT)
            continue;
        for (size_t k = 0; k < item->count; k++)
            w->values[item->offset + k] = ((const config *)cfg)->value;
    }
}

const mien_fault_ops mien_fault_bias = {
    .row = {.name = "bias",
            .summary = "biases and shifts start somewhere else than at 0",
            .params = params,
            .config_size = sizeof(config)},
    .weights = weights,
};
