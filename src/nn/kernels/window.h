/* SPDX-License-Identifier: Apache-2.0 */
/* window.h - which taps of a window fall inside the image. */
#ifndef MIEN_NN_KERNELS_WINDOW_H
#define MIEN_NN_KERNELS_WINDOW_H

#include "nn/kernels/kernels.h"

/* Taps begin..end-1 are inside; tap t lies on row (or column) first + t. */
typedef struct tap_range {
    int first, begin, end;
} tap_range;

static inline tap_range taps_inside(int out, int stride, int pad, int taps,
                                    int extent) {
    tap_range r = {out * stride - pad, 0, taps};
    if (r.first < 0) r.begin = -r.first;
    if (r.first + taps > extent) r.end = extent - r.first;
    return r;
}

static inline tap_range rows_inside(const mien_kernel_window *w, int oh) {
    return taps_inside(oh, w->stride_h, w->pad_top, w->kh, w->in.h);
}

static inline tap_range columns_inside(const mien_kernel_window *w, int ow) {
    return taps_inside(ow, w->stride_w, w->pad_left, w->kw, w->in.w);
}

#endif
