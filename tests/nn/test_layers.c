/* SPDX-License-Identifier: Apache-2.0 */
/* test_layers.c - small examples by hand, NaN and Inf, inference, and float
 * against double. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "layer_fixture.h"
#include "twin_run.h"

/* The layer's answer to inputs and weights that are given in order. */
static void expect(const layer_case *c, const float *given, const float *want) {
    fixture f;
    if (fixture_open(&f, c) != MIEN_OK)
        fail_msg("%s: %s", c->layer, mien_error());
    for (int k = 0; k < f.plan.n_in; k++)
        for (size_t i = 0; i < mien_shape_count(f.plan.in[k]); i++)
            f.x[k][i] = *given++;
    for (int k = 0; k < f.plan.n_weights; k++)
        for (size_t i = 0; i < mien_dims_count(f.plan.weights[k].dims); i++)
            f.w[k][i] = *given++;
    f.ops->forward(&f.pass);
    for (size_t i = 0; i < mien_shape_count(f.plan.out); i++)
        if (!(fabs(f.pass.y[i] - want[i]) <= 1e-6))
            fail_msg("%s: y[%zu] is %g, not %g", c->layer, i,
                     (double)f.pass.y[i], (double)want[i]);
    fixture_close(&f);
}

#define EXPECT(of, given, want) \
    expect(&(layer_case)of, (const float[])given, (const float[])want)
#define LIST(...) \
    { __VA_ARGS__ }

static void layers__give_what_a_hand_computes(void **state) {
    (void)state;
    EXPECT(LIST("conv", "{out: 1, kernel: 2}", {{1, 1, 2, 3}}),
           LIST(1, 2, 3, 4, 5, 6, /* w */ 1, 10, 100, 1000, /* b */ .5f),
           LIST(5421.5f, 6532.5f));
    EXPECT(LIST("deconv", "{out: 1, kernel: 2, stride: 2}", {{1, 1, 1, 2}}),
           LIST(1, 2, /* w */ 1, 10, 100, 1000, /* b */ .5f),
           LIST(1.5f, 10.5f, 2.5f, 20.5f, 100.5f, 1000.5f, 200.5f, 2000.5f));
    EXPECT(LIST("dense", "{out: 2}", {{1, 2, 1, 1}}),
           LIST(3, 4, /* w */ 1, 2, 10, 20, /* b */ .5f, 0), LIST(11.5f, 110));
    EXPECT(LIST("maxpool", "{size: 2, pad: same}", {{1, 1, 1, 3}}),
           LIST(-3, -2, -1), LIST(-2, -1));
    EXPECT(LIST("avgpool", "{size: 2, pad: same}", {{1, 1, 1, 3}}),
           LIST(1, 2, 8), LIST(1.5f, 8));
    EXPECT(LIST("globalpool", NULL, {{1, 2, 1, 2}}), LIST(1, 2, 3, 5),
           LIST(1.5f, 4));
    EXPECT(LIST("globalpool", "max", {{1, 2, 1, 2}}), LIST(-1, -2, 3, 5),
           LIST(-1, 5));
    EXPECT(LIST("upsample", "2", {{1, 1, 1, 2}}), LIST(1, 2),
           LIST(1, 1, 2, 2, 1, 1, 2, 2));
    EXPECT(LIST("upsample", "{factor: [1, 2], mode: bilinear}", {{1, 1, 1, 2}}),
           LIST(0, 4), LIST(0, 1, 3, 4));
    EXPECT(LIST("add", NULL, {{1, 2, 1, 1}, {1, 2, 1, 1}}), LIST(1, 2, 10, 20),
           LIST(11, 22));
    EXPECT(LIST("concat", NULL, {{2, 1, 1, 1}, {2, 2, 1, 1}}),
           LIST(1, 2, 10, 20, 30, 40), LIST(1, 10, 20, 2, 30, 40));
    EXPECT(LIST("bn", "{eps: 1e-12}", {{2, 1, 1, 1}}),
           LIST(1, 3, /* gain, shift */ 2, 5, /* mean, var */ 9, 9),
           LIST(3, 7));
    EXPECT(LIST("bn", "{eps: 1e-12}", {{1, 1, 1, 1}}, .infer = true),
           LIST(5, /* gain, shift */ 2, 1, /* mean, var */ 3, 4), LIST(3));
    EXPECT(LIST("layernorm", "{eps: 1e-12}", {{1, 2, 1, 1}}),
           LIST(1, 3, /* gain */ 2, 2, /* shift */ 5, 6), LIST(3, 8));
    EXPECT(LIST("l2norm", NULL, {{1, 2, 1, 1}}), LIST(3, 4), LIST(.6f, .8f));
    EXPECT(LIST("relu", NULL, {{1, 3, 1, 1}}), LIST(-2, 0, 2), LIST(0, 0, 2));
    EXPECT(LIST("leaky_relu", NULL, {{1, 2, 1, 1}}), LIST(-2, 2),
           LIST(-.02f, 2));
    EXPECT(LIST("prelu", NULL, {{1, 2, 1, 1}}), LIST(-2, -2, /* a */ .5f, -1),
           LIST(-1, 2));
    EXPECT(LIST("scale", NULL, {{1, 2, 1, 1}}), LIST(-2, 3, /* a */ .5f, -1),
           LIST(-1, -3));
    EXPECT(LIST("softmax", NULL, {{1, 2, 1, 1}}), LIST(1000, 1000),
           LIST(.5f, .5f));
}

