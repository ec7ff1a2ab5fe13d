/* SPDX-License-Identifier: Apache-2.0 */
/* test_differences.c - right gradients pass, wrong ones do not, kinks are
 * left out and nothing else is. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "nn/differences.h"

enum { N = 100 };

/* A sum of n functions of one value each, and its claimed gradient. */
typedef struct problem {
    double x[N], gradient[N];
    double (*of)(double x, int i);
    double value[MIEN_SIDES];
    double jitter; /* added to what is computed, as rounding would */
    int runs;
} problem;

static void evaluate(void *context, int side) {
    problem *p = context;
    double sum = 0;
    for (int i = 0; i < N; i++) sum += p->of(p->x[i], i);
    p->value[side] = sum + p->jitter * (p->runs++ % 2 ? 1 : -1);
}

static double rise(void *context, int side, int over, double *noise) {
    const problem *p = context;
    *noise =
        1e-15 * (fabs(p->value[side]) + fabs(p->value[over])) + 2 * p->jitter;
    return p->value[side] - p->value[over];
}

static double smooth(double x, int i) { return sin(x) * (1 + i % 5) + x * x; }

static double smooth_slope(double x, int i) {
    return cos(x) * (1 + i % 5) + 2 * x;
}

static double bent(double x, int i) { return (1 + i % 5) * fabs(x); }

static void open_smooth(problem *p) {
    *p = (problem){.of = smooth};
    for (int i = 0; i < N; i++) {
        p->x[i] = 0.1 * i - 3;
        p->gradient[i] = smooth_slope(p->x[i], i);
    }
}

static mien_gradcheck_row test_all(problem *p, int *kinks, int values) {
    mien_gradcheck_row row = {0};
    const double before = p->x[7];
    const mien_claim claim = {.x = p->x,
                              .gradient = p->gradient,
                              .n = N,
                              .context = p,
                              .evaluate = evaluate,
                              .rise = rise};
    const mien_claim_test test = {.values = values,
                                  .tolerance = 1e-6,
                                  .rng = mien_rng_at(0, MIEN_RNG_TEST, 0, 0)};
    *kinks = 0;
    assert_int_equal(mien_differences(&row, kinks, &claim, &test), MIEN_OK);
    assert_true(p->x[7] == before || isnan(before));
    return row;
}

static void differences__pass_what_is_right(void **state) {
    (void)state;
    problem p;
    int kinks;
    open_smooth(&p);
    const mien_gradcheck_row row = test_all(&p, &kinks, 16);
    assert_true(row.pass && row.worst < 1e-6);
    assert_int_equal(row.checked, 16 + 1);
    assert_int_equal(kinks, 0);
}

static void differences__find_any_value_that_is_wrong(void **state) {
    (void)state;
    for (int i = 0; i < N; i++) {
        problem p;
        int kinks;
        open_smooth(&p);
        p.gradient[i] += 0.01 * (i % 2 ? 1 : -1);
        const mien_gradcheck_row row = test_all(&p, &kinks, 4);
        assert_false(row.pass);
        assert_true(fabs(row.analytic - row.numeric) > 1e-4);
    }
}

static void differences__find_a_wrong_sign_and_a_wrong_scale(void **state) {
    (void)state;
    static const double factors[] = {-1, 0, 0.5, 1.00001, 2};
    for (int k = 0; k < 5; k++) {
        problem p;
        int kinks;
        open_smooth(&p);
        for (int i = 0; i < N; i++) p.gradient[i] *= factors[k];
        assert_false(test_all(&p, &kinks, 16).pass);
        assert_int_equal(kinks, 0);
    }
}

