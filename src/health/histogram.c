/* SPDX-License-Identifier: Apache-2.0 */
/* histogram.c - count values by sign and power of two.
 *
 * The top nine bits of a float are its sign and its exponent: they are the
 * index of a first count, and the 512 of it are folded into the bins later.
 * Four such tables in turn, since neighbours tend to fall into the same bin
 * and an increment would otherwise wait for the one before. */
#include "health/histogram.h"

#include <math.h>
#include <string.h>

#include "base/finite.h"
#include "image/simd.h"

enum {
    EXPONENTS = 256,
    BIAS = 127, /* the exponent bits of [1, 2) */
    TABLES = 4,
    LANES = 8,      /* sums side by side, so that they vectorise */
    BLOCK = 1 << 20 /* values, so that 32 bits hold a block's counts */
};

static void count_block(uint32_t (*counts)[2 * EXPONENTS], const float *x,
                        size_t n) {
    uint32_t u;
    for (size_t i = 0; i < n; i++) {
        memcpy(&u, x + i, sizeof u);
        counts[i % TABLES][u >> 23]++;
    }
}

static int bin_of(int exponent) {
    const int bin = exponent - BIAS + MIEN_BIN_ZERO;
    return bin < 0 ? 0 : bin < MIEN_BINS ? bin : MIEN_BINS - 1;
}

/* From exponents to bins. Zeros have an exponent of 0, as subnormal numbers
 * do: they are in the first bin until they are taken out. */
static void fold(mien_histogram *h, const uint32_t (*counts)[2 * EXPONENTS]) {
    for (int i = 0; i < 2 * EXPONENTS; i++) {
        int64_t n = 0;
        for (int t = 0; t < TABLES; t++) n += counts[t][i];
        if (i % EXPONENTS == EXPONENTS - 1)
            h->non_finite += n;
        else if (i < EXPONENTS)
            h->positive[bin_of(i)] += n;
        else
            h->negative[bin_of(i - EXPONENTS)] += n;
    }
}

typedef struct lanes {
    double sum[LANES], squares[LANES];
    float min[LANES], max[LANES];
    uint32_t zeros[LANES], minus_zeros[LANES];
} lanes;

static inline void measure(lanes *l, int j, float x) {
    const bool bad = mien_bad_f32(x);
    const float v = bad ? 0 : x;
    uint32_t u;
    memcpy(&u, &x, sizeof u);
    l->zeros[j] += u == 0;
    l->minus_zeros[j] += u == 0x80000000u;
    l->sum[j] += (double)v;
    l->squares[j] += (double)v * (double)v;
    l->min[j] = !bad && x < l->min[j] ? x : l->min[j];
    l->max[j] = !bad && x > l->max[j] ? x : l->max[j];
}

MIEN_CLONES
static void measure_block(lanes *l, const float *x, size_t n) {
    const size_t whole = n - n % LANES;
    for (size_t i = 0; i < whole; i += LANES)
        for (int j = 0; j < LANES; j++) measure(l, j, x[i + (size_t)j]);
    for (size_t i = whole; i < n; i++) measure(l, 0, x[i]);
}

static void add_lanes(mien_histogram *h, const lanes *l) {
    for (int j = 0; j < LANES; j++) {
        h->zeros += (int64_t)l->zeros[j] + l->minus_zeros[j];
        h->positive[0] -= l->zeros[j];
        h->negative[0] -= l->minus_zeros[j];
        h->sum += l->sum[j];
        h->squares += l->squares[j];
        h->min = fmin(h->min, (double)l->min[j]);
        h->max = fmax(h->max, (double)l->max[j]);
    }
}

static void add_block(mien_histogram *h, const float *x, size_t n) {
    uint32_t counts[TABLES][2 * EXPONENTS] = {0};
    lanes l = {0};
    for (int j = 0; j < LANES; j++) {
        l.min[j] = INFINITY;
        l.max[j] = -INFINITY;
    }
    count_block(counts, x, n);
    measure_block(&l, x, n);
    fold(h, (const uint32_t(*)[2 * EXPONENTS]) counts);
    add_lanes(h, &l);
}

void mien_histogram_add(mien_histogram *h, const float *x, size_t n) {
    if (!mien_histogram_count(h)) {
        h->min = INFINITY;
        h->max = -INFINITY;
    }
    for (size_t i = 0; i < n; i += BLOCK)
        add_block(h, x + i, n - i < BLOCK ? n - i : BLOCK);
    if (!mien_histogram_count(h)) h->min = h->max = 0;
}

int64_t mien_histogram_count(const mien_histogram *h) {
    int64_t n = h->zeros;
    for (int i = 0; i < MIEN_BINS; i++) n += h->positive[i] + h->negative[i];
    return n;
}
