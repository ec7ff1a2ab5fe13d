/* SPDX-License-Identifier: Apache-2.0 */
/* vnni_end.c - from sums to bytes, four outputs at a time. */
#include "nn/int8/builds.h"
#include "nn/int8/vnni.h"

/* The end of sixteen channels. */
typedef struct end16 {
    __m512 scale, bias, slope, most, residual_scale;
    __m512i zero; /* of y, in 16-bit lanes */
} end16;

static end16 end_of(const mien_int8_end *e, int cb) {
    end16 r = {.scale = _mm512_loadu_ps(e->scale + cb * 16),
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

/* What is a constant wherever this is inlined; every unit but NONE and CLIP
 * works by its slopes. */
typedef struct kind {
    mien_kernel_unit unit;
    bool residual;
} kind;

/* f of one output. */
INLINE __m512 value_of(const end16 *e, __m512i sum, const uint8_t *residual,
                       kind k) {
    __m512 f = _mm512_mul_ps(_mm512_cvtepi32_ps(sum), e->scale);
    f = _mm512_add_ps(f, e->bias);
    if (k.residual) {
        const __m128i bytes = _mm_loadu_si128((const __m128i *)residual);
        const __m512 r = _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(bytes));
        f = _mm512_add_ps(f, _mm512_mul_ps(r, e->residual_scale));
    }
    if (k.unit == MIEN_UNIT_NONE) return f;
    if (k.unit == MIEN_UNIT_CLIP)
        return _mm512_min_ps(_mm512_max_ps(f, e->slope), e->most);
    const __mmask16 low =
        _mm512_cmp_ps_mask(f, _mm512_setzero_ps(), _CMP_LE_OQ);
    return _mm512_mask_mul_ps(f, low, f, e->slope);
}

INLINE __m512i rounded(__m512 f) {
    return _mm512_cvtps_epi32(_mm512_min_ps(f, _mm512_set1_ps(32767)));
}

/* f of four outputs to 64 bytes. The two packs interleave their halves lane by
 * lane; the permutation puts the lanes in order again. */
INLINE __m512i bytes_of(const __m512 f[4], __m512i zero) {
    const __m512i order =
        _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    const __m512i a = _mm512_packs_epi32(rounded(f[0]), rounded(f[1]));
    const __m512i b = _mm512_packs_epi32(rounded(f[2]), rounded(f[3]));
    return _mm512_permutexvar_epi32(
        order, _mm512_packus_epi16(_mm512_adds_epi16(a, zero),
                                   _mm512_adds_epi16(b, zero)));
}

/* `size` outputs, 1 to 4; of the sums, four are read. */
INLINE __m512i four_bytes(const end16 *e, const __m512i *sum, int size,
                          const uint8_t *residual, kind k) {
    __m512 f[4];
#pragma GCC unroll 4
    for (int j = 0; j < 4; j++)
        f[j] = j < size ? value_of(e, sum[j], residual + j * 16, k)
                        : _mm512_setzero_ps();
    return bytes_of(f, e->zero);
}

INLINE void put_bytes(const end16 *given, const __m512i *sum, int count,
                      vnni_target to, kind k) {
    const end16 e = *given;
    int i = 0;
    for (; i + 4 <= count; i += 4)
        _mm512_storeu_si512(
            to.y + i * 16, four_bytes(&e, sum + i, 4, to.residual + i * 16, k));
    const int left = count - i;
    if (left == 0) return;
    const uint8_t *residual = to.residual + i * 16;
    const __mmask16 some = (__mmask16)((1u << (4 * left)) - 1);
    const __m512i y = left == 3   ? four_bytes(&e, sum + i, 3, residual, k)
                      : left == 2 ? four_bytes(&e, sum + i, 2, residual, k)
                                  : four_bytes(&e, sum + i, 1, residual, k);
    _mm512_mask_storeu_epi32(to.y + i * 16, some, y);
}

INLINE void put_floats(const end16 *e, const __m512i *sum, int count,
                       vnni_target to, kind k) {
    for (int i = 0; i < count; i++)
        _mm512_storeu_ps(to.y_float + i * 16,
                         value_of(e, sum[i], to.residual + i * 16, k));
}

INLINE void put(const end16 *e, const __m512i *sum, int count, vnni_target to,
                kind k) {
    if (to.y)
        put_bytes(e, sum, count, to, k);
    else
        put_floats(e, sum, count, to, k);
}

void mien_int8_vnni_end(const mien_int8_end *of, int cb, const __m512i *sum,
                        int count, vnni_target to) {
    const end16 e = end_of(of, cb);
    if (of->unit == MIEN_UNIT_NONE) {
        if (to.residual)
            put(&e, sum, count, to, (kind){MIEN_UNIT_NONE, true});
        else
            put(&e, sum, count, to, (kind){MIEN_UNIT_NONE, false});
    } else if (of->unit == MIEN_UNIT_CLIP) {
        if (to.residual)
            put(&e, sum, count, to, (kind){MIEN_UNIT_CLIP, true});
        else
            put(&e, sum, count, to, (kind){MIEN_UNIT_CLIP, false});
    } else if (to.residual) {
        put(&e, sum, count, to, (kind){MIEN_UNIT_PRELU, true});
    } else {
        put(&e, sum, count, to, (kind){MIEN_UNIT_PRELU, false});
    }
}

void mien_int8_vnni_code(uint8_t *y, const float *x, size_t count,
                         mien_int8_code c) {
    const __m512 factor = _mm512_set1_ps(1 / c.scale);
    const __m512i zero = _mm512_set1_epi16((short)c.zero);
    for (size_t i = 0; i < count; i += 64) {
        const uint64_t left = count - i;
        const uint64_t some =
            left < 64 ? ((uint64_t)1 << left) - 1 : ~(uint64_t)0;
        __m512 f[4];
#pragma GCC unroll 4
        for (int j = 0; j < 4; j++) {
            const __mmask16 lanes = (__mmask16)(some >> 16 * j);
            f[j] = _mm512_mul_ps(_mm512_maskz_loadu_ps(lanes, x + i + 16 * j),
                                 factor);
        }
        _mm512_mask_storeu_epi8(y + i, (__mmask64)some, bytes_of(f, zero));
    }
}

void mien_int8_vnni_decode(float *x, const uint8_t *y, size_t count,
                           mien_int8_code c) {
    const __m512 scale = _mm512_set1_ps(c.scale);
    const __m512i zero = _mm512_set1_epi32(c.zero);
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        const __m128i q = _mm_loadu_si128((const __m128i *)(y + i));
        const __m512i n = _mm512_sub_epi32(_mm512_cvtepu8_epi32(q), zero);
        _mm512_storeu_ps(x + i, _mm512_mul_ps(_mm512_cvtepi32_ps(n), scale));
    }
    mien_int8_plain_decode(x + i, y + i, count - i, c);
}

const mien_int8 mien_int8_vnni = {
    .name = "int8 vnni",
    .conv = mien_int8_vnni_conv,
    .depthwise = mien_int8_vnni_depthwise,
    .code = mien_int8_vnni_code,
    .decode = mien_int8_vnni_decode,
};
