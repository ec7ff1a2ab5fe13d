/* SPDX-License-Identifier: Apache-2.0 */
/* label_noise.c - a share of the training samples is of a wrong class.
 *
 * Which ones and which class, each of the others as likely, is drawn by the
 * seed of the data. */
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "train/fault.h"

typedef struct config {
    float share;
} config;

static const mien_param params[] = {
    {"share", "of the training samples", offsetof(config, share), 0, 1, 0.4},
    {0},
};

static mien_status samples(mien_dataset *data, const void *cfg) {
    const mien_reader *r = data->reader;
    const size_t n = (size_t)data->split.count[MIEN_TRAIN];
    if (r->classes < 2)
        return mien_fail(MIEN_EINVAL,
                         "faults: label_noise: there is one class; two are "
                         "needed to mix labels up");
    uint32_t *drawn = mien_alloc(n + 1, sizeof *drawn);
    if (!drawn) return MIEN_ENOMEM;
    memcpy(drawn, data->split.items[MIEN_TRAIN], n * sizeof *drawn);
    mien_rng rng = mien_rng_at(data->seed, MIEN_RNG_FAULT, 0, 0);
    mien_rng_shuffle(&rng, drawn, n);
    const size_t wrong =
        (size_t)((double)((const config *)cfg)->share * (double)n + 0.5);
    for (size_t i = 0; i < wrong; i++) {
        int32_t *label = &r->labels[drawn[i]];
        const uint32_t away =
            1 + mien_rng_below(&rng, (uint32_t)r->classes - 1);
        *label = (int32_t)(((uint32_t)*label + away) % (uint32_t)r->classes);
    }
    mien_free(drawn);
    return MIEN_OK;
}

const mien_fault_ops mien_fault_label_noise = {
    .row = {.name = "label_noise",
            .summary = "a share of the training samples gets another class",
            .params = params,
            .config_size = sizeof(config)},
    .samples = samples,
};
