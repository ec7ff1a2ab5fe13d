/* SPDX-License-Identifier: Apache-2.0 */
/* test_explain.c - what mien health tells of finished, stopped and broken
 * runs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/file.h"
#include "base/mem.h"
#include "health/account.h"
#include "mien/health.h"
#include "past_fixture.h"
#include "scratch.h"

static void write_run(const fixture_plan *plan, const char *more) {
    scratch_folder("run");
    const char *path = scratch("run/health.jsonl");
    assert_int_equal(fixture_write(path, plan), 0);
    FILE *f = fopen(path, "a");
    fputs(more, f);
    fclose(f);
}

static mien_health_text *explain(const mien_health_options *options) {
    mien_health_text *text;
    assert_int_equal(mien_health_explain(&text, scratch("run"), options),
                     MIEN_OK);
    return text;
}

static void says(const mien_health_text *text, const char *part) {
    if (!strstr(mien_health_text_of(text), part))
        fail_msg("'%s' is not in: %s", part, mien_health_text_of(text));
}

static const fixture_plan troubled = {
    .layers = 4, .steps = 200, .every = 20, .troubled = true};
static const fixture_plan healthy = {
    .layers = 4, .steps = 50, .every = 10, .verdict = true};

static void explain__a_finished_run(void **state) {
    (void)state;
    fixture_plan plan = troubled;
    plan.verdict = true;
    write_run(&plan, "");
    mien_health_text *text = explain(NULL);
    says(text, "state      finished");
    says(text, "The training reached its end after 361 steps in 2 starts");
    says(text, "What was wrong: weights start too large (from step 12 on).");
    says(text, "kept     #2 lsuv (init.kind=lsuv): fork test");
    says(text, "dropped  #1 rate (optim.sgd.lr=0.05)");
    says(text, "(48 times, to step 59)");
    says(text, "epoch 2, batch 53, sample 7:");
    says(text, "what you can do\n  1. ");
    says(text, "init.kind=lsuv, optim.sgd.lr=0.01");
    says(text, "loss       \u2585"); /* a sparkline */
    mien_health_text_free(text);
}

static void explain__a_stopped_run(void **state) {
    (void)state;
    write_run(&troubled,
              "{\"kind\": \"finding\", \"attempt\": 1, \"step\": 200, "
              "\"detector\": \"exploding\", \"severity\": \"fail\", \"cause\": "
              "\"depth\", \"since\": 200, \"where\": \"\", \"text\": \"x\"}\n"
              "{\"kind\": \"act\", \"attempt\": 1, \"step\": 200, \"remedy\": "
              "\"residual\", \"cause\": \"depth\", \"changes\": [], \"kept\": "
              "false, \"why\": \"proposed, not made; health: {consent: true} "
              "allows it\", \"with\": [], \"without\": [], \"from\": 200}\n"
              "{\"kind\": \"verdict\", \"attempt\": 1, \"step\": 200, "
              "\"text\": \"too deep without skips\"}\n");
    mien_health_text *text = explain(NULL);
    says(text, "state      stopped");
    says(text, ": too deep without skips.");
    says(text,
         "1. Allow the change of architecture that was proposed at step "
         "200 (residual)");
    says(text, "2. Add skips");
    mien_health_text_free(text);
}

static void explain__a_run_that_broke_off(void **state) {
    (void)state;
    write_run(&troubled, "{\"kind\": \"frame\", \"att");
    mien_health_text *text = explain(NULL);
    says(text, "state      interrupted, or still running");
    says(text, "was interrupted or is still running, at step 199");
    says(text, "--resume");
    mien_health_text_free(text);
}

static void explain__a_healthy_run_shortly(void **state) {
    (void)state;
    write_run(&healthy, "");
    mien_health_text *text = explain(NULL);
    says(text, "Nothing was found wrong.");
    assert_null(strstr(mien_health_text_of(text), "what you can do"));
    assert_null(strstr(mien_health_text_of(text), "what happened"));
    mien_health_text_free(text);
}

static void explain__an_empty_journal(void **state) {
    (void)state;
    write_run(&(fixture_plan){0}, "");
    mien_health_text *text = explain(NULL);
    says(text, "No step was made yet.");
    mien_health_text_free(text);
}

