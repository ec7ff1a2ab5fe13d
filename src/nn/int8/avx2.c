/* SPDX-License-Identifier: Apache-2.0 */
/* avx2.c - convolution in bytes where there is no VNNI.
 *
 * Bytes are spread to 16 bits, even and odd ones apart, so that the sum of two
 * products is exact: the instruction that takes bytes would saturate. */
#include <immintrin.h>
#include <string.h>

#include "nn/int8/builds.h"
#include "nn/int8/end.h"

enum { TILE = 4 /* pixels */ };

/* Eight channels' weights of four bytes each: even ones, odd ones. */
typedef struct weights8 {
    __m256i even, odd;
} weights8;

static inline weights8 load_weights(const int8_t *w) {
    const __m256i bytes = _mm256_loadu_si256((const __m256i *)w);
    return (weights8){_mm256_srai_epi16(_mm256_slli_epi16(bytes, 8), 8),
                      _mm256_srai_epi16(bytes, 8)};
}

static inline __m256i add_four(__m256i sum, __m256i even, __m256i odd,
                               const weights8 *w) {
    sum = _mm256_add_epi32(sum, _mm256_madd_epi16(even, w->even));
    return _mm256_add_epi32(sum, _mm256_madd_epi16(odd, w->odd));
}

/* The sums of sixteen channels of `size` pixels. */
static inline void tile_sums(int32_t (*to)[MIEN_BLOCK], const mien_int8_conv *a,
                             const uint8_t *x, const int8_t *w, int size) {
    __m256i sum[TILE][2];
    for (int j = 0; j < size; j++)
        sum[j][0] = sum[j][1] = _mm256_setzero_si256();
    for (int s = 0; s < a->sources; s++)
        for (int d = 0; d < a->depth; d++, w += 4 * MIEN_BLOCK) {
            const uint8_t *v = x + a->source[s] + 4 * d;
            const weights8 low = load_weights(w), high = load_weights(w + 32);
            for (int j = 0; j < size; j++) {
                int32_t four;
                memcpy(&four, v + (ptrdiff_t)j * a->step, 4);
                const __m256i bytes = _mm256_set1_epi32(four);
                const __m256i even =
                    _mm256_and_si256(bytes, _mm256_set1_epi16(255));
                const __m256i odd = _mm256_srli_epi16(bytes, 8);
                sum[j][0] = add_four(sum[j][0], even, odd, &low);
                sum[j][1] = add_four(sum[j][1], even, odd, &high);
            }
        }
    for (int j = 0; j < size; j++)
        for (int h = 0; h < 2; h++)
            _mm256_storeu_si256((__m256i *)(to[j] + 8 * h), sum[j][h]);
}

static void run_row(const mien_int8_conv *a, int cb, int row) {
    const uint8_t *x = a->x + (ptrdiff_t)row * a->row_step;
    const int8_t *w =
        a->weight + (size_t)cb * (size_t)(a->sources * a->depth) * 64;
    size_t at = ((size_t)cb * (size_t)a->out.h + (size_t)row) *
                (size_t)a->out.w * MIEN_BLOCK;
    for (int i = 0; i < a->out.w; i += TILE) {
        const int size = a->out.w - i < TILE ? a->out.w - i : TILE;
        int32_t sum[TILE][MIEN_BLOCK];
        if (size == TILE)
            tile_sums(sum, a, x + (ptrdiff_t)i * a->step, w, TILE);
        else
            tile_sums(sum, a, x + (ptrdiff_t)i * a->step, w, size);
        for (int j = 0; j < size; j++, at += MIEN_BLOCK)
            int8_put(&a->end, sum[j], cb * MIEN_BLOCK,
                     a->residual ? a->residual + at : NULL,
                     a->y ? a->y + at : NULL, a->y_float + at);
    }
}

static void conv(const mien_int8_conv *a) {
    for (int cb = 0; cb < a->out.c / MIEN_BLOCK; cb++)
        for (int row = 0; row < a->out.h; row++) run_row(a, cb, row);
}

const mien_int8 mien_int8_avx2 = {
    .name = "int8 avx2",
    .conv = conv,
    .depthwise = mien_int8_plain_depthwise,
    .code = mien_int8_plain_code,
    .decode = mien_int8_plain_decode,
};
