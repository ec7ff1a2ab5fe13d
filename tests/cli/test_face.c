/* SPDX-License-Identifier: Apache-2.0 */
/* test_face.c - sessions with mien detect, align, embed, verify, calibrate:
 * answers, exit codes, and photos that are no good. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdbool.h>
#include <cmocka.h>

#include <jansson.h>

#include "scratch.h"
#include "session.h"
#include "face/toy.h"

static char detector[512], embedder[512];

#define DETECTOR "--detector", detector
#define MODELS   "--model", embedder, "--detector", detector

static int setup(void **state) {
    if (!getenv("MIEN") || scratch_open(state)) return -1;
    snprintf(detector, sizeof detector, "%s", scratch("detector.safetensors"));
    snprintf(embedder, sizeof embedder, "%s", scratch("embedder.safetensors"));
    toy_write_detector(detector);
    toy_write_embedder(embedder, 7);
    scratch_folder("ada");
    toy_portrait("ada/1.png", 1, 1);
    toy_portrait("ada/2.png", 1, 2);
    toy_portrait("bob.png", 2, 1);
    mien_image *photo = toy_photo(640, 480);
    toy_ok(mien_image_save(photo, scratch("nobody.png"), 0));
    toy_person(photo, 160, 240, 1, 3);
    toy_person(photo, 480, 240, 2, 3);
    toy_ok(mien_image_save(photo, scratch("both.png"), 0));
    mien_image_free(photo);
    return 0;
}

static json_t *answered(void) {
    json_t *object = json_loads(out, 0, NULL);
    if (!object) fail_msg("no JSON: %s", out);
    return object;
}

static double number(json_t *object, const char *key) {
    json_t *x = json_object_get(object, key);
    assert_true(json_is_number(x));
    return json_number_value(x);
}

static json_t *item(json_t *object, const char *list, size_t i) {
    return json_array_get(json_object_get(object, list), i);
}

static size_t count(json_t *object, const char *list) {
    return json_array_size(json_object_get(object, list));
}

/* ---- detect ----------------------------------------------------------- */

static void detect__finds_everybody(void **state) {
    (void)state;
    assert_int_equal(MIEN("detect", scratch("both.png"), "--model", detector,
                          "--json", "--draw", scratch("drawn.png")),
                     0);
    json_t *j = answered();
    assert_int_equal(count(j, "faces"), 2);
    for (size_t i = 0; i < 2; i++) {
        json_t *face = item(j, "faces", i), *box = json_object_get(face, "box");
        assert_true(fabs(number(box, "w") - 64) < 0.2);
        const double middle = number(box, "x") + 32;
        assert_true(fabs(middle - 160) < 8 || fabs(middle - 480) < 8);
        assert_true(number(face, "score") > 0.9);
        assert_int_equal(count(face, "points"), 5);
        json_t *quality = json_object_get(face, "quality");
        assert_true(number(quality, "overall") >= 0);
    }
    json_decref(j);
    mien_image *drawn;
    toy_ok(mien_image_load(&drawn, scratch("drawn.png"), NULL));
    assert_int_equal(drawn->width, 640);
    mien_image_free(drawn);
    assert_int_equal(MIEN("detect", scratch("both.png"), "--model", detector,
                          "--csv", "--most", "1"),
                     0);
    says(out, "file,x,y,w,h,score");
}

static void detect__takes_folders_patterns_and_stdin(void **state) {
    (void)state;
    char pattern[512];
    assert_int_equal(
        MIEN("detect", scratch("ada"), "--model", detector, "--jsonl"), 0);
    says(out, "ada/1.png");
    says(out, "ada/2.png");
    snprintf(pattern, sizeof pattern, "%s", scratch("ada/?.png"));
    assert_int_equal(MIEN("detect", pattern, "--model", detector), 0);
    says(out, "ada/2.png: 1 face");
    session_stdin = scratch("bob.png");
    assert_int_equal(MIEN("detect", "-", "--model", detector), 0);
    says(out, "-: 1 face");
    session_stdin = NULL;
    assert_int_equal(MIEN("detect", scratch("ada"), "--model", detector,
                          "--draw", scratch("many")),
                     0);
    size_t n;
    free(scratch_read(scratch("many/2.jpg"), &n));
    assert_true(n > 1000);
}

static void detect__names_what_it_cannot_read_and_goes_on(void **state) {
    (void)state;
    scratch_text("text.jpg", "this is no picture");
    scratch_folder("empty");
    assert_int_equal(MIEN("detect", scratch("missing.png"), scratch("text.jpg"),
                          scratch("empty"), scratch("none*.png"),
                          scratch("bob.png"), "--model", detector),
                     2);
    says(err, "missing.png");
    says(err, "text.jpg: not a JPEG");
    says(err, "no pictures in this folder");
    says(err, "no file is named so");
    says(out, "bob.png: 1 face");
}

