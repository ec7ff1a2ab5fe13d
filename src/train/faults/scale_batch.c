/* SPDX-License-Identifier: Apache-2.0 */
/* scale_batch.c - all values of one batch are far too large. */
#include <limits.h>

#include "train/fault.h"

typedef struct config {
    int at;
    float by;
} config;

static const mien_param params[] = {
    {"at", "which batch of the training, from 0", offsetof(config, at), 0,
     INT_MAX, 30, .kind = MIEN_INT},
    {"by", "what its values are multiplied by", offsetof(config, by), -1e30,
     1e30, 1e6},
    {0},
};

static void batch(const mien_fault_batch *b, const void *cfg) {
    const config *c = cfg;
    if (b->number != c->at) return;
    const size_t size = (size_t)b->n * mien_shape_count(b->input);
    for (size_t i = 0; i < size; i++) b->x[i] *= c->by;
}

const mien_fault_ops mien_fault_scale_batch = {
    .row = {.name = "scale_batch",
            .summary = "all values of one batch are multiplied",
            .params = params,
            .config_size = sizeof(config)},
    .batch = batch,
};
