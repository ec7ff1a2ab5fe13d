/* SPDX-License-Identifier: Apache-2.0 */
/* vnni_depthwise.c - 3x3 depthwise convolution by VNNI.
 *
 * Four pixels of sixteen channels are 64 bytes. Turned round (four bytes of
 * each channel side by side) they meet the three weights of a row of the
 * window and a zero; at stride 1, shifted by one place, the next output, too.
 */
#include "nn/int8/builds.h"
#include "nn/int8/vnni.h"

/* Weights of one row of the window, of sixteen channels, for the first and for
 * the second output that four pixels hold. */
typedef struct row_weights {
    __m512i first, second;
} row_weights;

/* One row of outputs. */
typedef struct line {
    const uint8_t *x[3]; /* NULL: outside */
    const row_weights *w;
    const end16 *end;
    uint8_t *y;
    float *y_float;
    int count, width, pad, stride;
    __m512i outside;
} line;

/* a0 b0 c0 d0 a1 b1 c1 d1 ... of sixteen bytes each. */
INLINE __m512i interleave(__m128i a, __m128i b, __m128i c, __m128i d) {
    const __m128i ab0 = _mm_unpacklo_epi8(a, b), ab1 = _mm_unpackhi_epi8(a, b);
    const __m128i cd0 = _mm_unpacklo_epi8(c, d), cd1 = _mm_unpackhi_epi8(c, d);
    __m512i r = _mm512_castsi128_si512(_mm_unpacklo_epi16(ab0, cd0));
    r = _mm512_inserti32x4(r, _mm_unpackhi_epi16(ab0, cd0), 1);
    r = _mm512_inserti32x4(r, _mm_unpacklo_epi16(ab1, cd1), 2);
    return _mm512_inserti32x4(r, _mm_unpackhi_epi16(ab1, cd1), 3);
}

static void load_weights(row_weights w[3], const int8_t *weight) {
    const __m128i zero = _mm_setzero_si128();
    for (int r = 0; r < 3; r++, weight += 48) {
        const __m128i a = _mm_loadu_si128((const __m128i *)weight);
        const __m128i b = _mm_loadu_si128((const __m128i *)(weight + 16));
        const __m128i c = _mm_loadu_si128((const __m128i *)(weight + 32));
        w[r].first = interleave(a, b, c, zero);
        w[r].second = interleave(zero, a, b, c);
    }
}

/* Which of the pixels at..at+3 are in the row, sixteen bits each. */
INLINE __mmask64 inside(int at, int width) {
    const int before = at < 0 ? -at : 0, behind = at + 4 - width;
    uint64_t mask = ~(uint64_t)0 << 16 * before;
    if (at >= width) return 0;
    if (behind > 0) mask &= ~(uint64_t)0 >> 16 * behind;
    return (__mmask64)mask;
}

/* Pixels at..at+3 of a row, four bytes of each channel side by side. */
INLINE __m512i turned(const line *l, int row, int at, __mmask64 mask) {
    const __m512i lanes =
        _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    const __m512i bytes = _mm512_broadcast_i32x4(
        _mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15));
    if (!l->x[row]) return l->outside;
    const __m512i x = _mm512_mask_loadu_epi8(l->outside, mask,
                                             l->x[row] + (ptrdiff_t)at * 16);
    return _mm512_shuffle_epi8(_mm512_permutexvar_epi32(lanes, x), bytes);
}

/* Outputs i..i+3 of stride 1: two groups of four pixels hold two each. */
INLINE void four_of_one(const line *l, int i, __m512i sum[4]) {
    for (int half = 0; half < 2; half++) {
        const int at = i + 2 * half - l->pad;
        const __mmask64 mask = inside(at, l->width);
        __m512i a = _mm512_setzero_si512(), b = a;
        for (int r = 0; r < 3; r++) {
            const __m512i x = turned(l, r, at, mask);
            a = _mm512_dpbusd_epi32(a, x, l->w[r].first);
            b = _mm512_dpbusd_epi32(b, x, l->w[r].second);
        }
        sum[2 * half] = a;
        sum[2 * half + 1] = b;
    }
}