static void detect__of_a_photo_without_faces_is_no_error(void **state) {
    (void)state;
    assert_int_equal(
        MIEN("detect", scratch("nobody.png"), "--model", detector, "--json"),
        0);
    json_t *j = answered();
    assert_int_equal(count(j, "faces"), 0);
    assert_int_equal(count(j, "photos"), 1);
    json_decref(j);
}

/* ---- photos that are no good ------------------------------------------ */

static void photos__that_are_odd_but_readable(void **state) {
    (void)state;
    mien_image *dot, *photo, *grey, *aside;
    toy_ok(mien_image_new(&dot, 1, 1, 3));
    toy_ok(mien_image_save(dot, scratch("dot.png"), 0));
    mien_image_free(dot);
    assert_int_equal(MIEN("detect", scratch("dot.png"), "--model", detector),
                     0);
    says(out, "0 faces");
    photo = toy_photo(640, 480);
    toy_person(photo, 160, 240, 1, 3);
    toy_ok(mien_image_convert(&grey, photo, 1));
    toy_ok(mien_image_save(grey, scratch("grey.png"), 0));
    assert_int_equal(MIEN("detect", scratch("grey.png"), "--model", detector),
                     0);
    says(out, "0 faces"); /* no red in it */
    toy_ok(mien_image_orient(&aside, photo, 6));
    toy_ok(mien_image_save(aside, scratch("aside.png"), 0));
    assert_int_equal(MIEN("detect", scratch("aside.png"), "--model", detector),
                     0);
    says(out, "1 face");
    mien_image_free(aside);
    mien_image_free(grey);
    mien_image_free(photo);
}

static void photos__that_are_cut_or_too_large(void **state) {
    (void)state;
    size_t n;
    uint8_t *bytes = scratch_read(scratch("bob.png"), &n);
    scratch_write("cut.png", bytes, n / 2);
    free(bytes);
    scratch_text("huge.ppm", "P6 20000 20000 255\n");
    scratch_text("nothing.jpg", "");
    assert_int_equal(MIEN("detect", scratch("cut.png"), "--model", detector),
                     2);
    says(err, "cut.png");
    assert_int_equal(MIEN("detect", scratch("huge.ppm"), "--model", detector),
                     2);
    says(err, "huge.ppm");
    assert_int_equal(
        MIEN("detect", scratch("nothing.jpg"), "--model", detector), 2);
    says(err, "nothing.jpg: the file is empty");
}

/* ---- align and embed -------------------------------------------------- */

static void align__writes_faces_that_embed_takes(void **state) {
    (void)state;
    assert_int_equal(MIEN("align", scratch("both.png"), scratch("ada"),
                          DETECTOR, "--out", scratch("faces")),
                     0);
    mien_image *face;
    toy_ok(mien_image_load(&face, scratch("faces/both-2.png"), NULL));
    assert_int_equal(face->width, 112);
    assert_int_equal(face->height, 112);
    mien_image_free(face);
    assert_int_equal(MIEN("embed", "--aligned", scratch("faces"), "--model",
                          embedder, "--json"),
                     0);
    json_t *j = answered();
    assert_int_equal(count(j, "faces"), 4);
    assert_int_equal(count(item(j, "faces", 0), "embedding"), 256);
    assert_int_equal(strlen(json_string_value(json_object_get(j, "model"))),
                     64);
    json_decref(j);
    assert_int_equal(
        MIEN("embed", "--aligned", scratch("bob.png"), "--model", embedder), 2);
    says(err, "an aligned face has 112 x 112");
}

static void embed__writes_a_file_for_numpy(void **state) {
    (void)state;
    size_t n;
    assert_int_equal(
        MIEN("embed", scratch("ada"), MODELS, "--npy", scratch("e.npy")), 0);
    uint8_t *bytes = scratch_read(scratch("e.npy"), &n);
    assert_int_equal(n, 128 + 2 * 256 * 4);
    assert_memory_equal(bytes, "\x93NUMPY\x01", 7);
    assert_non_null(strstr((char *)bytes + 10, "(2, 256)"));
    double square = 0;
    for (int i = 0; i < 256; i++) {
        float x;
        memcpy(&x, bytes + 128 + 4 * i, 4);
        square += (double)x * (double)x;
    }
    assert_true(fabs(square - 1) < 1e-5);
    free(bytes);
}

/* ---- verify ----------------------------------------------------------- */

