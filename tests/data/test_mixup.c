/* SPDX-License-Identifier: Apache-2.0 */
/* test_mixup.c - the beta distribution and the mixing. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "data/mixup.h"

/* Beta(a, a) has mean 1/2 and variance 1 / (4 (2a + 1)). */
static void beta__has_its_mean_and_variance(void **state) {
    (void)state;
    const double alphas[] = {0.01, 0.2, 1, 4, 50};
    enum { N = 40000 };
    for (int k = 0; k < 5; k++) {
        double sum = 0, squares = 0;
        mien_rng rng = mien_rng_at(1, MIEN_RNG_TEST, 0, (uint32_t)k);
        for (int i = 0; i < N; i++) {
            const double x = mien_beta_symmetric(&rng, alphas[k]);
            assert_true(x >= 0 && x <= 1);
            sum += x;
            squares += (x - 0.5) * (x - 0.5);
        }
        const double variance = 1 / (4 * (2 * alphas[k] + 1));
        assert_true(fabs(sum / N - 0.5) < 5 * sqrt(variance / N));
        assert_true(fabs(squares / N / variance - 1) < 0.05);
    }
}

/* Beta(1, 1) is uniform: a tenth of the draws in each tenth. */
static void beta__of_one_is_uniform(void **state) {
    (void)state;
    int tenth[10] = {0};
    mien_rng rng = mien_rng_at(2, MIEN_RNG_TEST, 0, 0);
    for (int i = 0; i < 20000; i++)
        tenth[(int)(9.999999 * mien_beta_symmetric(&rng, 1))]++;
    for (int i = 0; i < 10; i++) assert_in_range(tenth[i], 1800, 2200);
}

static void batch__mixes_from_both_ends(void **state) {
    (void)state;
    const mien_mixup mixup = {1};
    float x[5 * 2] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, y[10];
    memcpy(y, x, sizeof(x));
    mien_rng rng = mien_rng_at(3, MIEN_RNG_MIXUP, 1, 2);
    const float lambda = mien_mixup_batch(&mixup, y, 5, 2, &rng);
    assert_true(lambda > 0 && lambda < 1);
    for (int i = 0; i < 5; i++)
        for (int k = 0; k < 2; k++) {
            const float want =
                lambda * x[2 * i + k] + (1 - lambda) * x[2 * (4 - i) + k];
            assert_true(fabsf(y[2 * i + k] - want) < 1e-5f);
        }
    rng = mien_rng_at(3, MIEN_RNG_MIXUP, 1, 2);
    assert_true(mien_mixup_batch(&mixup, x, 5, 2, &rng) == lambda);
    assert_memory_equal(x, y, sizeof(x));
}

static void batch__of_one_and_none_stays(void **state) {
    (void)state;
    const mien_mixup mixup = {1};
    float x[2] = {1, NAN};
    mien_rng rng = mien_rng_at(3, MIEN_RNG_MIXUP, 1, 2);
    mien_mixup_batch(&mixup, x, 1, 1, &rng);
    mien_mixup_batch(&mixup, x, 0, 2, &rng);
    assert_true(x[0] == 1);
    mien_mixup_batch(&mixup, x, 2, 1, &rng);
    assert_true(isnan(x[0]) && isnan(x[1]));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(beta__has_its_mean_and_variance),
        cmocka_unit_test(beta__of_one_is_uniform),
        cmocka_unit_test(batch__mixes_from_both_ends),
        cmocka_unit_test(batch__of_one_and_none_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
