/* SPDX-License-Identifier: Apache-2.0 */
/* test_gradcheck.c - sessions with mien gradcheck: what it prints, and the
 * exit code of a gradient that is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <jansson.h>

#include "scratch.h"
#include "../train/blobs.h"
#include "session.h"

static const char *recipe;

static int setup(void **state) {
    if (!getenv("MIEN") || scratch_open(state)) return -1;
    blobs_folder(3, 8);
    recipe = blobs_recipe("train: {epochs: 1, batch: 6}");
    return 0;
}

static void gradcheck__prints_a_row_a_tensor(void **state) {
    (void)state;
    assert_int_equal(MIEN("gradcheck", recipe, "--values", "4"), 0);
    says(out, "conv1.weight");
    says(out, "dense1.bias");
    says(out, "network");
    says(out, "right");
    assert_null(strstr(out, "WRONG"));
}

static void gradcheck__prints_json(void **state) {
    (void)state;
    assert_int_equal(MIEN("gradcheck", recipe, "--json", "--samples", "3",
                          "--set", "model=[flatten, dense: {out: classes}]"),
                     0);
    json_t *o = json_loads(out, 0, NULL);
    assert_non_null(o);
    assert_true(json_is_true(json_object_get(o, "pass")));
    assert_int_equal(json_array_size(json_object_get(o, "tensors")), 6);
    assert_true(json_is_number(json_object_get(o, "loss")));
    json_decref(o);
}

static void gradcheck__names_what_is_wrong(void **state) {
    (void)state;
    assert_int_equal(MIEN("gradcheck", recipe, "--set",
                          "model=[flatten, dense: {out: 4, bias: false}]",
                          "--set", "init={constant: 1000}", "--set",
                          "loss={arcface: {s: 8, bounded: false}}"),
                     3);
    says(out, "WRONG");
    says(err, "loss.");
}

static void gradcheck__says_what_it_takes(void **state) {
    (void)state;
    assert_int_equal(MIEN("gradcheck"), 2);
    assert_int_equal(MIEN("gradcheck", recipe, "--tolerance", "2"), 2);
    assert_int_equal(MIEN("gradcheck", scratch("none.yaml")), 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradcheck__prints_a_row_a_tensor),
        cmocka_unit_test(gradcheck__prints_json),
        cmocka_unit_test(gradcheck__names_what_is_wrong),
        cmocka_unit_test(gradcheck__says_what_it_takes),
    };
    return cmocka_run_group_tests(tests, setup, scratch_close);
}
