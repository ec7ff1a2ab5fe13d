/* SPDX-License-Identifier: Apache-2.0 */
/* Histograms: bins against frexp, what is not finite, sums, many calls. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "health/histogram.h"

/* The same without tricks. */
static void plain(mien_histogram *h, const float *x, size_t n) {
    for (size_t i = 0; i < n; i++) {
        int e;
        if (!isfinite(x[i])) {
            h->non_finite++;
            continue;
        }
        if (!mien_histogram_count(h) || x[i] < h->min) h->min = x[i];
        if (!mien_histogram_count(h) || x[i] > h->max) h->max = x[i];
        h->sum += x[i];
        h->squares += (double)x[i] * x[i];
        if (x[i] == 0) {
            h->zeros++;
            continue;
        }
        frexp(x[i], &e); /* |x| in [2^(e-1), 2^e) */
        int bin = e - 1 + MIEN_BIN_ZERO;
        bin = bin < 0 ? 0 : bin >= MIEN_BINS ? MIEN_BINS - 1 : bin;
        (x[i] < 0 ? h->negative : h->positive)[bin]++;
    }
}

static void same(const mien_histogram *a, const mien_histogram *b) {
    assert_memory_equal(a->positive, b->positive, sizeof a->positive);
    assert_memory_equal(a->negative, b->negative, sizeof a->negative);
    assert_int_equal(a->zeros, b->zeros);
    assert_int_equal(a->non_finite, b->non_finite);
    assert_true(a->min == b->min && a->max == b->max);
    assert_true(fabs(a->sum - b->sum) <= 1e-9 * sqrt(b->squares) + 1e-300);
    assert_true(fabs(a->squares - b->squares) <= 1e-9 * b->squares);
}

/* Any bits: every exponent, subnormals, infinities, NaN. */
static void fill(float *x, size_t n, uint32_t seed, bool moderate) {
    mien_rng rng = mien_rng_at(7, MIEN_RNG_TEST, seed, 0);
    for (size_t i = 0; i < n; i++) {
        uint32_t u = (uint32_t)mien_rng_below(&rng, 1u << 31) << 1;
        u |= (uint32_t)mien_rng_below(&rng, 2);
        memcpy(x + i, &u, sizeof u);
        if (moderate && !(fabsf(x[i]) < 1e9f)) x[i] = 0;
        if (i % 11 == 0) x[i] = i % 2 ? 0.0f : -0.0f;
    }
}

static void histogram__counts_as_frexp_does(void **state) {
    enum { N = 10007 };
    static float x[N];
    (void)state;
    for (uint32_t round = 0; round < 4; round++) {
        mien_histogram fast = {0}, slow = {0};
        fill(x, N, round, round % 2);
        const size_t n = round < 2 ? N : 3 + round;
        mien_histogram_add(&fast, x, n);
        plain(&slow, x, n);
        same(&fast, &slow);
    }
}

static void histogram__bins_begin_at_powers_of_two(void **state) {
    const float x[] = {1,        nextafterf(2, 0), 2,       -1,
                       0.75f,    FLT_MAX,          FLT_MIN, FLT_MIN / 4,
                       -FLT_MAX, nextafterf(1, 0)};
    mien_histogram h = {0};
    (void)state;
    mien_histogram_add(&h, x, sizeof x / sizeof *x);
    assert_int_equal(h.positive[MIEN_BIN_ZERO], 2);
    assert_int_equal(h.positive[MIEN_BIN_ZERO + 1], 1);
    assert_int_equal(h.positive[MIEN_BIN_ZERO - 1], 2);
    assert_int_equal(h.negative[MIEN_BIN_ZERO], 1);
    assert_int_equal(h.positive[MIEN_BINS - 1], 1);
    assert_int_equal(h.negative[MIEN_BINS - 1], 1);
    assert_int_equal(h.positive[0], 2);
    assert_int_equal(mien_histogram_count(&h), 10);
    assert_true(h.min == -FLT_MAX && h.max == FLT_MAX);
}

static void histogram__leaves_out_what_is_not_finite(void **state) {
    const float x[] = {NAN, INFINITY, -3, -INFINITY, 5, -NAN};
    mien_histogram h = {0};
    (void)state;
    mien_histogram_add(&h, x, sizeof x / sizeof *x);
    assert_int_equal(h.non_finite, 4);
    assert_int_equal(mien_histogram_count(&h), 2);
    assert_true(h.min == -3 && h.max == 5 && h.sum == 2 && h.squares == 34);
}

static void histogram__of_nothing_is_all_zero(void **state) {
    static const mien_histogram none;
    const float bad = NAN;
    mien_histogram h = {0};
    (void)state;
    mien_histogram_add(&h, NULL, 0);
    assert_memory_equal(&h, &none, sizeof h);
    mien_histogram_add(&h, &bad, 1);
    assert_true(h.min == 0 && h.max == 0 && h.non_finite == 1);
    mien_histogram_add(&h, &(float){7}, 1); /* the least is not the 0 of none */
    assert_true(h.min == 7 && h.max == 7);
}

static void histogram__adds_up_over_calls_and_blocks(void **state) {
    const size_t n = (1u << 20) + 12345; /* more than one block */
    float *x = malloc(n * sizeof *x);
    mien_histogram whole = {0}, parts = {0};
    (void)state;
    assert_non_null(x);
    fill(x, n, 9, true);
    mien_histogram_add(&whole, x, n);
    for (size_t i = 0; i < n;) {
        const size_t some = i + 77777 < n ? 77777 : n - i;
        mien_histogram_add(&parts, x + i, some);
        i += some;
    }
    same(&whole, &parts);
    assert_int_equal(mien_histogram_count(&whole) + whole.non_finite, n);
    free(x);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(histogram__counts_as_frexp_does),
        cmocka_unit_test(histogram__bins_begin_at_powers_of_two),
        cmocka_unit_test(histogram__leaves_out_what_is_not_finite),
        cmocka_unit_test(histogram__of_nothing_is_all_zero),
        cmocka_unit_test(histogram__adds_up_over_calls_and_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
