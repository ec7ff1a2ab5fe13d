/* SPDX-License-Identifier: Apache-2.0 */
/* depthwise3.c - the 3x3 windows that most depthwise convolutions have.
 *
 * Stride 1 or 2, padding 0 or 1. The nine weights stay in registers along a
 * row of the output. The gradient of the input at stride 1 is the same
 * convolution of dy with the window turned round:
 *
 *   dx[i, j] = sum_{kh, kw} w[2 - kh, 2 - kw] dy[i - 1 + kh, j - 1 + kw] */
#include "nn/kernels/depthwise.h"
#include "nn/kernels/table.h"
#include "nn/kernels/unit.h"
#include "nn/kernels/vec.h"

/* One row of outputs and the rows of the input that it reads. */
typedef struct row3 {
    float *out;
    const float *x[3];
    const float *weight[3]; /* three taps each */
    v16 bias;
    unit16 unit;
    int count, width, pad;
    bool stream;
} row3;

INLINE void put(const row3 *r, int i, v16 *sum, int size) {
    float *out = r->out + i * 16;
    unit_apply(sum, size, &r->unit);
    if (r->stream) {
#pragma GCC unroll 8
        for (int j = 0; j < size; j++) v_stream(out + j * 16, sum[j]);
    } else {
#pragma GCC unroll 8
        for (int j = 0; j < size; j++) v_store(out + j * 16, sum[j]);
    }
}

/* Output i at the left edge lacks the first tap, at the right one the last:
 * two remain, from `first` on, with the column under the first of them in x. */
INLINE void edge(const row3 *r, int rows, int i, const float *const *x,
                 int first) {
    v16 sum = r->bias;
#pragma GCC unroll 3
    for (int k = 0; k < rows; k++) {
#pragma GCC unroll 2
        for (int c = 0; c < 2; c++)
            sum = v_fma(v_load(x[k] + c * 16),
                        v_load(r->weight[k] + (first + c) * 16), sum);
    }
    put(r, i, &sum, 1);
}

/* What is a constant wherever this is inlined. */
typedef struct kind {
    int rows, step, size;
} kind;

/* Outputs i..i+size-1, all of whose taps are inside; x is each row's first
 * tap. */
INLINE void tile(const row3 *r, int i, const float *const *x, v16 (*w)[3],
                 kind a) {
    v16 sum[8];
#pragma GCC unroll 8
    for (int j = 0; j < a.size; j++) sum[j] = r->bias;
#pragma GCC unroll 3
    for (int k = 0; k < a.rows; k++) {
#pragma GCC unroll 3
        for (int c = 0; c < 3; c++) {
#pragma GCC unroll 8
            for (int j = 0; j < a.size; j++)
                sum[j] = v_fma(v_load(x[k] + (j * a.step + c) * 16), w[k][c],
                               sum[j]);
        }
    }
    put(r, i, sum, a.size);
}

/* All of a row; `rows` and `step` are constants here. */
INLINE void run_as(const row3 *given, int rows, int step) {
    const row3 r = *given;
    v16 w[3][3];
#pragma GCC unroll 3
    for (int k = 0; k < rows; k++) {
#pragma GCC unroll 3
        for (int c = 0; c < 3; c++) w[k][c] = v_load(r.weight[k] + c * 16);
    }
    int i = 0, inside = (r.width - 3 + r.pad) / step + 1;
    if (r.pad) edge(&r, rows, i++, r.x, 1);
    const float *x[3]; /* the first tap of output i */
#pragma GCC unroll 3
    for (int k = 0; k < rows; k++) x[k] = r.x[k] + (i * step - r.pad) * 16;
#define TILES(size)                                              \
    for (; i + (size) <= inside; i += (size)) {                  \
        tile(&r, i, x, w, (kind){rows, step, (size)});           \
        for (int k = 0; k < rows; k++) x[k] += (size)*step * 16; \
    }
    if (V_WIDTH == 16) TILES(8)
    if (V_WIDTH >= 8) TILES(4)
    TILES(2)
    TILES(1)
#undef TILES
    if (i < r.count) edge(&r, rows, i, x, 0);
}

static void run(const row3 *r, int rows, int step) {
    if (rows == 3 && step == 1)
        run_as(r, 3, 1);
    else if (rows == 3)
        run_as(r, 3, 2);
    else if (step == 1)
        run_as(r, 2, 1);
    else
        run_as(r, 2, 2);
}

/* A whole convolution; x and y stand for dy and dx in the backward pass. */
typedef struct pass3 {
    const float *x, *weight, *bias;
    float *y;
    mien_shape in, out;
    int step, pad;
    bool turned;
    mien_kernel_unit unit;
    const float *slope;
    bool read_next;
} pass3;

static void run_plane(const pass3 *a, row3 *r, int plane) {
    const int cb = plane % (a->in.c / 16);
    const float *x = a->x + (size_t)plane * mien_plane_count(a->in);
    float weight[9 * 16];
    for (int t = 0; t < 9; t++) {
        const int from = cb * 9 + (a->turned ? 8 - t : t);
        memcpy(weight + t * 16, a->weight + (size_t)from * 16,
               16 * sizeof(float));
    }
    r->bias = a->bias ? v_load(a->bias + cb * 16) : v_set(0);
    r->unit = unit_of(a->unit, a->slope, cb);
    for (int oh = 0; oh < a->out.h; oh++, r->out += a->out.w * 16) {
        int rows = 0;
        for (int kh = 0; kh < 3; kh++) {
            const int ih = oh * a->step - a->pad + kh;
            if (ih < 0 || ih >= a->in.h) continue;
            r->x[rows] = x + (size_t)ih * (size_t)a->in.w * 16;
            r->weight[rows++] = weight + kh * 48;
        }
        run(r, rows, a->step);
    }
}

/* Planes first..end-1, without v_stream_end. */
static void run_pass(const pass3 *a, int first, int end) {
    row3 r = {.out = a->y + (size_t)first * mien_plane_count(a->out),
              .count = a->out.w,
              .width = a->in.w,
              .pad = a->pad};
    r.stream = !a->read_next &&
               worth_streaming(a->y, mien_shape_count(a->out) * sizeof(float));
    for (int p = first; p < end; p++) run_plane(a, &r, p);
}

bool MIEN_K(depthwise3_forward)(const mien_kernel_depthwise *a) {
    const mien_kernel_window *w = &a->window;
    if (!mien_is_three(w)) return false;
    run_pass(
        &(pass3){a->x, a->weight, a->bias, a->y, w->in, w->out, w->stride_h,
                 w->pad_top, false, a->unit, a->slope, a->read_next},
        0, w->in.n * (w->in.c / 16));
    v_stream_end();
    return true;
}

bool MIEN_K(depthwise3_data_planes)(const mien_kernel_depthwise *a, int first,
                                    int end) {
    const mien_kernel_window *w = &a->window;
    if (!mien_is_three(w) || w->stride_h != 1 || w->pad_top != 1) return false;
    run_pass(&(pass3){a->dy, a->weight, NULL, a->dx, w->out, w->in, 1, 1, true,
                      MIEN_UNIT_NONE, NULL, false},
             first, end);
    return true;
}
