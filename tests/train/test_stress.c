/* SPDX-License-Identifier: Apache-2.0 */
/* test_stress.c - the stress suite: its table, its evidence, its verdicts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <math.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/mem.h"
#include "mien/log.h"
#include "mien/train.h"
#include "scratch.h"
#include "tensor/npy.h"
#include "tensor/safetensors.h"
#include "train/recipe.h"
#include "train/stress/score.h"
#include "train/stress/suite.h"

/* ---- the table -------------------------------------------------------- */

static void cases__are_the_ones_of_the_specification(void **state) {
    int n;
    const mien_stress_fault *all = mien_stress_faults(&n);
    (void)state;
    assert_int_equal(n, 32);
    for (int i = 0; i < n; i++) {
        assert_non_null(mien_stress_reference_named(all[i].healthy));
        assert_int_not_equal(all[i].causes[0], MIEN_CAUSE_UNKNOWN);
        assert_string_equal(mien_stress_case_name(i), all[i].name);
        assert_string_equal(mien_stress_case_title(i), all[i].title);
        for (int k = 0; k < i; k++)
            assert_string_not_equal(all[i].name, all[k].name);
    }
    assert_null(mien_stress_case_name(n));
    assert_null(mien_stress_case_name(-1));
    assert_non_null(mien_stress_remedy(0));
}

/* Every recipe is planned, with nothing written. */
static void cases__have_recipes_that_can_be_planned(void **state) {
    int n;
    const mien_stress_fault *all = mien_stress_faults(&n);
    const char *text = mien_stress_recipe(false);
    const char *path = scratch_text("base.yaml", text);
    (void)state;
    for (int i = 0; i < n; i++) {
        const char *set[2 * MIEN_STRESS_SETS];
        mien_train_options o = {.set = set, .dry_run = true};
        mien_train_result *r;
        const mien_stress_reference *from =
            mien_stress_reference_named(all[i].healthy);
        for (int k = 0; k < MIEN_STRESS_SETS && from->set[k]; k++)
            set[o.n_set++] = from->set[k];
        for (int k = 0; k < MIEN_STRESS_SETS && all[i].set[k]; k++)
            set[o.n_set++] = all[i].set[k];
        if (mien_train_run(&r, path, &o) != MIEN_OK)
            fail_msg("%s: %s", all[i].name, mien_error());
        mien_train_result_free(r);
    }
}

/* ---- evidence --------------------------------------------------------- */

#define FINDING(attempt, step, severity, cause)                           \
    "{\"kind\": \"finding\", \"attempt\": " #attempt ", \"step\": " #step \
    ", \"severity\": \"" severity "\", \"cause\": \"" cause "\"}\n"
#define ACT(attempt, step, cause)                                     \
    "{\"kind\": \"act\", \"attempt\": " #attempt ", \"step\": " #step \
    ", \"cause\": \"" cause "\"}\n"
#define FRAME "{\"kind\": \"frame\", \"attempt\": 0, \"step\": 3}\n"

static mien_evidence read_text(const char *text, int64_t onset) {
    mien_evidence seen;
    const char *path = scratch_text("health.jsonl", text);
    const uint64_t wanted = MIEN_CAUSE_BIT(MIEN_CAUSE_RATE);
    if (mien_evidence_read(&seen, path, onset, wanted) != MIEN_OK)
        fail_msg("%s", mien_error());
    return seen;
}

static void evidence__takes_the_first_wanted_finding(void **state) {
    (void)state;
    const mien_evidence seen = read_text(
        FRAME FINDING(0, 2, "warn", "dead") FINDING(0, 5, "note", "rate")
            FINDING(0, 7, "warn", "rate") FINDING(0, 8, "fail", "rate"), 0);
    assert_int_equal(seen.detected, 7);
    assert_int_equal(seen.found, MIEN_CAUSE_BIT(MIEN_CAUSE_DEAD) |
                                     MIEN_CAUSE_BIT(MIEN_CAUSE_RATE));
    assert_int_equal(seen.acted, 0);
    assert_int_equal(read_text(FINDING(0, -1, "warn", "rate"), 0).detected, 0);
    assert_int_equal(read_text(FRAME, 0).detected, -1);
    assert_int_equal(read_text("", 0).detected, -1);
}

static void evidence__before_the_onset_does_not_count(void **state) {
    (void)state;
    const mien_evidence seen =
        read_text(FINDING(0, 20, "fail", "rate") ACT(0, 20, "rate")
                      FINDING(0, 103, "fail", "rate") ACT(0, 104, "margin"),
                  100);
    assert_int_equal(seen.detected, 3);
    assert_int_equal(seen.acted, MIEN_CAUSE_BIT(MIEN_CAUSE_MARGIN));
}

