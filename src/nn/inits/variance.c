/* SPDX-License-Identifier: Apache-2.0 */
/* variance.c - what the initialisers that aim at a variance share.
 *
 *   normal    w ~ N(0, v)                 not truncated, unlike Keras'
 *   uniform   w ~ U(-sqrt(3 v), sqrt(3 v))
 *
 * Source: Glorot and Bengio, AISTATS 2010; He et al., ICCV 2015
 * (arXiv:1502.01852); LeCun et al., Efficient backprop, 1998. */
#include "nn/inits/variance.h"

#include <math.h>

const mien_param mien_gain_params[] = {
    {"gain", "the weights are multiplied by it",
     offsetof(mien_gain_config, gain), 1e-9, 1e9, 1},
    {0},
};

mien_status mien_fill_normal(float *w, const mien_weight_spec *spec,
                             const mien_gain_config *config, double variance,
                             mien_rng *rng) {
    const size_t count = mien_dims_count(spec->dims);
    const double sd = config->gain * sqrt(variance);
    for (size_t i = 0; i < count; i++)
        w[i] = (float)(sd * mien_rng_normal(rng));
    return MIEN_OK;
}

mien_status mien_fill_uniform(float *w, const mien_weight_spec *spec,
                              const mien_gain_config *config, double variance,
                              mien_rng *rng) {
    const size_t count = mien_dims_count(spec->dims);
    const double limit = config->gain * sqrt(3 * variance);
    for (size_t i = 0; i < count; i++)
        w[i] = (float)mien_rng_range(rng, -limit, limit);
    return MIEN_OK;
}

double mien_variance_glorot(const mien_weight_spec *spec) {
    return 2 / ((double)spec->fan_in + spec->fan_out);
}

double mien_variance_he(const mien_weight_spec *spec) {
    return 2.0 / spec->fan_in;
}

double mien_variance_lecun(const mien_weight_spec *spec) {
    return 1.0 / spec->fan_in;
}
