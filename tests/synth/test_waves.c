/* SPDX-License-Identifier: Apache-2.0 */
/* test_waves.c - arithmetic that is the same everywhere, beside libm's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "synth/waves.h"

static double larger(double a, double b) { return a > b ? a : b; }

static void sine__agrees_with_libm(void **state) {
    (void)state;
    double worst = 0;
    for (float x = -60; x < 60; x += 0.0113f) {
        worst = larger(worst, fabs(mien_sine(x) - sin(x)));
        worst = larger(worst, fabs(mien_cosine(x) - cos(x)));
    }
    assert_true(worst < 1e-6);
}

static void arctan2__agrees_with_libm_in_each_quadrant(void **state) {
    (void)state;
    double worst = 0;
    for (float x = -3; x <= 3; x += 0.0625f)
        for (float y = -3; y <= 3; y += 0.0625f)
            worst = larger(worst, fabs(mien_arctan2(y, x) - atan2(y, x)));
    assert_true(worst < 1e-6);
    assert_true(mien_arctan2(0, 0) == 0);
}

static void powers__agree_with_libm(void **state) {
    (void)state;
    double worst = 0;
    for (float x = -30; x < 30; x += 0.0171f) {
        worst = larger(worst, fabs(mien_exp(x) / exp(x) - 1));
        worst = larger(worst, fabs(mien_exp2(x) / exp2(x) - 1));
        const float p = (float)exp(x / 2);
        worst = larger(worst, fabs(mien_power(p, 2.4f) / pow(p, 2.4f) - 1));
        worst = larger(worst,
                       fabs(mien_log2(p) - log2(p)) / larger(1, fabs(log2(p))));
    }
    assert_true(worst < 1e-6);
}

static void powers__hold_at_the_ends(void **state) {
    (void)state;
    assert_true(mien_power(0, 2) == 0);
    assert_true(mien_power(0, 0) == 1);
    assert_true(mien_exp(-1e9f) == 0);
    assert_true(isfinite(mien_exp(1e9f)));
    assert_true(mien_log2(0) == -INFINITY);
    assert_true(fabsf(mien_sine(1e30f)) <= 1);
}

static void steps__are_smooth_and_bounded(void **state) {
    (void)state;
    assert_true(mien_step(1, 3, 0) == 0 && mien_step(1, 3, 4) == 1);
    assert_true(mien_step(1, 3, 2) == 0.5f);
    assert_true(mien_step(3, 1, 0) == 1 && mien_step(3, 1, 4) == 0);
    assert_true(mien_bell(0) == 1 && mien_bell(2.6f) == 0);
    assert_true(fabsf(mien_bell(1) - expf(-0.5f)) < 0.03f);
}

static void hash__is_evenly_spread(void **state) {
    (void)state;
    int bin[16] = {0};
    const int n = 1 << 16;
    for (int i = 0; i < n; i++)
        bin[(int)(16 *
                  mien_hash_unit((uint32_t)i % 256, (uint32_t)i / 256, 5))]++;
    for (int k = 0; k < 16; k++) {
        assert_true(bin[k] > n / 16 * 9 / 10);
        assert_true(bin[k] < n / 16 * 11 / 10);
    }
}

static void noise__has_mean_0_and_stays_within_1(void **state) {
    (void)state;
    double sum2 = 0, sum3 = 0, square2 = 0, square3 = 0;
    const int n = 20000;
    for (int i = 0; i < n; i++) {
        const float x = 400 * mien_hash_unit((uint32_t)i, 1, 9) - 200;
        const float y = 400 * mien_hash_unit((uint32_t)i, 2, 9) - 200;
        const float z = 400 * mien_hash_unit((uint32_t)i, 3, 9) - 200;
        const float a = mien_noise2(x, y, 3);
        const float b = mien_noise3((mien_vec){x, y, z}, 3);
        assert_true(fabsf(a) <= 1 && fabsf(b) <= 1);
        sum2 += a, square2 += a * a, sum3 += b, square3 += b * b;
    }
    assert_true(fabs(sum2 / n) < 0.01 && fabs(sum3 / n) < 0.01);
    assert_true(sqrt(square2 / n) > 0.2 && sqrt(square3 / n) > 0.2);
}

static void noise__is_smooth_across_cells(void **state) {
    (void)state;
    float before = mien_noise3((mien_vec){-3, 0.3f, 0.7f}, 8);
    for (float x = -3; x < 3; x += 0.001f) {
        const float now = mien_noise3((mien_vec){x, 0.3f, 0.7f}, 8);
        assert_true(fabsf(now - before) < 0.006f);
        before = now;
    }
}

static void noise__depends_on_its_seed(void **state) {
    (void)state;
    int same = 0;
    for (int i = 0; i < 100; i++)
        same += mien_noise2(0.37f * (float)i, 0.5f, 1) ==
                mien_noise2(0.37f * (float)i, 0.5f, 2);
    assert_true(same < 10);
}

static void fractal__adds_octaves(void **state) {
    (void)state;
    const float x = 1.3f, y = 2.7f;
    const float sum =
        mien_noise2(x, y, 4) + 0.5f * mien_noise2(2 * x, 2 * y, 5);
    assert_true(fabsf(mien_fractal2(x, y, 2, 4) - sum) < 1e-6f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sine__agrees_with_libm),
        cmocka_unit_test(arctan2__agrees_with_libm_in_each_quadrant),
        cmocka_unit_test(powers__agree_with_libm),
        cmocka_unit_test(powers__hold_at_the_ends),
        cmocka_unit_test(steps__are_smooth_and_bounded),
        cmocka_unit_test(hash__is_evenly_spread),
        cmocka_unit_test(noise__has_mean_0_and_stays_within_1),
        cmocka_unit_test(noise__is_smooth_across_cells),
        cmocka_unit_test(noise__depends_on_its_seed),
        cmocka_unit_test(fractal__adds_octaves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
