/* SPDX-License-Identifier: Apache-2.0 */
/* glorot_normal.c - Glorot's (Xavier's) rule, normal.
 *
 *   w ~ gain N(0, 2 / (fan_in + fan_out))
 *
 * Between what keeps activations and what keeps gradients, for tanh-like units.
 * Source: Glorot and Bengio, AISTATS 2010, equation 16. */
#include "nn/inits/variance.h"

static mien_status fill(float *w, const mien_weight_spec *spec,
                        const void *config, mien_rng *rng) {
    return mien_fill_normal(w, spec, config, mien_variance_glorot(spec), rng);
}

const mien_init_ops mien_init_glorot_normal = {
    .name = "glorot_normal",
    .summary = "normal of variance 2 / (fan_in + fan_out)",
    .params = mien_gain_params,
    .config_size = sizeof(mien_gain_config),
    .fill = fill,
};