/* Ten steps were lost before the second attempt found it at its fourth. */
static void evidence__counts_the_steps_of_earlier_attempts(void **state) {
    (void)state;
    const mien_evidence seen =
        read_text(FINDING(0, 10, "fail", "dead") ACT(0, 10, "dead")
                      FINDING(1, 4, "fail", "rate"), 0);
    assert_int_equal(seen.detected, 14);
}

static void evidence__survives_a_line_cut_off(void **state) {
    (void)state;
    mien_evidence seen;
    assert_int_equal(read_text(FINDING(0, 3, "fail", "rate") "{\"kind\": \"fi",
                               0).detected, 3);
    const char *path = scratch_text("bad.jsonl", FRAME
                                    "{\"kind\": \"finding\", \"step\": 3\n");
    assert_int_equal(mien_evidence_read(&seen, path, 0, 1), MIEN_EFORMAT);
    assert_non_null(strstr(mien_error(), "bad.jsonl:2"));
    assert_int_equal(mien_evidence_read(&seen, scratch("none"), 0, 1),
                     MIEN_OK);
    assert_int_equal(seen.detected, -1);
}

static void evidence__finds_bad_weights_in_any_folder(void **state) {
    (void)state;
    float x[3] = {1, 2, 3};
    bool bad;
    mien_tensor t = {.name = "w", .dtype = MIEN_F32, .rank = 1, .shape = {3},
                     .data = x};
    const mien_safetensors_content content = {.tensors = &t, .count = 1};
    assert_true(mien_tensor_measure(&t));
    assert_int_equal(mien_make_dirs(scratch("run/ring")), MIEN_OK);
    const char *path = scratch("run/ring/a.safetensors");
    assert_int_equal(mien_safetensors_write(path, &content), MIEN_OK);
    assert_int_equal(mien_evidence_weights(&bad, scratch("run")), MIEN_OK);
    assert_false(bad);
    x[1] = INFINITY;
    assert_int_equal(mien_safetensors_write(path, &content), MIEN_OK);
    assert_int_equal(mien_evidence_weights(&bad, scratch("run")), MIEN_OK);
    assert_true(bad);
    scratch_text("run/ring/a.safetensors", "garbage");
    assert_int_not_equal(mien_evidence_weights(&bad, scratch("run")), MIEN_OK);
}

/* ---- verdicts --------------------------------------------------------- */

static mien_stress_arm judged(const double accuracy[5], int64_t detected,
                              mien_cause found, bool doctor) {
    static mien_arena arena;
    mien_bout bouts[5] = {0};
    mien_stress_arm arm = {0};
    const mien_stress_bar bar = {.chance = 0.1,
                                 .healthy = 0.9,
                                 .wanted = MIEN_CAUSE_BIT(MIEN_CAUSE_RATE),
                                 .doctor = doctor};
    for (int i = 0; i < 5; i++) {
        bouts[i].accuracy = accuracy[i];
        bouts[i].seen.detected = i < 4 ? 0 : detected;
        bouts[i].seen.found = MIEN_CAUSE_BIT(found);
        bouts[i].stopped = true;
    }
    assert_int_equal(mien_stress_judge(&arm, bouts, 5, &bar, &arena), MIEN_OK);
    arm.diagnosis = mien_cause_text(found); /* it goes with the arena */
    mien_arena_close(&arena);
    return arm;
}

static void verdict__is_that_of_the_specification(void **state) {
    const double good[5] = {0.9, 0.82, 0.66, 0.9, 0.85};
    const double middling[5] = {0.9, 0.8, 0.8, 0.9, 0.8};
    const double one_lost[5] = {0.9, 0.9, 0.9, 0.9, 0.65};
    (void)state;
    mien_stress_arm arm = judged(good, 20, MIEN_CAUSE_RATE, true);
    assert_true(arm.pass && arm.named && arm.stopped);
    assert_float_equal(arm.median_r, 0.9375, 1e-12);
    assert_float_equal(arm.worst_r, 0.7, 1e-12);
    assert_int_equal(arm.detected_step, 20);
    assert_false(judged(middling, 0, MIEN_CAUSE_RATE, true).pass);
    assert_false(judged(one_lost, 0, MIEN_CAUSE_RATE, true).pass);
    assert_false(judged(good, 21, MIEN_CAUSE_RATE, true).pass);
    assert_false(judged(good, -1, MIEN_CAUSE_RATE, true).pass);
    assert_int_equal(judged(good, -1, MIEN_CAUSE_RATE, true).detected_step, -1);
    assert_false(judged(good, 0, MIEN_CAUSE_DEAD, true).pass);
    assert_true(judged(good, -1, MIEN_CAUSE_DEAD, false).pass);
}

