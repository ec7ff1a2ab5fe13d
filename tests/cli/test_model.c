/* SPDX-License-Identifier: Apache-2.0 */
/* test_model.c - sessions with `mien model`: out as ONNX and in again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <jansson.h>

#include "scratch.h"
#include "../shared_data.h"
#include "../train/blobs.h"
#include "session.h"

static int setup(void **state) {
    if (!getenv("MIEN") || scratch_open(state)) return -1;
    blobs_folder(3, 8);
    blobs_recipe("optim: {adam: {lr: 0.01}}\ntrain: {epochs: 1, batch: 6}");
    return MIEN("train", scratch("recipe.yaml"), "--out", scratch("run"));
}

static char *at(const char *name) { return strdup(scratch(name)); }

static void models__go_out_as_onnx_and_come_in_again(void **state) {
    (void)state;
    char *model = at("run/model.safetensors"), *file = at("net.onnx"),
         *again = at("again.safetensors"), *twice = at("twice.onnx");
    assert_int_equal(MIEN("model", "export", model, "--out", file), 0);
    assert_int_equal(
        MIEN("model", "import", file, "--out", again, "--size", "12x12"), 0);
    says(out, "outputs        output: 1 x 3");
    assert_int_equal(MIEN("model", "verify", again), 0);
    says(out, "intact");
    assert_int_equal(MIEN("model", "info", again), 0);
    says(out, "values");
    assert_int_equal(MIEN("model", "export", again, "--out", twice), 0);
    free(model), free(file), free(again), free(twice);
}

static void import__says_what_is_wrong(void **state) {
    (void)state;
    char *file = at("net.onnx"), *junk = at("recipe.yaml"),
         *to = at("to.safetensors");
    assert_int_equal(MIEN("model", "import", file), 2);
    says(err, "--out MODEL is missing");
    assert_int_equal(MIEN("model", "import", junk, "--out", to), 2);
    says(err, "no ONNX file");
    assert_int_equal(MIEN("model", "import", scratch("absent"), "--out", to),
                     2);
    assert_int_equal(MIEN("model", "import", file, "--out", to, "--size", "12"),
                     2);
    says(err, "as 640x640");
    assert_int_equal(
        MIEN("model", "import", file, "--out", to, "--input-mean", "1,2"), 2);
    says(err, "--input-mean wants");
    assert_int_equal(
        MIEN("model", "import", file, "--out", to, "--input-std", "0"), 2);
    says(err, "deviation of 0");
    assert_int_equal(
        MIEN("model", "import", file, "--out", to, "--alignment", "crooked"),
        2);
    says(err, "'crooked'");
    assert_int_not_equal(access(to, F_OK), 0);
    free(file), free(junk), free(to);
}

/* A detector that others trained: twelve outputs, blue before red. */
static void import__keeps_outputs_by_name(void **state) {
    (void)state;
    char *file = strdup(shared("models/yunet_n_dynamic.onnx")),
         *to = at("yunet.safetensors");
    assert_int_equal(MIEN("model", "import", file, "--out", to), 2);
    says(err, "--size 640x640");
    assert_int_equal(MIEN("model", "import", file, "--out", to, "--size",
                          "96x128", "--bgr", "--json"),
                     0);
    json_t *answer = json_loads(out, 0, NULL);
    assert_non_null(answer);
    json_t *outputs = json_object_get(answer, "outputs");
    assert_int_equal(json_array_size(outputs), 12);
    json_t *last = json_array_get(outputs, 11);
    assert_string_equal(json_string_value(json_object_get(last, "name")),
                        "kps_32");
    assert_int_equal(json_integer_value(json_object_get(last, "count")),
                     3 * 4 * 10);
    json_decref(answer);
    assert_int_equal(MIEN("model", "info", to), 0);
    says(out, "96x128x3, bgr");
    free(file), free(to);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(models__go_out_as_onnx_and_come_in_again),
        cmocka_unit_test(import__says_what_is_wrong),
        cmocka_unit_test(import__keeps_outputs_by_name),
    };
    return cmocka_run_group_tests(tests, setup, scratch_close);
}
