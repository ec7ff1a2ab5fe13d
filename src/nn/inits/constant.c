/* SPDX-License-Identifier: Apache-2.0 */
/* constant.c - all weights one value. */
#include "nn/init.h"

typedef struct config {
    float value;
} config;

static const mien_param params[] = {
    {"value", "of every weight", offsetof(config, value), -1e9, 1e9, 0,
     .required = true},
    {0},
};

static mien_status fill(float *w, const mien_weight_spec *spec,
                        const void *options, mien_rng *rng) {
    (void)rng;
    const size_t count = mien_dims_count(spec->dims);
    for (size_t i = 0; i < count; i++) w[i] = ((const config *)options)->value;
    return MIEN_OK;
}

const mien_init_ops mien_init_constant = {
    .name = "constant",
    .summary = "all weights one value",
    .params = params,
    .config_size = sizeof(config),
    .fill = fill,
};
