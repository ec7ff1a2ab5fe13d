/* SPDX-License-Identifier: Apache-2.0 */
/* test_param.c - option tables: read, refused, written and explained. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/param.h"

typedef struct config {
    int out;
    float eps;
    double seed;
    int kernel[2];
    int size[3];
    float scale[2];
    mien_floats betas;
    bool bias;
    int pad;
    const char *name;
    const mien_tree *inner;
} config;

static const mien_param table[] = {
    {"out", "filters", offsetof(config, out), 1, 4096, 8, .kind = MIEN_INT},
    {"eps", "least divisor", offsetof(config, eps), 1e-12, 1e-2, 1e-6},
    {"seed", "start", offsetof(config, seed), -1e15, 1e15, 0.1,
     .kind = MIEN_DOUBLE},
    {"kernel", "height and width", offsetof(config, kernel), 1, 64, 3,
     .kind = MIEN_INT2},
    {"size", "height, width, channels", offsetof(config, size), 0, 8192, 1,
     .kind = MIEN_INT3},
    {"scale", "least and most", offsetof(config, scale), 0, 10, 1,
     .kind = MIEN_FLOAT2},
    {"betas", "decays", offsetof(config, betas), 0, 1, .kind = MIEN_FLOATS},
    {"bias", "add one", offsetof(config, bias), .base = 1, .kind = MIEN_BOOL},
    {"pad", "border", offsetof(config, pad), .kind = MIEN_CHOICE,
     .choices = "valid|same|same-lower", .base = 1},
    {"name", "label", offsetof(config, name), .kind = MIEN_STRING,
     .text = "conv"},
    {"inner", "options", offsetof(config, inner), .kind = MIEN_TREE},
    {0},
};

static const mien_var vars[] = {{"classes", 10}, {"huge", 5000}, {0}};

static mien_arena arena;

static int open_arena(void **state) {
    (void)state;
    arena = (mien_arena){0};
    return 0;
}

static int close_arena(void **state) {
    (void)state;
    mien_arena_close(&arena);
    return 0;
}

static mien_status read_text(void *out, const mien_param *rows,
                             const char *text) {
    mien_tree *tree;
    if (mien_tree_parse(&tree, &arena, text, strlen(text), "r.yaml") != MIEN_OK)
        fail_msg("%s", mien_error());
    return mien_params_read(out, rows, tree, vars, &arena, "conv");
}

static config read_good(const char *text) {
    config c;
    memset(&c, 0xee, sizeof(c));
    if (read_text(&c, table, text) != MIEN_OK)
        fail_msg("%s: %s", text, mien_error());
    return c;
}

static void assert_refused(const char *text, const char *message) {
    config c;
    assert_int_equal(read_text(&c, table, text), MIEN_EINVAL);
    if (!strstr(mien_error(), message))
        fail_msg("'%s' says '%s', not '%s'", text, mien_error(), message);
}

static void read__defaults_fill_every_field(void **state) {
    (void)state;
    config c;
    memset(&c, 0xee, sizeof(c));
    assert_int_equal(mien_params_read(&c, table, NULL, NULL, &arena, "conv"),
                     MIEN_OK);
    assert_int_equal(c.out, 8);
    assert_true(c.eps == 1e-6f);
    assert_true(c.seed == 0.1);
    assert_true(c.kernel[0] == 3 && c.kernel[1] == 3);
    assert_true(c.size[0] == 1 && c.size[1] == 1 && c.size[2] == 1);
    assert_true(c.scale[0] == 1 && c.scale[1] == 1);
    assert_true(c.betas.items == NULL && c.betas.count == 0);
    assert_true(c.bias);
    assert_int_equal(c.pad, 1);
    assert_string_equal(c.name, "conv");
    assert_null(c.inner);
    const config empty = read_good("");
    assert_int_equal(empty.out, 8);
}

static void read__takes_every_kind(void **state) {
    (void)state;
    const config c = read_good(
        "{out: 32, eps: 1e-3, seed: -2.5, kernel: [3, 5], size: [64, 48, 3],\n"
        " scale: [0.5, 2], betas: [0.9, 0.99, 1], bias: off,\n"
        " pad: same-lower, name: stem, inner: {x: 1}}");
    assert_int_equal(c.out, 32);
    assert_true(c.eps == 1e-3f);
    assert_true(c.seed == -2.5);
    assert_true(c.kernel[0] == 3 && c.kernel[1] == 5);
    assert_true(c.size[0] == 64 && c.size[1] == 48 && c.size[2] == 3);
    assert_true(c.scale[0] == 0.5f && c.scale[1] == 2);
    assert_int_equal(c.betas.count, 3);
    assert_true(c.betas.items[1] == 0.99f);
    assert_false(c.bias);
    assert_int_equal(c.pad, 2);
    assert_string_equal(c.name, "stem");
    assert_string_equal(mien_tree_get(c.inner, "x")->text, "1");
}

static void read__one_number_serves_both_of_a_pair(void **state) {
    (void)state;
    const config c = read_good("{kernel: 7, scale: 0.25, name: ~, betas: []}");
    assert_true(c.kernel[0] == 7 && c.kernel[1] == 7);
    assert_true(c.scale[0] == 0.25f && c.scale[1] == 0.25f);
    assert_null(c.name);
    assert_int_equal(c.betas.count, 0);
}

static void read__bools_have_six_words(void **state) {
    (void)state;
    static const char *const yes[] = {"true", "on", "yes"};
    static const char *const no[] = {"false", "off", "no"};
    char text[32];
    for (int i = 0; i < 3; i++) {
        snprintf(text, sizeof(text), "{bias: %s}", yes[i]);
        assert_true(read_good(text).bias);
        snprintf(text, sizeof(text), "{bias: %s}", no[i]);
        assert_false(read_good(text).bias);
    }
    assert_refused("{bias: 1}", "bias is '1'; want true or false");
}

static void read__a_scalar_sets_the_first_option(void **state) {
    (void)state;
    assert_int_equal(read_good("16").out, 16);
    assert_int_equal(read_good("classes").out, 10);
    assert_refused("[1, 2]", "got a list");
    static const mien_param pair[] = {
        {"kernel", "", offsetof(config, kernel), 1, 64, 3, .kind = MIEN_INT2,
         .required = true},
        {0}};
    config c;
    assert_int_equal(read_text(&c, pair, "[2, 4]"), MIEN_OK);
    assert_true(c.kernel[0] == 2 && c.kernel[1] == 4);
    assert_int_equal(read_text(&c, pair, "5"), MIEN_OK);
    assert_true(c.kernel[0] == 5 && c.kernel[1] == 5);
    static const mien_param none[] = {{0}};
    assert_int_equal(read_text(&c, none, ""), MIEN_OK);
    assert_int_equal(read_text(&c, none, "{}"), MIEN_OK);
    assert_int_equal(read_text(&c, none, "5"), MIEN_EINVAL);
    assert_non_null(strstr(mien_error(), "takes no options"));
    assert_int_equal(read_text(&c, none, "{x: 1}"), MIEN_EINVAL);
    assert_non_null(strstr(mien_error(), "known: none"));
}

static void read__variables_stand_for_numbers(void **state) {
    (void)state;
    assert_int_equal(read_good("{out: classes}").out, 10);
    assert_int_equal(read_good("{size: [classes, 1, 1]}").size[0], 10);
    assert_refused("{out: clases}", "did you mean 'classes'?");
    assert_refused("{out: other}", "one of: classes, huge");
    assert_refused("{out: huge}", "out = 5000 is outside 1..4096");
    config c;
    mien_tree *tree;
    assert_int_equal(mien_tree_parse(&tree, &arena, "{out: n}", 8, "r.yaml"),
                     MIEN_OK);
    assert_int_equal(mien_params_read(&c, table, tree, NULL, &arena, "conv"),
                     MIEN_EINVAL);
    assert_string_equal(mien_error(),
                        "r.yaml:1: conv: out is 'n'; want a whole number");
}

static void read__refuses_with_line_and_range(void **state) {
    (void)state;
    assert_refused("out: 1\neps: 0.5\n",
                   "r.yaml:2: conv: eps = 0.5 is outside 1e-12..0.01");
    assert_refused("{out: 0}", "out = 0 is outside 1..4096");
    assert_refused("{out: 4097}", "outside");
    assert_refused("{out: 99999999999999999999}", "outside");
    assert_refused("{out: 3.5}", "out is '3.5'; want a whole number");
    assert_refused("{out: 3x}", "want a whole number");
    assert_refused("{out: ''}", "want a whole number");
    assert_refused("{out: ' 3'}", "want a whole number");
    assert_refused("{out: +}", "want a whole number");
    assert_refused("{out: }", "out is empty; want a whole number");
    assert_refused("{out: [1]}", "out is a list; want a whole number");
    assert_refused("{out: {a: 1}}", "out is a map");
    assert_refused("{kernel: [1, 2, 3]}", "a list of 2");
    assert_refused("{kernel: [1, 65]}", "kernel = 65 is outside 1..64");
    assert_refused("{size: 3}", "a list of 3 whole numbers");
    assert_refused("{scale: [1, 11]}", "outside 0..10");
    assert_refused("{scale: [1]}", "a number or a list of 2");
    assert_refused("{betas: 0.5}", "want a list of numbers");
    assert_refused("{betas: [0.5, 2]}", "betas = 2 is outside");
    assert_refused("{betas: [0.5, [1]]}", "want a list of numbers");
    assert_refused("{name: [a]}", "want a text");
}

static void read__refuses_what_is_no_finite_decimal(void **state) {
    (void)state;
    static const char *const bad[] = {"nan",   "inf",   "-inf", ".nan",
                                      "0x1p3", "1e999", "1,5",  "1e-3junk",
                                      "1e",    "--1"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char text[32];
        snprintf(text, sizeof(text), "{eps: '%s'}", bad[i]);
        assert_refused(text, "want a number");
        snprintf(text, sizeof(text), "{seed: '%s'}", bad[i]);
        assert_refused(text, "want a number");
    }
}

static void read__unknown_keys_name_the_nearest(void **state) {
    (void)state;
    assert_refused("out: 1\nkernal: 3\n",
                   "r.yaml:2: conv: unknown option 'kernal'; did you mean "
                   "'kernel'?");
    assert_refused("{zzzzzz: 1}", "known: out, eps, seed, kernel");
}

static void read__choices_are_whole_words(void **state) {
    (void)state;
    assert_int_equal(read_good("{pad: valid}").pad, 0);
    assert_int_equal(read_good("{pad: same}").pad, 1);
    assert_refused("{pad: sam}",
                   "pad is 'sam'; want one of valid|same|same-lower");
    assert_refused("{pad: same-}", "want one of");
    assert_refused("{pad: ''}", "want one of");
    assert_refused("{pad: 'valid|same'}", "want one of");
    assert_refused("{pad: [same]}", "want one of");
    assert_refused("{pad: }", "want one of");
}

static void read__required_is_named_when_missing(void **state) {
    (void)state;
    static const mien_param rows[] = {
        {"out", "filters", offsetof(config, out), 1, 9, 1, .kind = MIEN_INT},
        {"pad", "border", offsetof(config, pad), .kind = MIEN_CHOICE,
         .choices = "a|b", .required = true},
        {0}};
    config c;
    assert_int_equal(read_text(&c, rows, "{pad: b}"), MIEN_OK);
    assert_int_equal(read_text(&c, rows, "\n\n{out: 3}"), MIEN_EINVAL);
    assert_string_equal(mien_error(),
                        "r.yaml:3: conv: 'pad' is missing (border)");
    assert_int_equal(read_text(&c, rows, "3"), MIEN_EINVAL);
    assert_int_equal(mien_params_read(&c, rows, NULL, NULL, &arena, "conv"),
                     MIEN_EINVAL);
    assert_string_equal(mien_error(), "conv: 'pad' is missing (border)");
}

static void read__survives_no_memory(void **state) {
    (void)state;
    char text[40000] = "{betas: [0.5";
    size_t used = strlen(text);
    for (int i = 0; i < 6000; i++) used += (size_t)sprintf(text + used, ",.5");
    sprintf(text + used, "]}");
    mien_tree *tree;
    assert_int_equal(
        mien_tree_parse(&tree, &arena, text, strlen(text), "r.yaml"), MIEN_OK);
    config c;
    mien_mem_fail_after(0);
    assert_int_equal(mien_params_read(&c, table, tree, NULL, &arena, "conv"),
                     MIEN_ENOMEM);
    mien_mem_fail_after(-1);
    assert_int_equal(c.betas.count, 0);
}

static void assert_round_trip(const char *text) {
    config before = read_good(text);
    mien_buf out = {.cap = 1 << 16};
    assert_int_equal(mien_params_emit(&out, table, &before), MIEN_OK);
    config after = read_good((const char *)out.data);
    assert_int_equal(!before.name, !after.name);
    if (before.name) assert_string_equal(before.name, after.name);
    assert_int_equal(before.betas.count, after.betas.count);
    if (before.betas.count > 0)
        assert_memory_equal(before.betas.items, after.betas.items,
                            (size_t)before.betas.count * sizeof(float));
    before.name = after.name;
    before.betas = after.betas;
    before.inner = after.inner;
    assert_memory_equal(&before, &after, sizeof(before));
    mien_buf_close(&out);
}

static void emit__reads_back_the_same_bytes(void **state) {
    (void)state;
    assert_round_trip("{}");
    assert_round_trip(
        "{out: 32, eps: 1e-12, seed: 123456789012.3456789, kernel: [3, 5],"
        " size: [1, 2, 3], scale: [0.1, 0.3333333333], betas: [0.1, 0.7, 1],"
        " bias: no, pad: same-lower}");
    assert_round_trip("{eps: 0.01, seed: 1e15, name: \"q\\\"\\\\ \\t\\n: #\"}");
    assert_round_trip("{name: '~'}");
    assert_round_trip("{name: ''}");
    assert_round_trip("{name: '-'}");
    assert_round_trip("{name: ' x, ]} '}");
    assert_round_trip("{name: \"\\u00e9\\x7f\"}");
    for (int i = 1; i < 60; i++) {
        char text[64];
        snprintf(text, sizeof(text), "{eps: %.12g, seed: %.17g}",
                 1e-2 / (i * 1.37), 1e3 / i);
        assert_round_trip(text);
    }
}

static void emit__copies_trees(void **state) {
    (void)state;
    config c =
        read_good("{inner: {a: [1, 'x y', ~], b: {}, 'c d': [], e: ''}}");
    mien_buf out = {.cap = 1 << 16};
    assert_int_equal(mien_params_emit(&out, table, &c), MIEN_OK);
    assert_non_null(
        strstr((char *)out.data,
               "inner: {a: [1, \"x y\", null], b: {}, \"c d\": [], e: \"\"}}"));
    c = read_good((char *)out.data);
    assert_int_equal(c.inner->count, 4);
    mien_buf_close(&out);
}

static void emit__writes_short_numbers(void **state) {
    (void)state;
    config c = read_good("{}");
    mien_buf out = {.cap = 1 << 16};
    assert_int_equal(mien_params_emit(&out, table, &c), MIEN_OK);
    assert_string_equal(
        (char *)out.data,
        "{out: 8, eps: 1e-06, seed: 0.1, kernel: [3, 3], size: [1, 1, 1], "
        "scale: [1, 1], betas: [], bias: true, pad: same, name: conv}");
    mien_buf_close(&out);
    mien_buf small = {.cap = 20};
    assert_int_equal(mien_params_emit(&small, table, &c), MIEN_ELIMIT);
    mien_buf_close(&small);
}

static void help__has_a_line_per_option(void **state) {
    (void)state;
    mien_buf out = {.cap = 1 << 16};
    assert_int_equal(mien_params_help(&out, table), MIEN_OK);
    const char *text = (char *)out.data;
    assert_non_null(strstr(text, "  out      filters (1..4096) [8]\n"));
    assert_non_null(
        strstr(text, "  eps      least divisor (1e-12..0.01) [1e-06]\n"));
    assert_non_null(strstr(text, "  bias     add one (true|false) [true]\n"));
    assert_non_null(
        strstr(text, "  pad      border (valid|same|same-lower) [same]\n"));
    assert_non_null(strstr(text, "  name     label [conv]\n"));
    mien_buf_close(&out);
    static const mien_param rows[] = {
        {"n", "count", 0, 1, 9, .kind = MIEN_INT, .required = true}, {0}};
    assert_int_equal(mien_params_help(&out, rows), MIEN_OK);
    assert_string_equal((char *)out.data, "  n   count (1..9), required\n");
    mien_buf_close(&out);
}

static void nearest__forgives_slips_and_not_more(void **state) {
    (void)state;
    static const char *const names[] = {"adam", "adamw", "sgd", "rmsprop"};
    assert_string_equal(mien_nearest("adan", names, 4), "adam");
    assert_string_equal(mien_nearest("adamw", names, 4), "adamw");
    assert_string_equal(mien_nearest("rsmprop", names, 4), "rmsprop");
    assert_string_equal(mien_nearest("sdg", names, 4), "sgd");
    assert_null(mien_nearest("lamb", names, 4));
    assert_null(mien_nearest("x", names, 4));
    assert_null(mien_nearest("", names, 4));
    assert_null(mien_nearest("adam", names, 0));
    char text[200];
    memset(text, 'a', sizeof(text) - 1);
    text[sizeof(text) - 1] = 0;
    assert_null(mien_nearest(text, names, 4));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_arena, close_arena)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(read__defaults_fill_every_field),
        TEST(read__takes_every_kind),
        TEST(read__one_number_serves_both_of_a_pair),
        TEST(read__bools_have_six_words),
        TEST(read__a_scalar_sets_the_first_option),
        TEST(read__variables_stand_for_numbers),
        TEST(read__refuses_with_line_and_range),
        TEST(read__refuses_what_is_no_finite_decimal),
        TEST(read__unknown_keys_name_the_nearest),
        TEST(read__choices_are_whole_words),
        TEST(read__required_is_named_when_missing),
        TEST(read__survives_no_memory),
        TEST(emit__reads_back_the_same_bytes),
        TEST(emit__copies_trees),
        TEST(emit__writes_short_numbers),
        TEST(help__has_a_line_per_option),
        TEST(nearest__forgives_slips_and_not_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
