/* SPDX-License-Identifier: Apache-2.0 */
/* streams.c - sums, scaling and tests that pass over a buffer once.
 *
 * Plain loops over 16 elements at a time; the rest of fewer than 16 is done
 * one by one. Outputs may be their own operands, so nothing here is restrict
 * and nothing is stored past the caches. */
#include "nn/kernels/kernels.h"
#include "nn/kernels/table.h"
#include "nn/kernels/vec.h"

void MIEN_K(accumulate)(float *y, const float *x, size_t count) {
    MIEN_K(add)(y, y, x, count);
}

void MIEN_K(add)(float *y, const float *a, const float *b, size_t count) {
    size_t i = 0;
    for (; i + 16 <= count; i += 16)
        v_store(y + i, v_add(v_load(a + i), v_load(b + i)));
    for (; i < count; i++) y[i] = a[i] + b[i];
}

void MIEN_K(scale)(float *y, const float *x, float factor, size_t count) {
    const v16 k = v_set(factor);
    size_t i = 0;
    for (; i + 16 <= count; i += 16) v_store(y + i, v_mul(v_load(x + i), k));
    for (; i < count; i++) y[i] = factor * x[i];
}

double MIEN_K(sum_squares)(const float *x, size_t count) {
    double acc[64] = {0};
    size_t i = 0;
    for (; i + 64 <= count; i += 64)
        for (int j = 0; j < 64; j++) {
            const double v = (double)x[i + (size_t)j];
            acc[j] += v * v;
        }
    double sum = 0;
    for (; i < count; i++) sum += (double)x[i] * (double)x[i];
    for (int j = 0; j < 64; j++) sum += acc[j];
    return sum;
}

/* All exponent bits set: Inf or NaN. */
static bool is_special(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return (bits & 0x7f800000u) == 0x7f800000u;
}

/* Whether a stretch holds any such number; with no branch in the loop. */
static uint32_t any_special(const float *x, size_t count) {
    uint32_t any = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, x + i, sizeof bits);
        any |= (uint32_t)((bits & 0x7f800000u) == 0x7f800000u);
    }
    return any;
}

size_t MIEN_K(non_finite)(size_t *first, const float *x, size_t count) {
    enum { STRETCH = 1024 };
    size_t found = 0;
    *first = count;
    for (size_t i = 0; i < count; i += STRETCH) {
        const size_t n = count - i < STRETCH ? count - i : STRETCH;
        if (!any_special(x + i, n)) continue;
        for (size_t j = i; j < i + n; j++) {
            if (!is_special(x[j])) continue;
            if (found++ == 0) *first = j;
        }
    }
    return found;
}
