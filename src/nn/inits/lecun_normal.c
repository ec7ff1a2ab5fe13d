/* SPDX-License-Identifier: Apache-2.0 */
/* lecun_normal.c - LeCun's rule, normal.
 *
 *   w ~ gain N(0, 1 / fan_in)
 *
 * Keeps the variance of activations where units are near linear.
 * Source: LeCun et al., Efficient backprop, 1998, section 4.6. */
#include "nn/inits/variance.h"

static mien_status fill(float *w, const mien_weight_spec *spec,
                        const void *config, mien_rng *rng) {
    return mien_fill_normal(w, spec, config, mien_variance_lecun(spec), rng);
}

const mien_init_ops mien_init_lecun_normal = {
    .name = "lecun_normal",
    .summary = "normal of variance 1 / fan_in",
    .params = mien_gain_params,
    .config_size = sizeof(mien_gain_config),
    .fill = fill,
};
