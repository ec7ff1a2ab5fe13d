/* SPDX-License-Identifier: Apache-2.0 */
/* conv.c - convolution as inference wants it: sum, bias, residual, activation
 * in one pass, the sums of a tile never leaving the registers.
 *
 *   y[o, p] = unit(bias[o] + sum_{s, c} w[o, s, c] x[source[s] + p step + c]
 *                  (+ residual[o, p]))
 *
 * A tile is up to 14 pixels by 32 channels: for each value of the depth, two
 * vectors of weights meet 14 values of x, each spread over a register: 28
 * multiply-adds for 16 loads, and the 28 sums fill the register file. Weights
 * of 32 channels go round a stretch of pixels that stays in the first cache.
 * The last tile of a row overlaps the one before it instead of being small. */
#include "nn/kernels/table.h"
#include "nn/kernels/unit.h"
#include "nn/kernels/vec.h"

enum {
    WIDE = V_WIDTH == 16  ? 14
           : V_WIDTH == 8 ? 6
                          : 2, /* pixels of a tile */
    HALF = WIDE / 2,
    PAIR = V_WIDTH == 16 ? 2 : 1, /* channel blocks of a tile */
    STRETCH = 8 * WIDE            /* pixels that one set of weights meets */
};

/* What is a constant wherever this is inlined. */
typedef struct kind {
    int pixels, blocks, depth, step;
} kind;

/* A tile: where it reads, and where its first block goes. */
typedef struct tile {
    const float *x, *weight;
    size_t at;    /* in y and in the residual */
    size_t plane; /* from one block of them to the next */
    int cb;
} tile;

INLINE void add_products(v16 (*sum)[WIDE], const mien_kernel_conv *a,
                         const tile *t, kind k) {
    const size_t block = (size_t)a->sources * (size_t)a->depth * 16;
    const float *w = t->weight;
    for (int s = 0; s < a->sources; s++) {
        const float *x = t->x + a->source[s];
#pragma GCC unroll 4
        for (int c = 0; c < k.depth; c++, w += 16) {
            v16 weight[PAIR];
#pragma GCC unroll 2
            for (int b = 0; b < k.blocks; b++)
                weight[b] = v_load(w + (size_t)b * block);
#pragma GCC unroll 14
            for (int j = 0; j < k.pixels; j++) {
                const v16 value = v_set(x[j * k.step + c]);
#pragma GCC unroll 2
                for (int b = 0; b < k.blocks; b++)
                    sum[b][j] = v_fma(value, weight[b], sum[b][j]);
            }
        }
    }
}

INLINE void run_tile(const mien_kernel_conv *a, const tile *t, kind k) {
    v16 sum[PAIR][WIDE];
#pragma GCC unroll 2
    for (int b = 0; b < k.blocks; b++) {
        const v16 bias = v_load(a->bias + (t->cb + b) * 16);
#pragma GCC unroll 14
        for (int j = 0; j < k.pixels; j++) sum[b][j] = bias;
    }
    add_products(sum, a, t, k);
#pragma GCC unroll 2
    for (int b = 0; b < k.blocks; b++) {
        const size_t at = t->at + (size_t)b * t->plane;
        if (a->residual) {
#pragma GCC unroll 14
            for (int j = 0; j < k.pixels; j++)
                sum[b][j] = v_add(sum[b][j], v_load(a->residual + at + j * 16));
        }
        const unit16 unit = unit_of(a->unit, a->slope, t->cb + b);
        unit_apply(sum[b], k.pixels, &unit);
#pragma GCC unroll 14
        for (int j = 0; j < k.pixels; j++)
            v_store(a->y + at + j * 16, sum[b][j]);
    }
}

/* One function for each size of tile, for depths and steps that are known. */
#define TILE_FUNCTION(name, pixels, blocks, depth, step)             \
    static void name(const mien_kernel_conv *a, const tile *t) {     \
        run_tile(a, t, (kind){(pixels), (blocks), (depth), (step)}); \
    }
#define TILE_FUNCTIONS(name, depth, step)                     \
    TILE_FUNCTION(name##_wide_pair, WIDE, PAIR, depth, step)  \
    TILE_FUNCTION(name##_half_pair, HALF, PAIR, depth, step)  \
    TILE_FUNCTION(name##_one_pair, 1, PAIR, depth, step)      \
    TILE_FUNCTION(name##_wide, WIDE, 1, depth, step)          \
    TILE_FUNCTION(name##_half, HALF, 1, depth, step)          \
    TILE_FUNCTION(name##_one, 1, 1, depth, step)              \
    static void (*const name[2][3])(const mien_kernel_conv *, \
                                    const tile *) = {         \
        {name##_one, name##_half, name##_wide},               \
        {name##_one_pair, name##_half_pair, name##_wide_pair}};

TILE_FUNCTIONS(blocks_side_by_side, 16, 16)
TILE_FUNCTIONS(blocks_apart, 16, a->step)
TILE_FUNCTIONS(planes_side_by_side, 1, 1)
TILE_FUNCTIONS(planes_by_two, 1, 2)
TILE_FUNCTIONS(planes_apart, 1, a->step)

typedef void (*const (*tile_functions)[3])(const mien_kernel_conv *,
                                           const tile *);

static tile_functions functions_of(const mien_kernel_conv *a) {
    if (a->depth == 16)
        return a->step == 16 ? blocks_side_by_side : blocks_apart;
    if (a->step == 1) return planes_side_by_side;
    return a->step == 2 ? planes_by_two : planes_apart;
}

/* Pixels begin..end-1 of a row, for the blocks of the tile `t`. */
static void run_stretch(const mien_kernel_conv *a, const tile *t, int blocks,
                        int begin, int end) {
    const tile_functions of = functions_of(a);
    for (int i = begin; i < end;) {
        const int left = end - i;
        int size = left > HALF ? WIDE : left > 1 ? HALF : 1;
        if (size > end) size = left > HALF && HALF <= end ? HALF : 1;
        if (size > left) i = end - size;
        tile here = *t;
        here.x += (size_t)i * (size_t)a->step;
        here.at += (size_t)i * 16;
        of[blocks - 1][size == WIDE ? 2 : size == HALF ? 1 : 0](a, &here);
        i += size;
    }
}

/* One row of outputs, a stretch at a time. */
static void run_row(const mien_kernel_conv *a, int row) {
    const int blocks = a->out.c / 16;
    const size_t weights = (size_t)a->sources * (size_t)a->depth * 16;
    for (int begin = 0; begin < a->out.w; begin += STRETCH) {
        const int left = a->out.w - begin;
        const int end = begin + (left < STRETCH ? left : STRETCH);
        for (int cb = 0; cb < blocks; cb += PAIR) {
            const int n = blocks - cb < PAIR ? blocks - cb : PAIR;
            const tile t = {.x = a->x + (size_t)row * (size_t)a->row_step,
                            .weight = a->weight + (size_t)cb * weights,
                            .at = (size_t)cb * a->plane +
                                  (size_t)row * (size_t)a->out.w * 16,
                            .plane = a->plane,
                            .cb = cb};
            run_stretch(a, &t, n, begin, end);
        }
    }
}

void MIEN_K(conv)(const mien_kernel_conv *a) {
    for (int row = 0; row < a->out.h; row++) run_row(a, row);
}
