/* SPDX-License-Identifier: Apache-2.0 */
/* The journal: every line is JSON with the keys that journal.h names. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>
#include <math.h>

#include "health/journal.h"
#include "mien/log.h"
#include "scratch.h"

static mien_journal open_journal(const char *name) {
    mien_journal j;
    if (mien_journal_open(&j, scratch(name), 0) != MIEN_OK)
        fail_msg("%s", mien_error());
    j.attempt = 2;
    return j;
}

/* The only line of a file; json_decref() frees it. */
static json_t *line_of(mien_journal *j, const char *name) {
    size_t size;
    json_error_t error;
    mien_journal_flush(j);
    const int64_t bytes = j->line.bytes;
    mien_journal_close(j);
    char *text = (char *)scratch_read(scratch(name), &size);
    assert_int_equal(size, bytes);
    assert_int_equal(text[size - 1], '\n');
    assert_null(memchr(text, '\n', size - 1));
    json_t *line = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    if (!line) fail_msg("%s: %s", name, error.text);
    free(text);
    return line;
}

/* Exactly these keys besides kind, attempt and step; "x[3]" is a list. */
static void has(json_t *line, const char *kind, int step, const char *keys) {
    char list[1024];
    size_t n = 3;
    assert_string_equal(json_string_value(json_object_get(line, "kind")), kind);
    assert_int_equal(json_integer_value(json_object_get(line, "attempt")), 2);
    assert_int_equal(json_integer_value(json_object_get(line, "step")), step);
    snprintf(list, sizeof list, "%s", keys);
    for (char *key = strtok(list, " "); key; key = strtok(NULL, " "), n++) {
        char *bracket = strchr(key, '[');
        if (bracket) *bracket = 0;
        const json_t *value = json_object_get(line, key);
        if (!value) fail_msg("%s has no %s", kind, key);
        if (bracket)
            assert_int_equal(json_array_size(value), atoi(bracket + 1));
    }
    assert_int_equal(json_object_size(line), n);
}

static const mien_layer_state layers[3] = {
    {.name = "conv1", .kind = "conv", .y = {.rms = 2, .non_finite = 4}},
    {.name = "relu1",
     .kind = "relu",
     .dead = 0.5,
     .activation = true,
     .dy = {.max = INFINITY}},
    {.name = "a\"b\\c\n\xff\xc3\xa4", .kind = "dense", .dead = NAN}};
static const mien_tensor_state tensors[2] = {
    {.name = "conv1.weight", .weight = 3, .gradient = NAN, .update = 1e-300},
    {.name = "conv1.bias", .role = MIEN_ROLE_BIAS, .layer = -1}};

static mien_frame frame(bool probed) {
    return (mien_frame){.step = 12,
                        .loss = 1.0 / 3,
                        .norm = INFINITY,
                        .lr = 0.1,
                        .threshold = NAN,
                        .skipped = true,
                        .probed = probed,
                        .n_layers = 3,
                        .n_tensors = 2,
                        .layers = layers,
                        .tensors = tensors};
}

static void journal__rows_name_layers_and_tensors(void **state) {
    mien_journal j = open_journal("rows");
    const mien_frame f = frame(false);
    (void)state;
    mien_journal_rows(&j, &f);
    json_t *l = line_of(&j, "rows");
    has(l, "rows", 12,
        "layers[3 kinds[3 activation[3 tensors[2 roles[2 layer_of[2");
    const json_t *names = json_object_get(l, "layers");
    assert_string_equal(json_string_value(json_array_get(names, 2)),
                        "a\"b\\c\n\xef\xbf\xbd\xc3\xa4");
    const json_t *roles = json_object_get(l, "roles");
    assert_string_equal(json_string_value(json_array_get(roles, 0)), "weight");
    assert_string_equal(json_string_value(json_array_get(roles, 1)), "bias");
    assert_true(
        json_is_true(json_array_get(json_object_get(l, "activation"), 1)));
    json_decref(l);
}

#define OF_FRAME                                                         \
    "loss accuracy lr norm backbone head threshold clipped skipped bad " \
    "input_rms input_max cosine theta "

