/* SPDX-License-Identifier: Apache-2.0 */
/* test_sharpness.c - the curvature of a loss whose Hessian is known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "train/sharpness.h"

static mien_arena arena;

/* Two inputs, one weight each, squared error: with the samples (1, 0) and
 * (0, 3) the Hessian (2 / n) sum x x' is diag(1, 9). */
static void open_trainer(mien_trainer *t) {
    static const char text[] = "[{dense: {out: 1, bias: false}}]";
    mien_tree *model, *loss;
    *t = (mien_trainer){0};
    assert_int_equal(
        mien_tree_parse(&model, &arena, text, strlen(text), "m"), MIEN_OK);
    assert_int_equal(mien_tree_parse(&loss, &arena, "mse", 3, "l"), MIEN_OK);
    const mien_net_spec spec = {
        .model = model, .loss = loss, .input = {1, 2, 1, 1}, .vector = 1};
    assert_int_equal(mien_net_open(&t->net, &spec), MIEN_OK);
    t->net->weights.values[0] = 0.3f;
    t->net->weights.values[1] = -0.2f;
    assert_int_equal(
        mien_runner_open(&t->run, t->net,
                         &(mien_runner_options){.batch = 2, .train = true}),
        MIEN_OK);
}

static void close_trainer(mien_trainer *t) {
    mien_runner_close(t->run);
    mien_net_close(t->net);
    mien_arena_close(&arena);
}

static const float samples[] = {1, 0, 0, 3};
static const float targets[] = {1, 2};
static const mien_batch batch = {.n = 2, .x = samples, .target = targets};

static void sharpness__is_the_largest_eigenvalue(void **state) {
    mien_trainer t;
    double lambda;
    (void)state;
    open_trainer(&t);
    assert_int_equal(mien_sharpness(&lambda, &t, &batch), MIEN_OK);
    assert_true(fabs(lambda - 9) < 0.05);
    close_trainer(&t);
}

static void sharpness__leaves_the_weights_alone(void **state) {
    mien_trainer t;
    double lambda;
    (void)state;
    open_trainer(&t);
    assert_int_equal(mien_sharpness(&lambda, &t, &batch), MIEN_OK);
    assert_true(t.net->weights.values[0] == 0.3f);
    assert_true(t.net->weights.values[1] == -0.2f);
    close_trainer(&t);
}

static void sharpness__of_a_gradient_that_is_not_finite_is_none(void **state) {
    static const float bad[] = {1, NAN, 0, 3};
    const mien_batch broken = {.n = 2, .x = bad, .target = targets};
    mien_trainer t;
    double lambda;
    (void)state;
    open_trainer(&t);
    assert_int_equal(mien_sharpness(&lambda, &t, &broken), MIEN_OK);
    assert_true(isnan(lambda));
    assert_true(t.net->weights.values[0] == 0.3f);
    close_trainer(&t);
}

static void sharpness__survives_failing_allocations(void **state) {
    mien_trainer t;
    double lambda;
    mien_status status = MIEN_ENOMEM;
    (void)state;
    open_trainer(&t);
    for (int n = 0; status == MIEN_ENOMEM && n < 50; n++) {
        mien_mem_fail_after(n);
        status = mien_sharpness(&lambda, &t, &batch);
        mien_mem_fail_after(-1);
        assert_true(t.net->weights.values[0] == 0.3f);
    }
    assert_int_equal(status, MIEN_OK);
    close_trainer(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sharpness__is_the_largest_eigenvalue),
        cmocka_unit_test(sharpness__leaves_the_weights_alone),
        cmocka_unit_test(sharpness__of_a_gradient_that_is_not_finite_is_none),
        cmocka_unit_test(sharpness__survives_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
