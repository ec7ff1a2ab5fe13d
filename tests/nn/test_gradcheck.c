/* SPDX-License-Identifier: Apache-2.0 */
/* test_gradcheck.c - every layer's backward against central differences of
 * its forward, in double, as sum of r y for a random r. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "gradcheck.h"
#include "layer_fixture.h"

#define TOLERANCE 1e-6
#define OFFSET    0.25 /* in dx and dw beforehand: backward adds */

static double projection(void *context) {
    fixture *f = context;
    double sum = 0;
    f->ops->forward(&f->pass);
    for (size_t i = 0; i < mien_shape_count(f->plan.out); i++)
        sum += f->dy[i] * f->pass.y[i];
    return sum;
}

static void set_all(double *x, size_t n, double value) {
    for (size_t i = 0; x && i < n; i++) x[i] = value;
}

static void shift_all(double *x, size_t n, double by) {
    for (size_t i = 0; x && i < n; i++) x[i] += by;
}

static void each_gradient(fixture *f, double by,
                          void (*body)(double *, size_t, double)) {
    for (int k = 0; k < f->plan.n_in; k++)
        body(f->pass.dx[k], mien_shape_count(f->plan.in[k]), by);
    for (int k = 0; k < f->plan.n_weights; k++)
        body(f->pass.dw[k], mien_dims_count(f->plan.weights[k].dims), by);
}

static void report(const layer_case *c, const char *what, double error) {
    if (error < TOLERANCE) return;
    fail_msg("%s %s: gradient of %s is off by %g", c->layer,
             c->options ? c->options : "", what, error);
}

static void check_case(const layer_case *c) {
    fixture f;
    if (fixture_open(&f, c) != MIEN_OK)
        fail_msg("%s %s: %s", c->layer, c->options ? c->options : "",
                 mien_error());
    projection(&f);
    each_gradient(&f, OFFSET, set_all);
    f.ops->backward(&f.pass);
    each_gradient(&f, -OFFSET, shift_all);
    for (int k = 0; k < f.plan.n_in; k++)
        report(c, "an input",
               gradcheck(f.x[k], mien_shape_count(f.plan.in[k]), f.pass.dx[k],
                         projection, &f));
    for (int k = 0; k < f.plan.n_weights; k++)
        if (f.pass.dw[k])
            report(c, f.plan.weights[k].name,
                   gradcheck(f.w[k], mien_dims_count(f.plan.weights[k].dims),
                             f.pass.dw[k], projection, &f));
    fixture_close(&f);
}

static void layers__gradients_match_differences(void **state) {
    (void)state;
    for (int i = 0; i < N_LAYER_CASES; i++) check_case(&layer_cases[i]);
}

static void layers__every_one_in_the_table_has_a_case(void **state) {
    (void)state;
    int count;
    const mien_layer_ops *const *table = mien_layers(&count);
    assert_true(count > 0);
    for (int i = 0; i < count; i++) {
        int cases = 0;
        for (int k = 0; k < N_LAYER_CASES; k++)
            cases += !strcmp(layer_cases[k].layer, table[i]->name);
        if (!cases) fail_msg("%s has no case in layer_cases.h", table[i]->name);
    }
}

/* Gradients that nobody wants must not be written, nor be needed. */
static void layers__unwanted_gradients_may_be_null(void **state) {
    (void)state;
    for (int i = 0; i < N_LAYER_CASES; i++) {
        fixture f;
        assert_int_equal(fixture_open(&f, &layer_cases[i]), MIEN_OK);
        for (int k = 0; k < f.plan.n_in; k++) f.pass.dx[k] = NULL;
        for (int k = 0; k < f.plan.n_weights; k++) f.pass.dw[k] = NULL;
        f.ops->forward(&f.pass);
        f.ops->backward(&f.pass);
        fixture_close(&f);
    }
}

/* What is declared unread may be overwritten before backward. */
static void layers__backward_reads_only_what_it_declares(void **state) {
    (void)state;
    for (int i = 0; i < N_LAYER_CASES; i++) {
        fixture f;
        assert_int_equal(fixture_open(&f, &layer_cases[i]), MIEN_OK);
        f.ops->forward(&f.pass);
        for (int k = 0; k < f.plan.n_in && !f.ops->reads_x; k++)
            set_all(f.x[k], mien_shape_count(f.plan.in[k]), NAN);
        if (!f.ops->reads_y)
            set_all(f.pass.y, mien_shape_count(f.plan.out), NAN);
        f.ops->backward(&f.pass);
        for (int k = 0; k < f.plan.n_in; k++)
            for (size_t j = 0; j < mien_shape_count(f.plan.in[k]); j++)
                if (!isfinite(f.pass.dx[k][j]))
                    fail_msg("%s reads what it says it does not", f.ops->name);
        fixture_close(&f);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers__gradients_match_differences),
        cmocka_unit_test(layers__every_one_in_the_table_has_a_case),
        cmocka_unit_test(layers__unwanted_gradients_may_be_null),
        cmocka_unit_test(layers__backward_reads_only_what_it_declares),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
