/* SPDX-License-Identifier: Apache-2.0 */
/* normal.c - weights from one normal distribution, whatever the fan.
 *
 *   w ~ N(mean, std^2) */
#include "nn/init.h"

typedef struct config {
    float mean, std;
} config;

static const mien_param params[] = {
    {"std", "standard deviation", offsetof(config, std), 0, 1e9, 0.01},
    {"mean", "mean", offsetof(config, mean), -1e9, 1e9, 0},
    {0},
};

static mien_status fill(float *w, const mien_weight_spec *spec,
                        const void *options, mien_rng *rng) {
    const config *o = options;
    const size_t count = mien_dims_count(spec->dims);
    for (size_t i = 0; i < count; i++)
        w[i] = (float)(o->mean + o->std * mien_rng_normal(rng));
    return MIEN_OK;
}

const mien_init_ops mien_init_normal = {
    .name = "normal",
    .summary = "normal with a given mean and deviation",
    .params = params,
    .config_size = sizeof(config),
    .fill = fill,
};
