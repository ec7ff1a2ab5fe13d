/* SPDX-License-Identifier: Apache-2.0 */
/* test_rng.c - known answers of Philox, and what is drawn from it.
 *
 * The answers are those printed with the Random123 library of the paper. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/rng.h"

static void philox__gives_the_known_answers(void **state) {
    (void)state;
    static const struct {
        uint32_t counter[4], key[2], answer[4];
    } cases[] = {
        {{0, 0, 0, 0},
         {0, 0},
         {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (int i = 0; i < 3; i++) {
        uint32_t out[4];
        mien_philox(out, cases[i].counter, cases[i].key);
        assert_memory_equal(out, cases[i].answer, sizeof(out));
    }
}

static void rng__is_philox_of_its_coordinates(void **state) {
    (void)state;
    mien_rng rng = mien_rng_at(0x1122334455667788u, MIEN_RNG_MIXUP, 7, 9);
    const uint32_t key[2] = {0x55667788, 0x11223344};
    for (uint32_t block = 0; block < 3; block++) {
        const uint32_t counter[4] = {block, MIEN_RNG_MIXUP, 7, 9};
        uint32_t out[4];
        mien_philox(out, counter, key);
        for (int i = 0; i < 4; i++)
            assert_int_equal(mien_rng_u32(&rng), out[i]);
    }
}

static void rng__every_coordinate_changes_the_numbers(void **state) {
    (void)state;
    mien_rng all[] = {
        mien_rng_at(1, MIEN_RNG_TEST, 2, 3),
        mien_rng_at(2, MIEN_RNG_TEST, 2, 3),
        mien_rng_at(1 + ((uint64_t)1 << 32), MIEN_RNG_TEST, 2, 3),
        mien_rng_at(1, MIEN_RNG_INIT, 2, 3),
        mien_rng_at(1, MIEN_RNG_TEST, 3, 3),
        mien_rng_at(1, MIEN_RNG_TEST, 2, 4),
    };
    uint32_t first[6];
    for (int i = 0; i < 6; i++) {
        first[i] = mien_rng_u32(&all[i]);
        for (int j = 0; j < i; j++) assert_int_not_equal(first[i], first[j]);
    }
}

static void uniform__fills_the_unit_interval_evenly(void **state) {
    (void)state;
    mien_rng rng = mien_rng_at(5, MIEN_RNG_TEST, 0, 0);
    int bins[10] = {0};
    const int n = 100000;
    for (int i = 0; i < n; i++) {
        const double x = mien_rng_uniform(&rng);
        assert_true(x >= 0 && x < 1);
        bins[(int)(10 * x)]++;
    }
    double chi2 = 0; /* 9 degrees of freedom: 27.9 is the 0.999 quantile */
    for (int i = 0; i < 10; i++)
        chi2 += (bins[i] - n / 10.) * (bins[i] - n / 10.) / (n / 10.);
    assert_true(chi2 < 27.9);
}

static void range__stays_inside(void **state) {
    (void)state;
    mien_rng rng = mien_rng_at(5, MIEN_RNG_TEST, 1, 0);
    double low = 10, high = -10;
    for (int i = 0; i < 10000; i++) {
        const double x = mien_rng_range(&rng, -3, 4);
        low = x < low ? x : low;
        high = x > high ? x : high;
    }
    assert_true(low >= -3 && low < -2.99 && high < 4 && high > 3.99);
}

static void normal__has_the_moments_of_a_normal(void **state) {
    (void)state;
    mien_rng rng = mien_rng_at(6, MIEN_RNG_TEST, 0, 0);
    const int n = 200000;
    double sum = 0, sum2 = 0, sum4 = 0;
    for (int i = 0; i < n; i++) {
        const double x = mien_rng_normal(&rng);
        assert_true(isfinite(x));
        sum += x;
        sum2 += x * x;
        sum4 += x * x * x * x;
    }
    assert_true(fabs(sum / n) < 0.01);
    assert_true(fabs(sum2 / n - 1) < 0.02);
    assert_true(fabs(sum4 / n - 3) < 0.15);
}

static void below__is_even_and_inside(void **state) {
    (void)state;
    mien_rng rng = mien_rng_at(7, MIEN_RNG_TEST, 0, 0);
    int counts[7] = {0};
    for (int i = 0; i < 70000; i++) counts[mien_rng_below(&rng, 7)]++;
    for (int i = 0; i < 7; i++) assert_in_range(counts[i], 9600, 10400);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(mien_rng_below(&rng, 1), 0);
        assert_true(mien_rng_below(&rng, UINT32_MAX) < UINT32_MAX);
    }
}

static void shuffle__permutes_and_every_order_comes(void **state) {
    (void)state;
    int seen[6] = {0};
    for (uint32_t a = 0; a < 6000; a++) {
        mien_rng rng = mien_rng_at(8, MIEN_RNG_TEST, a, 0);
        uint32_t x[3] = {0, 1, 2};
        mien_rng_shuffle(&rng, x, 3);
        assert_int_equal((1u << x[0]) | (1u << x[1]) | (1u << x[2]), 7);
        seen[x[0] * 2 + (x[1] > x[2])]++;
    }
    for (int i = 0; i < 6; i++) assert_in_range(seen[i], 850, 1150);
    mien_rng rng = mien_rng_at(8, MIEN_RNG_TEST, 0, 1);
    mien_rng_shuffle(&rng, NULL, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(philox__gives_the_known_answers),
        cmocka_unit_test(rng__is_philox_of_its_coordinates),
        cmocka_unit_test(rng__every_coordinate_changes_the_numbers),
        cmocka_unit_test(uniform__fills_the_unit_interval_evenly),
        cmocka_unit_test(range__stays_inside),
        cmocka_unit_test(normal__has_the_moments_of_a_normal),
        cmocka_unit_test(below__is_even_and_inside),
        cmocka_unit_test(shuffle__permutes_and_every_order_comes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
