/* SPDX-License-Identifier: Apache-2.0 */
/* test_doctor.c - each item of the doctor's policy, on trainings of seconds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "train/doctor_memory.h"
#include "doctor_fixture.h"

static const mien_train_options plain = {0};

/* ---- who may do what -------------------------------------------------- */

static void off__and_watch_have_the_same_bits(void **state) {
    (void)state;
    char off[80];
    const char *recipe = blobs_recipe("health: off\n" GOOD);
    snprintf(off, sizeof off, "%s", blobs_hash(recipe, "off", plain));
    recipe = blobs_recipe("health: watch\n" GOOD);
    assert_string_equal(blobs_hash(recipe, "watch", plain), off);
    assert_false(mien_file_exists(ward_path("off", "health.jsonl")));
    assert_int_equal(ward_lines("watch", "\"kind\": \"rows\"", NULL), 1);
    assert_true(ward_lines("watch", "\"kind\": \"frame\"", NULL) > 5);
}

static void doctor__without_percentile_leaves_a_healthy_run_alone(
    void **state) {
    (void)state;
    char off[80];
    const char *recipe = blobs_recipe("health: off\n" GOOD);
    snprintf(off, sizeof off, "%s", blobs_hash(recipe, "off", plain));
    recipe = blobs_recipe("health: {without: percentile}\n" GOOD);
    assert_string_equal(blobs_hash(recipe, "doctor", plain), off);
    assert_int_equal(ward_lines("doctor", "\"kind\": \"act\"", NULL), 0);
    assert_false(mien_file_exists(ward_path("doctor", "doctor.json")));
}

static void watch__speaks_and_does_not_act(void **state) {
    (void)state;
    const char *recipe = blobs_recipe(
        "health: watch\nfaults: [{init_scale: {by: 1000}}]\n" GOOD);
    mien_train_result_free(ward_train(recipe, "run", on_bare));
    assert_true(ward_lines("run", "\"kind\": \"finding\"", "\"fail\"") > 0);
    assert_int_equal(ward_lines("run", "\"kind\": \"act\"", NULL), 0);
    assert_int_equal(ward_is_sound("run"), 2);
}

/* ---- what it cures ---------------------------------------------------- */

static void init__far_too_large_is_scaled_by_the_data(void **state) {
    (void)state;
    const char *recipe =
        blobs_recipe("faults: [{init_scale: {by: 1000}}]\n" GOOD);
    mien_train_result *r = ward_train(recipe, "run", on_bare);
    assert_true(accuracy(r) > 0.9);
    assert_int_equal(ward_acts("run", "lsuv", true), 1);
    assert_int_equal(ward_count("run", "recipe.yaml", "init: lsuv", NULL), 1);
    assert_int_equal(ward_count("run", "doctor.json", "init=lsuv", NULL), 2);
    assert_true(ward_lines("run", "\"attempt\": 1", "\"frame\"") > 5);
    assert_int_equal(ward_is_sound("run"), 2);
    assert_true(mien_file_exists(ward_path("run", "report.html")));
    mien_train_result_free(r);
}

static void bias__that_kills_all_units_is_named(void **state) {
    (void)state;
    const char *recipe = blobs_recipe("faults: [{bias: {value: -10}}]\n" GOOD);
    mien_train_result *r = ward_train(recipe, "run", on_bare);
    assert_true(accuracy(r) > 0.9);
    assert_true(ward_lines("run", "\"kind\": \"finding\"", "bias") > 0);
    assert_int_equal(ward_acts("run", "lsuv", true), 1);
    mien_train_result_free(r);
}

static void rate__far_too_high_is_lowered(void **state) {
    (void)state;
    static const char *const optim[] = {"adam: {lr: 0.3}", "sgd: {lr: 50}",
                                        "sgd: {lr: 1e6}"};
    for (int i = 0; i < 3; i++) {
        char text[256], out[8];
        snprintf(out, sizeof out, "r%d", i);
        snprintf(text, sizeof text,
                 "optim: {%s}\ntrain: {epochs: 20, batch: 12}", optim[i]);
        mien_train_result *r = ward_train(blobs_recipe(text), out, on_bare);
        if (accuracy(r) < 0.9) fail_msg("%s: %g", optim[i], accuracy(r));
        assert_true(ward_acts(out, "rate", true) > 0);
        ward_is_sound(out);
        mien_train_result_free(r);
    }
}

