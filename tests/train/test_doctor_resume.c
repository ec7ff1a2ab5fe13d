/* SPDX-License-Identifier: Apache-2.0 */
/* test_doctor_resume.c - a run that the doctor looks after, stopped anywhere
 * and taken up again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "doctor_fixture.h"

static void resume__remembers_what_was_changed(void **state) {
    (void)state;
    char whole[80];
    const char *recipe =
        blobs_recipe("faults: [{init_scale: {by: 1000}}]\n" GOOD);
    snprintf(whole, sizeof whole, "%s", blobs_hash(recipe, "whole", on_bare));
    same_after_a_stop(recipe, on_bare, 40, whole);
    same_after_a_stop(recipe, on_bare, 7, whole);
    assert_int_equal(ward_acts("stop40", "lsuv", true), 1);
    assert_int_equal(ward_count("stop40", "recipe.yaml", "init: lsuv", NULL),
                     1);
}

/* The new attempt had saved nothing yet. */
static void resume__right_after_a_new_beginning(void **state) {
    (void)state;
    char whole[80];
    const char *recipe =
        blobs_recipe("faults: [{init_scale: {by: 1000}}]\n" GOOD);
    snprintf(whole, sizeof whole, "%s", blobs_hash(recipe, "whole", on_bare));
    same_after_a_stop(recipe, on_bare, 1, whole);
    same_after_a_stop(recipe, on_bare, 2, whole);
}

/* The doctor begins again in a run that was itself resumed: its checkpoint is
 * of another recipe then. */
static void resume__may_end_in_a_new_beginning(void **state) {
    (void)state;
    const char *recipe = blobs_recipe("health: watch\n" GOOD);
    mien_train_result *r;
    mien_train_options o = {.stop_at = 7};
    assert_int_equal(blobs_train(&r, recipe, "run", o), MIEN_EINTERRUPTED);
    recipe = blobs_recipe(
        "clip: {global_norm: 1e9}\noptim: {adam: {lr: 30}}\n"
        "train: {epochs: 20, batch: 12}");
    o = (mien_train_options){.resume = true};
    const mien_status status = blobs_train(&r, recipe, "run", o);
    if (status != MIEN_OK && status != MIEN_EDIAGNOSIS)
        fail_msg("%d: %s", status, mien_error());
    if (status == MIEN_OK) mien_train_result_free(r);
    ward_is_sound("run");
}

/* Nobody watched so far: what watches, and the doctor's clip, begin here. */
static void resume__calls_the_doctor_to_a_run_without_one(void **state) {
    (void)state;
    static const char *const before[] = {"off", "watch"};
    for (int i = 0; i < 2; i++) {
        char text[160];
        mien_train_result *r;
        mien_train_options o = {.stop_at = 40};
        snprintf(text, sizeof text, "health: %s\n" GOOD, before[i]);
        const mien_status status =
            blobs_train(&r, blobs_recipe(text), before[i], o);
        assert_int_equal(status, MIEN_EINTERRUPTED);
        o = (mien_train_options){.resume = true};
        r = ward_train(blobs_recipe(GOOD), before[i], o);
        assert_true(accuracy(r) > 0.9);
        assert_int_equal(mien_train_summary_of(r)->steps, 60);
        assert_true(mien_train_summary_of(r)->clipped <= 5);
        assert_int_equal(
            ward_lines(before[i], "\"kind\": \"frame\"", "\"step\": 50,"), 1);
        assert_true(mien_file_exists(ward_path(before[i], "report.html")));
        ward_is_sound(before[i]);
        mien_train_result_free(r);
    }
}

/* A clip of the recipe's own is part of the training. */
static void resume__needs_the_state_of_the_recipes_clip(void **state) {
    (void)state;
    mien_train_result *r;
    mien_train_options o = {.stop_at = 7};
    assert_int_equal(
        blobs_train(&r, blobs_recipe("health: off\n" GOOD), "run", o),
        MIEN_EINTERRUPTED);
    blobs_refused(blobs_recipe("health: off\nclip: autoclip\n" GOOD), "run",
                  (mien_train_options){.resume = true}, MIEN_ESHAPE,
                  "'clip/state' is not there");
}

/* What the doctor remembers is a file: it may have been spoilt. */
static void resume__of_a_spoilt_memory_is_refused(void **state) {
    (void)state;
    static const char *const spoilt[] = {
        "",
        "{",
        "[]",
        "{\"attempt\": 1}",
        "{\"attempt\": \"one\"}",
        "{\"attempt\": -1, \"changes\": [], \"tried\": []}",
        "{\"attempt\": 1, \"changes\": [5], \"tried\": []}",
        "{\"attempt\": 1, \"changes\": \"init=lsuv\", \"tried\": []}"};
    const char *recipe =
        blobs_recipe("faults: [{init_scale: {by: 1000}}]\n" GOOD);
    mien_train_result_free(ward_train(recipe, "run", on_bare));
    mien_train_options o = on_bare;
    o.resume = true;
    for (size_t i = 0; i < sizeof spoilt / sizeof *spoilt; i++) {
        scratch_text("run/doctor.json", spoilt[i]);
        blobs_refused(recipe, "run", o, MIEN_EFORMAT, "doctor.json");
    }
}

static int steps_left;

static void count_steps(void *context, const char *task, int64_t done,
                        int64_t total, const char *note) {
    (void)context, (void)task, (void)done, (void)total, (void)note;
    if (--steps_left == 0) mien_train_interrupt();
}

/* Interrupted every seventh step, through a new beginning and a step that is
 * not finite: the same weights, log and journal. */
static void resume__again_and_again_changes_nothing(void **state) {
    (void)state;
    char whole[80];
    mien_train_result *r;
    const mien_log_sink sink = {.progress = count_steps};
    mien_train_options o = on_bare;
    mien_status status = MIEN_EINTERRUPTED;
    const char *recipe = blobs_recipe(
        "faults: [{init_scale: {by: 1000}}, {nan_batch: {at: 20}}]\n" GOOD);
    snprintf(whole, sizeof whole, "%s", blobs_hash(recipe, "whole", o));
    mien_log_set(&sink, NULL);
    for (int parts = 0; status == MIEN_EINTERRUPTED && parts < 20; parts++) {
        steps_left = 7;
        status = blobs_train(&r, recipe, "parts", o);
        o.resume = true;
    }
    mien_log_set(NULL, NULL);
    if (status != MIEN_OK) fail_msg("%s", mien_error());
    assert_string_equal(mien_train_summary_of(r)->weights_hash, whole);
    assert_int_equal(mien_train_summary_of(r)->skipped, 1);
    mien_train_result_free(r);
    static const char *const kinds[] = {"frame",      "finding", "act",
                                        "quarantine", "verdict", "histogram"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char kind[48];
        snprintf(kind, sizeof kind, "\"kind\": \"%s\"", kinds[i]);
        const int now = ward_lines("parts", kind, NULL);
        if (now != ward_lines("whole", kind, NULL))
            fail_msg("%s: %d", kinds[i], now);
    }
    assert_int_equal(ward_count("parts", "log.jsonl", "\"step\"", NULL),
                     ward_count("whole", "log.jsonl", "\"step\"", NULL));
    ward_is_sound("parts");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(resume__remembers_what_was_changed),
        TEST(resume__right_after_a_new_beginning),
        TEST(resume__may_end_in_a_new_beginning),
        TEST(resume__calls_the_doctor_to_a_run_without_one),
        TEST(resume__needs_the_state_of_the_recipes_clip),
        TEST(resume__of_a_spoilt_memory_is_refused),
        TEST(resume__again_and_again_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
