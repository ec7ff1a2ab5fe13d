/* SPDX-License-Identifier: Apache-2.0 */
/* vec.h - sixteen floats side by side, on whatever registers a build has.
 *
 * v16 is one AVX-512 register, two AVX2 or four SSE2 ones, held in a struct of
 * native vectors so that the compiler keeps it in registers at every width.
 * m16 is the result of a comparison: true or false for each lane.
 *
 * Included by the files that are compiled once per instruction set, with
 * MIEN_KERNELS_ISA naming the build. */
#ifndef MIEN_NN_KERNELS_VEC_H
#define MIEN_NN_KERNELS_VEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <immintrin.h>
#endif

#define MIEN_GLUE_(name, isa) name##_##isa
#define MIEN_GLUE(name, isa)  MIEN_GLUE_(name, isa)
#define MIEN_K(name)          MIEN_GLUE(name, MIEN_KERNELS_ISA)

#if defined(__AVX512F__)
enum { V_WIDTH = 16 };
#elif defined(__AVX2__)
enum { V_WIDTH = 8 };
#else
enum { V_WIDTH = 4 };
#endif
enum { V_PARTS = 16 / V_WIDTH };

#define INLINE static inline __attribute__((always_inline))

/* The same, and not instrumented: checks in these few lines, which end up all
 * over the kernels, would make a sanitized build take minutes. */
#define VECTOR INLINE __attribute__((no_sanitize("undefined")))

#define V_EACH(p) _Pragma("GCC unroll 4") for (int p = 0; p < V_PARTS; p++)

typedef float vn __attribute__((vector_size(4 * V_WIDTH)));
typedef float vn_any
    __attribute__((vector_size(4 * V_WIDTH), aligned(4), may_alias));
typedef int32_t vni __attribute__((vector_size(4 * V_WIDTH)));
typedef int32_t vni_any
    __attribute__((vector_size(4 * V_WIDTH), aligned(4), may_alias));

typedef struct v16 {
    vn p[V_PARTS];
} v16;

VECTOR v16 v_set(float value) {
    v16 r;
    V_EACH(p) r.p[p] = value - (vn){0};
    return r;
}

VECTOR v16 v_load(const float *x) {
    v16 r;
    V_EACH(p) r.p[p] = *(const vn_any *)(x + p * V_WIDTH);
    return r;
}

VECTOR void v_store(float *y, v16 a) {
    V_EACH(p) * (vn_any *)(y + p * V_WIDTH) = a.p[p];
}

VECTOR v16 v_add(v16 a, v16 b) {
    V_EACH(p) a.p[p] += b.p[p];
    return a;
}

VECTOR v16 v_sub(v16 a, v16 b) {
    V_EACH(p) a.p[p] -= b.p[p];
    return a;
}

VECTOR v16 v_mul(v16 a, v16 b) {
    V_EACH(p) a.p[p] *= b.p[p];
    return a;
}

VECTOR v16 v_div(v16 a, v16 b) {
    V_EACH(p) a.p[p] /= b.p[p];
    return a;
}

/* a b + c, contracted to one instruction where there is one */
VECTOR v16 v_fma(v16 a, v16 b, v16 c) {
    V_EACH(p) c.p[p] = a.p[p] * b.p[p] + c.p[p];
    return c;
}

/* A store past the caches, for what is not read again soon; y aligned to
 * 64 bytes. v_stream_end orders them before what follows. */
VECTOR void v_stream(float *y, v16 a) {
#if defined(__AVX512F__)
    _mm512_stream_ps(y, (__m512)a.p[0]);
#elif defined(__AVX2__)
    V_EACH(p) _mm256_stream_ps(y + p * V_WIDTH, (__m256)a.p[p]);
#elif defined(__SSE2__)
    V_EACH(p) _mm_stream_ps(y + p * V_WIDTH, (__m128)a.p[p]);
#else
    v_store(y, a);
#endif
}

VECTOR void v_stream_end(void) {
#ifdef __SSE2__
    _mm_sfence();
#endif
}

/* ---- comparisons: false wherever a NaN takes part, v_nan excepted ---- */
#ifdef __AVX512F__
typedef struct m16 {
    __mmask16 k;
} m16;

VECTOR m16 v_le(v16 a, v16 b) {
    return (m16){
        _mm512_cmp_ps_mask((__m512)a.p[0], (__m512)b.p[0], _CMP_LE_OQ)};
}

VECTOR m16 v_gt(v16 a, v16 b) {
    return (m16){
        _mm512_cmp_ps_mask((__m512)a.p[0], (__m512)b.p[0], _CMP_GT_OQ)};
}

VECTOR m16 v_nan(v16 a) {
    return (m16){
        _mm512_cmp_ps_mask((__m512)a.p[0], (__m512)a.p[0], _CMP_UNORD_Q)};
}

VECTOR m16 m_or(m16 a, m16 b) { return (m16){(__mmask16)(a.k | b.k)}; }

VECTOR v16 v_select(m16 m, v16 yes, v16 no) {
    return (v16){
        {(vn)_mm512_mask_mov_ps((__m512)no.p[0], m.k, (__m512)yes.p[0])}};
}
#else
typedef struct m16 {
    vni p[V_PARTS];
} m16;

VECTOR m16 v_le(v16 a, v16 b) {
    m16 r;
    V_EACH(p) r.p[p] = a.p[p] <= b.p[p];
    return r;
}

VECTOR m16 v_gt(v16 a, v16 b) {
    m16 r;
    V_EACH(p) r.p[p] = a.p[p] > b.p[p];
    return r;
}