static void without__forbids_a_remedy(void **state) {
    (void)state;
    const char *recipe = blobs_recipe(
        "faults: [{init_scale: {by: 1000}}]\n"
        "health: {without: 'quarantine, lsuv'}\n" GOOD);
    mien_train_result *r;
    const mien_status status = blobs_train(&r, recipe, "run", on_bare);
    assert_true(status == MIEN_OK || status == MIEN_EDIAGNOSIS);
    if (status == MIEN_OK) mien_train_result_free(r);
    assert_int_equal(ward_lines("run", "\"remedy\": \"lsuv\"", NULL), 0);
    ward_is_sound("run");
}

static void without__of_what_is_no_remedy_is_refused(void **state) {
    (void)state;
    blobs_refused(blobs_recipe("health: {without: 'lsuv, lusv'}\n" GOOD), "run",
                  plain, MIEN_EINVAL, "no remedy 'lusv'");
}

/* ---- single batches --------------------------------------------------- */

static void nan__in_one_batch_costs_one_step(void **state) {
    (void)state;
    const char *recipe =
        blobs_recipe("faults: [{nan_batch: {at: 30, sample: 7}}]\n" GOOD);
    mien_train_result *r = ward_train(recipe, "run", plain);
    assert_int_equal(mien_train_summary_of(r)->skipped, 1);
    assert_int_equal(mien_train_summary_of(r)->steps, 60);
    assert_int_equal(ward_lines("run", "\"kind\": \"quarantine\"", NULL), 1);
    assert_int_equal(ward_lines("run", "\"kind\": \"quarantine\"",
                                "\"step\": 30, \"epoch\": 10, \"batch\": 0, "
                                "\"sample\": 7"),
                     1);
    assert_int_equal(ward_lines("run", "\"kind\": \"act\"", NULL), 0);
    mien_train_result_free(r);
}

/* The second of nine batches that make a step: the others are passed over,
 * and it is still there to be looked at. */
static void nan__is_located_in_a_step_of_many_batches(void **state) {
    (void)state;
    const char *recipe = blobs_recipe(
        "faults: [{nan_batch: {at: 10, sample: 2}}]\n"
        "optim: {adam: {lr: 0.01}}\n"
        "train: {epochs: 20, batch: 4, accumulate: 9}\n");
    mien_train_result *r = ward_train(recipe, "run", plain);
    assert_int_equal(mien_train_summary_of(r)->skipped, 1);
    assert_int_equal(mien_train_summary_of(r)->steps, 20);
    assert_int_equal(ward_lines("run", "\"kind\": \"quarantine\"",
                                "\"step\": 1, \"epoch\": 1, \"batch\": 1, "
                                "\"sample\": 2"),
                     1);
    mien_train_result_free(r);
}

static void outlier__is_not_learned_from(void **state) {
    (void)state;
    const char *recipe =
        blobs_recipe("faults: [{scale_batch: {at: 30, by: 1e6}}]\n" GOOD);
    mien_train_result *r = ward_train(recipe, "run", plain);
    assert_int_equal(mien_train_summary_of(r)->skipped, 1);
    assert_int_equal(
        ward_lines("run", "\"kind\": \"quarantine\"", "unlike all batches"), 1);
    assert_int_equal(ward_lines("run", "\"kind\": \"finding\"", "outlier"), 1);
    assert_int_equal(ward_lines("run", "\"kind\": \"finding\"", "not finite"),
                     0);
    mien_train_result_free(r);
}

static void quarantine__can_be_forbidden(void **state) {
    (void)state;
    const char *recipe = blobs_recipe(
        "faults: [{scale_batch: {at: 30, by: 20}}]\n"
        "health: {without: quarantine}\n" GOOD);
    mien_train_result *r = ward_train(recipe, "run", plain);
    assert_int_equal(mien_train_summary_of(r)->skipped, 0);
    assert_int_equal(ward_lines("run", "\"kind\": \"quarantine\"", NULL), 0);
    mien_train_result_free(r);
}

