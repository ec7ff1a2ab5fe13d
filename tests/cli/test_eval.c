/* SPDX-License-Identifier: Apache-2.0 */
/* test_eval.c - sessions with mien eval: what it prints, and that scripts
 * find the keys they rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <jansson.h>

#include "scratch.h"
#include "../train/blobs.h"
#include "session.h"

static const char embedding[] =
    "model: [flatten, dense: {out: 8, bias: false}, bn]\n"
    "loss: {cosface: {s: 16, m: 0.1}}\n"
    "optim: {adam: {lr: 0.01}}\ntrain: {epochs: 2, batch: 6}";

/* The blobs once more as pictures of LFW: what counts is the file's bytes. */
static void write_lfw(void) {
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
    write_lfw();
    const char *recipe = blobs_recipe(
        "optim: {adam: {lr: 0.01}}\n"
        "train: {epochs: 2, batch: 6}");
    if (MIEN("train", recipe, "--out", scratch("run"))) return -1;
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

static void has_number(json_t *o, const char *key) {
    if (!json_is_number(json_object_get(o, key)))
        fail_msg("%s is no number in: %s", key, out);
}

static void has_hash(json_t *o, const char *key) {
    const char *text = json_string_value(json_object_get(o, key));
    if (!text || strlen(text) != 64) fail_msg("no hash %s in: %s", key, out);
}

static void classify__prints_figures_and_writes_files(void **state) {
    (void)state;
    assert_int_equal(MIEN("eval", "classify", scratch("run"), "--confusion",
                          scratch("c.csv"), "--plot", scratch("c.png")),
                     0);
    says(out, "samples    6 (test), 3 classes");
    says(out, "precision");
    assert_null(strstr(out, "c01"));
    assert_int_equal(access(scratch("c.csv"), F_OK), 0);
    assert_int_equal(access(scratch("c.png"), F_OK), 0);
    assert_int_equal(MIEN("eval", "classify", scratch("run"), "--names"), 0);
    says(out, "c01");
}

static void classify__prints_json(void **state) {
    (void)state;
    assert_int_equal(
        MIEN("eval", "classify", scratch("run"), "--json", "--split", "all"),
        0);
    json_t *o = object();
    has_number(o, "loss");
    has_number(o, "accuracy");
    assert_int_equal(json_integer_value(json_object_get(o, "samples")), 24);
    json_t *list = json_object_get(o, "per_class");
    assert_int_equal(json_array_size(list), 3);
    has_number(json_array_get(list, 0), "recall");
    assert_null(json_object_get(json_array_get(list, 0), "name"));
    has_hash(o, "data_hash");
    has_hash(o, "model");
    json_decref(o);
    says(err, "trained on some of these");
}

static void lfw__prints_figures_and_writes_files(void **state) {
    (void)state;
    assert_int_equal(
        MIEN("eval", "lfw", "--model", scratch("embed"), "--data",
             scratch("lfw"), "--pairs", scratch("pairs.txt"), "--align", "none",
             "--roc", scratch("r.csv"), "--plot", scratch("r.svg")),
        0);
    says(out, "protocol   20 pairs, 10 dealt folds");
    says(out, "standard error over 10 folds");
    says(out, "not given: 10 pairs");
    assert_int_equal(access(scratch("r.csv"), F_OK), 0);
    assert_int_equal(access(scratch("r.svg"), F_OK), 0);
}

static void lfw__prints_json(void **state) {
    (void)state;
    assert_int_equal(
        MIEN("eval", "lfw", "--model", scratch("embed"), "--data",
             scratch("lfw"), "--pairs", scratch("pairs.txt"), "--align", "none",
             "--protocol", "lfw-common", "--far", "0.1", "--json"),
        0);
    json_t *o = object();
    has_number(o, "accuracy");
    has_number(o, "se");
    has_number(o, "auc");
    has_number(o, "eer");
    assert_int_equal(json_integer_value(json_object_get(o, "folds")), 10);
    assert_int_equal(json_integer_value(json_object_get(o, "pairs")), 20);
    assert_string_equal(json_string_value(json_object_get(o, "protocol")),
                        "20 pairs, 10 dealt folds, common variant");
    has_number(json_object_get(o, "val_at_far"), "val");
    has_hash(o, "data_hash");
    has_hash(o, "model");
    json_decref(o);
}

static void det__prints_figures_and_writes_files(void **state) {
    (void)state;
    assert_int_equal(MIEN("eval", "det", "--model", scratch("embed"), "--data",
                          scratch("lfw"), "--align", "none", "--csv",
                          scratch("d.csv"), "--plot", scratch("d.svg")),
                     0);
    says(out, "protocol   det, all with all");
    says(out, "FNMR");
    says(out, "bootstrap by person");
    says(out,
         "note: 220 impostor comparisons cannot show an FMR below 0.00455");
    assert_int_equal(access(scratch("d.csv"), F_OK), 0);
    assert_int_equal(access(scratch("d.svg"), F_OK), 0);
}

static void det__prints_json(void **state) {
    (void)state;
    assert_int_equal(
        MIEN("eval", "det", "--model", scratch("embed"), "--data",
             scratch("lfw"), "--align", "none", "--fmr", "0.01", "--json"),
        0);
    json_t *o = object();
    has_number(o, "eer");
    has_number(o, "fte");
    has_hash(o, "data_hash");
    has_hash(o, "model");
    assert_int_equal(json_array_size(json_object_get(o, "eer_interval")), 2);
    json_t *levels = json_object_get(o, "levels");
    assert_int_equal(json_array_size(levels), 1);
    has_number(json_array_get(levels, 0), "fnmr");
    has_number(json_array_get(levels, 0), "threshold");
    json_decref(o);
}

static void cohort_and_identify__print_tables(void **state) {
    (void)state;
    const char *labels = scratch_text(
        "labels.csv", "person,half\nc00,a\nc01,a\nc02,a\nc03,b\nc04,b\n");
    assert_int_equal(MIEN("eval", "cohort", "--model", scratch("embed"),
                          "--data", scratch("lfw"), "--align", "none",
                          "--labels", labels, "--fmr", "0.05", "--json"),
                     0);
    json_t *o = object();
    json_t *row = json_array_get(json_object_get(o, "cohorts"), 0);
    assert_string_equal(json_string_value(json_object_get(row, "cohort")), "a");
    assert_int_equal(json_integer_value(json_object_get(row, "people")), 3);
    json_decref(o);
    assert_int_equal(MIEN("eval", "identify", "--model", scratch("embed"),
                          "--data", scratch("lfw"), "--align", "none"),
                     0);
    says(out, "FNIR of rank 1");
    says(out, "open-set identification");
}

static void mistakes_of_protocols__exit_with_two(void **state) {
    (void)state;
    assert_int_equal(MIEN("eval", "det", "--model", "x"), 2);
    says(err, "needs --model and --data, or --scores");
    assert_int_equal(MIEN("eval", "det", "--model", scratch("embed"), "--data",
                          scratch("lfw"), "--align", "none", "--fmr", "1e-5"),
                     2);
    says(err, "FMR 1e-05 cannot be shown by 220 impostor comparisons");
    const char *call = scratch_write("call.bin",
                                     "\x80\x02"
                                     "cos\nsystem\n(U\x02lstR.",
                                     21);
    assert_int_equal(
        MIEN("eval", "bin", "--model", scratch("embed"), "--data", call), 2);
    says(err, "opcode 0x63 is not read");
    assert_int_equal(MIEN("eval", "wider", "--model", "x"), 2);
    says(err, "needs --model and --data");
    assert_int_equal(MIEN("eval", "wider", "--model", scratch("embed"),
                          "--data", scratch("none.txt")),
                     2);
    assert_int_equal(MIEN("eval", "megaface", "--probes", "x"), 2);
    says(err, "--distractors");
    assert_int_equal(MIEN("eval", "ijb", "--meta", "x"), 2);
    says(err, "--features");
    assert_int_equal(MIEN("eval", "identify"), 2);
    assert_int_equal(MIEN("eval", "cohort"), 2);
    assert_string_equal(out, "");
}

static void mistakes__exit_with_two(void **state) {
    (void)state;
    assert_int_equal(MIEN("eval", "lfw", "--data", "x"), 2);
    says(err, "needs --model, --data and --pairs");
    assert_int_equal(MIEN("eval", "classify", scratch("absent")), 2);
    says(err, "absent");
    assert_int_equal(
        MIEN("eval", "classify", scratch("run"), "--split", "half"), 2);
    says(err, "'half'");
    assert_int_equal(MIEN("eval", "lfw", "--model", scratch("run"), "--data",
                          scratch("lfw"), "--pairs", scratch("pairs.txt")),
                     2);
    says(err, "embeddings");
    assert_string_equal(out, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classify__prints_figures_and_writes_files),
        cmocka_unit_test(classify__prints_json),
        cmocka_unit_test(lfw__prints_figures_and_writes_files),
        cmocka_unit_test(lfw__prints_json),
        cmocka_unit_test(det__prints_figures_and_writes_files),
        cmocka_unit_test(det__prints_json),
        cmocka_unit_test(cohort_and_identify__print_tables),
        cmocka_unit_test(mistakes__exit_with_two),
        cmocka_unit_test(mistakes_of_protocols__exit_with_two),
    };
    return cmocka_run_group_tests(tests, setup, scratch_close);
}
