/* SPDX-License-Identifier: Apache-2.0 */
/* layout.c - nchw to nChw16c and back: a transposition of 16 rows.
 *
 * Squares as wide as a native register are transposed in registers: step w
 * swaps, in each pair of rows that lie w apart, the off-diagonal halves of
 * their groups of 2w. log2(width) steps swap all.
 * Source: Eklundh, A Fast Computer Method for Matrix Transposing, 1972. */
#include "nn/kernels/kernels.h"
#include "nn/kernels/table.h"
#include "nn/kernels/vec.h"

/* Lane l of the two outputs of step w, as an index into both inputs. */
#define LOW(l, w)  ((l) & (w) ? V_WIDTH + (l) - (w) : (l))
#define HIGH(l, w) ((l) & (w) ? V_WIDTH + (l) : (l) + (w))
#if defined(__AVX512F__)
#define LANES(f, w)                                                         \
    f(0, w), f(1, w), f(2, w), f(3, w), f(4, w), f(5, w), f(6, w), f(7, w), \
        f(8, w), f(9, w), f(10, w), f(11, w), f(12, w), f(13, w), f(14, w), \
        f(15, w)
#elif defined(__AVX2__)
#define LANES(f, w) \
    f(0, w), f(1, w), f(2, w), f(3, w), f(4, w), f(5, w), f(6, w), f(7, w)
#else
#define LANES(f, w) f(0, w), f(1, w), f(2, w), f(3, w)
#endif

#define STEP(a, w)                                                         \
    _Pragma("GCC unroll 16") for (int i = 0; i < V_WIDTH; i++) {           \
        if (i & (w)) continue;                                             \
        const vn low = (a)[i], high = (a)[i + (w)];                        \
        (a)[i] = __builtin_shufflevector(low, high, LANES(LOW, w));        \
        (a)[i + (w)] = __builtin_shufflevector(low, high, LANES(HIGH, w)); \
    }

/* y[j][i] = x[i][j] for a square as wide as a register. */
INLINE void transpose(float *y, size_t y_step, const float *x, size_t x_step) {
    vn a[V_WIDTH];
#pragma GCC unroll 16
    for (int i = 0; i < V_WIDTH; i++)
        a[i] = *(const vn_any *)(x + (size_t)i * x_step);
    STEP(a, 1)
    STEP(a, 2)
#if defined(__AVX2__)
    STEP(a, 4)
#endif
#if defined(__AVX512F__)
    STEP(a, 8)
#endif
#pragma GCC unroll 16
    for (int i = 0; i < V_WIDTH; i++)
        *(vn_any *)(y + (size_t)i * y_step) = a[i];
}

/* y[j][i] = x[i][j] for rows x columns, anything. */
static void transpose_rest(float *y, size_t y_step, const float *x,
                           size_t x_step, const int size[2]) {
    for (int i = 0; i < size[0]; i++)
        for (int j = 0; j < size[1]; j++)
            y[(size_t)j * y_step + (size_t)i] =
                x[(size_t)i * x_step + (size_t)j];
}

void MIEN_K(to_blocked)(float *y, const float *x, mien_shape shape) {
    const size_t pixels = (size_t)shape.h * (size_t)shape.w;
    const int planes = shape.n * (shape.c / 16);
    for (int p = 0; p < planes; p++, x += pixels * 16, y += pixels * 16) {
        size_t i = 0;
        for (; i + V_WIDTH <= pixels; i += V_WIDTH)
            for (size_t c = 0; c < 16; c += V_WIDTH)
                transpose(y + i * 16 + c, 16, x + c * pixels + i, pixels);
        transpose_rest(y + i * 16, 16, x + i, pixels,
                       (int[]){16, (int)(pixels - i)});
    }
}

void MIEN_K(from_blocked)(float *y, const float *x, mien_shape shape) {
    const size_t pixels = (size_t)shape.h * (size_t)shape.w;
    const int planes = shape.n * (shape.c / 16);
    for (int p = 0; p < planes; p++, x += pixels * 16, y += pixels * 16) {
        size_t i = 0;
        for (; i + V_WIDTH <= pixels; i += V_WIDTH)
            for (size_t c = 0; c < 16; c += V_WIDTH)
                transpose(y + c * pixels + i, pixels, x + i * 16 + c, 16);
        transpose_rest(y + i, pixels, x + i * 16, 16,
                       (int[]){(int)(pixels - i), 16});
    }
}
