/* SPDX-License-Identifier: Apache-2.0 */
/* he_normal.c - He's (Kaiming's) rule, normal.
 *
 *   w ~ gain N(0, 2 / fan_in)
 *
 * Twice the variance of LeCun's rule: a rectifier drops half of the signal.
 * Source: He et al., ICCV 2015 (arXiv:1502.01852), equation 10. */
#include "nn/inits/variance.h"

static mien_status fill(float *w, const mien_weight_spec *spec,
                        const void *config, mien_rng *rng) {
    return mien_fill_normal(w, spec, config, mien_variance_he(spec), rng);
}

const mien_init_ops mien_init_he_normal = {
    .name = "he_normal",
    .summary = "normal of variance 2 / fan_in",
    .params = mien_gain_params,
    .config_size = sizeof(mien_gain_config),
    .fill = fill,
};
