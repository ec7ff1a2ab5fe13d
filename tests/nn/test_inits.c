/* SPDX-License-Identifier: Apache-2.0 */
/* test_inits.c - initialisers: moments, bounds, orthogonality, determinism. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "nn/init.h"

enum { UNITS = 60, SIZE = 500, COUNT = UNITS * SIZE };

static const mien_weight_spec spec = {.name = "weight",
                                      .dims = {2, {UNITS, SIZE}},
                                      .role = MIEN_ROLE_WEIGHT,
                                      .fan_in = SIZE,
                                      .fan_out = UNITS};
static float w[COUNT];

static const mien_init_ops *init(const char *name) {
    int count;
    const mien_init_ops *const *table = mien_inits(&count);
    for (int i = 0; i < count; i++)
        if (!strcmp(table[i]->name, name)) return table[i];
    fail_msg("no initialiser %s", name);
    return NULL;
}

/* Fill `to`, with the options given as YAML or the defaults. */
static mien_status fill(float *to, const char *name, const char *options,
                        const mien_weight_spec *of) {
    const mien_init_ops *ops = init(name);
    mien_arena arena = {0};
    mien_tree *tree = NULL;
    double config[8] = {0};
    assert_true(ops->config_size <= sizeof config);
    if (options)
        assert_int_equal(
            mien_tree_parse(&tree, &arena, options, strlen(options), "test"),
            MIEN_OK);
    if (ops->params)
        assert_int_equal(
            mien_params_read(config, ops->params, tree, NULL, &arena, name),
            MIEN_OK);
    mien_rng rng = mien_rng_at(11, MIEN_RNG_INIT, 4, 0);
    const mien_status status = ops->fill(to, of, config, &rng);
    mien_arena_close(&arena);
    return status;
}

typedef struct moments {
    double mean, var, most, excess; /* most: largest |w| */
} moments;

static moments moments_of(const float *x, int n) {
    moments m = {0};
    double fourth = 0;
    for (int i = 0; i < n; i++) {
        m.mean += x[i];
        m.most = fmax(m.most, fabs((double)x[i]));
    }
    m.mean /= n;
    for (int i = 0; i < n; i++) {
        const double square = (x[i] - m.mean) * (x[i] - m.mean);
        m.var += square;
        fourth += square * square;
    }
    m.var /= n;
    m.excess = fourth / n / (m.var * m.var) - 3;
    return m;
}

/* 30000 draws: the variance is known to about 1 %, 4 % is five of these. */
static void check(const char *name, const char *options, double mean,
                  double var, bool uniform) {
    assert_int_equal(fill(w, name, options, &spec), MIEN_OK);
    const moments m = moments_of(w, COUNT);
    assert_true(fabs(m.mean - mean) < 5 * sqrt(var / COUNT));
    assert_true(fabs(m.var / var - 1) < 0.04);
    assert_true(fabs(m.excess - (uniform ? -1.2 : 0)) < 0.15);
    if (uniform) assert_true(m.most - fabs(mean) <= sqrt(3 * var) * (1 + 1e-6));
}

static void inits__have_the_variance_they_promise(void **state) {
    (void)state;
    const double in = SIZE, both = SIZE + UNITS;
    check("normal", NULL, 0, 1e-4, false);
    check("normal", "{mean: 2, std: 0.5}", 2, 0.25, false);
    check("uniform", NULL, 0, 0.01 / 12, true);
    check("uniform", "{low: 1, high: 3}", 2, 4.0 / 12, true);
    check("glorot_uniform", NULL, 0, 2 / both, true);
    check("glorot_normal", NULL, 0, 2 / both, false);
    check("he_uniform", NULL, 0, 2 / in, true);
    check("he_normal", NULL, 0, 2 / in, false);
    check("lecun_uniform", NULL, 0, 1 / in, true);
    check("lecun_normal", NULL, 0, 1 / in, false);
    check("he_normal", "{gain: 1000}", 0, 2e6 / in, false);
    check("glorot_uniform", "{gain: 0.5}", 0, 0.5 / both, true);
}

static void constants__fill_every_weight(void **state) {
    (void)state;
    assert_int_equal(fill(w, "constant", "0.25", &spec), MIEN_OK);
    for (int i = 0; i < COUNT; i++) assert_true(w[i] == 0.25f);
    assert_int_equal(fill(w, "zeros", NULL, &spec), MIEN_OK);
    for (int i = 0; i < COUNT; i++) assert_true(w[i] == 0);
}

