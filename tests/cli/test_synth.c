/* SPDX-License-Identifier: Apache-2.0 */
/* test_synth.c - sessions with mien synth: what it prints and leaves behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <signal.h>
#include <stdbool.h>
#include <cmocka.h>

#include <jansson.h>

#include "scratch.h"
#include "session.h"

static int setup(void **state) {
    return getenv("MIEN") ? scratch_open(state) : -1;
}

static bool exists(const char *path) {
    return access(scratch(path), F_OK) == 0;
}

static void synth__makes_an_album(void **state) {
    (void)state;
    assert_int_equal(
        MIEN("synth", scratch("album"), "--people", "2", "--photos", "1",
             "--groups", "1", "--distractors", "1", "--size", "40", "--format",
             "png", "--grey", "--hard", "--threads", "2"),
        0);
    says(out, "4 pictures");
    assert_true(exists("album/people/p0002/p0002_0001.png"));
    assert_true(exists("album/distractors/d000001.png"));
    assert_true(exists("album/groups/g0001.png"));
    assert_true(exists("album/truth.jsonl"));
    assert_true(exists("album/labels.txt"));
}

static void synth__prints_json(void **state) {
    (void)state;
    assert_int_equal(MIEN("synth", scratch("json"), "--people", "1", "--photos",
                          "2", "--groups", "0", "--size", "32", "--frontal",
                          "--seed", "7", "--json"),
                     0);
    json_t *o = json_loads(out, 0, NULL);
    assert_non_null(o);
    assert_int_equal(json_integer_value(json_object_get(o, "pictures")), 2);
    assert_true(json_is_number(json_object_get(o, "per_second")));
    assert_true(json_is_string(json_object_get(o, "album")));
    json_decref(o);
}

static void synth__leaves_a_full_folder_alone(void **state) {
    (void)state;
    scratch_folder("mine");
    scratch_text("mine/letter.txt", "dear");
    assert_int_equal(MIEN("synth", scratch("mine"), "--people", "2"), 2);
    says(err, "empty");
    assert_false(exists("mine/synth.json"));
}

static void synth__says_what_it_takes(void **state) {
    (void)state;
    assert_int_equal(MIEN("synth"), 2);
    assert_int_equal(MIEN("synth", scratch("a"), "--people", "-1"), 2);
    says(err, "--people");
    assert_int_equal(MIEN("synth", scratch("a"), "--seed", "1.5"), 2);
    says(err, "whole number");
    assert_int_equal(MIEN("synth", scratch("a"), "--format", "gif"), 2);
    says(err, "jpg nor png");
    assert_int_equal(MIEN("synth", scratch("a"), "--frontal", "--hard"), 2);
    says(err, "one or the other");
    assert_false(exists("a"));
    assert_int_equal(MIEN("synth", "--help"), 0);
    says(out, "--distractors");
}

/* Interrupted, it says so, and what it made stays. */
static void synth__stops_at_a_signal(void **state) {
    (void)state;
    const char *const words[] = {"synth",     scratch("stopped"),
                                 "--people",  "9999",
                                 "--photos",  "9",
                                 "--size",    "64",
                                 "--threads", "2",
                                 "--pairs",   "0",
                                 NULL};
    const pid_t pid = start(words);
    for (int i = 0; i < 500 && !exists("stopped/people/p0001/p0001_0002.jpg");
         i++)
        usleep(20000);
    assert_int_equal(kill(pid, SIGINT), 0);
    assert_int_equal(finish(pid), 2);
    says(err, "stopped after");
    assert_true(exists("stopped/people/p0001/p0001_0002.jpg"));
    assert_true(exists("stopped/truth.jsonl"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(synth__makes_an_album),
        cmocka_unit_test(synth__prints_json),
        cmocka_unit_test(synth__leaves_a_full_folder_alone),
        cmocka_unit_test(synth__says_what_it_takes),
        cmocka_unit_test(synth__stops_at_a_signal),
    };
    return cmocka_run_group_tests(tests, setup, scratch_close);
}
