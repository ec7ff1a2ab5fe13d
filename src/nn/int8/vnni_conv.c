/* SPDX-License-Identifier: Apache-2.0 */
/* vnni_conv.c - dense convolution by VNNI: four products of a byte and a
 * signed byte, added to a 32-bit sum, sixteen times an instruction.
 *
 * Tiles as in nn/kernels/conv.c: 14 pixels by 32 channels, of which each group
 * of four input channels takes two loads of weights and 14 broadcasts for 28
 * instructions. */
#include <string.h>

#include "nn/int8/vnni.h"

enum { WIDE = 14, HALF = 7, PAIR = 2, STRETCH = 16 * WIDE };

typedef struct tile {
    const uint8_t *x;
    const int8_t *weight;
    size_t at, plane; /* in y; from a block to the next */
    int cb;
} tile;

/* What is a constant wherever this is inlined. */
typedef struct kind {
    int pixels, blocks, depth;
    ptrdiff_t step;
} kind;

INLINE void add_products(__m512i (*sum)[WIDE], const mien_int8_conv *a,
                         const tile *t, kind k) {
    const size_t block = (size_t)a->sources * (size_t)k.depth * 64;
    const int8_t *w = t->weight;
    for (int s = 0; s < a->sources; s++) {
        const uint8_t *x = t->x + a->source[s];
#pragma GCC unroll 4
        for (int d = 0; d < k.depth; d++, w += 64) {
            __m512i weight[PAIR];
#pragma GCC unroll 2
            for (int b = 0; b < k.blocks; b++)
                weight[b] = _mm512_loadu_si512(w + (size_t)b * block);
#pragma GCC unroll 14
            for (int j = 0; j < k.pixels; j++) {
                int32_t four;
                memcpy(&four, x + j * k.step + 4 * d, 4);
                const __m512i value = _mm512_set1_epi32(four);
#pragma GCC unroll 2
                for (int b = 0; b < k.blocks; b++)
                    sum[b][j] =
                        _mm512_dpbusd_epi32(sum[b][j], value, weight[b]);
            }
        }
    }
}

INLINE void run_tile(const mien_int8_conv *a, const tile *t, kind k) {
    __m512i sum[PAIR][WIDE];
#pragma GCC unroll 2
    for (int b = 0; b < k.blocks; b++) {
#pragma GCC unroll 14
        for (int j = 0; j < k.pixels; j++) sum[b][j] = _mm512_setzero_si512();
    }
    add_products(sum, a, t, k);
    __m512i done[PAIR][WIDE]; /* so that the sums themselves need no address */
#pragma GCC unroll 2
    for (int b = 0; b < k.blocks; b++) {
#pragma GCC unroll 14
        for (int j = 0; j < k.pixels; j++) done[b][j] = sum[b][j];
    }
    for (int b = 0; b < k.blocks; b++) {
        const size_t at = t->at + (size_t)b * t->plane;
        mien_int8_vnni_end(
            &a->end, t->cb + b, done[b], k.pixels,
            (vnni_target){.residual = a->residual ? a->residual + at : NULL,
                          .y = a->y ? a->y + at : NULL,
                          .y_float = a->y_float + at});
    }
}

typedef void (*tile_function)(const mien_int8_conv *a, const tile *t);

#define TILE(name, pixels, blocks, depth, step)                      \
    static void name(const mien_int8_conv *a, const tile *t) {       \
        run_tile(a, t, (kind){(pixels), (blocks), (depth), (step)}); \
    }
#define TILES(name, depth, step)                    \
    TILE(name##_wide_pair, WIDE, PAIR, depth, step) \
    TILE(name##_half_pair, HALF, PAIR, depth, step) \
    TILE(name##_one_pair, 1, PAIR, depth, step)     \
    TILE(name##_wide, WIDE, 1, depth, step)         \
    TILE(name##_half, HALF, 1, depth, step)         \
    TILE(name##_one, 1, 1, depth, step)             \
    static const tile_function name[2][3] = {       \
        {name##_one, name##_half, name##_wide},     \
        {name##_one_pair, name##_half_pair, name##_wide_pair}};

TILES(blocks_side_by_side, 4, 16)
TILES(blocks_apart, 4, a->step)
TILES(fours_by_two, 1, 8)
TILES(fours_apart, 1, a->step)

static const tile_function *functions_of(const mien_int8_conv *a, int blocks) {
    if (a->depth == 1)
        return (a->step == 8 ? fours_by_two : fours_apart)[blocks - 1];
    return (a->step == 16 ? blocks_side_by_side : blocks_apart)[blocks - 1];
}

/* Pixels begin..end-1 of a row; the last tile may overlap the one before. */
static void run_stretch(const mien_int8_conv *a, const tile *t,
                        const tile_function *of, int begin, int end) {
    for (int i = begin; i < end;) {
        const int left = end - i;
        int size = left > HALF ? WIDE : left > 1 ? HALF : 1;
        if (size > end) size = left > HALF && HALF <= end ? HALF : 1;
        if (size > left) i = end - size;
        tile here = *t;
        here.x += (ptrdiff_t)i * a->step;
        here.at += (size_t)i * 16;
        of[size == WIDE ? 2 : size == HALF ? 1 : 0](a, &here);
        i += size;
    }
}

static void run_row(const mien_int8_conv *a, int row) {
    const int blocks = a->out.c / 16;
    const size_t plane = mien_plane_count(a->out);
    const size_t weights = (size_t)a->sources * (size_t)a->depth * 64;
    for (int begin = 0; begin < a->out.w; begin += STRETCH) {
        const int left = a->out.w - begin;
        const int end = begin + (left < STRETCH ? left : STRETCH);
        for (int cb = 0; cb < blocks; cb += PAIR) {
            const int n = blocks - cb < PAIR ? 1 : PAIR;
            const tile t = {
                .x = a->x + (ptrdiff_t)row * a->row_step,
                .weight = a->weight + (size_t)cb * weights,
                .at = (size_t)cb * plane + (size_t)row * (size_t)a->out.w * 16,
                .plane = plane,
                .cb = cb};
            run_stretch(a, &t, functions_of(a, n), begin, end);
        }
    }
}

void mien_int8_vnni_conv(const mien_int8_conv *a) {
    for (int row = 0; row < a->out.h; row++) run_row(a, row);
}