static void layers__of_imported_networks_give_what_a_hand_computes(void **s) {
    (void)s;
    EXPECT(LIST("affine", NULL, {{1, 2, 1, 1}}),
           LIST(3, 4, /* a */ 2, -1, /* b */ .5f, 1), LIST(6.5f, -3));
    EXPECT(LIST("clip", NULL, {{1, 3, 1, 1}}), LIST(-1, 2, 7), LIST(0, 2, 6));
    EXPECT(LIST("exp", NULL, {{1, 1, 1, 2}}), LIST(0, 1), LIST(1, 2.7182818f));
    EXPECT(LIST("mul", NULL, {{1, 2, 1, 2}, {1, 2, 1, 1}}),
           LIST(1, 2, 3, 4, 10, 100), LIST(10, 20, 300, 400));
    EXPECT(LIST("div", NULL, {{1, 2, 1, 1}, {1, 2, 1, 1}}), LIST(1, 6, 2, 3),
           LIST(.5f, 2));
    EXPECT(LIST("reshape", "{to: [1, 2, 2]}", {{1, 4, 1, 1}}), LIST(1, 2, 3, 4),
           LIST(1, 2, 3, 4));
    EXPECT(LIST("transpose", "{order: [1, 2, 0]}", {{1, 2, 1, 3}}),
           LIST(1, 2, 3, 4, 5, 6), LIST(1, 4, 2, 5, 3, 6));
    EXPECT(LIST("slice", "{first: 2, count: 2, step: -2}", {{1, 3, 1, 1}}),
           LIST(1, 2, 3), LIST(3, 1));
    EXPECT(LIST("slice", "{axis: column, count: 1}", {{1, 2, 1, 2}}),
           LIST(1, 2, 3, 4), LIST(1, 3));
    EXPECT(LIST("pad", "{sides: 0x1x0x0, value: 9}", {{1, 1, 2, 1}}),
           LIST(1, 2), LIST(9, 1, 9, 2));
    EXPECT(LIST("resize", "{size: [1, 3], mode: linear, place: corners}",
                {{1, 1, 1, 2}}),
           LIST(0, 4), LIST(0, 2, 4));
    EXPECT(LIST("resize", "{size: [1, 4], place: zero}", {{1, 1, 1, 2}}),
           LIST(1, 2), LIST(1, 1, 2, 2));
    EXPECT(LIST("resize", "{size: [1, 2], mode: linear}", {{1, 1, 1, 4}}),
           LIST(0, 2, 4, 6), LIST(1, 5));
}

