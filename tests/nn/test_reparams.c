/* SPDX-License-Identifier: Apache-2.0 */
/* test_reparams.c - weight norms: their properties, and their backward
 * against central differences, in double. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "gradcheck.h"
#include "nn/reparam.h"

enum { UNITS = 3, SIZE = 7, COUNT = UNITS * SIZE };

typedef struct fixture {
    const mien_reparam_ops *ops;
    mien_reparam_pass pass;
    double v[COUNT], g[UNITS], w[COUNT], dw[COUNT], dv[COUNT], dg[UNITS];
} fixture;

static void fixture_fill(fixture *f, const mien_reparam_ops *ops) {
    mien_rng rng = mien_rng_at(3, MIEN_RNG_TEST, 0, 0);
    *f = (fixture){.ops = ops};
    for (int i = 0; i < COUNT; i++) f->v[i] = mien_rng_normal(&rng);
    for (int i = 0; i < COUNT; i++) f->dw[i] = mien_rng_normal(&rng);
    for (int u = 0; u < UNITS; u++) f->g[u] = 0.5 + u;
    f->pass = (mien_reparam_pass){.units = UNITS,
                                  .size = SIZE,
                                  .v = f->v,
                                  .g = ops->has_gain ? f->g : NULL,
                                  .w = f->w,
                                  .dw = f->dw,
                                  .dv = f->dv,
                                  .dg = ops->has_gain ? f->dg : NULL};
}

static const mien_reparam_ops *reparam(const char *name) {
    int count;
    const mien_reparam_ops *const *table = mien_reparams(&count);
    for (int i = 0; i < count; i++)
        if (!strcmp(table[i]->name, name)) return table[i];
    fail_msg("no reparam %s", name);
    return NULL;
}

static double length(const double *x) {
    double sum = 0;
    for (int i = 0; i < SIZE; i++) sum += x[i] * x[i];
    return sqrt(sum);
}

static double projection(void *context) {
    fixture *f = context;
    double sum = 0;
    f->ops->forward(&f->pass);
    for (int i = 0; i < COUNT; i++) sum += f->dw[i] * f->w[i];
    return sum;
}

static void reparams__gradients_match_differences(void **state) {
    (void)state;
    int count;
    const mien_reparam_ops *const *table = mien_reparams(&count);
    assert_int_equal(count, 2);
    for (int i = 0; i < count; i++) {
        fixture f;
        fixture_fill(&f, table[i]);
        f.ops->forward(&f.pass);
        f.ops->backward(&f.pass);
        assert_true(gradcheck(f.v, COUNT, f.dv, projection, &f) < 1e-6);
        if (f.ops->has_gain)
            assert_true(gradcheck(f.g, UNITS, f.dg, projection, &f) < 1e-6);
    }
}

/* The gradient of the directions may replace that of the weight. */
static void reparams__backward_works_in_place(void **state) {
    (void)state;
    int count;
    const mien_reparam_ops *const *table = mien_reparams(&count);
    for (int i = 0; i < count; i++) {
        fixture f;
        fixture_fill(&f, table[i]);
        f.ops->backward(&f.pass);
        double apart[COUNT];
        memcpy(apart, f.dv, sizeof apart);
        f.pass.dv = f.dw;
        f.ops->backward(&f.pass);
        assert_memory_equal(f.dw, apart, sizeof apart);
    }
}

static void reparams__let_nan_through(void **state) {
    (void)state;
    int count;
    const mien_reparam_ops *const *table = mien_reparams(&count);
    for (int i = 0; i < count; i++) {
        fixture f;
        fixture_fill(&f, table[i]);
        f.v[SIZE + 2] = NAN;
        f.ops->forward(&f.pass);
        for (int k = 0; k < COUNT; k++)
            assert_int_equal(isnan(f.w[k]) != 0, k / SIZE == 1);
    }
}

static void weight__length_is_the_gain(void **state) {
    (void)state;
    fixture f;
    fixture_fill(&f, reparam("weight"));
    f.ops->forward(&f.pass);
    for (int u = 0; u < UNITS; u++) {
        assert_true(fabs(length(f.w + u * SIZE) - f.g[u]) < 1e-12);
        f.g[u] = length(f.v + u * SIZE);
    }
    f.ops->forward(&f.pass); /* g = |v|: the weight is v itself */
    for (int i = 0; i < COUNT; i++) assert_true(fabs(f.w[i] - f.v[i]) < 1e-12);
}

static void weight__zeros_stay_finite(void **state) {
    (void)state;
    fixture f;
    fixture_fill(&f, reparam("weight"));
    memset(f.v, 0, sizeof f.v);
    memset(f.g, 0, sizeof f.g);
    f.ops->forward(&f.pass);
    f.ops->backward(&f.pass);
    for (int i = 0; i < COUNT; i++) assert_true(f.w[i] == 0 && f.dv[i] == 0);
}

static void standard__units_have_mean_0_and_length_1(void **state) {
    (void)state;
    fixture f;
    fixture_fill(&f, reparam("standard"));
    for (int i = 0; i < COUNT; i++) f.v[i] = 100 * f.v[i] + 50;
    f.ops->forward(&f.pass);
    for (int u = 0; u < UNITS; u++) {
        double sum = 0;
        for (int i = 0; i < SIZE; i++) sum += f.w[u * SIZE + i];
        assert_true(fabs(sum) < 1e-12);
        assert_true(fabs(length(f.w + u * SIZE) - 1) < 1e-8);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reparams__gradients_match_differences),
        cmocka_unit_test(reparams__backward_works_in_place),
        cmocka_unit_test(reparams__let_nan_through),
        cmocka_unit_test(weight__length_is_the_gain),
        cmocka_unit_test(weight__zeros_stay_finite),
        cmocka_unit_test(standard__units_have_mean_0_and_length_1),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
