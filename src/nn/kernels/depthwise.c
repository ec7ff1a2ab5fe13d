/* SPDX-License-Identifier: Apache-2.0 */
/* depthwise.c - convolution of each channel with its own window.
 *
 *   y[oh, ow]  = bias + sum_{kh, kw} w[kh, kw] x[oh s - p + kh, ow s - p + kw]
 *   dx[ih, iw] = sum over kh, kw with (ih + p - kh) and (iw + p - kw) multiples
 *                of s of w[kh, kw] dy[(ih + p - kh) / s, (iw + p - kw) / s]
 *
 * Both are the same line of work: outputs at equal distances, each the sum of
 * a few taps whose places in the source move along with it. In the backward
 * pass a row of dx splits into s such lines, one for each remainder of iw.
 * Outputs that have all taps inside are done a tile at a time. */
#include <assert.h>

#include "nn/kernels/depthwise.h"
#include "nn/kernels/table.h"
#include "nn/kernels/unit.h"
#include "nn/kernels/vec.h"

enum { TILE = V_WIDTH == 16 ? 8 : V_WIDTH == 8 ? 4 : 2 };
enum { MAX_SIDE = 15 };

/* Outputs out[i * out_step], i = 0..count-1. Tap (r, c) of output i reads
 * column i * in_step + shift[c] of row[r], and is nothing outside it. */
typedef struct line {
    float *out;
    int count, out_step, in_step, in_width;
    int rows, columns;
    const float *row[MAX_SIDE], *row_weight[MAX_SIDE];
    int shift[MAX_SIDE], weight_column[MAX_SIDE];
    v16 bias;
    unit16 unit;
} line;

typedef struct tap {
    const float *x, *weight;
} tap;

/* The taps of output i with column taps begin..end-1. */
static int taps_at(tap *taps, const line *l, int i) {
    int n = 0;
    for (int c = 0; c < l->columns; c++) {
        const int at = i * l->in_step + l->shift[c];
        if (at < 0 || at >= l->in_width) continue;
        for (int r = 0; r < l->rows; r++)
            taps[n++] = (tap){l->row[r] + (ptrdiff_t)at * 16,
                              l->row_weight[r] + l->weight_column[c] * 16};
    }
    return n;
}

/* `size` outputs from the i-th after that of the taps. */
INLINE void tile_as(const line *l, const tap *taps, int n, int i, float *out,
                    bool stream, int size) {
    v16 sum[TILE];
    for (int j = 0; j < size; j++) sum[j] = l->bias;
    const ptrdiff_t step = (ptrdiff_t)l->in_step * 16, start = i * step;
    for (int t = 0; t < n; t++) {
        const float *x = taps[t].x + start;
        const v16 weight = v_load(taps[t].weight);
#pragma GCC unroll 8
        for (int j = 0; j < size; j++)
            sum[j] = v_fma(v_load(x + j * step), weight, sum[j]);
    }
    unit_apply(sum, size, &l->unit);
#pragma GCC unroll 8
    for (int j = 0; j < size; j++) {
        float *y = out + (ptrdiff_t)(i + j) * l->out_step * 16;
        if (stream)
            v_stream(y, sum[j]);
        else
            v_store(y, sum[j]);
    }
}

INLINE void run_as(const line *l, int begin, int end, bool stream) {
    tap taps[MAX_SIDE * MAX_SIDE];
    const int n = taps_at(taps, l, begin), count = end - begin;
    float *out = l->out + (ptrdiff_t)begin * l->out_step * 16;
    int i = 0;
    for (; i + TILE <= count; i += TILE)
        tile_as(l, taps, n, i, out, stream, TILE);
    for (; i + TILE / 2 <= count; i += TILE / 2)
        tile_as(l, taps, n, i, out, stream, TILE / 2);
    for (; i < count; i++) tile_as(l, taps, n, i, out, stream, 1);
}

