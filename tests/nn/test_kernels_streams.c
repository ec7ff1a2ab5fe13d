/* SPDX-License-Identifier: Apache-2.0 */
/* test_kernels_streams.c - layouts, sums, tests and smooth activations
 * against their plain reference, in every build that this machine can run. */
#include <math.h>
#include <string.h>

#include "kernel_check.h"

static const mien_shape shapes[] = {{1, 16, 1, 1},
                                    {2, 32, 5, 7},
                                    {3, 64, 8, 8},
                                    {1, 48, 13, 19},
                                    {2, 16, 16, 2}};

static void layout__is_transposed_and_back(void **state) {
    (void)state;
    EACH_BUILD(k)
    for (int i = 0; i < 5; i++) {
        const size_t count = mien_shape_count(shapes[i]);
        float *x = spread(count, 0, 1), *y = guarded(count);
        float *want = guarded(count), *back = guarded(count);
        poison(x, count);
        mien_kernels_reference.to_blocked(want, x, shapes[i]);
        k->to_blocked(y, x, shapes[i]);
        k->from_blocked(back, y, shapes[i]);
        check_close("to_blocked", y, want, count, 0);
        check_close("from_blocked", back, x, count, 0);
    }
}

static void streams__agree_with_the_reference(void **state) {
    (void)state;
    EACH_BUILD(k)
    for (size_t count = 0; count < 150; count++) {
        float *a = spread(count, 0, 1), *b = spread(count, 0, 1);
        if (count > 9) poison(a, count);
        float *y = guarded(count), *want = guarded(count);
        k->add(y, a, b, count);
        mien_kernels_reference.add(want, a, b, count);
        check_close("add", y, want, count, 0);
        y = copy_of(b, count);
        want = copy_of(b, count);
        k->accumulate(y, a, count);
        mien_kernels_reference.accumulate(want, a, count);
        check_close("accumulate", y, want, count, 0);
        y = copy_of(a, count);
        want = guarded(count);
        k->scale(y, y, -1.7f, count);
        mien_kernels_reference.scale(want, a, -1.7f, count);
        check_close("scale", y, want, count, 0);
        mien_free(a);
        mien_free(b);
    }
}

static void sum_squares__adds_in_double(void **state) {
    (void)state;
    EACH_BUILD(k)
    for (size_t count = 0; count < 5000; count = count * 3 / 2 + 1) {
        float *x = spread(count, 0, 1e25);
        const double want = mien_kernels_reference.sum_squares(x, count);
        const double got = k->sum_squares(x, count);
        assert_true(fabs(got - want) <= 1e-13 * want);
        if (count) x[count / 2] = NAN;
        assert_true(!count || isnan(k->sum_squares(x, count)));
        mien_free(x);
    }
}

static void non_finite__counts_and_finds_the_first(void **state) {
    (void)state;
    EACH_BUILD(k)
    for (size_t count = 1; count < 9000; count = count * 3 / 2 + 1) {
        float *x = spread(count, 0, 1e37);
        size_t first, want_first;
        assert_int_equal(k->non_finite(&first, x, count), 0);
        assert_int_equal(first, count);
        poison(x, count);
        const size_t want =
            mien_kernels_reference.non_finite(&want_first, x, count);
        assert_int_equal(k->non_finite(&first, x, count), want);
        assert_int_equal(first, want_first);
        mien_free(x);
    }
}

/* ---- probes ---- */

static void same_probe(const mien_kernels *k, mien_kernel_probe *a) {
    uint8_t alive[512] = {0}, want[512] = {0};
    mien_kernel_probe r = *a;
    if (a->alive) r.alive = want, a->alive = alive;
    mien_kernels_reference.probe(&r);
    k->probe(a);
    const mien_kernel_totals *x = &a->totals, *y = &r.totals;
    const double size = sqrt(y->squares * (double)y->count);
    assert_int_equal(x->count, y->count);
    assert_int_equal(x->zeros, y->zeros);
    assert_int_equal(x->saturated, y->saturated);
    assert_int_equal(x->non_finite, y->non_finite);
    assert_int_equal(x->first_bad, y->first_bad);
    assert_true(x->max == y->max);
    assert_true(fabs(x->sum - y->sum) <= 1e-6 * size);
    assert_true(fabs(x->squares - y->squares) <= 1e-5 * y->squares);
    assert_memory_equal(alive, want, sizeof want);
}

