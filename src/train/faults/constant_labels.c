/* SPDX-License-Identifier: Apache-2.0 */
/* constant_labels.c - every training sample is said to be of class 0. */
#include "train/fault.h"

static const mien_param params[] = {{0}};

static mien_status samples(mien_dataset *data, const void *cfg) {
    const mien_split *s = &data->split;
    (void)cfg;
    for (int i = 0; i < s->count[MIEN_TRAIN]; i++)
        data->reader->labels[s->items[MIEN_TRAIN][i]] = 0;
    return MIEN_OK;
}

const mien_fault_ops mien_fault_constant_labels = {
    .row = {.name = "constant_labels",
            .summary = "all training samples are labelled class 0",
            .params = params},
    .samples = samples,
};
