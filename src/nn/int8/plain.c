/* SPDX-License-Identifier: Apache-2.0 */
/* plain.c - the kernels as plain loops: what is right, and what runs where
 * there is nothing better. */
#include <string.h>

#include "nn/int8/builds.h"
#include "nn/int8/end.h"

/* The sums of sixteen channels of one output. */
static void conv_sums(int32_t *sum, const mien_int8_conv *a, const uint8_t *x,
                      const int8_t *w) {
    memset(sum, 0, MIEN_BLOCK * sizeof *sum);
    for (int s = 0; s < a->sources; s++)
        for (int d = 0; d < a->depth; d++, w += 4 * MIEN_BLOCK) {
            const uint8_t *v = x + a->source[s] + 4 * d;
            for (int o = 0; o < MIEN_BLOCK; o++)
                sum[o] += v[0] * w[4 * o] + v[1] * w[4 * o + 1] +
                          v[2] * w[4 * o + 2] + v[3] * w[4 * o + 3];
        }
}

void mien_int8_plain_conv(const mien_int8_conv *a) {
    const size_t block = (size_t)a->sources * (size_t)a->depth * 4 * MIEN_BLOCK;
    size_t at = 0;
    for (int cb = 0; cb < a->out.c / MIEN_BLOCK; cb++)
        for (int i = 0; i < a->out.h; i++)
            for (int j = 0; j < a->out.w; j++, at += MIEN_BLOCK) {
                const uint8_t *x =
                    a->x + (ptrdiff_t)i * a->row_step + (ptrdiff_t)j * a->step;
                int32_t sum[MIEN_BLOCK];
                conv_sums(sum, a, x, a->weight + (size_t)cb * block);
                int8_put(&a->end, sum, cb * MIEN_BLOCK,
                         a->residual ? a->residual + at : NULL,
                         a->y ? a->y + at : NULL, a->y_float + at);
            }
}

/* The sums of output (i, j) of a plane of sixteen channels. */
static void depthwise_sums(int32_t *sum, const mien_int8_depthwise *a,
                           const uint8_t *x, const int8_t *w, int i, int j) {
    const mien_kernel_window *k = &a->window;
    memset(sum, 0, MIEN_BLOCK * sizeof *sum);
    for (int kh = 0; kh < k->kh; kh++)
        for (int kw = 0; kw < k->kw; kw++, w += MIEN_BLOCK) {
            const int h = i * k->stride_h - k->pad_top + kh;
            const int v = j * k->stride_w - k->pad_left + kw;
            const bool inside = h >= 0 && h < k->in.h && v >= 0 && v < k->in.w;
            const uint8_t *from =
                x + (inside ? (ptrdiff_t)(h * k->in.w + v) * MIEN_BLOCK : 0);
            for (int c = 0; c < MIEN_BLOCK; c++)
                sum[c] += (inside ? from[c] : a->outside) * w[c];
        }
}

void mien_int8_plain_depthwise(const mien_int8_depthwise *a) {
    const mien_kernel_window *k = &a->window;
    const int blocks = k->in.c / MIEN_BLOCK;
    size_t at = 0;
    for (int p = 0; p < k->in.n * blocks; p++) {
        const int cb = p % blocks;
        const uint8_t *x = a->x + (size_t)p * mien_plane_count(k->in);
        const int8_t *w =
            a->weight + (size_t)cb * (size_t)(k->kh * k->kw) * MIEN_BLOCK;
        for (int i = 0; i < k->out.h; i++)
            for (int j = 0; j < k->out.w; j++, at += MIEN_BLOCK) {
                int32_t sum[MIEN_BLOCK];
                depthwise_sums(sum, a, x, w, i, j);
                int8_put(&a->end, sum, cb * MIEN_BLOCK, NULL,
                         a->y ? a->y + at : NULL, a->y_float + at);
            }
    }
}

void mien_int8_plain_code(uint8_t *y, const float *x, size_t count,
                          mien_int8_code c) {
    const float factor = 1 / c.scale;
    for (size_t i = 0; i < count; i++) y[i] = int8_byte(x[i] * factor, c.zero);
}

void mien_int8_plain_decode(float *x, const uint8_t *y, size_t count,
                            mien_int8_code c) {
    for (size_t i = 0; i < count; i++) x[i] = (float)(y[i] - c.zero) * c.scale;
}

const mien_int8 mien_int8_plain = {
    .name = "int8 scalar",
    .conv = mien_int8_plain_conv,
    .depthwise = mien_int8_plain_depthwise,
    .code = mien_int8_plain_code,
    .decode = mien_int8_plain_decode,
};