/* Outputs i..i+3 of stride 2: each has its own four pixels. */
INLINE void four_of_two(const line *l, int i, __m512i sum[4]) {
    for (int j = 0; j < 4; j++) {
        const int at = 2 * (i + j) - l->pad;
        const __mmask64 mask = inside(at, l->width);
        sum[j] = _mm512_setzero_si512();
        for (int r = 0; r < 3; r++)
            sum[j] = _mm512_dpbusd_epi32(sum[j], turned(l, r, at, mask),
                                         l->w[r].first);
    }
}

INLINE void run_as(const line *given, int stride) {
    const line l = *given;
    for (int i = 0; i < l.count; i += 4) {
        const int left = l.count - i;
        const size_t at = (size_t)i * 16;
        __m512i sum[4];
        if (stride == 1)
            four_of_one(&l, i, sum);
        else
            four_of_two(&l, i, sum);
        uint8_t *y = l.y ? l.y + at : NULL;
        if (left >= 4)
            end_put(l.end, sum, 4, NULL, y, l.y_float + at);
        else if (left == 3)
            end_put(l.end, sum, 3, NULL, y, l.y_float + at);
        else if (left == 2)
            end_put(l.end, sum, 2, NULL, y, l.y_float + at);
        else
            end_put(l.end, sum, 1, NULL, y, l.y_float + at);
    }
}

static void run(const line *l) {
    if (l->stride == 1)
        run_as(l, 1);
    else
        run_as(l, 2);
}

static void run_plane(const mien_int8_depthwise *a, int plane) {
    const mien_kernel_window *k = &a->window;
    const int cb = plane % (k->in.c / 16);
    const uint8_t *x = a->x + (size_t)plane * mien_plane_count(k->in);
    const size_t y = (size_t)plane * mien_plane_count(k->out);
    const end16 end = end_of(&a->end, cb);
    row_weights w[3];
    load_weights(w, a->weight + (size_t)cb * 9 * 16);
    line l = {.w = w,
              .end = &end,
              .count = k->out.w,
              .width = k->in.w,
              .pad = k->pad_left,
              .stride = k->stride_w,
              .outside = _mm512_set1_epi8((char)a->outside)};
    for (int i = 0; i < k->out.h; i++) {
        const size_t at = y + (size_t)i * (size_t)k->out.w * 16;
        for (int r = 0; r < 3; r++) {
            const int h = i * k->stride_h - k->pad_top + r;
            l.x[r] = h < 0 || h >= k->in.h
                         ? NULL
                         : x + (size_t)h * (size_t)k->in.w * 16;
        }
        l.y = a->y ? a->y + at : NULL;
        l.y_float = a->y_float + at;
        run(&l);
    }
}

void mien_int8_vnni_depthwise(const mien_int8_depthwise *a) {
    const mien_kernel_window *k = &a->window;
    if (k->kh != 3 || k->kw != 3 || k->stride_w > 2 || k->pad_left > 3) {
        mien_int8_plain_depthwise(a);
        return;
    }
    for (int p = 0; p < k->in.n * (k->in.c / 16); p++) run_plane(a, p);
}

static void code(uint8_t *y, const float *x, size_t count, mien_int8_code c) {
    const __m512 factor = _mm512_set1_ps(1 / c.scale);
    const end16 e = {.zero = _mm512_set1_epi16((short)c.zero)};
    size_t i = 0;
    for (; i + 64 <= count; i += 64) {
        __m512 f[4];
        for (int j = 0; j < 4; j++)
            f[j] = _mm512_mul_ps(_mm512_loadu_ps(x + i + 16 * j), factor);
        _mm512_storeu_si512(y + i, end_bytes(&e, f));
    }
    mien_int8_plain_code(y + i, x + i, count - i, c);
}

static void decode(float *x, const uint8_t *y, size_t count, mien_int8_code c) {
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
    .code = code,
    .decode = decode,
};