/* Outputs begin..end-1, which have the same taps inside. */
static void run(const line *l, int begin, int end, bool stream) {
    if (stream)
        run_as(l, begin, end, true);
    else
        run_as(l, begin, end, false);
}

static void convolve(const line *l, bool stream) {
    int low = 0, high = 0;
    for (int c = 0; c < l->columns; c++) {
        if (l->shift[c] < low) low = l->shift[c];
        if (l->shift[c] > high) high = l->shift[c];
    }
    int begin = (l->in_step - 1 - low) / l->in_step;
    int end = (l->in_width - 1 - high) / l->in_step + 1;
    if (l->in_width <= high) end = 0;
    if (end > l->count) end = l->count;
    if (begin > end) begin = end = 0;
    for (int i = 0; i < begin; i++) run(l, i, i + 1, stream);
    if (begin < end) run(l, begin, end, stream);
    for (int i = end; i < l->count; i++) run(l, i, i + 1, stream);
}

/* ---- forward ---- */

INLINE v16 dot(const float *x, const float *weight, size_t count, v16 sum) {
    v16 s[4];
    for (int j = 0; j < 4; j++) s[j] = v_set(0);
    size_t i = 0;
    for (; i + 64 <= count; i += 64) {
#pragma GCC unroll 4
        for (int j = 0; j < 4; j++)
            s[j] = v_fma(v_load(x + i + j * 16), v_load(weight + i + j * 16),
                         s[j]);
    }
    for (; i < count; i += 16)
        s[0] = v_fma(v_load(x + i), v_load(weight + i), s[0]);
    return v_add(sum, v_add(v_add(s[0], s[1]), v_add(s[2], s[3])));
}

static v16 bias_of(const mien_kernel_depthwise *a, int cb) {
    return a->bias ? v_load(a->bias + cb * 16) : v_set(0);
}

static void forward_global(const mien_kernel_depthwise *a) {
    const mien_shape in = a->window.in;
    const size_t plane = mien_plane_count(in);
    const int blocks = in.c / 16;
    for (int p = 0; p < in.n * blocks; p++) {
        const int cb = p % blocks;
        v16 y = dot(a->x + (size_t)p * plane, a->weight + (size_t)cb * plane,
                    plane, bias_of(a, cb));
        const unit16 unit = unit_of(a->unit, a->slope, cb);
        unit_apply(&y, 1, &unit);
        v_store(a->y + (size_t)p * 16, y);
    }
}

static void forward_row(const mien_kernel_depthwise *a, line *l, int plane,
                        int oh) {
    const mien_kernel_window *w = &a->window;
    const int cb = plane % (w->in.c / 16);
    const float *x = a->x + (size_t)plane * mien_plane_count(w->in);
    l->rows = 0;
    for (int kh = 0; kh < w->kh; kh++) {
        const int ih = oh * w->stride_h - w->pad_top + kh;
        if (ih < 0 || ih >= w->in.h) continue;
        l->row[l->rows] = x + (size_t)ih * (size_t)w->in.w * 16;
        l->row_weight[l->rows++] =
            a->weight + (size_t)(cb * w->kh + kh) * (size_t)w->kw * 16;
    }
    l->bias = bias_of(a, cb);
    l->unit = unit_of(a->unit, a->slope, cb);
}

void MIEN_K(depthwise_forward)(const mien_kernel_depthwise *a) {
    const mien_kernel_window *w = &a->window;
    if (mien_is_global(w)) {
        forward_global(a);
        return;
    }
    if (MIEN_K(depthwise3_forward)(a)) return;
    assert(w->kh <= MAX_SIDE && w->kw <= MAX_SIDE);
    const bool stream =
        !a->read_next &&
        worth_streaming(a->y, mien_shape_count(w->out) * sizeof(float));
    line l = {.count = w->out.w,
              .out_step = 1,
              .in_step = w->stride_w,
              .in_width = w->in.w,
              .columns = w->kw};
    for (int kw = 0; kw < w->kw; kw++) {
        l.shift[kw] = kw - w->pad_left;
        l.weight_column[kw] = kw;
    }
    l.out = a->y;
    for (int p = 0; p < w->in.n * (w->in.c / 16); p++)
        for (int oh = 0; oh < w->out.h; oh++, l.out += w->out.w * 16) {
            forward_row(a, &l, p, oh);
            convolve(&l, stream);
        }
    if (stream) v_stream_end();
}