/* ---- the end ---------------------------------------------------------- */

static void one_class__ends_with_a_diagnosis(void **state) {
    (void)state;
    blobs_refused(blobs_recipe("faults: [one_class]\n" GOOD), "run", plain,
                  MIEN_EDIAGNOSIS, "only one class");
    assert_int_equal(mien_status_exit_code(MIEN_EDIAGNOSIS), 3);
    assert_int_equal(ward_lines("run", "\"kind\": \"verdict\"", "one class"),
                     1);
    assert_true(mien_file_exists(ward_path("run", "report.html")));
    assert_int_equal(ward_is_sound("run"), 0);
}

static void one_class__is_trained_on_when_only_watched(void **state) {
    (void)state;
    const char *recipe =
        blobs_recipe("health: watch\nfaults: [one_class]\n" GOOD);
    mien_train_result_free(ward_train(recipe, "run", plain));
    assert_true(ward_lines("run", "\"kind\": \"finding\"", "one_class") > 0);
}

static void diagnosis__outlives_a_report_that_cannot_be_written(void **state) {
    (void)state;
    scratch_folder("run");
    scratch_folder("run/report.html");
    blobs_refused(blobs_recipe("faults: [one_class]\n" GOOD), "run", plain,
                  MIEN_EDIAGNOSIS, "only one class");
}

/* ---- consent ---------------------------------------------------------- */

/* 36 plain layers: only skips help, and those change the architecture. */
static const char *const deep[] = {
    "model=[flatten, {dense: {out: 16}}, relu, {repeat: {times: 36, body: "
    "[{dense: {out: 16}}, relu]}}, {dense: {out: classes}}]"};

static void consent__is_asked_for_before_the_architecture_changes(
    void **state) {
    (void)state;
    const char *recipe = blobs_recipe(
        "health: {fork: 10}\noptim: {adam: {lr: 0.003}}\n"
        "train: {epochs: 10, batch: 12}");
    mien_train_result *r;
    const mien_status status = blobs_train(
        &r, recipe, "run", (mien_train_options){.set = deep, .n_set = 1});
    assert_true(status == MIEN_OK || status == MIEN_EDIAGNOSIS);
    if (status == MIEN_OK) mien_train_result_free(r);
    assert_int_equal(ward_acts("run", "residual", true), 0);
    assert_true(ward_acts("run", "residual", false) > 0);
    assert_true(ward_lines("run", "\"act\"", "proposed, not made") > 0);
    assert_int_equal(ward_count("run", "recipe.yaml", "doctors_skip", NULL), 0);
}

static bool is_new(mien_doctor *d, const char *remedy, bool allowed) {
    static const mien_prescription form = {.n = 1, .changes = {"init=lsuv"}};
    bool is_new;
    assert_int_equal(mien_doctor_note(&is_new, d, remedy, &form, allowed),
                     MIEN_OK);
    return is_new;
}

static void tried__is_not_what_was_only_proposed(void **state) {
    (void)state;
    char names[MIEN_SAY_ROOM];
    mien_doctor d = {0};
    assert_true(is_new(&d, "lsuv", true));
    assert_false(is_new(&d, "lsuv", true));
    assert_true(is_new(&d, "residual", false));
    d.n_changes = 1; /* things have changed: try again, propose once */
    assert_true(is_new(&d, "lsuv", true));
    assert_false(is_new(&d, "residual", false));
    assert_true(is_new(&d, "rate", true));
    mien_doctor_name_tried(names, &d, false);
    assert_string_equal(names, "lsuv, rate");
    mien_doctor_name_tried(names, &d, true);
    assert_string_equal(names, "residual");
    assert_true(is_new(&d, "residual", true)); /* consent was given */
    mien_doctor_name_tried(names, &d, false);
    assert_string_equal(names, "lsuv, rate, residual");
    mien_arena_close(&d.arena);
}

static int heard;

