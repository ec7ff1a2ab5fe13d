/* SPDX-License-Identifier: Apache-2.0 */
/* correlate.c - the three products behind convolution and its transpose.
 *
 *   s[n][o][r][q] = sum over i, j, k of
 *                   w[o][i][j][k] b[n][i][r stride + j - pad][q stride + k -
 * pad]
 *
 * One tap is one number of the kernel between one channel of b and one of s:
 * a rectangle of s meets a strided rectangle of b, row by row. The innermost
 * loop runs along a row, so that it vectorises without reordering a sum. */
#include "nn/layers/correlate.h"

/* Where one tap works: offsets of the first values, steps to the next row. */
typedef struct tap {
    size_t w, s, b;
    size_t s_row, b_row, b_column;
    int rows, columns;
} tap;

/* Exactly one of the three is written to. */
typedef struct operands {
    real *out;
    const real *w, *s, *b;
} operands;

typedef void tap_body(const operands *at, const tap *t);

/* The stops whose tap k lies on the image: first to last - 1. */
static mien_span stops(const mien_correlation *c, int axis, int k) {
    const int stride = c->window.stride[axis];
    const int shift = k - c->window.before[axis];
    const int extent = axis ? c->b.w : c->b.h, out = axis ? c->s.w : c->s.h;
    const int first = shift >= 0 ? 0 : (stride - 1 - shift) / stride;
    const int last = shift < extent ? (extent - 1 - shift) / stride + 1 : 0;
    return (mien_span){first, last < out ? last : out};
}

/* All taps between channel o of s and channel i of b, the i-th of its group. */
static void each_tap(const mien_correlation *c, const operands *at,
                     tap_body *body, tap t) {
    const int *kernel = c->window.kernel, *stride = c->window.stride;
    const int *before = c->window.before;
    const size_t s = t.s, b = t.b;
    t.s_row = (size_t)c->s.w;
    t.b_row = (size_t)stride[0] * (size_t)c->b.w;
    t.b_column = (size_t)stride[1];
    for (int j = 0; j < kernel[0]; j++) {
        const mien_span rows = stops(c, 0, j);
        for (int k = 0; k < kernel[1]; k++, t.w++) {
            const mien_span columns = stops(c, 1, k);
            t.rows = rows.last - rows.first;
            t.columns = columns.last - columns.first;
            if (t.rows <= 0 || t.columns <= 0) continue;
            const int row = rows.first * stride[0] + j - before[0];
            const int column = columns.first * stride[1] + k - before[1];
            t.s = s + (size_t)rows.first * t.s_row + (size_t)columns.first;
            t.b = b + (size_t)row * (size_t)c->b.w + (size_t)column;
            body(at, &t);
        }
    }
}

/* All pairs of channels of all samples. */
static void each_pair(const mien_correlation *c, const operands *at,
                      tap_body *body) {
    const int i_group = c->b.c / c->groups, o_group = c->s.c / c->groups;
    const size_t s_plane = (size_t)c->s.h * (size_t)c->s.w;
    const size_t b_plane = (size_t)c->b.h * (size_t)c->b.w;
    const size_t kernel =
        (size_t)c->window.kernel[0] * (size_t)c->window.kernel[1];
    for (int n = 0; n < c->s.n; n++)
        for (int o = 0; o < c->s.c; o++)
            for (int i = 0; i < i_group; i++) {
                const size_t from =
                    (size_t)n * c->b.c + (size_t)(o / o_group) * i_group + i;
                each_tap(c, at, body,
                         (tap){.w = ((size_t)o * i_group + i) * kernel,
                               .s = ((size_t)n * c->s.c + o) * s_plane,
                               .b = from * b_plane});
            }
}

static void gather_tap(const operands *at, const tap *t) {
    const real w = at->w[t->w];
    const size_t step = t->b_column;
    for (int r = 0; r < t->rows; r++) {
        real *s = at->out + t->s + (size_t)r * t->s_row;
        const real *b = at->b + t->b + (size_t)r * t->b_row;
        for (size_t q = 0; q < (size_t)t->columns; q++) s[q] += w * b[q * step];
    }
}

static void spread_tap(const operands *at, const tap *t) {
    const real w = at->w[t->w];
    const size_t step = t->b_column;
    for (int r = 0; r < t->rows; r++) {
        const real *s = at->s + t->s + (size_t)r * t->s_row;
        real *b = at->out + t->b + (size_t)r * t->b_row;
        for (size_t q = 0; q < (size_t)t->columns; q++) b[q * step] += w * s[q];
    }
}

static void weight_tap(const operands *at, const tap *t) {
    const size_t step = t->b_column;
    double sum = 0;
    for (int r = 0; r < t->rows; r++) {
        const real *s = at->s + t->s + (size_t)r * t->s_row;
        const real *b = at->b + t->b + (size_t)r * t->b_row;
        for (size_t q = 0; q < (size_t)t->columns; q++)
            sum += (double)s[q] * b[q * step];
    }
    at->out[t->w] += (real)sum;
}

void mien_correlate_gather(real *s, const mien_correlation *c, const real *w,
                           const real *b) {
    each_pair(c, &(operands){.out = s, .w = w, .b = b}, gather_tap);
}

void mien_correlate_spread(real *b, const mien_correlation *c, const real *w,
                           const real *s) {
    each_pair(c, &(operands){.out = b, .w = w, .s = s}, spread_tap);
}

void mien_correlate_weights(real *w, const mien_correlation *c, const real *s,
                            const real *b) {
    each_pair(c, &(operands){.out = w, .s = s, .b = b}, weight_tap);
}
