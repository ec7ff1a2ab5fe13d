/* SPDX-License-Identifier: Apache-2.0 */
/* reference.h - the kernels as plain loops, for tests.
 *
 * Written from the definitions in kernels.h, one element at a time and in
 * double, sharing nothing with the fast ones. */
#ifndef MIEN_NN_KERNELS_REFERENCE_H
#define MIEN_NN_KERNELS_REFERENCE_H

#include "nn/kernels/kernels.h"

/* Index of an element of an nChw16c tensor. */
static inline size_t mien_blocked_at(mien_shape s, int n, int c, int h, int w) {
    return mien_plane_start(s, n, c / MIEN_BLOCK) +
           ((size_t)h * (size_t)s.w + (size_t)w) * MIEN_BLOCK +
           (size_t)(c % MIEN_BLOCK);
}

/* What an activation makes of z in channel c. */
double mien_reference_unit(double z, const float *slope, mien_kernel_unit unit,
                           int c);

void mien_reference_bn_forward(const mien_kernel_bn *a);
void mien_reference_bn_infer(const mien_kernel_bn *a);
void mien_reference_bn_backward(const mien_kernel_bn *a);
void mien_reference_act_forward(const mien_kernel_act *a);
void mien_reference_act_backward(const mien_kernel_act *a);
void mien_reference_maxpool_forward(const mien_kernel_maxpool *a);
void mien_reference_maxpool_backward(const mien_kernel_maxpool *a);
void mien_reference_avgpool_forward(const mien_kernel_avgpool *a);
void mien_reference_avgpool_backward(const mien_kernel_avgpool *a);
void mien_reference_depthwise_forward(const mien_kernel_depthwise *a);
void mien_reference_depthwise_plain(const mien_kernel_depthwise *a);
void mien_reference_depthwise_backward(const mien_kernel_depthwise *a);
void mien_reference_depthwise_backward_data(const mien_kernel_depthwise *a);
void mien_reference_depthwise_backward_weight(const mien_kernel_depthwise *a);
void mien_reference_conv(const mien_kernel_conv *a);
void mien_reference_eltwise_forward(const mien_kernel_eltwise *a);
void mien_reference_eltwise_backward(const mien_kernel_eltwise *a);
void mien_reference_probe(mien_kernel_probe *a);

#endif
