/* SPDX-License-Identifier: Apache-2.0 */
/* variance.h - what the initialisers that aim at a variance share.
 *
 * Sums of k independent terms have k times the variance of one: weights of
 * variance 1/k keep a signal's. The rules differ in what k is. */
#ifndef MIEN_NN_INITS_VARIANCE_H
#define MIEN_NN_INITS_VARIANCE_H

#include "nn/init.h"

/* The weights are multiplied by it. */
typedef struct mien_gain_config {
    float gain;
} mien_gain_config;

extern const mien_param mien_gain_params[];

/* Independent draws of mean 0 and variance gain^2 * variance. */
mien_status mien_fill_normal(float *w, const mien_weight_spec *spec,
                             const mien_gain_config *config, double variance,
                             mien_rng *rng);
mien_status mien_fill_uniform(float *w, const mien_weight_spec *spec,
                              const mien_gain_config *config, double variance,
                              mien_rng *rng);

/* The three rules: 2 / (fan_in + fan_out), 2 / fan_in, 1 / fan_in. */
double mien_variance_glorot(const mien_weight_spec *spec);
double mien_variance_he(const mien_weight_spec *spec);
double mien_variance_lecun(const mien_weight_spec *spec);

#endif