static void uniform__refuses_a_reversed_interval(void **state) {
    (void)state;
    assert_int_equal(fill(w, "uniform", "{low: 1, high: 0}", &spec),
                     MIEN_EINVAL);
    assert_non_null(strstr(mien_error(), "low 1 is greater than high 0"));
}

/* The worst entry of w w' - gain^2 I, or of w' w - gain^2 I if tall. */
static double orthogonality(const mien_weight_spec *of, double gain) {
    const int units = of->dims.d[0];
    const int size = (int)(mien_dims_count(of->dims) / (size_t)units);
    const bool wide = size >= units;
    const int rows = wide ? units : size, n = wide ? size : units;
    double worst = 0;
    for (int a = 0; a < rows; a++)
        for (int b = 0; b <= a; b++) {
            double dot = a == b ? -gain * gain : 0;
            for (int i = 0; i < n; i++)
                dot += wide ? (double)w[a * n + i] * w[b * n + i]
                            : (double)w[i * size + a] * w[i * size + b];
            worst = fmax(worst, fabs(dot));
        }
    return worst;
}

static void orthogonal__is_orthonormal(void **state) {
    (void)state;
    const mien_dims shapes[] = {
        {2, {UNITS, SIZE}}, {2, {SIZE, UNITS}}, {2, {100, 100}},
        {4, {16, 3, 3, 3}}, {4, {64, 2, 3, 3}}, {2, {1, 9}},
        {2, {9, 1}},        {4, {8, 1, 1, 1}},
    };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        mien_weight_spec of = spec;
        of.dims = shapes[i];
        assert_int_equal(fill(w, "orthogonal", NULL, &of), MIEN_OK);
        assert_true(orthogonality(&of, 1) < 1e-5);
        assert_int_equal(fill(w, "lsuv", "{gain: 2}", &of), MIEN_OK);
        assert_true(orthogonality(&of, 2) < 1e-5);
    }
}

/* Its entries look like independent normal ones of variance 1 / size. */
static void orthogonal__has_no_preferred_direction(void **state) {
    (void)state;
    assert_int_equal(fill(w, "orthogonal", NULL, &spec), MIEN_OK);
    const moments m = moments_of(w, COUNT);
    assert_true(fabs(m.mean) < 5 * sqrt(1.0 / SIZE / COUNT));
    assert_true(fabs(m.var * SIZE - 1) < 0.01);
    double diagonal = 0;
    for (int u = 0; u < UNITS; u++) diagonal += w[u * SIZE + u];
    assert_true(fabs(diagonal / UNITS) < 5 * sqrt(1.0 / SIZE / UNITS));
}

static void orthogonal__reports_a_failed_allocation(void **state) {
    (void)state;
    mien_mem_fail_after(0);
    const mien_init_ops *ops = init("orthogonal");
    const float gain = 1;
    mien_rng rng = mien_rng_at(1, MIEN_RNG_INIT, 0, 0);
    assert_int_equal(ops->fill(w, &spec, &gain, &rng), MIEN_ENOMEM);
    mien_mem_fail_after(-1);
}

static void inits__repeat_bit_for_bit(void **state) {
    (void)state;
    static float again[COUNT];
    int count;
    const mien_init_ops *const *table = mien_inits(&count);
    assert_int_equal(count, 12);
    for (int i = 0; i < count; i++) {
        const char *options = strcmp(table[i]->name, "constant") ? NULL : "0.5";
        assert_int_equal(fill(w, table[i]->name, options, &spec), MIEN_OK);
        assert_int_equal(fill(again, table[i]->name, options, &spec), MIEN_OK);
        assert_memory_equal(w, again, sizeof w);
        assert_int_equal(table[i]->data_dependent,
                         !strcmp(table[i]->name, "lsuv"));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inits__have_the_variance_they_promise),
        cmocka_unit_test(constants__fill_every_weight),
        cmocka_unit_test(uniform__refuses_a_reversed_interval),
        cmocka_unit_test(orthogonal__is_orthonormal),
        cmocka_unit_test(orthogonal__has_no_preferred_direction),
        cmocka_unit_test(orthogonal__reports_a_failed_allocation),
        cmocka_unit_test(inits__repeat_bit_for_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
