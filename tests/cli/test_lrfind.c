/* SPDX-License-Identifier: Apache-2.0 */
/* test_lrfind.c - sessions with mien lrfind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <jansson.h>

#include "scratch.h"
#include "../train/blobs.h"
#include "session.h"

static int setup(void **state) {
    if (!getenv("MIEN") || scratch_open(state)) return -1;
    blobs_folder(3, 8);
    blobs_recipe("optim: {adam: {lr: 0.01}}\ntrain: {epochs: 2, batch: 6}");
    return 0;
}

static const char *recipe(void) { return scratch("recipe.yaml"); }

static void lrfind__prints_the_curve_and_draws_it(void **state) {
    (void)state;
    assert_int_equal(MIEN("lrfind", recipe(), "--steps", "60", "--plot",
                          scratch("curve.svg")),
                     0);
    says(out, "smooth");
    says(out, "suggested");
    says(out, "<- ");
    says(out, "recipe     0.01");
    assert_int_equal(access(scratch("curve.svg"), R_OK), 0);
    int lines = 0;
    for (const char *p = out; *p; p++) lines += *p == '\n';
    assert_true(lines <= 21);
}

static void lrfind__json_has_the_keys(void **state) {
    static const char *const keys[] = {
        "suggested", "steepest", "best", "diverged", "recipe", "start", "why"};
    (void)state;
    assert_int_equal(
        MIEN("lrfind", recipe(), "--steps", "12", "--from", "1e-4", "--to",
             "0.01", "--set", "optim.adam.lr=0.5", "--json"),
        0);
    json_t *o = json_loads(out, 0, NULL);
    assert_non_null(o);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        assert_non_null(json_object_get(o, keys[i]));
    assert_true(json_number_value(json_object_get(o, "recipe")) == 0.5);
    const json_int_t n = json_integer_value(json_object_get(o, "steps"));
    assert_true(n > 0 && n <= 12);
    assert_int_equal(json_array_size(json_object_get(o, "lr")), n);
    assert_int_equal(json_array_size(json_object_get(o, "loss")), n);
    assert_int_equal(json_array_size(json_object_get(o, "smooth")), n);
    json_decref(o);
}

static void lrfind__mistakes_exit_with_two(void **state) {
    (void)state;
    assert_int_equal(MIEN("lrfind"), 2);
    says(err, "usage: mien lrfind");
    assert_int_equal(MIEN("lrfind", recipe(), "--from", "1", "--to", "0.1"), 2);
    says(err, "does not rise");
    assert_int_equal(MIEN("lrfind", recipe(), "--steps", "1"), 2);
    says(err, "is not within 2");
    assert_int_equal(MIEN("lrfind", recipe(), "--plot", "curve.txt"), 2);
    says(err, ".svg");
    assert_int_equal(MIEN("lrfind", scratch("absent.yaml")), 2);
    says(err, "absent.yaml");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lrfind__prints_the_curve_and_draws_it),
        cmocka_unit_test(lrfind__json_has_the_keys),
        cmocka_unit_test(lrfind__mistakes_exit_with_two),
    };
    return cmocka_run_group_tests(tests, setup, scratch_close);
}
