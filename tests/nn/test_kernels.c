/* SPDX-License-Identifier: Apache-2.0 */
/* test_kernels.c - batch norm and activations against their plain reference,
 * in every build that this machine can run, on random, NaN and Inf input. */
#include <math.h>
#include <string.h>

#include "kernel_check.h"

/* ---- batch norm ---- */

typedef struct bn_case {
    mien_kernel_bn a;
    float *x, *dy, *residual, *vectors; /* six vectors of c */
    float *stored;                      /* mean, istd, var of the reference */
} bn_case;

static bn_case bn_open(mien_shape shape, mien_kernel_unit unit, double mean,
                       bool poisoned) {
    const size_t count = mien_shape_count(shape), c = (size_t)shape.c;
    bn_case t = {.x = spread(count, mean, 1),
                 .dy = spread(count, 0, 1),
                 .residual = spread(count, 0, 1),
                 .vectors = spread(6 * c, 0.5, 1),
                 .stored = guarded(3 * c)};
    for (size_t i = 0; i < c; i++)
        t.vectors[4 * c + i] = fabsf(t.vectors[4 * c + i]) + 0.1f;
    if (poisoned) poison(t.x, count);
    if (poisoned) poison(t.dy, count);
    t.a =
        (mien_kernel_bn){.shape = shape,
                         .unit = unit,
                         .slope = t.vectors,
                         .epsilon = 1e-5f,
                         .x = t.x,
                         .gamma = t.vectors + c,
                         .beta = t.vectors + 2 * c,
                         .residual = unit == MIEN_UNIT_NONE ? t.residual : NULL,
                         .running_mean = t.vectors + 3 * c,
                         .running_var = t.vectors + 4 * c,
                         .dy = t.dy};
    return t;
}

static void bn_close(bn_case *t) {
    mien_free(t->x);
    mien_free(t->dy);
    mien_free(t->residual);
    mien_free(t->vectors);
    mien_free(t->stored);
}

static void bn_outputs(mien_kernel_bn *a, float *y, float *vectors) {
    const size_t c = (size_t)a->shape.c;
    a->y = y;
    a->mean = vectors;
    a->istd = vectors + c;
    a->var = vectors + 2 * c;
}

static void bn_check_forward(const mien_kernels *k, bn_case *t) {
    const size_t count = mien_shape_count(t->a.shape);
    const size_t c = (size_t)t->a.shape.c;
    float *y = guarded(count), *v = guarded(3 * c);
    float *want = guarded(count);
    bn_outputs(&t->a, want, t->stored);
    mien_kernels_reference.bn_forward(&t->a);
    bn_outputs(&t->a, y, v);
    k->bn_forward(&t->a);
    check_close("bn y", y, want, count, 1e-4);
    check_close("bn statistics", v, copy_of(t->stored, 3 * c), 3 * c, 1e-4);

    y = guarded(count);
    want = guarded(count);
    t->a.y = want;
    mien_kernels_reference.bn_infer(&t->a);
    t->a.y = y;
    k->bn_infer(&t->a);
    check_close("bn_infer y", y, want, count, 1e-4);
}

/* After bn_check_forward, whose statistics it uses. */
static void bn_check_backward(const mien_kernels *k, bn_case *t,
                              bool accumulate, bool in_place) {
    const size_t count = mien_shape_count(t->a.shape);
    const size_t c = (size_t)t->a.shape.c;
    float *dx = spread(count, 0, 1), *want = copy_of(dx, count);
    float *v = guarded(3 * c), *want_v = guarded(3 * c);
    bn_outputs(&t->a, NULL, t->stored);
    t->a.accumulate = accumulate;
    mien_kernel_bn r = t->a, f = t->a;
    r.dx = want;
    r.dgamma = want_v;
    r.dbeta = want_v + c;
    r.dslope = t->a.unit == MIEN_UNIT_PRELU ? want_v + 2 * c : NULL;
    mien_kernels_reference.bn_backward(&r);
    if (in_place) memcpy(dx, t->dy, count * sizeof *dx);
    f.dx = dx;
    f.dgamma = v;
    f.dbeta = v + c;
    f.dslope = r.dslope ? v + 2 * c : NULL;
    if (in_place) f.dy = dx;
    k->bn_backward(&f);
    check_close("bn dx", dx, want, count, 1e-4);
    check_close("bn dgamma, dbeta, dslope", v, want_v, 3 * c, 1e-4);
}

static const mien_shape bn_shapes[] = {{1, 16, 1, 3},   {2, 32, 5, 7},
                                       {3, 64, 7, 7},   {8, 16, 1, 1},
                                       {1, 48, 37, 41}, {5, 16, 13, 9}};

static void bn_agrees(double mean, bool poisoned) {
    EACH_BUILD(k)
    for (size_t i = 0; i < sizeof bn_shapes / sizeof *bn_shapes; i++)
        for (int unit = 0; unit <= MIEN_UNIT_PRELU; unit++) {
            bn_case t =
                bn_open(bn_shapes[i], (mien_kernel_unit)unit, mean, poisoned);
            bn_check_forward(k, &t);
            bn_check_backward(k, &t, false, false);
            bn_check_backward(k, &t, true, false);
            bn_check_backward(k, &t, false, true);
            bn_close(&t);
        }
}

static void bn__agrees_with_the_reference(void **state) {
    (void)state;
    bn_agrees(0.3, false);
}

static void bn__survives_a_mean_of_a_hundred_deviations(void **state) {
    (void)state;
    bn_agrees(100, false);
    bn_agrees(-100, false);
}

