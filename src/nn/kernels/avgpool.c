/* SPDX-License-Identifier: Apache-2.0 */
/* avgpool.c - average pooling; with a window of the whole image, global.
 *
 *   y = sum over the window of x / d        dx = sum over windows of dy / d
 *
 * d is the number of pixels inside the image, or the whole window's when
 * padding counts. */
#include "nn/kernels/kernels.h"
#include "nn/kernels/table.h"
#include "nn/kernels/vec.h"
#include "nn/kernels/window.h"

INLINE float divisor(const mien_kernel_avgpool *a, tap_range rows,
                     tap_range columns) {
    if (a->count_padding) return (float)(a->window.kh * a->window.kw);
    return (float)((rows.end - rows.begin) * (columns.end - columns.begin));
}

/* Four sums side by side hide the latency of the additions. */
INLINE v16 sum_row(const float *x, int count) {
    v16 s[4];
    for (int k = 0; k < 4; k++) s[k] = v_set(0);
    int j = 0;
    for (; j + 4 <= count; j += 4) {
#pragma GCC unroll 4
        for (int k = 0; k < 4; k++)
            s[k] = v_add(s[k], v_load(x + (j + k) * 16));
    }
    for (; j < count; j++) s[0] = v_add(s[0], v_load(x + j * 16));
    return v_add(v_add(s[0], s[1]), v_add(s[2], s[3]));
}

void MIEN_K(avgpool_forward)(const mien_kernel_avgpool *a) {
    const mien_kernel_window *w = &a->window;
    const int outputs = w->in.n * (w->in.c / 16) * w->out.h;
    float *y = a->y;
    for (int r = 0; r < outputs; r++) {
        const int plane = r / w->out.h;
        const float *x = a->x + (size_t)plane * mien_plane_count(w->in);
        const tap_range rows = rows_inside(w, r % w->out.h);
        for (int ow = 0; ow < w->out.w; ow++, y += 16) {
            const tap_range columns = columns_inside(w, ow);
            const int left = columns.first + columns.begin;
            v16 sum = v_set(0);
            for (int i = rows.begin; i < rows.end; i++) {
                const int at = (rows.first + i) * w->in.w + left;
                sum = v_add(sum, sum_row(x + (size_t)at * 16,
                                         columns.end - columns.begin));
            }
            v_store(y, v_div(sum, v_set(divisor(a, rows, columns))));
        }
    }
}

static void spread(const mien_kernel_avgpool *a, float *dx, int oh, int ow,
                   v16 dy) {
    const mien_kernel_window *w = &a->window;
    const tap_range rows = rows_inside(w, oh), columns = columns_inside(w, ow);
    const v16 d = v_div(dy, v_set(divisor(a, rows, columns)));
    for (int i = rows.begin; i < rows.end; i++) {
        float *row =
            dx + ((ptrdiff_t)(rows.first + i) * w->in.w + columns.first) * 16;
        for (int j = columns.begin; j < columns.end; j++)
            v_store(row + j * 16, v_add(v_load(row + j * 16), d));
    }
}

void MIEN_K(avgpool_backward)(const mien_kernel_avgpool *a) {
    const mien_kernel_window *w = &a->window;
    const int planes = w->in.n * (w->in.c / 16);
    const float *dy = a->dy;
    for (int p = 0; p < planes; p++) {
        float *dx = a->dx + (size_t)p * mien_plane_count(w->in);
        memset(dx, 0, mien_plane_count(w->in) * sizeof(float));
        for (int oh = 0; oh < w->out.h; oh++)
            for (int ow = 0; ow < w->out.w; ow++, dy += 16)
                spread(a, dx, oh, ow, v_load(dy));
    }
}
