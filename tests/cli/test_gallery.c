/* SPDX-License-Identifier: Apache-2.0 */
/* test_gallery.c - sessions with mien enroll, identify and gallery. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdbool.h>
#include <cmocka.h>

#include <jansson.h>

#include "scratch.h"
#include "session.h"
#include "face/toy.h"

static char detector[512], embedder[512], gallery[512];

#define MODELS "--model", embedder, "--detector", detector
#define SURE   "--threshold", "0.7"

static int setup(void **state) {
    if (!getenv("MIEN") || scratch_open(state)) return -1;
    snprintf(detector, sizeof detector, "%s", scratch("detector.safetensors"));
    snprintf(embedder, sizeof embedder, "%s", scratch("embedder.safetensors"));
    snprintf(gallery, sizeof gallery, "%s", scratch("people.mien"));
    toy_write_detector(detector);
    toy_write_embedder(embedder, 7);
    scratch_folder("known");
    scratch_folder("known/ada");
    toy_portrait("known/ada/1.png", 1, 1);
    toy_portrait("known/ada/2.png", 1, 2);
    toy_portrait("known/bob.png", 2, 1);
    toy_portrait("cyd.png", 3, 1);
    mien_image *photo = toy_photo(640, 480);
    toy_ok(mien_image_save(photo, scratch("nobody.png"), 0));
    toy_person(photo, 120, 120, 1, 3);
    toy_person(photo, 320, 360, 2, 3);
    toy_person(photo, 520, 120, 3, 3);
    toy_ok(mien_image_save(photo, scratch("three.png"), 0));
    toy_person(photo, 520, 120, 1, 4); /* a twin */
    toy_ok(mien_image_save(photo, scratch("twice.png"), 0));
    mien_image_free(photo);
    return 0;
}

/* How many lines of the answer hold `part`. */
static int lines_with(const char *part) {
    int n = 0;
    for (const char *at = strstr(out, part); at; at = strstr(at, part)) {
        n++;
        at = strchr(at, '\n');
        if (!at) break;
    }
    return n;
}

static void enroll__makes_a_gallery(void **state) {
    (void)state;
    assert_int_equal(MIEN("enroll", gallery, "Ada", scratch("known/ada"),
                          MODELS, "--min-quality", "0"),
                     0);
    assert_int_equal(lines_with("Ada: "), 2);
    assert_int_equal(MIEN("enroll", gallery, "Bob", scratch("known/bob.png"),
                          scratch("nobody.png"), MODELS, "--min-quality", "0"),
                     2);
    says(out, "Bob: ");
    says(err, "nobody.png: not enrolled: no face was found");
    assert_int_equal(MIEN("enroll", gallery, "Bob", scratch("known/bob.png"),
                          MODELS, "--min-quality", "100"),
                     2);
    says(err, "its quality is");
    assert_int_equal(MIEN("enroll", gallery, "Bob"), 2);
    assert_int_equal(MIEN("gallery", "list", gallery), 0);
    says(out, "2 people, 3 templates of 256 values");
    assert_int_equal(MIEN("gallery", "list", gallery, "Ada", "--json"), 0);
    says(out, "ada/2.png");
}

static void identify__names_people_and_strangers(void **state) {
    (void)state;
    assert_int_equal(MIEN("identify", gallery, scratch("three.png"), MODELS,
                          SURE, "--draw", scratch("named.png")),
                     0);
    says(out, "three.png: 3 faces");
    assert_int_equal(lines_with("  Ada  "), 1);
    assert_int_equal(lines_with("  Bob  "), 1);
    assert_int_equal(lines_with("stranger"), 1);
    assert_int_equal(
        MIEN("identify", gallery, scratch("cyd.png"), MODELS, SURE), 1);
    assert_int_equal(
        MIEN("identify", gallery, scratch("nobody.png"), MODELS, SURE), 1);
    assert_int_equal(MIEN("identify", gallery, scratch("cyd.png"), MODELS), 2);
    says(err, "never calibrated");
}

static void identify__prints_json(void **state) {
    (void)state;
    assert_int_equal(MIEN("identify", gallery, scratch("three.png"), MODELS,
                          SURE, "--json", "--top", "2"),
                     0);
    json_t *j = json_loads(out, 0, NULL), *faces, *face;
    size_t i;
    int known = 0;
    faces = json_object_get(j, "faces");
    assert_int_equal(json_array_size(faces), 3);
    json_array_foreach(faces, i, face) {
        json_t *match = json_array_get(json_object_get(face, "matches"), 0);
        const char *decision =
            json_string_value(json_object_get(match, "decision"));
        known += !strcmp(decision, "match");
        assert_non_null(json_object_get(match, "similarity"));
        assert_true(json_is_null(json_object_get(match, "fmr")));
        assert_non_null(json_object_get(match, "person"));
        assert_non_null(json_object_get(face, "box"));
    }
    assert_int_equal(known, 2);
    json_decref(j);
}