static void differences__never_pass_what_is_not_a_number(void **state) {
    (void)state;
    static const double bad[] = {NAN, INFINITY, -INFINITY};
    for (int k = 0; k < 3; k++) {
        problem p;
        int kinks;
        open_smooth(&p);
        p.gradient[50] = bad[k];
        mien_gradcheck_row row = test_all(&p, &kinks, N);
        assert_false(row.pass);
        assert_true(isinf(row.worst));
        open_smooth(&p);
        p.x[50] = bad[k];
        assert_false(test_all(&p, &kinks, 4).pass);
    }
}

/* |x| at 0 has any slope between -1 and 1. */
static void differences__leave_out_kinks_and_count_them(void **state) {
    (void)state;
    problem p = {.of = bent};
    int kinks;
    for (int i = 0; i < N; i++) {
        p.x[i] = i % 4 ? 0.5 * (i % 7 - 3.5) : 0;
        p.gradient[i] = (1 + i % 5) * (p.x[i] > 0 ? 1 : -1);
    }
    const mien_gradcheck_row row = test_all(&p, &kinks, N);
    assert_true(row.pass);
    assert_int_equal(row.checked, 75);
    assert_int_equal(kinks, 25);
    for (int i = 1; i < N; i += 4) p.gradient[i] *= 1.001;
    assert_false(test_all(&p, &kinks, N).pass);
    assert_int_equal(kinks, 25);
}

/* Near a kink, but not on it, a smaller step sees the slope. */
static void differences__step_closer_beside_a_kink(void **state) {
    (void)state;
    problem p = {.of = bent};
    int kinks;
    for (int i = 0; i < N; i++) {
        p.x[i] = i % 3 ? 1 : 1e-6;
        p.gradient[i] = 1 + i % 5;
    }
    const mien_gradcheck_row row = test_all(&p, &kinks, N);
    assert_true(row.pass);
    assert_int_equal(row.checked, N + 1);
    assert_int_equal(kinks, 0);
}

static void differences__do_not_blame_rounding(void **state) {
    (void)state;
    problem p;
    int kinks;
    open_smooth(&p);
    p.jitter = 1e-10;
    assert_true(test_all(&p, &kinks, 16).pass);
    p.gradient[3] += 1;
    assert_false(test_all(&p, &kinks, N).pass);
}

static void differences__of_zeros_and_of_nothing(void **state) {
    (void)state;
    problem p;
    int kinks;
    open_smooth(&p);
    memset(p.x, 0, sizeof p.x);
    for (int i = 0; i < N; i++) p.gradient[i] = smooth_slope(0, i);
    assert_true(test_all(&p, &kinks, N).pass);
    mien_gradcheck_row row;
    const mien_claim none = {.x = p.x, .gradient = p.gradient, .n = 0};
    const mien_claim_test test = {.values = 4, .tolerance = 1e-6};
    assert_int_equal(mien_differences(&row, &kinks, &none, &test), MIEN_OK);
    assert_true(row.pass && row.checked == 0);
}

static void differences__report_a_lack_of_memory(void **state) {
    (void)state;
    problem p;
    mien_gradcheck_row row;
    int kinks = 0;
    open_smooth(&p);
    const mien_claim claim = {p.x, p.gradient, N, NULL, &p, evaluate, rise};
    const mien_claim_test test = {.values = 4, .tolerance = 1e-6};
    mien_mem_fail_after(0);
    assert_int_equal(mien_differences(&row, &kinks, &claim, &test),
                     MIEN_ENOMEM);
    mien_mem_fail_after(-1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(differences__pass_what_is_right),
        cmocka_unit_test(differences__find_any_value_that_is_wrong),
        cmocka_unit_test(differences__find_a_wrong_sign_and_a_wrong_scale),
        cmocka_unit_test(differences__never_pass_what_is_not_a_number),
        cmocka_unit_test(differences__leave_out_kinks_and_count_them),
        cmocka_unit_test(differences__step_closer_beside_a_kink),
        cmocka_unit_test(differences__do_not_blame_rounding),
        cmocka_unit_test(differences__of_zeros_and_of_nothing),
        cmocka_unit_test(differences__report_a_lack_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