static void hear(void *context, mien_log_level level, const char *text) {
    (void)context;
    heard += level == MIEN_LOG_WARNING && strstr(text, "them: plain stacks");
}

/* The journal has it for each of the two attempts, a person hears it once. */
static void depth__is_not_said_again_by_a_new_beginning(void **state) {
    (void)state;
    mien_train_result *r;
    const mien_log_sink sink = {.line = hear};
    const char *recipe = blobs_recipe(
        "faults: [{init_scale: {by: 1000}}]\nhealth: {fork: 10}\n"
        "train: {epochs: 4, batch: 12}");
    heard = 0;
    mien_log_set(&sink, NULL);
    const mien_status status = blobs_train(
        &r, recipe, "run", (mien_train_options){.set = deep, .n_set = 1});
    mien_log_set(NULL, NULL);
    if (status != MIEN_OK) fail_msg("%s", mien_error());
    mien_train_result_free(r);
    assert_int_equal(ward_acts("run", "lsuv", true), 1);
    assert_int_equal(heard, 1);
    assert_int_equal(ward_lines("run", "them: plain stacks", "finding"), 2);
}

static void diagnosis__tells_what_was_proposed_and_not_made(void **state) {
    (void)state;
    const char *recipe = blobs_recipe(
        "health: {fork: 10, without: lsuv}\noptim: {sgd: {lr: 1e-4}}\n"
        "train: {epochs: 40, batch: 12}");
    blobs_refused(recipe, "run", (mien_train_options){.set = deep, .n_set = 1},
                  MIEN_EDIAGNOSIS, "Proposed, not made: residual");
    assert_int_equal(ward_lines("run", "\"verdict\"", "Tried"), 0);
}

static void consent__lets_the_doctor_add_skips(void **state) {
    (void)state;
    const char *recipe = blobs_recipe(
        "health: {consent: true}\noptim: {adam: {lr: 0.003}}\n"
        "train: {epochs: 20, batch: 12}");
    mien_train_result *r = ward_train(
        recipe, "run", (mien_train_options){.set = deep, .n_set = 1});
    assert_int_equal(ward_acts("run", "residual", true), 1);
    assert_true(ward_count("run", "recipe.yaml", "doctors_skip", NULL) > 0);
    if (accuracy(r) < 0.9) fail_msg("accuracy %g", accuracy(r));
    mien_train_result_free(r);
}

/* ---- back in time ----------------------------------------------------- */

#define BURST                                                   \
    "faults: [{nan_batch: {at: 130}}, {nan_batch: {at: 131}}, " \
    "{nan_batch: {at: 132}}]\noptim: {momentum: {lr: 0.01}}\n"  \
    "train: {epochs: 60, batch: 12, ema: 0.9}\n"

static void rollback__halves_the_rate_and_survives_a_resume(void **state) {
    (void)state;
    char whole[80];
    const char *recipe = blobs_recipe(BURST);
    mien_train_result *r = ward_train(recipe, "whole", plain);
    snprintf(whole, sizeof whole, "%s", mien_train_summary_of(r)->weights_hash);
    assert_int_equal(mien_train_summary_of(r)->skipped, 3);
    assert_true(accuracy(r) > 0.9);
    mien_train_result_free(r);
    assert_int_equal(ward_acts("whole", "rollback", true), 1);
    assert_int_equal(ward_lines("whole", "\"remedy\": \"rollback\"",
                                "\"cause\": \"input_bad\""),
                     1);
    assert_int_equal(
        ward_count("whole", "log.jsonl", "\"step\": 129", "\"lr\": 0.01"), 1);
    assert_int_equal(
        ward_count("whole", "log.jsonl", "\"step\": 133", "\"lr\": 0.005"), 1);
    assert_true(ward_is_sound("whole") > 2); /* a flight recorder, too */
    same_after_a_stop(recipe, plain, 150, whole);
}

