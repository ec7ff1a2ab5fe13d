/* SPDX-License-Identifier: Apache-2.0 */
/* uniform.c - weights from one interval, whatever the fan.
 *
 *   w ~ U(low, high) */
#include "nn/init.h"

typedef struct config {
    float low, high;
} config;

static const mien_param params[] = {
    {"low", "least value", offsetof(config, low), -1e9, 1e9, -0.05},
    {"high", "greatest value", offsetof(config, high), -1e9, 1e9, 0.05},
    {0},
};

static mien_status fill(float *w, const mien_weight_spec *spec,
                        const void *options, mien_rng *rng) {
    const config *o = options;
    if (o->low > o->high)
        return mien_fail(MIEN_EINVAL, "uniform: low %g is greater than high %g",
                         (double)o->low, (double)o->high);
    const size_t count = mien_dims_count(spec->dims);
    for (size_t i = 0; i < count; i++)
        w[i] = (float)mien_rng_range(rng, o->low, o->high);
    return MIEN_OK;
}

const mien_init_ops mien_init_uniform = {
    .name = "uniform",
    .summary = "uniform between two values",
    .params = params,
    .config_size = sizeof(config),
    .fill = fill,
};
