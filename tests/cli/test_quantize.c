/* SPDX-License-Identifier: Apache-2.0 */
/* test_quantize.c - sessions with mien model quantize and mien bench embed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <jansson.h>

#include "scratch.h"
#include "../train/blobs.h"
#include "session.h"

static const char embedding[] =
    "model:\n"
    "  - conv: {out: 16, kernel: 3, pad: 1, bias: false}\n  - bn\n  - prelu\n"
    "  - conv: {out: 16, kernel: 3, pad: 1, depthwise: true, bias: false}\n"
    "  - bn\n  - prelu\n"
    "  - conv: {out: 32, kernel: 1, bias: false}\n  - bn\n  - relu\n"
    "  - globalpool\n  - flatten\n  - dense: {out: 8}\n"
    "loss: {cosface: {s: 16, m: 0.1}}\n"
    "optim: {adam: {lr: 0.01}}\ntrain: {epochs: 2, batch: 6}";

/* Ten pairs of a person and ten of two, among the photos. */
static void write_pairs(void) {
    char text[1024] = "10\n", name[64];
    uint8_t file[64 + 3 * BLOB_SIDE * BLOB_SIDE];
    const int head =
        snprintf((char *)file, 64, "P6\n%d %d\n255\n", BLOB_SIDE, BLOB_SIDE);
    scratch_folder("lfw");
    for (int c = 0; c < 11; c++) {
        snprintf(name, sizeof name, "lfw/c%02d", c);
        scratch_folder(name);
        for (int i = 1; i <= 2; i++) {
            snprintf(name, sizeof name, "lfw/c%02d/c%02d_%04d.jpg", c, c, i);
            blob_pixels(file + head, c, i);
            scratch_write(name, file, (size_t)head + 3 * BLOB_SIDE * BLOB_SIDE);
        }
        if (c < 10) sprintf(text + strlen(text), "c%02d 1 2\n", c);
    }
    for (int c = 0; c < 10; c++)
        sprintf(text + strlen(text), "c%02d 1 c%02d 2\n", c, c + 1);
    scratch_text("pairs.txt", text);
}

static int setup(void **state) {
    char text[2048];
    if (!getenv("MIEN") || scratch_open(state)) return -1;
    blobs_folder(3, 8);
    write_pairs();
    snprintf(text, sizeof text,
             "data: {reader: folder, path: %s, seed: 3}\n"
             "input: {size: [12, 12, 3]}\n%s\n",
             scratch("photos"), embedding);
    return MIEN("train", scratch_text("embed.yaml", text), "--out",
                scratch("embed"));
}

static json_t *object(void) {
    json_t *o = json_loads(out, 0, NULL);
    if (!o) fail_msg("no JSON: %s", out);
    return o;
}

static double number(json_t *o, const char *key) {
    json_t *x = json_object_get(o, key);
    if (!json_is_number(x)) fail_msg("%s is no number in: %s", key, out);
    return json_number_value(x);
}

#define MODEL scratch("embed/model.safetensors")

static void quantize__makes_a_smaller_model_that_answers(void **state) {
    (void)state;
    assert_int_equal(
        MIEN("model", "quantize", MODEL, "--data", scratch("photos"), "--align",
             "none", "--out", scratch("int8"), "--tolerance", "0.05", "--json"),
        0);
    json_t *o = object();
    assert_true(number(o, "cosine") > 0.95 && number(o, "cosine") < 1);
    assert_true(number(o, "least_cosine") <= number(o, "cosine"));
    assert_true(number(o, "chosen_on") == 12 && number(o, "judged_on") == 12);
    assert_true(json_is_null(json_object_get(o, "accuracy")));
    json_decref(o);
    assert_int_equal(MIEN("model", "verify", scratch("int8")), 0);
    assert_int_equal(MIEN("model", "info", scratch("int8"), "--json"), 0);
    o = object();
    assert_true(json_is_true(json_object_get(o, "int8")));
    json_decref(o);
    assert_int_equal(access(scratch("int8.trial"), F_OK), -1);
}

static void quantize__measures_on_pairs(void **state) {
    (void)state;
    assert_int_equal(MIEN("model", "quantize", MODEL, "--data", scratch("lfw"),
                          "--pairs", scratch("pairs.txt"), "--align", "none",
                          "--out", scratch("paired"), "--tolerance", "0.3"),
                     0);
    says(out, "accuracy ");
    says(out, "cosine to the model's answers");
}

static void quantize__refuses_to_lose_more_than_is_tolerated(void **state) {
    (void)state;
    assert_int_equal(
        MIEN("model", "quantize", MODEL, "--data", scratch("photos"), "--align",
             "none", "--out", scratch("none"), "--tolerance", "0"),
        2);
    says(err, "at least 1.000000 is asked for");
    assert_int_equal(access(scratch("none"), F_OK), -1);
    assert_int_equal(access(scratch("none.trial"), F_OK), -1);
}

static void quantize__takes_a_list_of_photos(void **state) {
    (void)state;
    char text[2048] = "";
    for (int c = 0; c < 3; c++) {
        char name[64];
        snprintf(name, sizeof name, "photos/c%02d/000.ppm", c);
        sprintf(text + strlen(text), "%s\r\n", scratch(name));
    }
    sprintf(text + strlen(text), "\n%s\n", scratch("pairs.txt"));
    assert_int_equal(MIEN("model", "quantize", MODEL, "--data",
                          scratch_text("list.txt", text), "--align", "none",
                          "--out", scratch("listed"), "--tolerance", "0.1"),
                     0);
    says(out, "1 photos were left out");
    assert_int_equal(
        MIEN("model", "quantize", MODEL, "--data",
             scratch_text("empty.txt", "\n"), "--out", scratch("listed2")),
        2);
    says(err, "lists no photos");
}

static void quantize__refuses_what_is_none_of_its_business(void **state) {
    (void)state;
    assert_int_equal(MIEN("model", "quantize", MODEL, "--out", scratch("x")),
                     2);
    says(err, "needs --data");
    assert_int_equal(
        MIEN("model", "quantize", scratch("int8"), "--data", scratch("photos"),
             "--align", "none", "--out", scratch("x")),
        2);
    says(err, "quantised already");
}

static void bench_embed__prints_a_time(void **state) {
    (void)state;
    assert_int_equal(MIEN("bench", "embed", "--model", MODEL, "--batch", "3",
                          "--rounds", "5", "--json"),
                     0);
    json_t *o = object();
    assert_true(number(o, "ms") > 0 && number(o, "rounds") == 5);
    assert_true(number(o, "batch") == 3 && number(o, "threads") == 1);
    assert_true(json_is_false(json_object_get(o, "int8")));
    json_decref(o);
    assert_int_equal(MIEN("bench", "embed", "--model", MODEL, "--int8",
                          "--threads", "2", "--rounds", "5", "--json"),
                     0);
    o = object();
    assert_true(json_is_true(json_object_get(o, "int8")));
    json_decref(o);
    assert_int_equal(MIEN("bench", "embed"), 2);
    says(err, "needs --model");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantize__makes_a_smaller_model_that_answers),
        cmocka_unit_test(quantize__measures_on_pairs),
        cmocka_unit_test(quantize__refuses_to_lose_more_than_is_tolerated),
        cmocka_unit_test(quantize__takes_a_list_of_photos),
        cmocka_unit_test(quantize__refuses_what_is_none_of_its_business),
        cmocka_unit_test(bench_embed__prints_a_time),
    };
    return cmocka_run_group_tests(tests, setup, scratch_close);
}
