/* SPDX-License-Identifier: Apache-2.0 */
/* zeros.c - all weights 0: for last layers, or to see what happens. */
#include <string.h>

#include "nn/init.h"

static mien_status fill(float *w, const mien_weight_spec *spec,
                        const void *config, mien_rng *rng) {
    (void)config;
    (void)rng;
    memset(w, 0, mien_dims_count(spec->dims) * sizeof *w);
    return MIEN_OK;
}

const mien_init_ops mien_init_zeros = {
    .name = "zeros",
    .summary = "all weights 0",
    .fill = fill,
};