static void explain__shows_the_ends_of_a_long_story(void **state) {
    (void)state;
    char more[60 * 200] = "";
    for (int i = 0; i < 60; i++)
        snprintf(more + strlen(more), sizeof more - strlen(more),
                 "{\"kind\": \"finding\", \"step\": %d, \"detector\": \"d\", "
                 "\"severity\": \"warn\", \"cause\": \"rate\", \"where\": "
                 "\"w%d\", \"text\": \"t%d\"}\n",
                 i, i, i);
    write_run(&healthy, more);
    mien_health_text *text = explain(NULL);
    says(text, "... 20 more ...");
    says(text, ": t0\n");
    says(text, ": t19\n");
    says(text, ": t59\n");
    assert_null(strstr(mien_health_text_of(text), ": t25\n"));
    mien_health_text_free(text);
}

static void json__holds_the_same(void **state) {
    (void)state;
    json_error_t error;
    write_run(&troubled, "");
    mien_health_text *text = explain(&(mien_health_options){.json = true});
    json_t *root = json_loads(mien_health_text_of(text), 0, &error);
    if (!root) fail_msg("%s", error.text);
    assert_string_equal(json_string_value(json_object_get(root, "run")), "run");
    assert_string_equal(json_string_value(json_object_get(root, "state")),
                        "open");
    assert_int_equal(json_integer_value(json_object_get(root, "steps_made")),
                     361);
    assert_int_equal(json_array_size(json_object_get(root, "findings")), 3);
    assert_int_equal(json_array_size(json_object_get(root, "quarantine")), 2);
    const json_t *acts = json_object_get(root, "interventions");
    assert_int_equal(json_array_size(acts), 3);
    const json_t *act = json_array_get(acts, 1);
    assert_string_equal(json_string_value(json_object_get(act, "cause")),
                        "init_large");
    assert_true(json_is_true(json_object_get(act, "kept")));
    assert_true(json_array_size(json_object_get(root, "advice")) > 1);
    json_decref(root);
    mien_health_text_free(text);
}

static void explain__writes_the_report_too(void **state) {
    (void)state;
    write_run(&healthy, "");
    mien_health_text *text =
        explain(&(mien_health_options){.html = scratch("report.html")});
    assert_true(mien_file_exists(scratch("report.html")));
    mien_health_text_free(text);
}

static void explain__needs_a_journal(void **state) {
    (void)state;
    mien_health_text *text;
    assert_int_equal(mien_health_explain(&text, scratch("none"), NULL),
                     MIEN_ENOTFOUND);
    assert_null(text);
    assert_non_null(strstr(mien_error(), "health.jsonl"));
    write_run(&healthy, "nonsense\n");
    assert_int_equal(mien_health_explain(&text, scratch("run"), NULL),
                     MIEN_EFORMAT);
    assert_null(text);
}

static void explain__survives_failing_allocations(void **state) {
    (void)state;
    fixture_plan small = troubled;
    small.layers = 2, small.steps = 10;
    write_run(&small, "");
    for (int n = 0, done = 0; !done; n++) {
        mien_health_text *text;
        mien_mem_fail_after(n);
        done = mien_health_explain(&text, scratch("run"), NULL) == MIEN_OK;
        mien_mem_fail_after(-1);
        if (!done) assert_null(text);
        mien_health_text_free(text);
        assert_true(n < 5000);
    }
}

static void advice__is_there_for_every_known_cause(void **state) {
    (void)state;
    for (int i = 1; i < MIEN_CAUSES; i++) {
        assert_non_null(mien_cause_advice((mien_cause)i));
        assert_true(strlen(mien_cause_advice((mien_cause)i)) > 20);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(explain__a_finished_run),
        cmocka_unit_test(explain__a_stopped_run),
        cmocka_unit_test(explain__a_run_that_broke_off),
        cmocka_unit_test(explain__a_healthy_run_shortly),
        cmocka_unit_test(explain__an_empty_journal),
        cmocka_unit_test(explain__shows_the_ends_of_a_long_story),
        cmocka_unit_test(json__holds_the_same),
        cmocka_unit_test(explain__writes_the_report_too),
        cmocka_unit_test(explain__needs_a_journal),
        cmocka_unit_test(explain__survives_failing_allocations),
        cmocka_unit_test(advice__is_there_for_every_known_cause),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
