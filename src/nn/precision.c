/* SPDX-License-Identifier: Apache-2.0 */
/* precision.c - round float32 to what 16 bits hold, by its bits.
 *
 * Adding half of the last place that stays, less one where that place is
 * even, and cutting the rest off rounds to nearest, ties to even; a carry
 * into the exponent is what rounding up to the next power of two means. The
 * loops have no branches: the compiler makes vectors of them.
 * Source: IEEE 754-2008, binary16; bfloat16 is the upper half of binary32. */
#include "nn/precision.h"

#include <stdbool.h>
#include <string.h>

enum {
    STRETCH = 4096,
    SIGN = INT32_MIN,
    INFINITE = 0x7f800000,
    F16_CUT = 13,             /* bits of fraction that go */
    F16_NORMAL = 0x38800000,  /* 2^-14 */
    F16_LARGEST = 0x477fe000, /* 65504 */
    BF16_CUT = 16
};

static inline int32_t bits_of(float x) {
    int32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline float float_of(int32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* The bits of |x|, less `cut`; Inf stays, unlike NaN. */
static inline int32_t cut_off(int32_t size, int cut) {
    const uint32_t u = (uint32_t)size, below_half = (1u << (cut - 1)) - 1;
    return (int32_t)((u + below_half + (u >> cut & 1)) & ~0u << cut);
}

/* Below 2^-14 there are the multiples of 2^-24, which is the distance between
 * floats from 1/2 to 1. */
static inline int32_t round_f16(int32_t size) {
    const int32_t small = bits_of((float_of(size) + 0.5f) - 0.5f);
    const int32_t r = size < F16_NORMAL ? small : cut_off(size, F16_CUT);
    return r > F16_LARGEST ? INFINITE : r;
}

static inline int32_t round_bf16(int32_t size) {
    return cut_off(size, BF16_CUT);
}

/* `half`: which of the two; a constant where this is called. */
static inline void round_stretch(float *x, size_t n, bool half,
                                 mien_rounding *report) {
    int32_t overflow = 0, underflow = 0;
    for (size_t i = 0; i < n; i++) {
        const int32_t bits = bits_of(x[i]), size = bits & ~SIGN;
        const int32_t to = half ? round_f16(size) : round_bf16(size);
        const int32_t kept = size > INFINITE ? size : to;
        overflow += (kept == INFINITE) & (size != INFINITE);
        underflow += (kept == 0) & (size != 0);
        x[i] = float_of(kept | (bits & SIGN));
    }
    report->overflow += overflow;
    report->underflow += underflow;
}

void mien_round_values(float *x, size_t n, mien_precision to,
                       mien_rounding *report) {
    mien_rounding found = {0};
    if (to == MIEN_PRECISION_F32) return;
    for (size_t i = 0; i < n; i += STRETCH) {
        const size_t count = n - i < STRETCH ? n - i : STRETCH;
        if (to == MIEN_PRECISION_F16)
            round_stretch(x + i, count, true, &found);
        else
            round_stretch(x + i, count, false, &found);
    }
    if (!report) return;
    report->overflow += found.overflow;
    report->underflow += found.underflow;
}
