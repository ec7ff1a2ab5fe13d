/* SPDX-License-Identifier: Apache-2.0 */
/* vnni_depthwise.c - depthwise convolution by VNNI.
 *
 * For 3x3 windows four pixels of sixteen channels are 64 bytes. Turned round
 * (four bytes of each channel side by side) they meet the three weights of a
 * row of the window and a zero; at stride 1, shifted by one place, the next
 * output, too.
 */
#include "nn/int8/vnni.h"

/* Weights of one row of the window, of sixteen channels, for the first and for
 * the second output that four pixels hold. */
typedef struct row_weights {
    __m512i first, second;
} row_weights;

/* One row of outputs, of which SOME are summed before they are ended. */
enum { SOME = 16 };

typedef struct line {
    const uint8_t *x[3]; /* NULL: outside */
    row_weights w[3];
    int count, width, pad;
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
INLINE __m512i turned(const line *l, int row, int at) {
    const __m512i lanes =
        _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    const __m512i bytes = _mm512_broadcast_i32x4(
        _mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15));
    if (!l->x[row]) return l->outside;
    const uint8_t *from = l->x[row] + (ptrdiff_t)at * 16;
    const bool whole = at >= 0 && at + 4 <= l->width;
    const __m512i x =
        whole ? _mm512_loadu_si512(from)
              : _mm512_mask_loadu_epi8(l->outside, inside(at, l->width), from);
    return _mm512_shuffle_epi8(_mm512_permutexvar_epi32(lanes, x), bytes);
}

/* Outputs i and i+1 of stride 1: four pixels hold both. */
INLINE void two_of_one(const line *l, int i, __m512i sum[2]) {
    __m512i a = _mm512_setzero_si512(), b = a;
#pragma GCC unroll 3
    for (int r = 0; r < 3; r++) {
        const __m512i x = turned(l, r, i - l->pad);
        a = _mm512_dpbusd_epi32(a, x, l->w[r].first);
        b = _mm512_dpbusd_epi32(b, x, l->w[r].second);
    }
    sum[0] = a;
    sum[1] = b;
}

/* The same of stride 2: each has its own four pixels. */
INLINE void two_of_two(const line *l, int i, __m512i sum[2]) {
    __m512i a = _mm512_setzero_si512(), b = a;
#pragma GCC unroll 3
    for (int r = 0; r < 3; r++) {
        const int at = 2 * i - l->pad;
        a = _mm512_dpbusd_epi32(a, turned(l, r, at), l->w[r].first);
        b = _mm512_dpbusd_epi32(b, turned(l, r, at + 2), l->w[r].first);
    }
    sum[0] = a;
    sum[1] = b;
}

/* Outputs from i on, at most SOME, and one too many where they are odd. */
INLINE int sum_some(__m512i *sum, const line *given, int i, int stride) {
    const line l = *given;
    const int count = l.count - i < SOME ? l.count - i : SOME;
    for (int j = 0; j < count; j += 2) {
        if (stride == 1)
            two_of_one(&l, i + j, sum + j);
        else
            two_of_two(&l, i + j, sum + j);
    }
    return count;
}

static void run_row(const mien_int8_depthwise *a, const line *l, int cb,
                    size_t at) {
    __m512i sum[SOME];
    for (int i = 0; i < l->count; i += SOME, at += SOME * 16) {
        const int n = a->window.stride_w == 1 ? sum_some(sum, l, i, 1)
                                              : sum_some(sum, l, i, 2);
        mien_int8_vnni_end(&a->end, cb, sum, n,
                           (vnni_target){.y = a->y ? a->y + at : NULL,
                                         .y_float = a->y_float + at});
    }
}

static void run_plane(const mien_int8_depthwise *a, int plane) {
    const mien_kernel_window *k = &a->window;
    const int cb = plane % (k->in.c / 16);
    const uint8_t *x = a->x + (size_t)plane * mien_plane_count(k->in);
    size_t at = (size_t)plane * mien_plane_count(k->out);
    line l = {.count = k->out.w,
              .width = k->in.w,
              .pad = k->pad_left,
              .outside = _mm512_set1_epi8((char)a->outside)};
    load_weights(l.w, a->weight + (size_t)cb * 9 * 16);
    for (int i = 0; i < k->out.h; i++, at += (size_t)k->out.w * 16) {
        for (int r = 0; r < 3; r++) {
            const int h = i * k->stride_h - k->pad_top + r;
            l.x[r] = h < 0 || h >= k->in.h
                         ? NULL
                         : x + (size_t)h * (size_t)k->in.w * 16;
        }
        run_row(a, &l, cb, at);
    }
}

/* ---- windows of any size ---- */

/* The taps of one output: rows and columns of the window that are inside go
 * through memory, the others meet the byte outside. */
static __m512i any_sum(const mien_int8_depthwise *a, const uint8_t *x,
                       const int8_t *w, int i, int j) {
    const mien_kernel_window *k = &a->window;
    const __m512i outside = _mm512_set1_epi32(a->outside);
    __m512i sum = _mm512_setzero_si512();
    for (int kh = 0; kh < k->kh; kh++) {
        const int h = i * k->stride_h - k->pad_top + kh;
        for (int kw = 0; kw < k->kw; kw++, w += 16) {
            const int v = j * k->stride_w - k->pad_left + kw;
            const bool in = h >= 0 && h < k->in.h && v >= 0 && v < k->in.w;
            const uint8_t *from = x + (in ? (h * k->in.w + v) * 16 : 0);
            const __m512i value =
                _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)from));
            const __m512i weight =
                _mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)w));
            sum = _mm512_add_epi32(
                sum, _mm512_mullo_epi32(in ? value : outside, weight));
        }
    }
    return sum;
}

static void any_plane(const mien_int8_depthwise *a, int plane) {
    const mien_kernel_window *k = &a->window;
    const int cb = plane % (k->in.c / 16);
    const uint8_t *x = a->x + (size_t)plane * mien_plane_count(k->in);
    const int8_t *w = a->weight + (size_t)cb * (size_t)(k->kh * k->kw) * 16;
    size_t at = (size_t)plane * mien_plane_count(k->out);
    for (int i = 0; i < k->out.h; i++)
        for (int j = 0; j < k->out.w; j++, at += 16) {
            const __m512i sum = any_sum(a, x, w, i, j);
            mien_int8_vnni_end(&a->end, cb, &sum, 1,
                               (vnni_target){.y = a->y ? a->y + at : NULL,
                                             .y_float = a->y_float + at});
        }
}

void mien_int8_vnni_depthwise(const mien_int8_depthwise *a) {
    const mien_kernel_window *k = &a->window;
    const bool three =
        k->kh == 3 && k->kw == 3 && k->stride_w <= 2 && k->pad_left <= 3;
    for (int p = 0; p < k->in.n * (k->in.c / 16); p++) {
        if (three)
            run_plane(a, p);
        else
            any_plane(a, p);
    }
}
