/* SPDX-License-Identifier: Apache-2.0 */
/* test_cli.c - sessions with the program: what it prints where, and how it
 * ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <jansson.h>
#include <signal.h>
#include <time.h>

#include "scratch.h"
#include "../train/blobs.h"
#include "session.h"

static int setup(void **state) {
    if (!getenv("MIEN") || scratch_open(state)) return -1;
    blobs_folder(3, 8);
    blobs_recipe("optim: {adam: {lr: 0.01}}\ntrain: {epochs: 2, batch: 6}");
    return 0;
}

static const char *recipe(void) { return scratch("recipe.yaml"); }

static void help__lists_the_commands(void **state) {
    (void)state;
    assert_int_equal(MIEN("help"), 0);
    says(out, "train");
    says(out, "model verify");
    assert_int_equal(MIEN("train", "--help"), 0);
    says(out, "--overfit N");
    says(out, "Keys of train:");
    assert_int_equal(MIEN("help", "data", "show"), 0);
    says(out, "--columns N");
    assert_int_equal(MIEN("--version"), 0);
    says(out, "mien 0.");
}

static void mistakes__exit_with_two_and_say_what_is_meant(void **state) {
    (void)state;
    const struct {
        const char *words[4], *says;
    } cases[] = {
        {{"trian"}, "did you mean 'train'"},
        {{"model", "inof"}, "did you mean 'model info'"},
        {{"train"}, "usage: mien train"},
        {{"train", "a", "b"}, "one word too many"},
        {{"train", "a", "--epoch=3"}, "did you mean --epochs"},
        {{"train", "a", "--epochs=x"}, "wants a number"},
        {{"train", "a", "--epochs=0"}, "is not within 1"},
        {{"train", "a", "--epochs=1.5"}, "whole number"},
        {{"train", "a", "--epochs"}, "wants a value"},
        {{"train", "a", "--resume=yes"}, "takes no value"},
        {{"train", "a", "-x"}, "two dashes"},
        {{"train", "absent.yaml"}, "absent.yaml"},
        {{"model", "info", "absent"}, "absent"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(finish(start(cases[i].words)), 2);
        says(err, cases[i].says);
        assert_string_equal(out, "");
    }
    assert_int_equal(finish(start((const char *const[]){NULL})), 2);
    says(err, "usage: mien COMMAND");
}

static void train__prints_results_on_stdout_only(void **state) {
    (void)state;
    assert_int_equal(MIEN("train", recipe(), "--out", scratch("run")), 0);
    says(out, "accuracy");
    says(out, "model.safetensors");
    says(err, "epoch 2/2");
    assert_null(strstr(out, "epoch 2/2"));
    assert_int_equal(MIEN("model", "verify",
                          scratch("run/model.safetensors")), 0);
    says(out, "intact");
    assert_int_equal(MIEN("model", "info",
                          scratch("run/model.safetensors")), 0);
    says(out, "3 values");
    assert_int_equal(MIEN("train", recipe(), "--out", scratch("run")), 2);
    says(err, "--resume");
}

static void json__is_one_object(void **state) {
    (void)state;
    assert_int_equal(MIEN("train", recipe(), "--json", "--set",
                          "train.epochs=1", "--threads", "1", "--out",
                          scratch("json")), 0);
    json_t *o = json_loads(out, 0, NULL);
    assert_non_null(o);
    assert_true(json_is_real(json_object_get(o, "accuracy")));
    assert_true(json_is_null(json_object_get(o, "top5")));
    assert_int_equal(json_integer_value(json_object_get(o, "epochs")), 1);
    char model[600];
    snprintf(model, sizeof model, "%s",
             json_string_value(json_object_get(o, "model")));
    json_decref(o);
    assert_int_equal(MIEN("model", "info", "--json", model), 0);
    o = json_loads(out, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(o, "kind")),
                        "classes");
    json_decref(o);
}

static void train__learns_from_and_begins_with_a_model(void **state) {
    (void)state;
    char teacher[512], learned[512];
    snprintf(teacher, sizeof teacher, "%s",
             scratch("teacher/model.safetensors"));
    snprintf(learned, sizeof learned, "%s",
             scratch("student/model.safetensors"));
    assert_int_equal(MIEN("train", recipe(), "--set", "loss={arcface: {s: 8}}",
                          "--out", scratch("teacher")), 0);
    assert_null(strstr(out, "teacher asked"));
    assert_int_equal(MIEN("train", recipe(), "--set", "loss=distill",
                          "--teacher", teacher, "--start", teacher, "--out",
                          scratch("student")), 0);
    says(err, "embeddings of 3 values from 12x12 rgb pixels");
    says(err, "start: loss.centre of the file has no place in this network");
    says(err, "values, come from");
    says(out, ", teacher asked for ");
    assert_int_equal(MIEN("model", "info", learned), 0);
    says(out, "\nteacher        BLAKE2b ");
    says(out, "\nstarted from   BLAKE2b ");
    assert_int_equal(MIEN("train", recipe(), "--teacher", teacher, "--out",
                          scratch("no")), 2);
    says(err, "cross_entropy learns from labels, not from a teacher");
    assert_int_equal(MIEN("train", recipe(), "--start", "absent", "--out",
                          scratch("no")), 2);
    says(err, "absent");
}

static void dry_run__prints_the_plan(void **state) {
    (void)state;
    assert_int_equal(MIEN("train", recipe(), "--dry-run", "--out",
                          scratch("dry")), 0);
    says(out, "conv1");
    says(out, "plan: 2 epochs");
    assert_int_not_equal(access(scratch("dry"), F_OK), 0);
}

static void show__writes_the_sheet(void **state) {
    (void)state;
    assert_int_equal(MIEN("data", "show", recipe(), "--out",
                          scratch("s.png"), "--rows", "2", "--columns",
                          "3"), 0);
    says(out, "shows 6");
    assert_int_equal(access(scratch("s.png"), F_OK), 0);
}

/* Wait until the run has logged a step, at most ten seconds. */
static void await_steps(const char *log) {
    for (int i = 0; i < 1000; i++) {
        struct stat info;
        if (!stat(log, &info) && info.st_size > 0) return;
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    fail_msg("no step within ten seconds");
}

static void interrupt__saves_and_says_how_to_go_on(void **state) {
    (void)state;
    const char *const words[] = {"train",    recipe(), "--epochs", "1000000",
                                 "--out",    scratch("int"), NULL};
    const pid_t pid = start(words);
    await_steps(scratch("int/log.jsonl"));
    assert_int_equal(kill(pid, SIGINT), 0);
    assert_int_equal(finish(pid), 2);
    says(err, "interrupted at step");
    says(err, "--resume");
    assert_int_equal(access(scratch("int/last.safetensors"), F_OK), 0);
    assert_int_equal(MIEN("train", recipe(), "--resume", "--out",
                          scratch("int"), "--epochs", "1"), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(help__lists_the_commands),
        cmocka_unit_test(mistakes__exit_with_two_and_say_what_is_meant),
        cmocka_unit_test(train__prints_results_on_stdout_only),
        cmocka_unit_test(train__learns_from_and_begins_with_a_model),
        cmocka_unit_test(json__is_one_object),
        cmocka_unit_test(dry_run__prints_the_plan),
        cmocka_unit_test(show__writes_the_sheet),
        cmocka_unit_test(interrupt__saves_and_says_how_to_go_on),
    };
    return cmocka_run_group_tests(tests, setup, scratch_close);
}