/* Where x reaches y at all, a NaN in x must be seen in y. */
static void check_nan(const layer_case *c, const fixture *reached) {
    for (int k = 0; k < reached->plan.n_in; k++)
        for (size_t i = 0; i < mien_shape_count(reached->plan.in[k]); i++) {
            fixture f;
            assert_int_equal(fixture_open(&f, c), MIEN_OK);
            f.x[k][i] = NAN;
            f.ops->forward(&f.pass);
            size_t seen = 0;
            for (size_t j = 0; j < mien_shape_count(f.plan.out); j++)
                seen += isnan(f.pass.y[j]) != 0;
            if (!seen && reached->pass.dx[k][i] != 0)
                fail_msg("%s %s: a NaN at %zu is lost", c->layer,
                         c->options ? c->options : "", i);
            if (f.ops->elementwise && !isnan(f.pass.y[i]))
                fail_msg("%s: a NaN at %zu is lost", c->layer, i);
            fixture_close(&f);
        }
}

static void layers__let_nan_through(void **state) {
    (void)state;
    for (int i = 0; i < N_LAYER_CASES; i++) {
        fixture f;
        assert_int_equal(fixture_open(&f, &layer_cases[i]), MIEN_OK);
        f.ops->forward(&f.pass);
        f.ops->backward(&f.pass);
        check_nan(&layer_cases[i], &f);
        fixture_close(&f);
    }
}

/* A NaN that comes back is seen by every input. */
static void layers__let_nan_back_through(void **state) {
    (void)state;
    for (int i = 0; i < N_LAYER_CASES; i++) {
        fixture f;
        assert_int_equal(fixture_open(&f, &layer_cases[i]), MIEN_OK);
        f.ops->forward(&f.pass);
        for (size_t j = 0; j < mien_shape_count(f.plan.out); j++) f.dy[j] = NAN;
        f.ops->backward(&f.pass);
        for (int k = 0; k < f.plan.n_in; k++) {
            size_t seen = 0;
            for (size_t j = 0; j < mien_shape_count(f.plan.in[k]); j++)
                seen += isnan(f.pass.dx[k][j]) != 0;
            if (!seen) fail_msg("%s hides a NaN in dy", f.ops->name);
        }
        for (int k = 0; k < f.plan.n_weights; k++)
            assert_true(!f.pass.dw[k] || isnan(f.pass.dw[k][0]));
        fixture_close(&f);
    }
}

/* A NaN that is not the largest wins all the same. */
static void pools__let_nan_win(void **state) {
    (void)state;
    const char *const layers[] = {"maxpool", "globalpool"};
    const char *const options[] = {"2", "max"};
    for (int k = 0; k < 2; k++)
        for (int i = 0; i < 4; i++) {
            fixture f;
            const layer_case c = {layers[k], options[k], {{1, 1, 2, 2}}};
            assert_int_equal(fixture_open(&f, &c), MIEN_OK);
            for (int j = 0; j < 4; j++) f.x[0][j] = (float)j;
            f.x[0][i] = NAN;
            f.ops->forward(&f.pass);
            assert_true(isnan(f.pass.y[0]));
            f.ops->backward(&f.pass);
            assert_true(f.pass.dx[0][i] == f.dy[0]);
            fixture_close(&f);
        }
}

static float of_one(const char *layer, float x) {
    fixture f;
    const layer_case c = {layer, NULL, {{1, 1, 1, 1}}};
    assert_int_equal(fixture_open(&f, &c), MIEN_OK);
    f.x[0][0] = x;
    f.ops->forward(&f.pass);
    const float y = f.pass.y[0];
    fixture_close(&f);
    return y;
}

