/* SPDX-License-Identifier: Apache-2.0 */
/* table.h - the kernels of one build, by the names they have in it. */
#ifndef MIEN_NN_KERNELS_TABLE_H
#define MIEN_NN_KERNELS_TABLE_H

#include "nn/kernels/kernels.h"
#include "nn/kernels/vec.h"

void MIEN_K(bn_forward)(const mien_kernel_bn *a);
void MIEN_K(bn_infer)(const mien_kernel_bn *a);
void MIEN_K(bn_backward)(const mien_kernel_bn *a);
void MIEN_K(act_forward)(const mien_kernel_act *a);
void MIEN_K(act_backward)(const mien_kernel_act *a);
void MIEN_K(maxpool_forward)(const mien_kernel_maxpool *a);
void MIEN_K(maxpool_backward)(const mien_kernel_maxpool *a);
void MIEN_K(avgpool_forward)(const mien_kernel_avgpool *a);
void MIEN_K(avgpool_backward)(const mien_kernel_avgpool *a);
void MIEN_K(depthwise_forward)(const mien_kernel_depthwise *a);
void MIEN_K(depthwise_plain)(const mien_kernel_depthwise *a);
void MIEN_K(depthwise_backward)(const mien_kernel_depthwise *a);
void MIEN_K(depthwise_backward_data)(const mien_kernel_depthwise *a);
void MIEN_K(depthwise_backward_weight)(const mien_kernel_depthwise *a);
void MIEN_K(conv)(const mien_kernel_conv *a);
void MIEN_K(eltwise_forward)(const mien_kernel_eltwise *a);
void MIEN_K(eltwise_backward)(const mien_kernel_eltwise *a);
void MIEN_K(to_blocked)(float *y, const float *x, mien_shape shape);
void MIEN_K(from_blocked)(float *y, const float *x, mien_shape shape);
void MIEN_K(accumulate)(float *y, const float *x, size_t count);
void MIEN_K(add)(float *y, const float *a, const float *b, size_t count);
void MIEN_K(scale)(float *y, const float *x, float factor, size_t count);
double MIEN_K(sum_squares)(const float *x, size_t count);
size_t MIEN_K(non_finite)(size_t *first, const float *x, size_t count);
void MIEN_K(probe)(mien_kernel_probe *a);

#endif
