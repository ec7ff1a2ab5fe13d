/* SPDX-License-Identifier: Apache-2.0 */
/* nan_batch.c - one value of one sample of one batch is not a number. */
#include <limits.h>
#include <math.h>

#include "train/fault.h"

typedef struct config {
    int at, sample;
} config;

static const mien_param params[] = {
    {"at", "which batch of the training, from 0", offsetof(config, at), 0,
     INT_MAX, 30, .kind = MIEN_INT},
    {"sample", "which of the batch, from 0; round again behind the last",
     offsetof(config, sample), 0, INT_MAX, 0, .kind = MIEN_INT},
    {0},
};

static void batch(const mien_fault_batch *b, const void *cfg) {
    const config *c = cfg;
    if (b->number != c->at) return;
    const size_t size = mien_shape_count(b->input);
    b->x[(size_t)(c->sample % b->n) * size + size / 2] = NAN;
}

const mien_fault_ops mien_fault_nan_batch = {
    .row = {.name = "nan_batch",
            .summary = "one value of one sample of one batch is no number",
            .params = params,
            .config_size = sizeof(config)},
    .batch = batch,
};