static void verify__says_match_and_no_match_by_its_exit_code(void **state) {
    (void)state;
    assert_int_equal(MIEN("verify", scratch("ada/1.png"), scratch("ada/2.png"),
                          MODELS, "--threshold", "0.7", "--json"),
                     0);
    json_t *j = answered();
    assert_true(json_is_true(json_object_get(j, "match")));
    assert_true(number(j, "similarity") > 0.7);
    assert_true(number(j, "threshold") == 0.7);
    assert_true(json_is_null(json_object_get(j, "fmr")));
    json_decref(j);
    assert_int_equal(MIEN("verify", scratch("ada/1.png"), scratch("bob.png"),
                          MODELS, "--threshold", "0.7"),
                     1);
    says(out, "no match");
}

static void verify__needs_a_face_a_threshold_and_models(void **state) {
    (void)state;
    assert_int_equal(MIEN("verify", scratch("ada/1.png"), scratch("nobody.png"),
                          MODELS, "--threshold", "0.7"),
                     2);
    says(err, "nobody.png: no face was found");
    assert_int_equal(
        MIEN("verify", scratch("ada/1.png"), scratch("bob.png"), MODELS), 2);
    says(err, "never calibrated");
    setenv("MIEN_MODELS", scratch("empty"), 1);
    assert_int_equal(MIEN("verify", scratch("ada/1.png"), scratch("bob.png")),
                     2);
    says(err, "there is no detector.safetensors in");
    setenv("MIEN_MODELS", scratch(""), 1);
    assert_int_equal(MIEN("verify", scratch("ada/1.png"), scratch("bob.png"),
                          "--threshold", "0.7"),
                     1);
    unsetenv("MIEN_MODELS");
}

static void verify__chooses_among_several_faces(void **state) {
    (void)state;
    assert_int_equal(MIEN("verify", scratch("ada/1.png"), scratch("both.png"),
                          MODELS, "--threshold", "0.7", "--all"),
                     0);
    assert_int_equal(MIEN("verify", scratch("bob.png"), scratch("both.png"),
                          MODELS, "--threshold", "0.7", "--all"),
                     0);
    MIEN("verify", scratch("bob.png"), scratch("both.png"), MODELS,
         "--threshold", "0.7");
    says(err, "2 faces; taken is the one at");
}

/* ---- calibrate -------------------------------------------------------- */

static void calibrate__gives_every_answer_an_fmr(void **state) {
    (void)state;
    char name[64];
    scratch_folder("people");
    for (uint32_t who = 0; who < 30; who++) {
        snprintf(name, sizeof name, "people/%02u", who);
        scratch_folder(name);
        snprintf(name, sizeof name, "people/%02u/1.png", who);
        toy_portrait(name, 100 + who, 1);
    }
    assert_int_equal(MIEN("calibrate", embedder, "--people", scratch("people"),
                          DETECTOR, "--json"),
                     0);
    json_t *j = answered();
    assert_int_equal(number(j, "comparisons"), 30 * 29 / 2);
    assert_int_equal(number(j, "people"), 30);
    const double least = number(j, "least_fmr");
    assert_true(fabs(least * 435 - 30) < 1e-6);
    json_decref(j);
    assert_int_equal(MIEN("verify", scratch("ada/1.png"), scratch("ada/2.png"),
                          MODELS, "--json"),
                     0);
    j = answered();
    assert_true(number(j, "fmr") < 1e-3);
    assert_true(fabs(number(j, "threshold_fmr") - least) < 1e-6);
    assert_true(json_is_true(json_object_get(j, "fmr_extrapolated")));
    json_decref(j);
    assert_int_equal(MIEN("verify", scratch("ada/1.png"), scratch("ada/2.png"),
                          MODELS, "--fmr", "1e-4"),
                     2);
    says(err, "below what the model's calibration shows");
    assert_int_equal(MIEN("verify", scratch("ada/1.png"), scratch("ada/2.png"),
                          MODELS, "--fmr", "1e-4", "--extrapolate"),
                     0);
    says(out, "extrapolated");
    /* The model is still what it was. */
    assert_int_equal(MIEN("model", "verify", embedder), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(detect__finds_everybody),
        cmocka_unit_test(detect__takes_folders_patterns_and_stdin),
        cmocka_unit_test(detect__names_what_it_cannot_read_and_goes_on),
        cmocka_unit_test(detect__of_a_photo_without_faces_is_no_error),
        cmocka_unit_test(photos__that_are_odd_but_readable),
        cmocka_unit_test(photos__that_are_cut_or_too_large),
        cmocka_unit_test(align__writes_faces_that_embed_takes),
        cmocka_unit_test(embed__writes_a_file_for_numpy),
        cmocka_unit_test(verify__says_match_and_no_match_by_its_exit_code),
        cmocka_unit_test(verify__needs_a_face_a_threshold_and_models),
        cmocka_unit_test(verify__chooses_among_several_faces),
        cmocka_unit_test(calibrate__gives_every_answer_an_fmr),
    };
    return cmocka_run_group_tests(tests, setup, scratch_close);
}