/* All layouts, places of saturation, with flags and without. */
static void each_probe(const mien_kernels *k, const float *x, mien_shape s) {
    for (int where = 0; where < 3; where++)
        for (int blocked = 0; blocked <= (s.c % 16 == 0); blocked++)
            for (int flags = 0; flags < 2; flags++) {
                uint8_t some;
                mien_kernel_probe a = {
                    .shape = s,
                    .blocked = blocked,
                    .saturation = (mien_kernel_saturation)where,
                    .x = x,
                    .alive = flags ? &some : NULL};
                same_probe(k, &a);
            }
}

static const mien_shape probed[] = {
    {2, 32, 5, 7}, {3, 5, 4, 4},   {2, 16, 40, 31}, {1, 3, 97, 101},
    {4, 37, 1, 1}, {2, 512, 1, 1}, {1, 1, 1, 1},    {3, 48, 1, 3}};

static void probe__agrees_with_the_reference(void **state) {
    (void)state;
    static const double sizes[] = {1, 1e-25, 1e25, 1e37, 1e-40};
    EACH_BUILD(k)
    for (size_t i = 0; i < sizeof probed / sizeof *probed; i++)
        for (size_t j = 0; j < sizeof sizes / sizeof *sizes; j++) {
            const size_t count = mien_shape_count(probed[i]);
            float *x = spread(count, 0.3 * sizes[j], sizes[j]);
            each_probe(k, x, probed[i]);
            for (size_t l = 0; l < count; l += 1 + l % 3)
                x[l] = l % 2 ? 0 : -0.f;
            each_probe(k, x, probed[i]);
            poison(x, count);
            each_probe(k, x, probed[i]);
            memset(x, 0, count * sizeof *x);
            each_probe(k, x, probed[i]);
            mien_free(x);
        }
}

/* ---- smooth activations ---- */

static void eltwise_check(const mien_kernels *k, mien_kernel_curve curve,
                          float *x, size_t count, double bound) {
    for (int accumulate = 0; accumulate < 2; accumulate++) {
        float *y = guarded(count), *want = guarded(count);
        float *dy = spread(count, 0, 1), *dx = spread(count, 0, 1);
        float *want_dx = copy_of(dx, count);
        mien_kernel_eltwise a = {count, curve, 0.7f,    x,
                                 want,  dy,    want_dx, accumulate};
        mien_kernels_reference.eltwise_forward(&a);
        mien_kernels_reference.eltwise_backward(&a);
        a.y = y;
        a.dx = dx;
        k->eltwise_forward(&a);
        k->eltwise_backward(&a);
        check_close("eltwise y", y, want, count, bound);
        check_close("eltwise dx", dx, want_dx, count, bound);
        mien_free(dy);
    }
    mien_free(x);
}

static void eltwise__agrees_with_the_reference(void **state) {
    (void)state;
    EACH_BUILD(k)
    for (int curve = 0; curve < MIEN_CURVE_COUNT; curve++)
        for (size_t count = 1; count < 70; count++) {
            float *x = spread(count, 0, 3);
            if (count > 20) poison(x, count);
            eltwise_check(k, (mien_kernel_curve)curve, x, count, 1e-5);
        }
}

/* Relative error, one value at a time: no typical size to hide behind. */
static void check_accuracy(const mien_kernels *k, mien_kernel_curve curve,
                           const double range[2], double bound) {
    enum { COUNT = 4096 };
    float x[COUNT], y[COUNT], want[COUNT];
    for (int i = 0; i < COUNT; i++)
        x[i] = (float)(range[0] + (range[1] - range[0]) * i / (COUNT - 1));
    mien_kernel_eltwise a = {COUNT, curve, 1, x, want};
    mien_kernels_reference.eltwise_forward(&a);
    a.y = y;
    k->eltwise_forward(&a);
    for (int i = 0; i < COUNT; i++)
        if (!(fabs((double)y[i] - (double)want[i]) <=
              bound * fabs((double)want[i])))
            fail_msg("%s, curve %d at %.9g: %.9g, should be %.9g", k->name,
                     (int)curve, (double)x[i], (double)y[i], (double)want[i]);
}

