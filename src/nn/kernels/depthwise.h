/* SPDX-License-Identifier: Apache-2.0 */
/* depthwise.h - parts of depthwise convolution and its special cases. */
#ifndef MIEN_NN_KERNELS_DEPTHWISE_H
#define MIEN_NN_KERNELS_DEPTHWISE_H

#include "nn/kernels/kernels.h"
#include "nn/kernels/vec.h"

/* dx of planes first..end-1, plane = n * C/16 + cb; v_stream_end is to follow.
 */
void MIEN_K(depthwise_data_planes)(const mien_kernel_depthwise *a, int first,
                                   int end);

/* 3x3 windows: these do all of the work and say so, or do nothing. */
bool MIEN_K(depthwise3_forward)(const mien_kernel_depthwise *a);
bool MIEN_K(depthwise3_data_planes)(const mien_kernel_depthwise *a, int first,
                                    int end);

/* Add to sum[9][16] the gradient of the weights from one plane, for a window
 * that mien_is_three. */
void MIEN_K(depthwise3_add_plane)(const mien_kernel_depthwise *a, float *sum,
                                  int n, int cb);

/* 3x3, stride 1 or 2, padding 0 or 1, as many outputs as fit. */
static inline bool mien_is_three(const mien_kernel_window *w) {
    const int s = w->stride_h, pad = w->pad_top;
    return w->kh == 3 && w->kw == 3 && w->stride_w == s && s <= 2 &&
           w->pad_left == pad && pad <= 1 && w->in.h >= 3 && w->in.w >= 3 &&
           w->out.h == (w->in.h + 2 * pad - 3) / s + 1 &&
           w->out.w == (w->in.w + 2 * pad - 3) / s + 1;
}

/* The window is the whole image: a dot product with each plane. */
static inline bool mien_is_global(const mien_kernel_window *w) {
    return w->out.h == 1 && w->out.w == 1 && w->kh == w->in.h &&
           w->kw == w->in.w && w->pad_top == 0 && w->pad_left == 0;
}

#endif
