/* SPDX-License-Identifier: Apache-2.0 */
/* vnni.h - AVX-512 with VNNI: from sums in registers to bytes. */
#ifndef MIEN_NN_INT8_VNNI_H
#define MIEN_NN_INT8_VNNI_H

#include <immintrin.h>

#include "nn/int8/int8.h"

#define INLINE static inline __attribute__((always_inline))

void mien_int8_vnni_conv(const mien_int8_conv *a);
void mien_int8_vnni_depthwise(const mien_int8_depthwise *a);

/* The end of sixteen channels. */
typedef struct end16 {
    mien_kernel_unit unit;
    __m512 scale, bias, slope, most, residual_scale;
    __m512i zero; /* of y, in 16-bit lanes */
} end16;

INLINE end16 end_of(const mien_int8_end *e, int cb) {
    end16 r = {.unit = e->unit,
               .scale = _mm512_loadu_ps(e->scale + cb * 16),
               .bias = _mm512_loadu_ps(e->bias + cb * 16),
               .slope = _mm512_setzero_ps(),
               .most = _mm512_setzero_ps(),
               .residual_scale = _mm512_set1_ps(e->residual_scale),
               .zero = _mm512_set1_epi16((short)e->zero)};
    if (e->unit == MIEN_UNIT_CLIP) {
        r.slope = _mm512_set1_ps(e->slope[0]);
        r.most = _mm512_set1_ps(e->slope[1]);
    } else if (e->unit != MIEN_UNIT_NONE) {
        r.slope = _mm512_loadu_ps(e->slope + cb * 16);
    }
    return r;
}

/* f of one output; residual points to its sixteen bytes, or is NULL. */
INLINE __m512 end_value(const end16 *e, __m512i sum, const uint8_t *residual) {
    __m512 f = _mm512_mul_ps(_mm512_cvtepi32_ps(sum), e->scale);
    f = _mm512_add_ps(f, e->bias);
    if (residual) {
        const __m128i bytes = _mm_loadu_si128((const __m128i *)residual);
        const __m512 r = _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(bytes));
        f = _mm512_add_ps(f, _mm512_mul_ps(r, e->residual_scale));
    }
    if (e->unit == MIEN_UNIT_NONE) return f;
    if (e->unit == MIEN_UNIT_CLIP)
        return _mm512_min_ps(_mm512_max_ps(f, e->slope), e->most);
    const __mmask16 low =
        _mm512_cmp_ps_mask(f, _mm512_setzero_ps(), _CMP_LE_OQ);
    return _mm512_mask_mul_ps(f, low, f, e->slope);
}

/* f of four outputs to 64 bytes. The two packs interleave their halves lane by
 * lane; the permutation puts the lanes in order again. */
INLINE __m512i end_bytes(const end16 *e, const __m512 *f) {
    const __m512 most = _mm512_set1_ps(32767);
    const __m512i order =
        _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    __m512i q[4];
    for (int i = 0; i < 4; i++)
        q[i] = _mm512_cvtps_epi32(_mm512_min_ps(f[i], most));
    const __m512i a =
        _mm512_adds_epi16(_mm512_packs_epi32(q[0], q[1]), e->zero);
    const __m512i b =
        _mm512_adds_epi16(_mm512_packs_epi32(q[2], q[3]), e->zero);
    return _mm512_permutexvar_epi32(order, _mm512_packus_epi16(a, b));
}

/* Put `size` outputs, 1 to 4, of one block. */
INLINE void end_put(const end16 *e, const __m512i *sum, int size,
                    const uint8_t *residual, uint8_t *y, float *y_float) {
    __m512 f[4];
    for (int j = 0; j < 4; j++)
        f[j] = j < size
                   ? end_value(e, sum[j], residual ? residual + j * 16 : NULL)
                   : _mm512_setzero_ps();
    if (y && size == 4) {
        _mm512_storeu_si512(y, end_bytes(e, f));
    } else if (y) {
        const __mmask16 some = (__mmask16)((1u << (4 * size)) - 1);
        _mm512_mask_storeu_epi32(y, some, end_bytes(e, f));
    } else {
        for (int j = 0; j < size; j++) _mm512_storeu_ps(y_float + j * 16, f[j]);
    }
}

#endif
