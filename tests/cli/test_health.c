/* SPDX-License-Identifier: Apache-2.0 */
/* test_health.c - mien health on runs that never were. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "health/past_fixture.h"
#include "scratch.h"
#include "session.h"

static const char *write_run(void) {
    const fixture_plan plan = {.layers = 4,
                               .steps = 60,
                               .every = 10,
                               .troubled = true,
                               .verdict = true};
    const char *folder = scratch_folder("run");
    assert_int_equal(fixture_write(scratch("run/health.jsonl"), &plan), 0);
    return folder;
}

static void health__explains_a_run(void **state) {
    (void)state;
    assert_int_equal(MIEN("health", write_run()), 0);
    says(out, "run        run\nstate      finished\n");
    says(out, "What was wrong: weights start too large");
    says(out, "what you can do");
    assert_string_equal(err, "");
}

static void health__prints_one_json_object(void **state) {
    (void)state;
    assert_int_equal(MIEN("health", write_run(), "--json"), 0);
    json_t *root = json_loads(out, 0, NULL);
    assert_non_null(root);
    assert_string_equal(json_string_value(json_object_get(root, "state")),
                        "finished");
    json_decref(root);
}

static void health__writes_the_report(void **state) {
    (void)state;
    size_t size;
    const char *page = scratch("report.html");
    assert_int_equal(MIEN("health", write_run(), "--html", page), 0);
    free(scratch_read(page, &size));
    assert_true(size > 10000);
}

static void health__writes_the_pictures(void **state) {
    (void)state;
    const char *folder = scratch("pictures/of/it");
    assert_int_equal(MIEN("health", write_run(), "--pictures", folder), 0);
    static const char *const names[] = {"strip.png", "gains-1.png",
                                        "gains-2.png", "updates-2.png"};
    for (int i = 0; i < 4; i++) {
        char name[64];
        size_t size;
        snprintf(name, sizeof name, "pictures/of/it/%s", names[i]);
        free(scratch_read(scratch(name), &size));
        assert_true(size > 1000);
    }
}

static void health__compares_runs(void **state) {
    (void)state;
    size_t size;
    const char *run = write_run(), *chart = scratch("all.png");
    scratch_text("run/log.jsonl",
                 "{\"kind\": \"step\", \"step\": 0, \"loss\": 2, "
                 "\"grad_norm\": 1}\n");
    assert_int_equal(MIEN("health", run, run, "--compare", chart), 0);
    assert_string_equal(out, "");
    free(scratch_read(chart, &size));
    assert_true(size > 1000);
    assert_int_equal(MIEN("health", run, run), 2);
    says(err, "one run at a time");
    assert_int_equal(MIEN("health", run, "--compare", chart, "--json"), 2);
    says(err, "goes with no other option");
    assert_int_equal(MIEN("health", scratch("none"), "--compare", chart), 2);
    says(err, "log.jsonl");
}

static void health__says_what_is_missing(void **state) {
    (void)state;
    assert_int_equal(MIEN("health", scratch("none")), 2);
    says(err, "health.jsonl");
    assert_int_equal(MIEN("health"), 2);
    assert_int_equal(MIEN("health", write_run(), "--replay", "-3"), 2);
    assert_int_equal(
        MIEN("health", write_run(), "--replay", "3", "--html", "x.html"), 2);
    says(err, "do not go together");
    assert_int_equal(MIEN("health", write_run(), "--replay", "3"), 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(health__explains_a_run),
        cmocka_unit_test(health__prints_one_json_object),
        cmocka_unit_test(health__writes_the_report),
        cmocka_unit_test(health__writes_the_pictures),
        cmocka_unit_test(health__compares_runs),
        cmocka_unit_test(health__says_what_is_missing),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
