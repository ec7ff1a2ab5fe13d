/* SPDX-License-Identifier: Apache-2.0 */
/* vnni.c - the scan with AVX-512 VNNI: 64 products and their sums at once.
 *
 * One probe takes four rows together, so that its registers are loaded once
 * for four; several probes take one row, so that memory, which is what limits
 * this, is read once for all of them. */
#include <immintrin.h>

#include "gallery/scan/scan.h"

enum { ROWS = 4, AHEAD = 4096 }; /* bytes to be fetched beforehand */

static __m512i load(const void *p) { return _mm512_load_si512(p); }

static void one_probe(int32_t *out, const uint8_t *codes, size_t rows,
                      size_t stride, const int8_t *probe) {
    size_t r = 0;
    for (; r + ROWS <= rows; r += ROWS, codes += ROWS * stride) {
        __m512i sum[ROWS] = {0};
        for (size_t i = 0; i < stride; i += MIEN_SCAN_STEP) {
            const __m512i q = load(probe + i);
#pragma GCC unroll 4
            for (int k = 0; k < ROWS; k++) {
                const uint8_t *at = codes + (size_t)k * stride + i;
                _mm_prefetch((const char *)at + AHEAD, _MM_HINT_T0);
                sum[k] = _mm512_dpbusd_epi32(sum[k], load(at), q);
            }
        }
#pragma GCC unroll 4
        for (int k = 0; k < ROWS; k++)
            out[r + (size_t)k] = _mm512_reduce_add_epi32(sum[k]);
    }
    for (; r < rows; r++, codes += stride) {
        __m512i sum = _mm512_setzero_si512();
        for (size_t i = 0; i < stride; i += MIEN_SCAN_STEP)
            sum = _mm512_dpbusd_epi32(sum, load(codes + i), load(probe + i));
        out[r] = _mm512_reduce_add_epi32(sum);
    }
}

static void all_probes(int32_t *out, const uint8_t *codes, size_t rows,
                       size_t stride, const int8_t *probes) {
    for (size_t r = 0; r < rows; r++, codes += stride) {
        __m512i sum[MIEN_SCAN_PROBES] = {0};
        for (size_t i = 0; i < stride; i += MIEN_SCAN_STEP) {
            const __m512i c = load(codes + i);
            _mm_prefetch((const char *)codes + i + AHEAD, _MM_HINT_T0);
#pragma GCC unroll 8
            for (size_t p = 0; p < MIEN_SCAN_PROBES; p++)
                sum[p] = _mm512_dpbusd_epi32(sum[p], c,
                                             load(probes + p * stride + i));
        }
#pragma GCC unroll 8
        for (size_t p = 0; p < MIEN_SCAN_PROBES; p++)
            out[p * rows + r] = _mm512_reduce_add_epi32(sum[p]);
    }
}

static void some_probes(int32_t *out, const uint8_t *codes, size_t rows,
                        size_t stride, const int8_t *probes, size_t n) {
    for (size_t r = 0; r < rows; r++, codes += stride) {
        __m512i sum[MIEN_SCAN_PROBES] = {0};
        for (size_t i = 0; i < stride; i += MIEN_SCAN_STEP) {
            const __m512i c = load(codes + i);
            for (size_t p = 0; p < n; p++)
                sum[p] = _mm512_dpbusd_epi32(sum[p], c,
                                             load(probes + p * stride + i));
        }
        for (size_t p = 0; p < n; p++)
            out[p * rows + r] = _mm512_reduce_add_epi32(sum[p]);
    }
}

static void dots(int32_t *out, const uint8_t *codes, size_t rows, size_t stride,
                 const int8_t *probes, int n) {
    if (n == 1)
        one_probe(out, codes, rows, stride, probes);
    else if (n == MIEN_SCAN_PROBES)
        all_probes(out, codes, rows, stride, probes);
    else
        some_probes(out, codes, rows, stride, probes, (size_t)n);
}

extern const mien_scan mien_scan_vnni;
const mien_scan mien_scan_vnni = {.name = "avx512vnni", .dots = dots};
