/* SPDX-License-Identifier: Apache-2.0 */
/* depthwise_weight.c - the gradient of a depthwise convolution's weights.
 *
 *   dw[kh, kw] = sum_{n, oh, ow} dy[oh, ow] x[oh s - p + kh, ow s - p + kw]
 *
 * A row of dy meets its rows of x tap by tap. Sums go row by row into the
 * image's, and image by image into the result, so that the rounding errors
 * stay those of short sums. */
#include <assert.h>

#include "nn/kernels/depthwise.h"
#include "nn/kernels/table.h"
#include "nn/kernels/vec.h"
#include "nn/kernels/window.h"

enum { MAX_SIDE = 15, MAX_TAPS = MAX_SIDE * MAX_SIDE };

/* sum += sum_j dy[j] x[j step] */
static void add_one(float *sum, const float *x, size_t step, const float *dy,
                    int count) {
    v16 s[4];
    for (int k = 0; k < 4; k++) s[k] = v_set(0);
    int j = 0;
    for (; j + 4 <= count; j += 4) {
#pragma GCC unroll 4
        for (int k = 0; k < 4; k++)
            s[k] = v_fma(v_load(dy + (j + k) * 16),
                         v_load(x + (size_t)(j + k) * step), s[k]);
    }
    for (; j < count; j++)
        s[0] = v_fma(v_load(dy + j * 16), v_load(x + (size_t)j * step), s[0]);
    const v16 all = v_add(v_add(s[0], s[1]), v_add(s[2], s[3]));
    v_store(sum, v_add(v_load(sum), all));
}

/* One row of dy and the rows of x that its taps lie on. */
typedef struct rows {
    int count, kw;
    float *sum[MAX_SIDE];     /* kw sums each */
    const float *x[MAX_SIDE]; /* column 0 */
    const float *dy;
    size_t step;
} rows;

/* Outputs begin..end-1, all of whose columns are inside; `first` is the
 * column of the first tap of the first. */
static void add_inside(const rows *r, int first, int begin, int count) {
    const float *dy = r->dy + begin * 16;
    const float *x[MAX_SIDE];
    for (int i = 0; i < r->count; i++) x[i] = r->x[i] + first * 16;
    for (int i = 0; i < r->count; i++)
        for (int c = 0; c < r->kw; c++)
            add_one(r->sum[i] + c * 16, x[i] + c * 16, r->step, dy, count);
}

static void add_edge(const rows *r, tap_range columns, int ow) {
    for (int i = 0; i < r->count; i++)
        for (int c = columns.begin; c < columns.end; c++)
            add_one(r->sum[i] + c * 16, r->x[i] + (columns.first + c) * 16,
                    r->step, r->dy + ow * 16, 1);
}

static void add_row(const rows *r, const mien_kernel_window *w) {
    for (int ow = 0; ow < w->out.w; ow++) {
        const tap_range columns = columns_inside(w, ow);
        int count = 0;
        if (columns.begin == 0 && columns.end == w->kw) {
            count = (w->in.w - w->kw - columns.first) / w->stride_w + 1;
            if (count > w->out.w - ow) count = w->out.w - ow;
            add_inside(r, columns.first, ow, count);
            ow += count - 1;
        } else {
            add_edge(r, columns, ow);
        }
    }
}

/* Add the gradient from one plane to sum[kh][kw][16]. */
static void add_plane(const mien_kernel_depthwise *a, float *sum, int n,
                      int cb) {
    const mien_kernel_window *w = &a->window;
    const float *x = a->x + mien_plane_start(w->in, n, cb);
    rows r = {.kw = w->kw,
              .step = (size_t)w->stride_w * 16,
              .dy = a->dy + mien_plane_start(w->out, n, cb)};
    for (int oh = 0; oh < w->out.h; oh++, r.dy += w->out.w * 16) {
        const tap_range range = rows_inside(w, oh);
        r.count = 0;
        for (int i = range.begin; i < range.end; i++) {
            r.sum[r.count] = sum + i * w->kw * 16;
            r.x[r.count++] = x + (ptrdiff_t)(range.first + i) * w->in.w * 16;
        }
        add_row(&r, w);
    }
}

