/* SPDX-License-Identifier: Apache-2.0 */
/* plan.h - what the plans of several layers share. */
#ifndef MIEN_NN_LAYERS_PLAN_H
#define MIEN_NN_LAYERS_PLAN_H

#include "nn/layer.h"

/* out = in[0], nothing else: the plan of most activations. */
mien_status MIEN_R(mien_plan_same)(mien_layer_plan *plan, const void *config);
#define mien_plan_same MIEN_R(mien_plan_same)

/* Append a weight of `extent` numbers, one a channel as a rule. */
mien_weight_spec *MIEN_R(mien_plan_vector)(mien_layer_plan *plan,
                                           const char *name,
                                           mien_weight_role role, int extent);
#define mien_plan_vector MIEN_R(mien_plan_vector)

/* The big weight of a convolution or product, and its bias of `bias` numbers
 * (0: it has none). `kind` is the layer's, for messages.
 *
 * Errors: MIEN_ELIMIT when a fan passes the range of int. */
typedef struct mien_kernel_plan {
    const char *kind;
    mien_dims dims;
    long long fan_in, fan_out;
    int bias, norm;
} mien_kernel_plan;

mien_status MIEN_R(mien_plan_kernel)(mien_layer_plan *plan,
                                     const mien_kernel_plan *kernel);
#define mien_plan_kernel MIEN_R(mien_plan_kernel)

/* Values of one sample of the first input, as an int.
 *
 * Errors: MIEN_ELIMIT. */
mien_status MIEN_R(mien_plan_values)(int *out, const mien_layer_plan *plan,
                                     const char *kind);
#define mien_plan_values MIEN_R(mien_plan_values)

/* y = the bias of each channel, or 0 where bias is NULL. */
void MIEN_R(mien_bias_fill)(real *y, const real *bias, mien_shape out);
#define mien_bias_fill MIEN_R(mien_bias_fill)

/* db += the sum of dy over all but the channels. */
void MIEN_R(mien_bias_gradient)(real *db, const real *dy, mien_shape out);
#define mien_bias_gradient MIEN_R(mien_bias_gradient)

#endif
