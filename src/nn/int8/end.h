/* SPDX-License-Identifier: Apache-2.0 */
/* end.h - from sums to outputs, plainly; what the fast builds must equal. */
#ifndef MIEN_NN_INT8_END_H
#define MIEN_NN_INT8_END_H

#include <math.h>

#include "nn/int8/int8.h"

/* f of channel c from its sum; residual is its byte, or 0. */
static inline float int8_value(const mien_int8_end *e, int32_t sum, int c,
                               uint8_t residual) {
    float f = (float)sum * e->scale[c];
    f = f + e->bias[c];
    const float r = (float)residual * e->residual_scale;
    f = f + r;
    if (e->unit == MIEN_UNIT_NONE) return f;
    if (e->unit == MIEN_UNIT_CLIP)
        return fminf(fmaxf(f, e->slope[0]), e->slope[1]);
    return f <= 0 ? f * e->slope[c] : f;
}

static inline uint8_t int8_byte(float f, int zero) {
    const float near = rintf(fminf(fmaxf(f, -32768.f), 32767.f));
    const int q = (int)near + zero;
    return (uint8_t)(q < 0 ? 0 : q > 255 ? 255 : q);
}

/* Sixteen channels from c on: to bytes, or to floats. */
static inline void int8_put(const mien_int8_end *e, const int32_t *sum, int c,
                            const uint8_t *residual, uint8_t *y,
                            float *y_float) {
    float f[MIEN_BLOCK];
    for (int i = 0; i < MIEN_BLOCK; i++)
        f[i] = int8_value(e, sum[i], c + i, residual ? residual[i] : 0);
    for (int i = 0; y && i < MIEN_BLOCK; i++) y[i] = int8_byte(f[i], e->zero);
    for (int i = 0; !y && i < MIEN_BLOCK; i++) y_float[i] = f[i];
}

#endif