static void diagnosed__means_stopped_and_named(void **state) {
    const double lost[5] = {0.1, 0.1, 0.1, 0.1, 0.1};
    (void)state;
    mien_stress_arm arm = judged(lost, 5, MIEN_CAUSE_RATE, true);
    assert_true(mien_stress_diagnosed(&arm));
    arm.stopped = false;
    assert_false(mien_stress_diagnosed(&arm));
    arm = judged(lost, 5, MIEN_CAUSE_DEAD, true);
    assert_false(mien_stress_diagnosed(&arm));
    arm = judged(lost, 50, MIEN_CAUSE_RATE, true);
    assert_false(mien_stress_diagnosed(&arm));
}

static void diagnosis__names_the_most_frequent_first(void **state) {
    mien_arena arena = {0};
    mien_bout bouts[2] = {0};
    mien_stress_arm arm = {0};
    const mien_stress_bar bar = {.chance = 0.5, .healthy = 0.5};
    (void)state;
    bouts[0].seen.found = MIEN_CAUSE_BIT(MIEN_CAUSE_DEAD) |
                          MIEN_CAUSE_BIT(MIEN_CAUSE_BIAS);
    bouts[1].seen.found = MIEN_CAUSE_BIT(MIEN_CAUSE_DEAD);
    bouts[0].seen.acted = MIEN_CAUSE_BIT(MIEN_CAUSE_RATE);
    bouts[1].seen.acted = MIEN_CAUSE_BIT(MIEN_CAUSE_RATE);
    assert_int_equal(mien_stress_judge(&arm, bouts, 2, &bar, &arena), MIEN_OK);
    assert_string_equal(arm.diagnosis, "learning rate too high, units that "
                                       "are never on, biases switch units "
                                       "off");
    assert_true(isnan(arm.median_r)); /* there was nothing to learn */
    assert_false(arm.pass);
    mien_arena_close(&arena);
}

static void median__of_an_even_number_lies_between(void **state) {
    const double x[4] = {4, 1, 3, 2};
    (void)state;
    assert_true(mien_stress_median(x, 4) == 2.5);
    assert_true(mien_stress_median(x, 3) == 3);
    assert_true(isnan(mien_stress_median(x, 0)));
}

static void cell__is_crossed_out_by_a_diagnosis_only(void **state) {
    const mien_bout well = {.accuracy = 0.5}, lucky = {.accuracy = 1},
                    lost = {.accuracy = 0.05},
                    broke = {.accuracy = 0.3, .refused = true},
                    diagnosed = {.accuracy = 0.3, .stopped = true};
    (void)state;
    assert_float_equal(mien_stress_cell(&well, 0.1, 0.9), 0.5, 1e-12);
    assert_true(mien_stress_cell(&lucky, 0.1, 0.9) == 1);
    assert_true(mien_stress_cell(&lost, 0.1, 0.9) == 0);
    assert_float_equal(mien_stress_cell(&broke, 0.1, 0.9), 0.25, 1e-12);
    assert_true(isnan(mien_stress_cell(&diagnosed, 0.1, 0.9)));
}

/* ---- the suite -------------------------------------------------------- */

static void refuses(mien_stress_options o, const char *sentence) {
    mien_stress *s;
    if (mien_stress_run(&s, &o) != MIEN_EINVAL ||
        !strstr(mien_error(), sentence))
        fail_msg("not '%s' but: %s", sentence, mien_error());
    assert_null(s);
}

static void run__refuses_what_it_does_not_know(void **state) {
    const char *const fault = "adam_rat", *const arm = "normal";
    const char *const remedy = "lsuw";
    (void)state;
    refuses((mien_stress_options){.cases = &fault, .n_cases = 1}, "adam_rate");
    refuses((mien_stress_options){.arms = &arm, .n_arms = 1}, "norm");
    refuses((mien_stress_options){.without = &remedy, .n_without = 1}, "lsuv");
    refuses((mien_stress_options){.seeds = -1}, "seeds");
}

static void run__scores_and_leaves_nothing_behind(void **state) {
    const char *const cases[] = {"adam_rate", "adam_eps"};
    const char *const arms[] = {"norm", "plain"};
    mien_stress *s;
    const mien_stress_options o = {.cases = cases, .n_cases = 2, .arms = arms,
                                   .n_arms = 2, .seeds = 1, .threads = 2,
                                   .csv = scratch("table.csv")};
    (void)state;
    setenv("TMPDIR", scratch_folder("tmp"), 1);
    const mien_status status = mien_stress_run(&s, &o);
    unsetenv("TMPDIR");
    if (status != MIEN_OK) fail_msg("%s", mien_error());
    const mien_stress_summary *r = mien_stress_summary_of(s);
    assert_int_equal(r->n, 2);
    assert_true(r->cases[0].healthy > 0.8);
    assert_float_equal(r->cases[0].chance, 1.0 / 40, 1e-12);
    assert_false(r->cases[0].arms[0].pass); /* lr .1 */
    assert_true(r->cases[0].arms[0].worst_r < 0.3);
    assert_true(r->cases[1].arms[0].pass); /* alone it does no harm */
    assert_true(r->cases[1].arms[0].median_r > 0.9);
    assert_true(r->cases[0].arms[1].ran);
    assert_false(r->cases[0].arms[4].ran);
    assert_int_equal(r->passed[0], 1);
    size_t n;
    char *table = (char *)scratch_read(scratch("table.csv"), &n);
    int lines = 0;
    for (size_t i = 0; i < n; i++) lines += table[i] == '\n';
    assert_int_equal(lines, 1 + 2 * 2);
    free(table);
    mien_names left;
    assert_int_equal(mien_dir_list(&left, scratch("tmp")), MIEN_OK);
    assert_int_equal(left.count, 0);
    mien_names_close(&left);
    mien_stress_free(s);
}