static void journal__frame_has_scalars_and_nulls(void **state) {
    mien_journal j = open_journal("frame");
    const mien_frame f = frame(false);
    (void)state;
    mien_journal_frame(&j, &f);
    json_t *l = line_of(&j, "frame");
    has(l, "frame", 12, OF_FRAME);
    assert_true(json_real_value(json_object_get(l, "loss")) == 1.0 / 3);
    assert_true(json_is_null(json_object_get(l, "norm")));
    assert_true(json_is_null(json_object_get(l, "threshold")));
    assert_true(json_is_null(json_object_get(l, "bad")));
    assert_true(json_is_true(json_object_get(l, "skipped")));
    json_decref(l);
}

static void journal__probed_frame_has_all_columns(void **state) {
    mien_journal j = open_journal("probed");
    const mien_frame f = frame(true);
    (void)state;
    mien_journal_frame(&j, &f);
    json_t *l = line_of(&j, "probed");
    has(l, "frame", 12,
        OF_FRAME
        "y_mean[3 y_rms[3 y_max[3 y_zeros[3 y_saturated[3 y_bad[3 dy_mean[3 "
        "dy_rms[3 dy_max[3 dy_bad[3 dead[3 idle[3 forward_gain[3 "
        "backward_gain[3 weight[2 gradient[2 update[2");
    const json_t *dead = json_object_get(l, "dead");
    assert_true(json_number_value(json_array_get(dead, 1)) == 0.5);
    assert_true(json_is_null(json_array_get(dead, 2)));
    assert_int_equal(
        json_integer_value(json_array_get(json_object_get(l, "y_bad"), 0)), 4);
    assert_true(
        json_is_null(json_array_get(json_object_get(l, "gradient"), 0)));
    json_decref(l);
}

static void journal__histogram_has_all_bins(void **state) {
    mien_journal j = open_journal("histogram");
    mien_histogram h = {0};
    const float x[] = {1, -2, 0, NAN, 1.5f};
    (void)state;
    mien_histogram_add(&h, x, 5);
    mien_journal_histogram(&j, 5, 1, "gradient", &h);
    json_t *l = line_of(&j, "histogram");
    has(l, "histogram", 5,
        "tensor what zeros bad min max sum squares positive[64 negative[64");
    assert_int_equal(
        json_integer_value(json_array_get(json_object_get(l, "positive"), 40)),
        2);
    json_decref(l);
}

static void journal__angles_have_36_bins(void **state) {
    mien_journal j = open_journal("angles");
    const int64_t bins[36] = {[17] = 1LL << 40};
    (void)state;
    mien_journal_angles(&j, 6, bins);
    json_t *l = line_of(&j, "angles");
    has(l, "angles", 6, "bins[36");
    assert_int_equal(
        json_integer_value(json_array_get(json_object_get(l, "bins"), 17)),
        1LL << 40);
    json_decref(l);
}

static void journal__finding_says_who_what_and_where(void **state) {
    mien_journal j = open_journal("finding");
    const mien_finding f = {.detector = "exploding",
                            .severity = MIEN_FAIL,
                            .cause = MIEN_CAUSE_RATE,
                            .step = 7,
                            .since = 3,
                            .value = INFINITY,
                            .limit = 10,
                            .where = "conv1",
                            .text = "the gradient is 10 \xc3"}; /* cut */
    (void)state;
    mien_journal_finding(&j, &f);
    json_t *l = line_of(&j, "finding");
    has(l, "finding", 7,
        "detector severity cause since value limit where text");
    assert_string_equal(json_string_value(json_object_get(l, "severity")),
                        "fail");
    assert_string_equal(json_string_value(json_object_get(l, "cause")), "rate");
    json_decref(l);
}

static void journal__act_tells_the_fork_test(void **state) {
    mien_journal j = open_journal("act");
    const char *const changes[] = {"init=lsuv", "optim.adam.lr=0.001"};
    const double with[] = {2.3, 1.1}, without[] = {2.3, NAN};
    const mien_act act = {.remedy = "lsuv",
                          .step = 20,
                          .from = 0,
                          .changes = changes,
                          .n_changes = 2,
                          .kept = true,
                          .why = "it helped",
                          .with = with,
                          .without = without,
                          .n_with = 2,
                          .n_without = 2};
    (void)state;
    mien_journal_act(&j, &act);
    json_t *l = line_of(&j, "act");
    has(l, "act", 20, "remedy cause changes[2 kept why with[2 without[2 from");
    assert_true(json_is_null(json_array_get(json_object_get(l, "without"), 1)));
    json_decref(l);
}

