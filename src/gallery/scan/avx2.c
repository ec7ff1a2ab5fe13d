/* SPDX-License-Identifier: Apache-2.0 */
/* avx2.c - the scan for machines without VNNI.
 *
 * Both sides are widened to 16 bits: the instruction that multiplies bytes
 * would saturate (255 x 127 x 2 does not fit into 16 bits). */
#include <immintrin.h>

#include "gallery/scan/scan.h"

static int32_t add_up(__m256i x) {
    __m128i s = _mm_add_epi32(_mm256_castsi256_si128(x),
                              _mm256_extracti128_si256(x, 1));
    s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0x4e));
    s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0xb1));
    return _mm_cvtsi128_si32(s);
}

static __m256i products(const uint8_t *code, const int8_t *probe) {
    const __m128i c = _mm_load_si128((const __m128i *)(const void *)code);
    const __m128i q = _mm_load_si128((const __m128i *)(const void *)probe);
    return _mm256_madd_epi16(_mm256_cvtepu8_epi16(c), _mm256_cvtepi8_epi16(q));
}

static void dots(int32_t *out, const uint8_t *codes, size_t rows, size_t stride,
                 const int8_t *probes, int n) {
    for (size_t r = 0; r < rows; r++, codes += stride)
        for (int p = 0; p < n; p++) {
            const int8_t *probe = probes + (size_t)p * stride;
            __m256i a = _mm256_setzero_si256(), b = a;
            for (size_t i = 0; i < stride; i += 32) {
                a = _mm256_add_epi32(a, products(codes + i, probe + i));
                b = _mm256_add_epi32(b,
                                     products(codes + i + 16, probe + i + 16));
            }
            out[(size_t)p * rows + r] = add_up(_mm256_add_epi32(a, b));
        }
}

extern const mien_scan mien_scan_avx2;
const mien_scan mien_scan_avx2 = {.name = "avx2", .dots = dots};
