/* SPDX-License-Identifier: Apache-2.0 */
/* one_class.c - the training samples of all classes but one are missing. */
#include "train/fault.h"

static const mien_param params[] = {{0}};

static mien_status samples(mien_dataset *data, const void *cfg) {
    uint32_t *items = data->split.items[MIEN_TRAIN];
    const int count = data->split.count[MIEN_TRAIN];
    int kept = 0;
    (void)cfg;
    for (int i = 0; i < count; i++)
        if (data->reader->labels[items[i]] == 0) items[kept++] = items[i];
    data->split.count[MIEN_TRAIN] = kept;
    if (kept) return MIEN_OK;
    return mien_fail(MIEN_EDATA,
                     "faults: one_class: no training sample is of class 0");
}

const mien_fault_ops mien_fault_one_class = {
    .row = {.name = "one_class",
            .summary = "only training samples of class 0 are left",
            .params = params},
    .samples = samples,
};