static void identify__names_nobody_twice_in_a_photo(void **state) {
    (void)state;
    assert_int_equal(
        MIEN("identify", gallery, scratch("twice.png"), MODELS, SURE, "--csv"),
        0);
    assert_int_equal(lines_with(",Ada,"), 1);
    assert_int_equal(MIEN("identify", gallery, scratch("twice.png"), MODELS,
                          SURE, "--csv", "--repeats"),
                     0);
    assert_int_equal(lines_with(",Ada,"), 2);
}

static void identify__takes_a_folder_of_known_people(void **state) {
    (void)state;
    setenv("TMPDIR", scratch_folder("tmp"), 1);
    assert_int_equal(MIEN("identify", scratch("known"), scratch("three.png"),
                          scratch("nobody.png"), MODELS, SURE, "--csv"),
                     0);
    unsetenv("TMPDIR");
    assert_int_equal(lines_with(",ada,"), 1);
    assert_int_equal(lines_with(",bob,"), 1);
    assert_int_equal(lines_with(",no_face"), 1);
    assert_int_equal(rmdir(scratch("tmp")), 0); /* nothing is left there */
}

static void gallery__is_bound_to_its_model(void **state) {
    (void)state;
    char other[512];
    snprintf(other, sizeof other, "%s", scratch("other.safetensors"));
    toy_write_embedder(other, 8);
    assert_int_equal(MIEN("identify", gallery, scratch("cyd.png"), "--model",
                          other, "--detector", detector, SURE),
                     2);
    says(err, "cannot be compared");
}

static void gallery__changes(void **state) {
    (void)state;
    char copy[512];
    snprintf(copy, sizeof copy, "%s", scratch("copy.mien"));
    assert_int_equal(MIEN("gallery", "rename", gallery, "Ada", "Ada Byron"), 0);
    assert_int_equal(MIEN("gallery", "rename", gallery, "Ada", "X"), 2);
    says(err, "nobody named 'Ada'");
    assert_int_equal(
        MIEN("gallery", "export", gallery, "--out", scratch("people.jsonl")),
        0);
    struct stat info;
    assert_int_equal(stat(scratch("people.jsonl"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_int_equal(
        MIEN("gallery", "export", gallery, "--out", scratch("people.jsonl")),
        2); /* it is there already */
    assert_int_equal(MIEN("gallery", "import", copy, scratch("people.jsonl")),
                     2);
    assert_int_equal(MIEN("gallery", "import", copy, scratch("people.jsonl"),
                          "--model", embedder),
                     0);
    says(out, "2 people, 3 templates");
    assert_int_equal(MIEN("gallery", "merge", gallery, "Bob", "Ada Byron"), 0);
    assert_int_equal(MIEN("gallery", "rm", gallery, "3", "--template"), 0);
    assert_int_equal(MIEN("gallery", "rm", gallery, "x", "--template"), 2);
    assert_int_equal(MIEN("gallery", "list", gallery), 0);
    says(out, "1 people, 2 templates");
    assert_int_equal(MIEN("gallery", "erase", gallery, "Ada Byron"), 0);
    assert_int_equal(MIEN("gallery", "verify", gallery), 0);
    assert_int_equal(MIEN("gallery", "rm", copy, "Bob"), 0);
    assert_int_equal(MIEN("gallery", "erase", copy), 2);
    assert_int_equal(MIEN("gallery", "erase", copy, "--all"), 0);
    assert_int_equal(MIEN("gallery", "list", copy), 2);
}

static void gallery__that_was_changed_by_others_is_refused(void **state) {
    (void)state;
    size_t n;
    assert_int_equal(MIEN("enroll", scratch("g"), "--people", scratch("known"),
                          MODELS, "--min-quality", "0"),
                     0);
    uint8_t *bytes = scratch_read(scratch("g"), &n);
    for (size_t at = 0; at + 3 <= n; at++)
        if (!memcmp(bytes + at, "bob", 3)) bytes[at] ^= 1;
    scratch_write("g", bytes, n);
    free(bytes);
    assert_int_equal(MIEN("gallery", "verify", scratch("g")), 2);
    assert_true(*err);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(enroll__makes_a_gallery),
        cmocka_unit_test(identify__names_people_and_strangers),
        cmocka_unit_test(identify__prints_json),
        cmocka_unit_test(identify__names_nobody_twice_in_a_photo),
        cmocka_unit_test(identify__takes_a_folder_of_known_people),
        cmocka_unit_test(gallery__is_bound_to_its_model),
        cmocka_unit_test(gallery__changes),
        cmocka_unit_test(gallery__that_was_changed_by_others_is_refused),
    };
    return cmocka_run_group_tests(tests, setup, scratch_close);
}