/* ---- backward, data ---- */

static void backward_global(const mien_kernel_depthwise *a, int plane) {
    const size_t count = mien_plane_count(a->window.in);
    const int cb = plane % (a->window.in.c / 16);
    const float *weight = a->weight + (size_t)cb * count;
    const v16 dy = v_load(a->dy + (size_t)plane * 16);
    float *dx = a->dx + (size_t)plane * count;
    for (size_t i = 0; i < count; i += 16)
        v_store(dx + i, v_mul(dy, v_load(weight + i)));
}

static void backward_row(const mien_kernel_depthwise *a, line *l, int plane,
                         int ih) {
    const mien_kernel_window *w = &a->window;
    const int cb = plane % (w->in.c / 16);
    const float *dy = a->dy + (size_t)plane * mien_plane_count(w->out);
    l->rows = 0;
    for (int kh = 0; kh < w->kh; kh++) {
        const int at = ih + w->pad_top - kh;
        if (at < 0 || at % w->stride_h || at / w->stride_h >= w->out.h)
            continue;
        l->row[l->rows] =
            dy + (size_t)(at / w->stride_h) * (size_t)w->out.w * 16;
        l->row_weight[l->rows++] =
            a->weight + (size_t)(cb * w->kh + kh) * (size_t)w->kw * 16;
    }
}

/* The line of columns iw = phase, phase + stride, ... of a row of dx. */
static void select_phase(line *l, const mien_kernel_window *w, int phase,
                         float *row) {
    l->out = row + phase * 16;
    l->count = (w->in.w - phase + w->stride_w - 1) / w->stride_w;
    l->columns = 0;
    for (int kw = 0; kw < w->kw; kw++) {
        const int at = phase + w->pad_left - kw;
        if (at % w->stride_w) continue;
        l->shift[l->columns] = at / w->stride_w;
        l->weight_column[l->columns++] = kw;
    }
}

static void backward_plane(const mien_kernel_depthwise *a, int plane,
                           bool stream) {
    const mien_kernel_window *w = &a->window;
    line l = {.out_step = w->stride_w,
              .in_step = 1,
              .in_width = w->out.w,
              .bias = v_set(0)};
    float *row = a->dx + (size_t)plane * mien_plane_count(w->in);
    for (int ih = 0; ih < w->in.h; ih++, row += w->in.w * 16) {
        backward_row(a, &l, plane, ih);
        for (int phase = 0; phase < w->stride_w; phase++) {
            select_phase(&l, w, phase, row);
            convolve(&l, stream);
        }
    }
}

void MIEN_K(depthwise_data_planes)(const mien_kernel_depthwise *a, int first,
                                   int end) {
    const mien_kernel_window *w = &a->window;
    if (MIEN_K(depthwise3_data_planes)(a, first, end)) return;
    const bool global = mien_is_global(w);
    assert(global || (w->kh <= MAX_SIDE && w->kw <= MAX_SIDE));
    const bool stream =
        worth_streaming(a->dx, mien_shape_count(w->in) * sizeof(float));
    for (int p = first; p < end; p++) {
        if (global)
            backward_global(a, p);
        else
            backward_plane(a, p, stream);
    }
}

void MIEN_K(depthwise_backward_data)(const mien_kernel_depthwise *a) {
    MIEN_K(depthwise_data_planes)(a, 0, a->window.in.n * (a->window.in.c / 16));
    v_stream_end();
}
