/* SPDX-License-Identifier: Apache-2.0 */
/* depthwise_plain.c - depthwise convolution of planes that make no block: the
 * few channels of a detector's heads. Forward only.
 *
 * Sixteen outputs of a row at a time, where all columns of the window are
 * inside; one at a time near the edges and where the stride is not 1. */
#include <assert.h>

#include "nn/kernels/table.h"
#include "nn/kernels/unit.h"
#include "nn/kernels/vec.h"
#include "nn/kernels/window.h"

enum { MAX_SIDE = 15 };

/* The taps of a row of outputs whose rows are inside: output i reads
 * x[i stride]. */
typedef struct taps {
    int n;
    const float *x[MAX_SIDE * MAX_SIDE];
    float weight[MAX_SIDE * MAX_SIDE];
    int shift[MAX_SIDE * MAX_SIDE]; /* columns from the output's */
    float bias;
} taps;

static float one_output(const taps *t, const mien_kernel_window *w, int i) {
    float sum = t->bias;
    for (int k = 0; k < t->n; k++) {
        const int at = i * w->stride_w + t->shift[k];
        if (at >= 0 && at < w->in.w)
            sum += t->weight[k] * t->x[k][i * w->stride_w];
    }
    return sum;
}

static void sixteen_outputs(float *y, const taps *t, int i) {
    v16 sum = v_set(t->bias);
    for (int k = 0; k < t->n; k++)
        sum = v_fma(v_load(t->x[k] + i), v_set(t->weight[k]), sum);
    v_store(y + i, sum);
}

static void end_row(const mien_kernel_depthwise *a, float *y, int c) {
    for (int i = 0; i < a->window.out.w; i++) {
        const float z = y[i];
        if (a->unit == MIEN_UNIT_CLIP) {
            y[i] = z <= a->slope[0]  ? a->slope[0]
                   : z > a->slope[1] ? a->slope[1]
                                     : z;
        } else if (z <= 0) {
            y[i] = a->unit == MIEN_UNIT_RELU
                       ? 0
                       : z * a->slope[a->unit == MIEN_UNIT_PRELU ? c : 0];
        }
    }
}

static void collect(taps *t, const mien_kernel_depthwise *a, const float *x,
                    int c, int oh) {
    const mien_kernel_window *w = &a->window;
    const float *weight = a->weight + (size_t)c * (size_t)(w->kh * w->kw);
    const tap_range rows = rows_inside(w, oh);
    t->n = 0;
    t->bias = a->bias ? a->bias[c] : 0;
    for (int kh = rows.begin; kh < rows.end; kh++)
        for (int kw = 0; kw < w->kw; kw++, t->n++) {
            t->shift[t->n] = kw - w->pad_left;
            t->x[t->n] =
                x + (ptrdiff_t)(rows.first + kh) * w->in.w + t->shift[t->n];
            t->weight[t->n] = weight[kh * w->kw + kw];
        }
}

static void run_row(const mien_kernel_depthwise *a, float *y, const float *x,
                    int c, int oh) {
    const mien_kernel_window *w = &a->window;
    taps t;
    collect(&t, a, x, c, oh);
    /* All columns of the window are inside for outputs begin..end-1. */
    int begin = w->pad_left, end = w->in.w - w->kw + 1 + w->pad_left;
    if (end > w->out.w) end = w->out.w;
    if (w->stride_w != 1 || begin > end) begin = end = 0;
    int i = 0;
    for (; i < begin; i++) y[i] = one_output(&t, w, i);
    for (; end - begin >= 16 && i < end; i += 16) {
        if (i + 16 > end) i = end - 16; /* the last overlaps the one before */
        sixteen_outputs(y, &t, i);
    }
    for (; i < w->out.w; i++) y[i] = one_output(&t, w, i);
    if (a->unit != MIEN_UNIT_NONE) end_row(a, y, c);
}

void MIEN_K(depthwise_plain)(const mien_kernel_depthwise *a) {
    const mien_kernel_window *w = &a->window;
    const float *x = a->x;
    float *y = a->y;
    assert(w->kh <= MAX_SIDE && w->kw <= MAX_SIDE);
    for (int p = 0; p < w->in.n * w->in.c; p++) {
        for (int oh = 0; oh < w->out.h; oh++, y += w->out.w)
            run_row(a, y, x, p % w->in.c, oh);
        x += (size_t)w->in.h * (size_t)w->in.w;
    }
}