static void journal__quarantine_sweep_and_verdict(void **state) {
    mien_journal j = open_journal("quarantine");
    const double lr[] = {1e-7, 1e-3, 10}, loss[] = {2, 1, NAN};
    (void)state;
    mien_journal_quarantine(&j, 8, 1, 4, -1, "not finite");
    json_t *l = line_of(&j, "quarantine");
    has(l, "quarantine", 8, "epoch batch sample reason");
    json_decref(l);
    j = open_journal("sweep");
    mien_journal_sweep(&j, 0, &(mien_sweep_curve){lr, loss, 3, NAN, 1e-3});
    l = line_of(&j, "sweep");
    has(l, "sweep", 0, "lr[3 loss[3 diverged suggested");
    assert_true(json_is_null(json_object_get(l, "diverged")));
    json_decref(l);
    j = open_journal("verdict");
    mien_journal_verdict(&j, 9, "stopped");
    l = line_of(&j, "verdict");
    has(l, "verdict", 9, "text");
    json_decref(l);
}

static void journal__goes_on_where_the_checkpoint_was(void **state) {
    mien_journal j = open_journal("resumed");
    (void)state;
    mien_journal_verdict(&j, 1, "kept");
    const int64_t keep = j.line.bytes;
    mien_journal_verdict(&j, 2, "dropped by the resume");
    mien_journal_close(&j);
    assert_int_equal(mien_journal_open(&j, scratch("resumed"), keep), MIEN_OK);
    assert_int_equal(j.line.bytes, keep);
    mien_journal_verdict(&j, 3, "new");
    mien_journal_close(&j);
    size_t size;
    char *text = (char *)scratch_read(scratch("resumed"), &size);
    text[size] = 0;
    assert_non_null(strstr(text, "kept"));
    assert_null(strstr(text, "dropped"));
    assert_non_null(strstr(text, "\n{\"kind\": \"verdict\""));
    free(text);
    assert_int_equal(mien_journal_open(&j, scratch("resumed"), 99999),
                     MIEN_EDATA);
    mien_journal_close(&j); /* nothing is open */
}

static void journal__without_a_path_writes_nowhere(void **state) {
    const mien_frame f = frame(true);
    mien_journal j;
    (void)state;
    assert_int_equal(mien_journal_open(&j, NULL, 77), MIEN_OK);
    mien_journal_rows(&j, &f);
    mien_journal_frame(&j, &f);
    mien_journal_flush(&j);
    assert_int_equal(j.line.bytes, 0);
    mien_journal_close(&j);
}

static int warnings;

static void note(void *context, mien_log_level level, const char *line) {
    (void)context;
    if (level == MIEN_LOG_WARNING && strstr(line, "full cannot be written"))
        warnings++;
}

static void journal__full_disk_warns_once(void **state) {
    const mien_frame f = frame(true);
    mien_journal j;
    (void)state;
    if (access("/dev/full", W_OK)) skip();
    mien_log_set(&(mien_log_sink){.line = note}, NULL);
    warnings = 0;
    assert_int_equal(mien_journal_open(&j, "/dev/full", 0), MIEN_OK);
    for (int i = 0; i < 100; i++) mien_journal_frame(&j, &f);
    mien_journal_close(&j);
    mien_log_set(NULL, NULL);
    assert_int_equal(warnings, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(journal__rows_name_layers_and_tensors),
        cmocka_unit_test(journal__frame_has_scalars_and_nulls),
        cmocka_unit_test(journal__probed_frame_has_all_columns),
        cmocka_unit_test(journal__histogram_has_all_bins),
        cmocka_unit_test(journal__angles_have_36_bins),
        cmocka_unit_test(journal__finding_says_who_what_and_where),
        cmocka_unit_test(journal__act_tells_the_fork_test),
        cmocka_unit_test(journal__quarantine_sweep_and_verdict),
        cmocka_unit_test(journal__goes_on_where_the_checkpoint_was),
        cmocka_unit_test(journal__without_a_path_writes_nowhere),
        cmocka_unit_test(journal__full_disk_warns_once),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
