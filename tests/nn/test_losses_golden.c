/* SPDX-License-Identifier: Apache-2.0 */
/* test_losses_golden.c - every loss against PyTorch 1.13; the numbers come
 * from tests/golden/losses.py. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "loss_run.h"
#include "nn/loss.h"

typedef struct golden {
    loss_case in;
    double loss;
    const double *dx, *dw;
} golden;

#include "../golden/losses.h"

enum { N_GOLDENS = sizeof goldens / sizeof *goldens };

/* The largest difference, relative to the largest value. */
static double apart(const double *a, const double *b, int n) {
    double diff = 0, size = 0;
    for (int i = 0; i < n; i++) {
        const double d = fabs(a[i] - b[i]);
        if (!(d <= diff) && diff == diff) diff = d; /* NaN stays */
        size = fmax(size, fabs(b[i]));
    }
    return diff / size;
}

static void check(const golden *g, const loss_result *out, double limit) {
    const double loss = fabs(out->loss - g->loss) / fabs(g->loss);
    const double dx = apart(out->dx, g->dx, g->in.n * g->in.d);
    const double dw = g->dw ? apart(out->dw, g->dw, out->n_w) : 0;
    if (loss >= limit || dx >= limit || dw >= limit)
        print_message("%s %s: loss %g dx %g dw %g\n", g->in.loss, g->in.options,
                      loss, dx, dw);
    assert_true(loss < limit);
    assert_true(dx < limit);
    assert_true(dw < limit);
}

static void losses__double_equals_pytorch(void **state) {
    (void)state;
    static loss_result out;
    for (int i = 0; i < N_GOLDENS; i++) {
        assert_int_equal(loss_run_f64(&out, &goldens[i].in), MIEN_OK);
        check(&goldens[i], &out, 1e-7);
    }
}

static void losses__float_equals_pytorch(void **state) {
    (void)state;
    static loss_result out;
    for (int i = 0; i < N_GOLDENS; i++) {
        assert_int_equal(loss_run_f32(&out, &goldens[i].in), MIEN_OK);
        check(&goldens[i], &out, 1e-5);
    }
}

static void losses__each_in_the_table_has_a_golden(void **state) {
    (void)state;
    int count;
    const mien_loss_ops *const *table = mien_losses(&count);
    for (int i = 0; i < count; i++) {
        int found = !strcmp(table[i]->name, "detect") || /* PyTorch has none */
                    table[i]->open;
        for (int k = 0; k < N_GOLDENS; k++)
            found += strcmp(goldens[k].in.loss, table[i]->name) == 0;
        if (!found) fail_msg("no golden for %s", table[i]->name);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(losses__double_equals_pytorch),
        cmocka_unit_test(losses__float_equals_pytorch),
        cmocka_unit_test(losses__each_in_the_table_has_a_golden),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
