/* SPDX-License-Identifier: Apache-2.0 */
/* test_loss_scale.c - the scale of 16-bit training: found, kept, resumed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "scratch.h"
#include "train/loss_scale.h"
#include "blobs.h"
#include "ward.h"

static mien_trainer trainer_of(int type, double scale) {
    return (mien_trainer){
        .recipe.precision = {.type = type, .loss_scale = scale}};
}

static void scale__is_1_in_float32(void **state) {
    (void)state;
    mien_trainer t = trainer_of(MIEN_PRECISION_F32, 0);
    assert_true(mien_loss_scale(&t) == 1);
    assert_false(mien_loss_scale_lower(&t));
}

static void scale__that_is_given_stays(void **state) {
    (void)state;
    mien_trainer t = trainer_of(MIEN_PRECISION_F16, 128);
    assert_true(mien_loss_scale(&t) == 128);
    assert_false(mien_loss_scale_lower(&t));
    for (int i = 0; i < 5000; i++) mien_loss_scale_raise(&t);
    assert_true(mien_loss_scale(&t) == 128);
}

static void scale__halves_down_to_1(void **state) {
    (void)state;
    mien_trainer t = trainer_of(MIEN_PRECISION_F16, 0);
    assert_true(mien_loss_scale(&t) == 65536);
    for (double want = 32768; want >= 1; want /= 2) {
        assert_true(mien_loss_scale_lower(&t));
        assert_true(mien_loss_scale(&t) == want);
    }
    assert_false(mien_loss_scale_lower(&t)); /* not its doing any more */
    assert_true(mien_loss_scale(&t) == 1);
}

static void scale__doubles_after_2000_good_steps(void **state) {
    (void)state;
    mien_trainer t = trainer_of(MIEN_PRECISION_BF16, 0);
    mien_loss_scale(&t);
    for (int i = 0; i < 1999; i++) mien_loss_scale_raise(&t);
    assert_true(mien_loss_scale(&t) == 65536);
    mien_loss_scale_raise(&t);
    assert_true(mien_loss_scale(&t) == 131072);
    for (int i = 0; i < 1999; i++) mien_loss_scale_raise(&t);
    assert_true(mien_loss_scale_lower(&t)); /* and counts anew */
    for (int i = 0; i < 1999; i++) mien_loss_scale_raise(&t);
    assert_true(mien_loss_scale(&t) == 65536);
    for (int i = 0; i < 50 * 2000; i++) mien_loss_scale_raise(&t);
    assert_true(mien_loss_scale(&t) == 16777216); /* 2^24 is enough */
}

/* ---- in trainings ----------------------------------------------------- */

/* At 65536 the first gradients burst: that is how the scale is found. */
#define HALF                                                               \
    "precision: {type: fp16, loss_scale: 0}\noptim: {adam: {lr: 0.003}}\n" \
    "train: {epochs: 20, batch: 12}\n"

/* Two samples a batch, each with half of the gradient: 65536 is too much. */
static const char *const pairs[] = {
    "model=[{conv: {out: 8, kernel: 3}}, relu, {maxpool: 2}, flatten, "
    "{dense: {out: 16}}, relu, {dense: {out: classes}}]",
    "train.batch=2"};
static const mien_train_options in_pairs = {.set = pairs, .n_set = 2};

static void finding_it__is_no_illness(void **state) {
    (void)state;
    mien_train_result *r = ward_train(blobs_recipe(HALF), "run", in_pairs);
    const mien_train_summary *s = mien_train_summary_of(r);
    assert_in_range(s->skipped, 1, 16);
    assert_true(s->accuracy > 0.9);
    assert_int_equal(ward_lines("run", "\"kind\": \"act\"", NULL), 0);
    assert_int_equal(ward_lines("run", "\"detector\": \"non_finite\"", NULL),
                     0);
    mien_train_result_free(r);
    ward_is_sound("run");
}

/* What the last checkpoint's position has. */
static double saved_scale(const char *out) {
    mien_safetensors *file;
    mien_position at;
    const char *path = ward_path(out, "last.safetensors");
    assert_int_equal(mien_safetensors_open(&file, path, true), MIEN_OK);
    const char *text = mien_safetensors_meta(file, MIEN_POSITION_KEY);
    assert_non_null(text);
    assert_int_equal(mien_position_parse(&at, text, path), MIEN_OK);
    mien_safetensors_close(file);
    return at.loss_scale;
}

static void checkpoint__carries_it(void **state) {
    (void)state;
    char whole[80];
    mien_train_result *r;
    mien_train_options o = in_pairs;
    const char *recipe = blobs_recipe(HALF);
    snprintf(whole, sizeof whole, "%s", blobs_hash(recipe, "whole", o));
    o.stop_at = 300;
    assert_int_equal(blobs_train(&r, recipe, "parts", o), MIEN_EINTERRUPTED);
    assert_true(saved_scale("parts") < 65536);
    o.stop_at = 0;
    o.resume = true;
    assert_string_equal(blobs_hash(recipe, "parts", o), whole);
    assert_true(saved_scale("parts") == saved_scale("whole"));
    assert_true(
        ward_count("parts", "log.jsonl", "\"kind\": \"skipped\"", NULL) ==
        ward_count("whole", "log.jsonl", "\"kind\": \"skipped\"", NULL));
}

/* A batch that was not even run says nothing about the scale. */
static void outlier__leaves_it_alone(void **state) {
    (void)state;
    mien_train_result_free(ward_train(blobs_recipe(HALF), "as", in_pairs));
    const char *recipe =
        blobs_recipe("faults: [{scale_batch: {at: 30, by: 1e6}}]\n" HALF);
    mien_train_result *r = ward_train(recipe, "run", in_pairs);
    assert_true(saved_scale("run") == saved_scale("as"));
    assert_int_equal(
        ward_lines("run", "\"kind\": \"quarantine\"", "\"step\": 30"), 1);
    mien_train_result_free(r);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, ward_setup, scratch_close)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scale__is_1_in_float32),
        cmocka_unit_test(scale__that_is_given_stays),
        cmocka_unit_test(scale__halves_down_to_1),
        cmocka_unit_test(scale__doubles_after_2000_good_steps),
        TEST(finding_it__is_no_illness),
        TEST(checkpoint__carries_it),
        TEST(outlier__leaves_it_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