static void rollback__can_be_forbidden(void **state) {
    (void)state;
    const char *recipe = blobs_recipe("health: {without: rollback}\n" BURST);
    mien_train_result *r = ward_train(recipe, "run", plain);
    assert_int_equal(ward_lines("run", "\"remedy\": \"rollback\"", NULL), 0);
    assert_int_equal(
        ward_count("run", "log.jsonl", "\"step\": 133", "\"lr\": 0.01"), 1);
    mien_train_result_free(r);
}

/* ---- the fork test ---------------------------------------------------- */

/* A batch of 10 gains nothing by being one of 32, and is no reason for a
 * diagnosis either: both forks end where the training would. */
static void fork__drops_what_does_not_help(void **state) {
    (void)state;
    char without[80];
    static const char text[] =
        "health: {without: '%s'}\noptim: {adam: {lr: 0.01, eps: 1e-16}}\n"
        "faults: [{duplicates: {copies: 12}}]\n"
        "train: {epochs: 20, batch: 12}\n";
    char rest[256];
    snprintf(rest, sizeof rest, text, "percentile, dedupe");
    snprintf(without, sizeof without, "%s",
             blobs_hash(blobs_recipe(rest), "without", plain));
    snprintf(rest, sizeof rest, text, "percentile");
    const char *with = blobs_hash(blobs_recipe(rest), "with", plain);
    assert_int_equal(ward_acts("without", "dedupe", false), 0);
    assert_int_equal(ward_acts("with", "dedupe", false), 1);
    assert_string_equal(with, without);
}

/* ---- memory ----------------------------------------------------------- */

/* A photo read ahead of its time may fail and never be missed: then nothing
 * differs. */
static void memory__running_out_under_treatment_is_survived(void **state) {
    (void)state;
    char whole[80];
    const char *recipe = blobs_recipe(
        "faults: [{init_scale: {by: 1000}}]\nhealth: {fork: 4}\n"
        "optim: {adam: {lr: 0.01}}\ntrain: {epochs: 2, batch: 12}");
    snprintf(whole, sizeof whole, "%s", blobs_hash(recipe, "whole", on_bare));
    for (int64_t n = 0, run = 0;; n += 1 + n / 6, run++) {
        mien_train_result *r;
        char out[32];
        snprintf(out, sizeof out, "oom%lld", (long long)run);
        mien_mem_fail_after(n);
        const mien_status status = blobs_train(&r, recipe, out, on_bare);
        const int64_t made = mien_mem_fail_after(-1);
        if (status == MIEN_OK) {
            assert_string_equal(mien_train_summary_of(r)->weights_hash, whole);
            mien_train_result_free(r);
            if (made <= n) return;
        } else if (status != MIEN_ENOMEM) {
            fail_msg("%d: %s", status, mien_error());
        }
        if (mien_dir_exists(scratch(out))) ward_is_sound(out);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(off__and_watch_have_the_same_bits),
        TEST(doctor__without_percentile_leaves_a_healthy_run_alone),
        TEST(watch__speaks_and_does_not_act),
        TEST(init__far_too_large_is_scaled_by_the_data),
        TEST(bias__that_kills_all_units_is_named),
        TEST(rate__far_too_high_is_lowered),
        TEST(without__forbids_a_remedy),
        TEST(without__of_what_is_no_remedy_is_refused),
        TEST(nan__in_one_batch_costs_one_step),
        TEST(nan__is_located_in_a_step_of_many_batches),
        TEST(outlier__is_not_learned_from),
        TEST(quarantine__can_be_forbidden),
        TEST(one_class__ends_with_a_diagnosis),
        TEST(one_class__is_trained_on_when_only_watched),
        TEST(diagnosis__outlives_a_report_that_cannot_be_written),
        TEST(consent__is_asked_for_before_the_architecture_changes),
        cmocka_unit_test(tried__is_not_what_was_only_proposed),
        TEST(depth__is_not_said_again_by_a_new_beginning),
        TEST(diagnosis__tells_what_was_proposed_and_not_made),
        TEST(consent__lets_the_doctor_add_skips),
        TEST(rollback__halves_the_rate_and_survives_a_resume),
        TEST(rollback__can_be_forbidden),
        TEST(fork__drops_what_does_not_help),
        TEST(memory__running_out_under_treatment_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