static void bn__passes_nan_and_inf_through(void **state) {
    (void)state;
    bn_agrees(0, true);
}

static void bn__agrees_where_it_streams(void **state) {
    (void)state;
    EACH_BUILD(k) {
        bn_case t =
            bn_open((mien_shape){8, 32, 65, 66}, MIEN_UNIT_PRELU, 100, false);
        bn_check_forward(k, &t);
        bn_check_backward(k, &t, false, false);
        bn_close(&t);
    }
}

static void bn__works_without_gamma_and_beta(void **state) {
    (void)state;
    EACH_BUILD(k) {
        bn_case t =
            bn_open((mien_shape){2, 32, 5, 7}, MIEN_UNIT_RELU, 0, false);
        t.a.gamma = t.a.beta = NULL;
        bn_check_forward(k, &t);
        bn_check_backward(k, &t, false, false);
        bn_close(&t);
    }
}

/* A first pixel far out must not spoil the shift of the sums. */
static void bn__survives_an_outlier_in_front(void **state) {
    (void)state;
    EACH_BUILD(k) {
        bn_case t =
            bn_open((mien_shape){4, 16, 31, 33}, MIEN_UNIT_NONE, 3, false);
        for (int i = 0; i < 16; i++) t.x[i] = 1000;
        bn_check_forward(k, &t);
        bn_close(&t);
    }
}

/* ---- activations ---- */

static void act_check(const mien_kernels *k, mien_kernel_act a, bool poisoned,
                      bool in_place) {
    const size_t count = mien_shape_count(a.shape), c = (size_t)a.shape.c;
    float *x = spread(count, 0, 1), *dy = spread(count, 0, 1);
    float *slope = spread(c, 0.2, 0.1);
    if (poisoned) poison(x, count);
    if (poisoned) poison(dy, count);
    float *y = in_place ? copy_of(x, count) : guarded(count);
    float *want = guarded(count);
    mien_kernel_act r = a;
    r.slope = slope;
    r.x = x;
    r.y = want;
    mien_kernels_reference.act_forward(&r);
    mien_kernel_act f = r;
    f.y = y;
    if (in_place) f.x = y;
    k->act_forward(&f);
    check_close("act y", y, want, count, 1e-6);

    float *dx = in_place ? copy_of(dy, count) : spread(count, 0, 1);
    float *v = guarded(c), *want_v = guarded(c);
    want = copy_of(dx, count);
    const bool sums = a.unit == MIEN_UNIT_PRELU;
    f = r = (mien_kernel_act){a.shape, a.unit,       slope,
                              x,       NULL,         dy,
                              want,    a.accumulate, sums ? want_v : NULL};
    mien_kernels_reference.act_backward(&r);
    f.dx = dx;
    f.dslope = sums ? v : NULL;
    if (in_place) f.dy = dx;
    k->act_backward(&f);
    check_close("act dx", dx, want, count, 1e-5);
    check_close("act dslope", v, want_v, c, 1e-4);
    mien_free(x);
    mien_free(dy);
    mien_free(slope);
}

static void act_agrees(bool poisoned) {
    static const mien_shape shapes[] = {
        {1, 16, 1, 1}, {3, 32, 5, 7}, {2, 48, 13, 9}};
    EACH_BUILD(k)
    for (int i = 0; i < 3; i++)
        for (int unit = 0; unit <= MIEN_UNIT_PRELU; unit++)
            for (int mode = 0; mode < 3; mode++)
                act_check(k,
                          (mien_kernel_act){.shape = shapes[i],
                                            .unit = (mien_kernel_unit)unit,
                                            .accumulate = mode == 1},
                          poisoned, mode == 2);
}

static void act__agrees_with_the_reference(void **state) {
    (void)state;
    act_agrees(false);
}

static void act__passes_nan_and_inf_through(void **state) {
    (void)state;
    act_agrees(true);
}

static void act__agrees_where_it_streams(void **state) {
    (void)state;
    EACH_BUILD(k)
    for (int unit = MIEN_UNIT_RELU; unit <= MIEN_UNIT_PRELU; unit += 2)
        act_check(k,
                  (mien_kernel_act){.shape = {4, 64, 66, 67},
                                    .unit = (mien_kernel_unit)unit},
                  false, false);
}

static void act__takes_any_number_of_elements(void **state) {
    (void)state;
    EACH_BUILD(k)
    for (int n = 1; n < 40; n++)
        for (int unit = 0; unit < MIEN_UNIT_PRELU; unit++)
            act_check(k,
                      (mien_kernel_act){.shape = {1, n, 1, 1},
                                        .unit = (mien_kernel_unit)unit,
                                        .accumulate = n % 2},
                      n > 3, n % 3 == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(bn__agrees_with_the_reference, restart_rng),
        cmocka_unit_test_setup(bn__survives_a_mean_of_a_hundred_deviations,
                               restart_rng),
        cmocka_unit_test_setup(bn__passes_nan_and_inf_through, restart_rng),
        cmocka_unit_test_setup(bn__agrees_where_it_streams, restart_rng),
        cmocka_unit_test_setup(bn__works_without_gamma_and_beta, restart_rng),
        cmocka_unit_test_setup(bn__survives_an_outlier_in_front, restart_rng),
        cmocka_unit_test_setup(act__agrees_with_the_reference, restart_rng),
        cmocka_unit_test_setup(act__passes_nan_and_inf_through, restart_rng),
        cmocka_unit_test_setup(act__agrees_where_it_streams, restart_rng),
        cmocka_unit_test_setup(act__takes_any_number_of_elements, restart_rng),
    };
    return cmocka_run_group_tests(tests, find_builds, NULL);
}