static void activations__have_their_limits_at_infinity(void **state) {
    (void)state;
    const struct {
        const char *layer;
        float below, above;
    } limits[] = {
        {"relu", 0, INFINITY}, {"leaky_relu", -INFINITY, INFINITY},
        {"sigmoid", 0, 1},     {"tanh", -1, 1},
        {"elu", -1, INFINITY}, {"gelu", 0, INFINITY},
        {"silu", 0, INFINITY},
    };
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        assert_true(of_one(limits[i].layer, -INFINITY) == limits[i].below);
        assert_true(of_one(limits[i].layer, INFINITY) == limits[i].above);
        assert_true(of_one(limits[i].layer, -1e30f) <= 0);
        assert_true(isfinite(of_one(limits[i].layer, -1e30f)));
    }
}

/* What adds up Inf shows it. */
static void sums__let_infinity_through(void **state) {
    (void)state;
    const layer_case cases[] = {
        {"conv", "{out: 2, kernel: 3, pad: 1}", {{1, 2, 3, 3}}},
        {"deconv", "{out: 2, kernel: 2}", {{1, 2, 2, 2}}},
        {"dense", "{out: 3}", {{2, 4, 1, 1}}},
        {"maxpool", "3", {{1, 1, 3, 3}}},
        {"avgpool", "3", {{1, 1, 3, 3}}},
        {"globalpool", NULL, {{1, 1, 3, 3}}},
        {"add", NULL, {{1, 2, 1, 1}, {1, 2, 1, 1}}},
        {"bn", NULL, {{2, 1, 2, 2}}},
        {"layernorm", NULL, {{1, 4, 1, 1}}},
        {"l2norm", NULL, {{1, 4, 1, 1}}},
        {"softmax", NULL, {{1, 4, 1, 1}}},
        {"upsample", "{mode: bilinear}", {{1, 1, 2, 2}}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fixture f;
        assert_int_equal(fixture_open(&f, &cases[i]), MIEN_OK);
        f.x[0][1] = INFINITY;
        f.ops->forward(&f.pass);
        size_t seen = 0;
        for (size_t j = 0; j < mien_shape_count(f.plan.out); j++)
            seen += !isfinite(f.pass.y[j]);
        if (!seen) fail_msg("%s hides an Inf", cases[i].layer);
        fixture_close(&f);
    }
}

static void twins__agree_in_float_and_double(void **state) {
    (void)state;
    enum { ROOM = 8192 };
    static double a[ROOM], b[ROOM];
    for (int i = 0; i < N_LAYER_CASES; i++) {
        const layer_case *c = &layer_cases[i];
        const size_t n = twin_run_f32(a, ROOM, c);
        assert_int_not_equal(n, 0);
        assert_int_equal(twin_run_f64(b, ROOM, c), n);
        double most = 0;
        for (size_t j = 0; j < n; j++)
            if (fabs(b[j]) > most) most = fabs(b[j]);
        for (size_t j = 0; j < n; j++)
            if (!(fabs(a[j] - b[j]) <= 1e-5 * most))
                fail_msg("%s %s: number %zu is %.9g in float, %.9g in double",
                         c->layer, c->options ? c->options : "", j, a[j], b[j]);
    }
}

static void dropout__keeps_the_expected_share_and_scales_it(void **state) {
    (void)state;
    fixture f;
    const layer_case c = {"dropout", "0.25", {{4, 100, 10, 10}}};
    assert_int_equal(fixture_open(&f, &c), MIEN_OK);
    f.ops->forward(&f.pass);
    int silent = 0;
    for (int i = 0; i < 40000; i++) {
        silent += f.pass.y[i] == 0;
        assert_true(f.pass.y[i] == 0 ||
                    fabs(f.pass.y[i] * .75f - f.x[0][i]) < 1e-6f);
    }
    assert_in_range(silent, 9700, 10300); /* 10000, sd 87 */
    fixture_close(&f);
}

static void dropout__is_the_identity_in_inference(void **state) {
    (void)state;
    fixture f;
    const layer_case c = {"dropout", NULL, {{2, 9, 1, 1}}, .infer = true};
    assert_int_equal(fixture_open(&f, &c), MIEN_OK);
    assert_int_equal(f.plan.n_kept, 0);
    f.pass.kept = NULL;
    f.ops->forward(&f.pass);
    assert_memory_equal(f.pass.y, f.x[0], 18 * sizeof(float));
    fixture_close(&f);
}

/* The mask of one sample, run alone, `sample` places into the batch. */
static void mask_of(float mask[64], mien_pass at) {
    fixture f;
    const layer_case c = {"dropout", NULL, {{1, 64, 1, 1}}};
    assert_int_equal(fixture_open(&f, &c), MIEN_OK);
    f.pass.seed = at.seed;
    f.pass.layer = at.layer;
    f.pass.step = at.step;
    f.pass.sample = at.sample;
    f.ops->forward(&f.pass);
    memcpy(mask, f.pass.kept, 64 * sizeof *mask);
    fixture_close(&f);
}

static void dropout__mask_does_not_depend_on_the_shards(void **state) {
    (void)state;
    fixture f;
    const layer_case c = {"dropout", NULL, {{3, 64, 1, 1}}};
    assert_int_equal(fixture_open(&f, &c), MIEN_OK);
    f.pass.sample = 7;
    f.ops->forward(&f.pass);
    for (uint32_t n = 0; n < 3; n++) {
        float alone[64];
        mask_of(alone, (mien_pass){.seed = f.pass.seed,
                                   .layer = f.pass.layer,
                                   .step = f.pass.step,
                                   .sample = 7 + n});
        assert_memory_equal(alone, f.pass.kept + 64 * n, sizeof alone);
    }
    fixture_close(&f);
}

static void dropout__mask_differs_by_seed_layer_step_and_sample(void **state) {
    (void)state;
    const mien_pass at[] = {
        {.seed = 1}, {.seed = 2}, {.layer = 1}, {.step = 1}, {.sample = 1}};
    float mask[5][64];
    for (int i = 0; i < 5; i++) mask_of(mask[i], at[i]);
    for (int i = 0; i < 5; i++)
        for (int j = 0; j < i; j++)
            assert_memory_not_equal(mask[i], mask[j], sizeof mask[i]);
}

static void bn__statistics_are_those_of_the_batch(void **state) {
    (void)state;
    fixture f;
    const layer_case c = {"bn", "{momentum: 0.3}", {{2, 1, 1, 2}}};
    assert_int_equal(fixture_open(&f, &c), MIEN_OK);
    const float x[] = {1, 2, 3, 6};
    memcpy(f.x[0], x, sizeof x);
    f.ops->forward(&f.pass);
    assert_int_equal(f.plan.n_stats, 2);
    assert_true(f.plan.stats_rate == .3f);
    assert_true(fabs(f.pass.stats[0] - 3) < 1e-6f);
    assert_true(fabs(f.pass.stats[1] - 14.f / 3) < 1e-5f); /* unbiased */
    assert_string_equal(f.plan.weights[2].name, "mean");
    assert_true(f.plan.weights[2].start == 0);
    assert_int_equal(f.plan.weights[3].role, MIEN_ROLE_RUNNING);
    assert_true(f.plan.weights[3].start == 1);
    fixture_close(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers__give_what_a_hand_computes),
        cmocka_unit_test(
            layers__of_imported_networks_give_what_a_hand_computes),
        cmocka_unit_test(layers__let_nan_through),
        cmocka_unit_test(layers__let_nan_back_through),
        cmocka_unit_test(pools__let_nan_win),
        cmocka_unit_test(activations__have_their_limits_at_infinity),
        cmocka_unit_test(sums__let_infinity_through),
        cmocka_unit_test(twins__agree_in_float_and_double),
        cmocka_unit_test(dropout__keeps_the_expected_share_and_scales_it),
        cmocka_unit_test(dropout__is_the_identity_in_inference),
        cmocka_unit_test(dropout__mask_does_not_depend_on_the_shards),
        cmocka_unit_test(dropout__mask_differs_by_seed_layer_step_and_sample),
        cmocka_unit_test(bn__statistics_are_those_of_the_batch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