VECTOR m16 v_nan(v16 a) {
    m16 r;
    V_EACH(p) r.p[p] = a.p[p] != a.p[p];
    return r;
}

VECTOR m16 m_or(m16 a, m16 b) {
    V_EACH(p) a.p[p] |= b.p[p];
    return a;
}

VECTOR v16 v_select(m16 m, v16 yes, v16 no) {
    V_EACH(p)
    no.p[p] = (vn)((m.p[p] & (vni)yes.p[p]) | (~m.p[p] & (vni)no.p[p]));
    return no;
}
#endif

/* ---- sixteen 32-bit integers ---- */
typedef struct w16 {
    vni p[V_PARTS];
} w16;

VECTOR void w_store(int32_t y[16], w16 a) {
    V_EACH(p) * (vni_any *)(y + p * V_WIDTH) = a.p[p];
}

/* The bits of |a|: in the order of |a|, Inf and NaN above all numbers. */
VECTOR w16 v_magnitude(v16 a) {
    w16 r;
    V_EACH(p) r.p[p] = (vni)a.p[p] & 0x7fffffff;
    return r;
}

/* n + 1 in each lane where m is true; the larger of a and b; a == 0 */
#ifdef __AVX512F__
VECTOR w16 w_count(w16 n, m16 m) {
    const __m512i old = (__m512i)n.p[0];
    return (w16){
        {(vni)_mm512_mask_add_epi32(old, m.k, old, _mm512_set1_epi32(1))}};
}

VECTOR w16 w_max(w16 a, w16 b) {
    return (w16){{(vni)_mm512_max_epi32((__m512i)a.p[0], (__m512i)b.p[0])}};
}

VECTOR m16 w_zero(w16 a) {
    return (m16){_mm512_testn_epi32_mask((__m512i)a.p[0], (__m512i)a.p[0])};
}
#else
VECTOR w16 w_count(w16 n, m16 m) {
    V_EACH(p) n.p[p] -= m.p[p];
    return n;
}

VECTOR w16 w_max(w16 a, w16 b) {
    V_EACH(p) {
#ifdef __AVX2__
        a.p[p] = (vni)_mm256_max_epi32((__m256i)a.p[p], (__m256i)b.p[p]);
#else
        const vni more = a.p[p] > b.p[p];
        a.p[p] = (more & a.p[p]) | (~more & b.p[p]);
#endif
    }
    return a;
}

VECTOR m16 w_zero(w16 a) {
    m16 r;
    V_EACH(p) r.p[p] = a.p[p] == 0;
    return r;
}
#endif

/* ---- sixteen bytes beside sixteen floats ---- */
typedef uint8_t b16 __attribute__((vector_size(16)));
typedef uint8_t b16_any __attribute__((vector_size(16), aligned(1), may_alias));

VECTOR b16 b_set(uint8_t value) { return value - (b16){0}; }
VECTOR b16 b_load(const uint8_t *x) { return *(const b16_any *)x; }
VECTOR void b_store(uint8_t *y, b16 a) { *(b16_any *)y = a; }

#ifdef __AVX512F__
VECTOR b16 b_select(m16 m, b16 yes, b16 no) {
    return (b16)_mm_mask_mov_epi8((__m128i)no, m.k, (__m128i)yes);
}

VECTOR m16 b_equal(b16 a, b16 b) {
    return (m16){_mm_cmpeq_epi8_mask((__m128i)a, (__m128i)b)};
}
#elif defined(__AVX2__)
VECTOR b16 b_select(m16 m, b16 yes, b16 no) {
    const __m256i words = _mm256_packs_epi32((__m256i)m.p[0], (__m256i)m.p[1]);
    const __m256i order = _mm256_permute4x64_epi64(words, 0xd8);
    const b16 mask = (b16)_mm_packs_epi16(_mm256_castsi256_si128(order),
                                          _mm256_extracti128_si256(order, 1));
    return (mask & yes) | (~mask & no);
}

VECTOR m16 b_equal(b16 a, b16 b) {
    const __m128i mask = (__m128i)(a == b);
    return (m16){{(vni)_mm256_cvtepi8_epi32(mask),
                  (vni)_mm256_cvtepi8_epi32(_mm_srli_si128(mask, 8))}};
}
#else
typedef int8_t vnb __attribute__((vector_size(V_WIDTH)));

VECTOR b16 b_select(m16 m, b16 yes, b16 no) {
    union {
        vnb part[V_PARTS];
        b16 whole;
    } mask;
    V_EACH(p) mask.part[p] = __builtin_convertvector(m.p[p], vnb);
    return (mask.whole & yes) | (~mask.whole & no);
}

VECTOR m16 b_equal(b16 a, b16 b) {
    const union {
        b16 whole;
        vnb part[V_PARTS];
    } mask = {(b16)(a == b)};
    m16 r;
    V_EACH(p) r.p[p] = __builtin_convertvector(mask.part[p], vni);
    return r;
}
#endif

/* acc[lane] += a[lane], in double */
VECTOR void v_add_to_double(double acc[16], v16 a) {
    float lane[16];
    v_store(lane, a);
    for (int i = 0; i < 16; i++) acc[i] += (double)lane[i];
}

/* A tensor of this size does not stay in the caches until its reader comes:
 * writing it past them saves reading each line before it is overwritten. */
VECTOR bool worth_streaming(const void *y, size_t bytes) {
    return bytes >= ((size_t)4 << 20) && (uintptr_t)y % 64 == 0;
}

#endif
