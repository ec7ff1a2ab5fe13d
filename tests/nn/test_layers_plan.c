/* SPDX-License-Identifier: Apache-2.0 */
/* test_layers_plan.c - what layers say before they run: shapes, weights,
 * options, and why not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "layer_fixture.h"
#include "nn/layers/options.h"
#include "nn/reparam.h"

static void weights__say_their_shapes_and_fans(void **state) {
    (void)state;
    const struct {
        layer_case of;
        mien_dims dims;
        int fan_in, fan_out;
    } rows[] = {
        {{"conv", "{out: 6, kernel: [3, 5], groups: 2}", {{1, 4, 9, 9}}},
         {4, {6, 2, 3, 5}},
         30,
         45},
        {{"conv", "{out: 8, kernel: 3, depthwise: true}", {{1, 4, 9, 9}}},
         {4, {8, 1, 3, 3}},
         9,
         18},
        {{"deconv", "{out: 6, kernel: 4, groups: 2}", {{1, 4, 9, 9}}},
         {4, {4, 3, 4, 4}},
         32,
         48},
        {{"deconv", "{out: 6, kernel: 3, stride: 2}", {{1, 4, 9, 9}}},
         {4, {4, 6, 3, 3}},
         16,
         54},
        {{"dense", "{out: 6}", {{1, 2, 3, 4}}}, {2, {6, 24}}, 24, 6},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        fixture f;
        assert_int_equal(fixture_open(&f, &rows[i].of), MIEN_OK);
        const mien_weight_spec *spec = &f.plan.weights[0];
        assert_int_equal(spec->dims.count, rows[i].dims.count);
        for (int k = 0; k < spec->dims.count; k++)
            assert_int_equal(spec->dims.d[k], rows[i].dims.d[k]);
        assert_int_equal(spec->fan_in, rows[i].fan_in);
        assert_int_equal(spec->fan_out, rows[i].fan_out);
        assert_int_equal(spec->role, MIEN_ROLE_WEIGHT);
        fixture_close(&f);
    }
}

static void norms__are_named_as_the_table_of_reparams(void **state) {
    (void)state;
    char names[64] = "none";
    int count;
    const mien_reparam_ops *const *table = mien_reparams(&count);
    for (int i = 0; i < count; i++) {
        const size_t used = strlen(names);
        snprintf(names + used, sizeof names - used, "|%s", table[i]->name);
    }
    assert_string_equal(names, MIEN_NORM_CHOICES);
    fixture f;
    const layer_case c = {"dense", "{out: 2, norm: standard}", {{1, 3, 1, 1}}};
    assert_int_equal(fixture_open(&f, &c), MIEN_OK);
    assert_int_equal(f.plan.reparam, MIEN_NORM_STANDARD);
    fixture_close(&f);
}

static void windows__take_every_form_of_pad(void **state) {
    (void)state;
    const struct {
        const char *pad;
        int before[2], after[2], out[2];
    } rows[] = {
        {NULL, {0, 0}, {0, 0}, {2, 3}},      {"valid", {0, 0}, {0, 0}, {2, 3}},
        {"same", {0, 0}, {1, 1}, {3, 4}},    {"0", {0, 0}, {0, 0}, {2, 3}},
        {"2", {2, 2}, {2, 2}, {4, 5}},       {"1x2", {1, 2}, {1, 2}, {3, 5}},
        {"0x1x3x2", {0, 1}, {3, 2}, {4, 5}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        mien_window w;
        const mien_window_options o = {{3, 3}, {2, 2}, rows[i].pad};
        assert_int_equal(mien_window_of(&w, (mien_shape){1, 1, 6, 8}, &o),
                         MIEN_OK);
        assert_memory_equal(w.before, rows[i].before, sizeof w.before);
        assert_memory_equal(w.after, rows[i].after, sizeof w.after);
        assert_memory_equal(w.out, rows[i].out, sizeof w.out);
    }
}

static const struct {
    layer_case of;
    mien_status status;
    const char *says;
} refusals[] = {
    {{"conv", "{out: 1, kernel: 5}", {{1, 1, 3, 4}}},
     MIEN_ESHAPE,
     "conv 'it': kernel 5x5 does not fit its input 3x4 with pad: valid"},
    {{"conv", "{out: 3, kernel: 1, groups: 2}", {{1, 4, 3, 3}}},
     MIEN_ESHAPE,
     "conv 'it': 4 channels in and 3 out cannot"},
    {{"conv", "{out: 3, kernel: 1, depthwise: yes}", {{1, 4, 3, 3}}},
     MIEN_ESHAPE,
     "conv 'it': 4 channels in and 3 out cannot"},
    {{"conv", "{out: 4, kernel: 1, groups: 2, depthwise: yes}", {{1, 4, 3, 3}}},
     MIEN_EINVAL,
     "conv 'it': depthwise sets the groups"},
    {{"conv", "{out: 1, kernel: 1, pad: 1x}", {{1, 1, 3, 3}}},
     MIEN_EINVAL,
     "conv 'it': pad: '1x' is not"},
    {{"conv", "{out: 1, kernel: 1, pad: 1x2x3}", {{1, 1, 3, 3}}},
     MIEN_EINVAL,
     "conv 'it': pad: '1x2x3' is not"},
    {{"conv", "{out: 1, kernel: 1, pad: 1x2x3x4x5}", {{1, 1, 3, 3}}},
     MIEN_EINVAL,
     "is not"},
    {{"conv", "{out: 1, kernel: 1, pad: 99999999999}", {{1, 1, 3, 3}}},
     MIEN_EINVAL,
     "is not"},
    {{"conv", "{out: 1, kernel: 1, pad: full}", {{1, 1, 3, 3}}},
     MIEN_EINVAL,
     "pad: 'full' is not"},
    {{"conv", "{out: 1, kernel: 1, norm: standard}", {{1, 1, 3, 3}}},
     MIEN_EINVAL,
     "conv 'it': norm: standard needs more than one"},
    {{"conv", "{kernel: 3}", {{1, 1, 3, 3}}}, MIEN_EINVAL, "out"},
    {{"conv", "{out: 1, kernel: 0}", {{1, 1, 3, 3}}}, MIEN_EINVAL, "kernel"},
    {{"conv", "{out: 1, kernel: 64}", {{1, 1 << 30, 64, 64}}},
     MIEN_ELIMIT,
     "conv 'it':"},
    {{"deconv", "{out: 1, kernel: 2, output_pad: 1}", {{1, 1, 3, 3}}},
     MIEN_EINVAL,
     "deconv 'it': output_pad 1 must be less than stride 1"},
    {{"deconv", "{out: 1, kernel: 2, pad: 3}", {{1, 1, 3, 3}}},
     MIEN_ESHAPE,
     "deconv 'it': pad 3x3"},
    {{"deconv", "{out: 2, kernel: 2, groups: 2}", {{1, 3, 3, 3}}},
     MIEN_ESHAPE,
     "deconv 'it': 3 channels in and 2 out"},
    {{"dense", "{out: 1}", {{1, 1 << 20, 64, 64}}},
     MIEN_ELIMIT,
     "dense 'it': its input 1048576x64x64"},
    {{"maxpool", "{size: 2, pad: 2}", {{1, 1, 3, 3}}},
     MIEN_EINVAL,
     "maxpool 'it': pad: 2 must be less than the size 2x2"},
    {{"avgpool", "4", {{1, 1, 3, 3}}},
     MIEN_ESHAPE,
     "avgpool 'it': kernel 4x4 does not fit its input 3x3"},
    {{"add", NULL, {{1, 2, 3, 4}, {1, 2, 3, 5}}},
     MIEN_ESHAPE,
     "add 'it': input 1 is 2x3x4, input 2 is 2x3x5"},
    {{"concat", NULL, {{1, 2, 3, 4}, {1, 7, 3, 4}, {1, 2, 2, 4}}},
     MIEN_ESHAPE,
     "concat 'it': input 1 is 2x3x4, input 3 is 2x2x4"},
    {{"bn", NULL, {{1, 8, 1, 1}}},
     MIEN_ESHAPE,
     "bn 'it': bn needs more than one value per channel"},
    {{"layernorm", NULL, {{4, 1, 1, 1}}}, MIEN_ESHAPE, "layernorm 'it'"},
    {{"l2norm", NULL, {{4, 8, 2, 1}}},
     MIEN_ESHAPE,
     "l2norm 'it': its input 8x2x1 is not 1x1"},
    {{"dropout", "1", {{1, 1, 1, 1}}}, MIEN_EINVAL, "p = 1 is outside"},
};

static void plans__refuse_with_a_sentence(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        fixture f;
        const mien_status status = fixture_open(&f, &refusals[i].of);
        if (status != refusals[i].status ||
            !strstr(mien_error(), refusals[i].says))
            fail_msg("%s %s: status %d, '%s'", refusals[i].of.layer,
                     refusals[i].of.options ? refusals[i].of.options : "",
                     status, mien_error());
        fixture_close(&f);
    }
}

/* As a recipe is stored with its run: all options, read back the same. */
static void options__read_back_as_they_were_written(void **state) {
    (void)state;
    for (int i = 0; i < N_LAYER_CASES; i++) {
        fixture f, again;
        mien_buf a = {.cap = 1 << 12}, b = {.cap = 1 << 12};
        layer_case c = layer_cases[i];
        assert_int_equal(fixture_open(&f, &c), MIEN_OK);
        if (f.ops->params) {
            const mien_param *table = f.ops->params;
            assert_int_equal(mien_params_emit(&a, table, f.pass.config),
                             MIEN_OK);
            c.options = (const char *)a.data;
            if (fixture_open(&again, &c) != MIEN_OK)
                fail_msg("%s %s: %s", c.layer, c.options, mien_error());
            assert_int_equal(mien_params_emit(&b, table, again.pass.config),
                             MIEN_OK);
            assert_string_equal(a.data, b.data);
            fixture_close(&again);
        }
        mien_buf_close(&a);
        mien_buf_close(&b);
        fixture_close(&f);
    }
}

static void tables__have_no_gaps(void **state) {
    (void)state;
    int count;
    const mien_layer_ops *const *table = mien_layers(&count);
    for (int i = 0; i < count; i++) {
        const mien_layer_ops *ops = table[i];
        assert_non_null(ops->name);
        assert_non_null(ops->summary);
        assert_true(ops->min_inputs <= ops->max_inputs);
        assert_true((ops->params == NULL) == (ops->config_size == 0));
        assert_non_null(ops->plan);
        assert_non_null(ops->forward);
        assert_non_null(ops->backward);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights__say_their_shapes_and_fans),
        cmocka_unit_test(norms__are_named_as_the_table_of_reparams),
        cmocka_unit_test(windows__take_every_form_of_pad),
        cmocka_unit_test(plans__refuse_with_a_sentence),
        cmocka_unit_test(options__read_back_as_they_were_written),
        cmocka_unit_test(tables__have_no_gaps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
