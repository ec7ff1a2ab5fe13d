/* SPDX-License-Identifier: Apache-2.0 */
/* histogram.h - values by sign and power of two.
 *
 * Bin e of `positive` counts the values in [2^(e-40), 2^(e-39)); the first
 * also has what is smaller, the last what is larger. `negative` likewise by
 * |x|. Powers of two: gradients span forty of them, and a bin is the
 * exponent's bits.
 *
 *   mien_histogram h = {0};
 *   mien_histogram_add(&h, g, n); */
#ifndef MIEN_HEALTH_HISTOGRAM_H
#define MIEN_HEALTH_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

enum { MIEN_BINS = 64, MIEN_BIN_ZERO = 40 /* the bin of [1, 2) */ };

typedef struct mien_histogram {
    int64_t positive[MIEN_BINS], negative[MIEN_BINS];
    int64_t zeros, non_finite; /* the latter are in no bin and no sum */
    double min, max, sum, squares;
} mien_histogram;

void mien_histogram_add(mien_histogram *h, const float *x, size_t n);

/* All that were counted, without the non-finite ones. */
int64_t mien_histogram_count(const mien_histogram *h);

#endif
