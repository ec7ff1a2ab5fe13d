/* SPDX-License-Identifier: Apache-2.0 */
/* he_uniform.c - He's (Kaiming's) rule, uniform.
 *
 *   w ~ U(-a, a),   a = gain sqrt(6 / fan_in)
 *
 * Twice the variance of LeCun's rule: a rectifier drops half of the signal.
 * Source: He et al., ICCV 2015 (arXiv:1502.01852), equation 10. */
#include "nn/inits/variance.h"

static mien_status fill(float *w, const mien_weight_spec *spec,
                        const void *config, mien_rng *rng) {
    return mien_fill_uniform(w, spec, config, mien_variance_he(spec), rng);
}

const mien_init_ops mien_init_he_uniform = {
    .name = "he_uniform",
    .summary = "uniform of variance 2 / fan_in",
    .params = mien_gain_params,
    .config_size = sizeof(mien_gain_config),
    .fill = fill,
};