static void eltwise__is_accurate_to_two_parts_in_ten_million(void **state) {
    (void)state;
    EACH_BUILD(k) {
        check_accuracy(k, MIEN_CURVE_EXP, (double[]){-87, 88.7}, 2e-7);
        check_accuracy(k, MIEN_CURVE_EXP, (double[]){-1e-3, 1e-3}, 2e-7);
        check_accuracy(k, MIEN_CURVE_SIGMOID, (double[]){-80, 20}, 3e-7);
        check_accuracy(k, MIEN_CURVE_TANH, (double[]){-12, 12}, 4e-7);
        check_accuracy(k, MIEN_CURVE_TANH, (double[]){-1e-4, 1e-4}, 4e-7);
        check_accuracy(k, MIEN_CURVE_ELU, (double[]){-30, 5}, 3e-7);
        check_accuracy(k, MIEN_CURVE_ELU, (double[]){-1e-4, 0}, 3e-7);
        check_accuracy(k, MIEN_CURVE_GELU, (double[]){-3, 20}, 1e-6);
        check_accuracy(k, MIEN_CURVE_SILU, (double[]){-80, 20}, 4e-7);
    }
}

static void eltwise__reaches_its_limits(void **state) {
    (void)state;
    static const struct {
        mien_kernel_curve curve;
        float x, y, slope;
    } limits[] = {
        {MIEN_CURVE_SIGMOID, -INFINITY, 0, 0},
        {MIEN_CURVE_SIGMOID, INFINITY, 1, 0},
        {MIEN_CURVE_TANH, -INFINITY, -1, 0},
        {MIEN_CURVE_TANH, INFINITY, 1, 0},
        {MIEN_CURVE_ELU, -INFINITY, -1, 0},
        {MIEN_CURVE_ELU, INFINITY, INFINITY, 1},
        {MIEN_CURVE_GELU, -INFINITY, 0, 0},
        {MIEN_CURVE_GELU, INFINITY, INFINITY, 1},
        {MIEN_CURVE_SILU, -INFINITY, 0, 0},
        {MIEN_CURVE_SILU, INFINITY, INFINITY, 1},
        {MIEN_CURVE_EXP, -INFINITY, 0, 0},
        {MIEN_CURVE_EXP, INFINITY, INFINITY, INFINITY},
        {MIEN_CURVE_EXP, 88.8f, INFINITY, INFINITY},
        {MIEN_CURVE_EXP, 0, 1, 1},
    };
    EACH_BUILD(k)
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        float x = limits[i].x, y = 7, dy = 1, dx = 7;
        mien_kernel_eltwise a = {1, limits[i].curve, 1, &x, &y, &dy, &dx};
        k->eltwise_forward(&a);
        k->eltwise_backward(&a);
        assert_true(y == limits[i].y);
        assert_true(dx == limits[i].slope);
        x = NAN;
        k->eltwise_forward(&a);
        k->eltwise_backward(&a);
        assert_true(isnan(y) && isnan(dx));
    }
}

static void eltwise__makes_subnormal_numbers(void **state) {
    (void)state;
    EACH_BUILD(k) {
        float x = -100, y = 0;
        mien_kernel_eltwise a = {1, MIEN_CURVE_EXP, 1, &x, &y};
        k->eltwise_forward(&a);
        assert_true(fabsf(y - expf(x)) <= 3e-45f);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(layout__is_transposed_and_back, restart_rng),
        cmocka_unit_test_setup(streams__agree_with_the_reference, restart_rng),
        cmocka_unit_test_setup(sum_squares__adds_in_double, restart_rng),
        cmocka_unit_test_setup(non_finite__counts_and_finds_the_first,
                               restart_rng),
        cmocka_unit_test_setup(probe__agrees_with_the_reference, restart_rng),
        cmocka_unit_test_setup(eltwise__agrees_with_the_reference, restart_rng),
        cmocka_unit_test_setup(eltwise__is_accurate_to_two_parts_in_ten_million,
                               restart_rng),
        cmocka_unit_test_setup(eltwise__reaches_its_limits, restart_rng),
        cmocka_unit_test_setup(eltwise__makes_subnormal_numbers, restart_rng),
    };
    return cmocka_run_group_tests(tests, find_builds, NULL);
}