static void add_bias(const mien_kernel_depthwise *a, int cb) {
    const mien_shape out = a->window.out;
    double sum[16] = {0};
    for (int n = 0; n < out.n; n++) {
        const float *dy = a->dy + mien_plane_start(out, n, cb);
        v16 s = v_set(0);
        for (size_t i = 0; i < mien_plane_count(out); i += 16)
            s = v_add(s, v_load(dy + i));
        v_add_to_double(sum, s);
    }
    for (int i = 0; i < 16; i++) a->dbias[cb * 16 + i] = (float)sum[i];
}

/* dw[t] += dy[n] x[n][t] for images first..first+count-1, at most 4: the
 * window is the whole image, so that each output has one dy and the taps
 * follow each other in memory. */
INLINE void add_global(const mien_kernel_depthwise *a, int cb, int first,
                       int count) {
    const mien_shape in = a->window.in;
    const size_t plane = mien_plane_count(in);
    float *dw = a->dweight + (size_t)cb * plane;
    const float *x[4];
    v16 dy[4];
#pragma GCC unroll 4
    for (int k = 0; k < count; k++) {
        x[k] = a->x + mien_plane_start(in, first + k, cb);
        dy[k] = v_load(a->dy + mien_plane_start(a->window.out, first + k, cb));
    }
    for (size_t i = 0; i < plane; i += 16) {
        v16 sum = v_load(dw + i);
#pragma GCC unroll 4
        for (int k = 0; k < count; k++)
            sum = v_fma(dy[k], v_load(x[k] + i), sum);
        v_store(dw + i, sum);
    }
}

static void weight_global(const mien_kernel_depthwise *a) {
    const mien_shape in = a->window.in;
    int n = 0;
    for (; n + 4 <= in.n; n += 4)
        for (int cb = 0; cb < in.c / 16; cb++) add_global(a, cb, n, 4);
    for (; n < in.n; n++)
        for (int cb = 0; cb < in.c / 16; cb++) add_global(a, cb, n, 1);
}

static void weight_plane(const mien_kernel_depthwise *a, int n, int cb) {
    const mien_kernel_window *w = &a->window;
    const size_t count = (size_t)w->kh * (size_t)w->kw * 16;
    float sum[MAX_TAPS * 16];
    memset(sum, 0, count * sizeof(float));
    if (mien_is_three(w))
        MIEN_K(depthwise3_add_plane)(a, sum, n, cb);
    else
        add_plane(a, sum, n, cb);
    MIEN_K(accumulate)(a->dweight + (size_t)cb * count, sum, count);
}

/* Plane after plane as they lie in memory; the data's share first, so that
 * the weights' finds dy in the cache. */
static void backward(const mien_kernel_depthwise *a, bool data) {
    const mien_kernel_window *w = &a->window;
    const int blocks = w->in.c / 16;
    assert(w->kh <= MAX_SIDE && w->kw <= MAX_SIDE);
    for (int n = 0; n < w->in.n; n++)
        for (int cb = 0; cb < blocks; cb++) {
            const int plane = n * blocks + cb;
            if (data) MIEN_K(depthwise_data_planes)(a, plane, plane + 1);
            weight_plane(a, n, cb);
        }
    if (data) v_stream_end();
}

static void begin(const mien_kernel_depthwise *a) {
    const mien_kernel_window *w = &a->window;
    memset(a->dweight, 0,
           (size_t)w->in.c * (size_t)w->kh * (size_t)w->kw * sizeof(float));
    for (int cb = 0; a->dbias && cb < w->in.c / 16; cb++) add_bias(a, cb);
}

void MIEN_K(depthwise_backward_weight)(const mien_kernel_depthwise *a) {
    begin(a);
    if (mien_is_global(&a->window))
        weight_global(a);
    else
        backward(a, false);
}

void MIEN_K(depthwise_backward)(const mien_kernel_depthwise *a) {
    begin(a);
    if (mien_is_global(&a->window)) {
        weight_global(a);
        MIEN_K(depthwise_backward_data)(a);
    } else {
        backward(a, true);
    }
}
