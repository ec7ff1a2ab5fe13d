/* SPDX-License-Identifier: Apache-2.0 */
/* glorot_uniform.c - Glorot's (Xavier's) rule, uniform.
 *
 *   w ~ U(-a, a),   a = gain sqrt(6 / (fan_in + fan_out))
 *
 * Between what keeps activations and what keeps gradients, for tanh-like units.
 * Source: Glorot and Bengio, AISTATS 2010, equation 16. */
#include "nn/inits/variance.h"

static mien_status fill(float *w, const mien_weight_spec *spec,
                        const void *config, mien_rng *rng) {
    return mien_fill_uniform(w, spec, config, mien_variance_glorot(spec), rng);
}

const mien_init_ops mien_init_glorot_uniform = {
    .name = "glorot_uniform",
    .summary = "uniform of variance 2 / (fan_in + fan_out)",
    .params = mien_gain_params,
    .config_size = sizeof(mien_gain_config),
    .fill = fill,
};