static void export__writes_what_a_peer_needs(void **state) {
    (void)state;
    mien_npy x, y;
    if (mien_stress_export(scratch("peer"), NULL) != MIEN_OK)
        fail_msg("%s", mien_error());
    assert_int_equal(mien_npy_open(&x, scratch("peer/train-x.npy")), MIEN_OK);
    assert_int_equal(mien_npy_open(&y, scratch("peer/test-y.npy")), MIEN_OK);
    assert_int_equal(x.tensor.shape[0], 40 * 8);
    assert_int_equal(x.tensor.shape[2], 32);
    assert_int_equal(y.tensor.shape[0], 40 * 2);
    mien_npy_close(&x);
    mien_npy_close(&y);
    size_t n;
    char *text = (char *)scratch_read(scratch("peer/cases.json"), &n);
    text[n - 1] = 0;
    assert_non_null(strstr(text, "\"relu_50\""));
    assert_null(strstr(text, "path"));
    free(text);
}

static int jobs_left;

static void interrupt_soon(void *context, const char *task, int64_t done,
                           int64_t total, const char *note) {
    (void)context, (void)task, (void)done, (void)total, (void)note;
    if (--jobs_left == 0) mien_train_interrupt();
}

static void run__ends_soon_after_an_interrupt(void **state) {
    const char *const arm = "plain", *const fault = "adam_eps";
    mien_stress *s;
    const mien_stress_options o = {.cases = &fault, .n_cases = 1, .arms = &arm,
                                   .n_arms = 1, .seeds = 50, .threads = 1};
    const mien_log_sink sink = {.progress = interrupt_soon};
    (void)state;
    jobs_left = 2;
    mien_log_set(&sink, NULL);
    const mien_status status = mien_stress_run(&s, &o);
    mien_log_set(NULL, NULL);
    assert_int_equal(status, MIEN_EINTERRUPTED);
    assert_null(s);
    assert_in_range(-jobs_left, 0, 2 + 50 + 50);
}

/* Each allocation failing in turn, ever more of them apart. */
static void memory__running_out_is_survived(void **state) {
    const char *path = scratch_text(
        "health.jsonl", FINDING(0, 3, "fail", "rate") ACT(0, 4, "rate"));
    (void)state;
    for (int64_t n = 0;; n++) {
        mien_evidence seen;
        mien_mem_fail_after(n);
        const mien_status status = mien_evidence_read(&seen, path, 0, 1);
        mien_mem_fail_after(-1);
        if (status == MIEN_OK) break;
        assert_int_equal(status, MIEN_ENOMEM);
    }
    for (int64_t n = 0;; n += 1 + n / 4) {
        mien_mem_fail_after(n);
        const mien_status status = mien_stress_export(scratch("peer"), NULL);
        mien_mem_fail_after(-1);
        if (status == MIEN_OK) break;
        if (status != MIEN_ENOMEM) fail_msg("%d: %s", status, mien_error());
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_open, scratch_close)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(cases__are_the_ones_of_the_specification),
        TEST(cases__have_recipes_that_can_be_planned),
        TEST(evidence__takes_the_first_wanted_finding),
        TEST(evidence__before_the_onset_does_not_count),
        TEST(evidence__counts_the_steps_of_earlier_attempts),
        TEST(evidence__survives_a_line_cut_off),
        TEST(evidence__finds_bad_weights_in_any_folder),
        TEST(verdict__is_that_of_the_specification),
        TEST(diagnosed__means_stopped_and_named),
        TEST(diagnosis__names_the_most_frequent_first),
        TEST(cell__is_crossed_out_by_a_diagnosis_only),
        TEST(median__of_an_even_number_lies_between),
        TEST(run__refuses_what_it_does_not_know),
        TEST(run__scores_and_leaves_nothing_behind),
        TEST(run__ends_soon_after_an_interrupt),
        TEST(export__writes_what_a_peer_needs),
        TEST(memory__running_out_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
