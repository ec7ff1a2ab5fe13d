/* SPDX-License-Identifier: Apache-2.0 */
/* duplicates.c - one training sample is there many times. */
#include "train/fault.h"

typedef struct config {
    int copies;
} config;

static const mien_param params[] = {
    {"copies", "how many more times the first training sample is listed",
     offsetof(config, copies), 1, 1e7, 1000, .kind = MIEN_INT},
    {0},
};

/* The list stays in ascending order. */
static mien_status samples(mien_dataset *data, const void *cfg) {
    mien_split *s = &data->split;
    const int copies = ((const config *)cfg)->copies;
    const int count = s->count[MIEN_TRAIN];
    uint32_t *items = mien_arena_alloc(
        &data->arena, (size_t)copies + (size_t)count, sizeof *items);
    if (!items) return MIEN_ENOMEM;
    for (int i = 0; i < copies + count; i++)
        items[i] = s->items[MIEN_TRAIN][i < copies ? 0 : i - copies];
    s->items[MIEN_TRAIN] = items;
    s->count[MIEN_TRAIN] = copies + count;
    return MIEN_OK;
}

const mien_fault_ops mien_fault_duplicates = {
    .row = {.name = "duplicates",
            .summary = "the first training sample is listed many times more",
            .params = params,
            .config_size = sizeof(config)},
    .samples = samples,
};
