/* SPDX-License-Identifier: Apache-2.0 */
/* depthwise3_weight.c - the gradient of the weights of a 3x3 window.
 *
 *   dw[kh, kw] = sum dy[oh, ow] x[oh s - p + kh, ow s - p + kw]
 *
 * Nine sums, which stay in registers from one end of a row to the other. */
#include "nn/kernels/depthwise.h"
#include "nn/kernels/table.h"
#include "nn/kernels/vec.h"

/* A row of dy and the rows of x that its taps lie on. */
typedef struct row3 {
    float *sum[3]; /* three sums each */
    const float *x[3], *dy;
    int count, width, pad;
} row3;

/* s[k][c] += dy x[k][c] for taps c = first..last */
INLINE void add_output(v16 (*s)[3], const float *dy, const float *const *x,
                       int rows, const int *taps) {
    const v16 d = v_load(dy);
#pragma GCC unroll 3
    for (int k = 0; k < rows; k++) {
#pragma GCC unroll 3
        for (int c = taps[0]; c <= taps[1]; c++)
            s[k][c] = v_fma(d, v_load(x[k] + (c - taps[0]) * 16), s[k][c]);
    }
}

INLINE void add_row_as(const row3 *given, int rows, int step) {
    const row3 r = *given;
    v16 s[3][3];
#pragma GCC unroll 3
    for (int k = 0; k < rows; k++) {
#pragma GCC unroll 3
        for (int c = 0; c < 3; c++) s[k][c] = v_load(r.sum[k] + c * 16);
    }
    const int inside = (r.width - 3 + r.pad) / step + 1;
    int i = 0;
    if (r.pad) add_output(s, r.dy + i++ * 16, r.x, rows, (const int[]){1, 2});
    const float *x[3];
#pragma GCC unroll 3
    for (int k = 0; k < rows; k++) x[k] = r.x[k] + (i * step - r.pad) * 16;
    for (; i < inside; i++) {
        add_output(s, r.dy + i * 16, x, rows, (const int[]){0, 2});
#pragma GCC unroll 3
        for (int k = 0; k < rows; k++) x[k] += step * 16;
    }
    if (i < r.count) add_output(s, r.dy + i * 16, x, rows, (const int[]){0, 1});
#pragma GCC unroll 3
    for (int k = 0; k < rows; k++) {
#pragma GCC unroll 3
        for (int c = 0; c < 3; c++) v_store(r.sum[k] + c * 16, s[k][c]);
    }
}

static void add_row(const row3 *r, int rows, int step) {
    if (rows == 3 && step == 1)
        add_row_as(r, 3, 1);
    else if (rows == 3)
        add_row_as(r, 3, 2);
    else if (step == 1)
        add_row_as(r, 2, 1);
    else
        add_row_as(r, 2, 2);
}

void MIEN_K(depthwise3_add_plane)(const mien_kernel_depthwise *a, float *sum,
                                  int n, int cb) {
    const mien_kernel_window *w = &a->window;
    const float *x = a->x + mien_plane_start(w->in, n, cb);
    row3 r = {.dy = a->dy + mien_plane_start(w->out, n, cb),
              .count = w->out.w,
              .width = w->in.w,
              .pad = w->pad_left};
    for (int oh = 0; oh < w->out.h; oh++, r.dy += w->out.w * 16) {
        int rows = 0;
        for (int kh = 0; kh < 3; kh++) {
            const int ih = oh * w->stride_h - w->pad_top + kh;
            if (ih < 0 || ih >= w->in.h) continue;
            r.sum[rows] = sum + kh * 48;
            r.x[rows++] = x + (size_t)ih * (size_t)w->in.w * 16;
        }
        add_row(&r, rows, w->stride_w);
    }
}
