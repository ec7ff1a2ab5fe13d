/* SPDX-License-Identifier: Apache-2.0 */
/* lecun_uniform.c - LeCun's rule, uniform.
 *
 *   w ~ U(-a, a),   a = gain sqrt(3 / fan_in)
 *
 * Keeps the variance of activations where units are near linear.
 * Source: LeCun et al., Efficient backprop, 1998, section 4.6. */
#include "nn/inits/variance.h"

static mien_status fill(float *w, const mien_weight_spec *spec,
                        const void *config, mien_rng *rng) {
    return mien_fill_uniform(w, spec, config, mien_variance_lecun(spec), rng);
}

const mien_init_ops mien_init_lecun_uniform = {
    .name = "lecun_uniform",
    .summary = "uniform of variance 1 / fan_in",
    .params = mien_gain_params,
    .config_size = sizeof(mien_gain_config),
    .fill = fill,
};
