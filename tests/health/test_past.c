/* SPDX-License-Identifier: Apache-2.0 */
/* test_past.c - health.jsonl as arrays: whole, torn, damaged, long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "health/journal.h"
#include "health/past.h"
#include "past_fixture.h"
#include "scratch.h"

static const fixture_plan troubled = {
    .layers = 6, .steps = 200, .every = 10, .troubled = true, .verdict = true};

static mien_past *read_plan(const fixture_plan *plan) {
    mien_past *past;
    const char *path = scratch("health.jsonl");
    assert_int_equal(fixture_write(path, plan), 0);
    assert_int_equal(mien_past_read(&past, path), MIEN_OK);
    return past;
}

/* What a journal of these lines gives. */
static mien_status read_text(mien_past **past, const char *text) {
    return mien_past_read(past, scratch_text("lines.jsonl", text));
}

#define ROWS                                                                 \
    "{\"kind\": \"rows\", \"attempt\": 0, \"step\": 0, \"layers\": "         \
    "[\"conv1\"], \"kinds\": [\"conv\"], \"activation\": [false], "          \
    "\"tensors\": [\"conv1.weight\"], \"roles\": [\"weight\"], \"layer_of\"" \
    ": [0]}\n"
#define FRAME(step)                                          \
    "{\"kind\": \"frame\", \"attempt\": 0, \"step\": " #step \
    ", \"loss\""                                             \
    ": 2, \"norm\": 1, \"lr\": 0.1, \"bad\": null}\n"

static void read__finds_everything(void **state) {
    (void)state;
    mien_past *p = read_plan(&troubled);
    assert_int_equal(p->n_attempts, 2);
    assert_int_equal(p->attempts[1].number, 1);
    assert_int_equal(p->attempts[0].n_layers, 6);
    assert_string_equal(p->attempts[0].layers[1], "stage1.block1.relu");
    assert_true(p->attempts[0].activation[1]);
    assert_false(p->attempts[0].activation[2]);
    assert_int_equal(p->attempts[0].layer_of[3], 2);
    assert_int_equal(p->attempts[0].n_times, 6);
    assert_int_equal(p->n_acts, 3);
    assert_string_equal(p->acts[1].remedy, "lsuv");
    assert_true(p->acts[1].kept && !p->acts[0].kept);
    assert_int_equal(p->acts[1].cause, MIEN_CAUSE_INIT_LARGE);
    assert_string_equal(p->acts[1].changes[0], "init.kind=lsuv");
    assert_int_equal(p->acts[2].n_with, 50);
    assert_true(isnan(p->acts[2].without[49])); /* null */
    assert_int_equal(p->n_quarantines, 2);
    assert_int_equal(p->quarantines[1].sample, 7);
    assert_string_equal(p->quarantines[0].reason,
                        "gradient not finite <b> & \"so\"");
    assert_int_equal(p->n_sweeps, 1);
    assert_float_equal(p->sweeps[0].suggested, 0.02, 1e-12);
    assert_int_equal(p->n_angles, 10);
    assert_int_equal(p->attempts[1].ridges[1][3].n, 4);
    assert_string_equal(p->verdict, "");
    assert_false(p->torn);
    mien_past_free(p);
}

static void read__counts_time_in_steps_made(void **state) {
    (void)state;
    mien_past *p = read_plan(&troubled);
    assert_int_equal(p->made, 60 + 200 + 101); /* 101 after the rollback */
    assert_false(p->straight);
    assert_float_equal(p->attempts[1].began, 60, 0);
    assert_float_equal(p->attempts[0].ended, 60, 0);
    assert_int_equal(p->last_step, 199);
    for (int i = 1; i < p->n_steps; i++)
        assert_true(p->steps[i].at > p->steps[i - 1].at);
    assert_float_equal(p->acts[2].at, 60 + 139, 0);
    mien_past_free(p);
}

/* Lines of some steps only, an undone stretch, and a new start. */
static void read__counts_steps_without_a_line(void **state) {
    (void)state;
    static const double want[] = {0, 8, 20, 21, 23, 24, 25, 30};
    mien_past *p;
    assert_int_equal(
        read_text(&p,
                  ROWS FRAME(0) FRAME(8) FRAME(20) FRAME(10) FRAME(
                      12) "{\"kind\": \"rows\", \"attempt\": 1, \"step\": 0, "
                          "\"layers\": [], \"kinds\": [], \"activation\": [], "
                          "\"tensors\": [], \"roles\": [], \"layer_of\": []}\n"
                          "{\"kind\": \"verdict\", \"step\": 0, \"text\": \"\"}"
                          "\n" FRAME(0) FRAME(1) FRAME(6)),
        MIEN_OK);
    assert_int_equal(p->n_steps, 8);
    for (int i = 0; i < 8; i++) assert_float_equal(p->steps[i].at, want[i], 0);
    assert_int_equal(p->made, 31);
    assert_float_equal(p->attempts[1].began, 24, 0);
    assert_false(p->straight);
    assert_null(p->verdict); /* it went on */
    mien_past_free(p);
}

/* The last steps have no line of their own; the verdict knows of them. */
static void read__counts_the_steps_before_the_verdict(void **state) {
    (void)state;
    mien_past *p;
    assert_int_equal(
        read_text(&p, ROWS FRAME(0) FRAME(10) "{\"kind\": \"verdict\", "
                                              "\"step\": 15, \"text\": "
                                              "\"\"}\n"),
        MIEN_OK);
    assert_int_equal(p->made, 15);
    assert_float_equal(p->attempts[0].ended, 15, 0);
    assert_true(p->straight);
    mien_past_free(p);
}

static void read__says_a_repeated_finding_once(void **state) {
    (void)state;
    mien_past *p = read_plan(&troubled);
    assert_int_equal(p->n_findings, 3);
    assert_int_equal(p->findings[0].times, 48);
    assert_int_equal(p->findings[0].finding.step, 12);
    assert_int_equal(p->findings[0].last, 59);
    assert_int_equal(p->findings[0].finding.severity, MIEN_FAIL);
    assert_string_equal(p->findings[1].finding.detector, "spike");
    assert_int_equal(p->findings[1].finding.severity, MIEN_WARN);
    mien_past_free(p);
}

static void read__leaves_out_a_torn_end(void **state) {
    (void)state;
    mien_past *p;
    assert_int_equal(read_text(&p, ROWS FRAME(0) FRAME(1) "{\"kind\": \"fra"),
                     MIEN_OK);
    assert_true(p->torn);
    assert_int_equal(p->made, 2);
    mien_past_free(p);
    /* whole, but for its newline */
    assert_int_equal(read_text(&p, ROWS FRAME(0) "{\"kind\": \"verdict\", "
                                                 "\"step\": 1, \"text\": "
                                                 "\"lr\"}"),
                     MIEN_OK);
    assert_false(p->torn);
    assert_string_equal(p->verdict, "lr");
    mien_past_free(p);
}

static void read__names_file_and_line_of_what_is_damaged(void **state) {
    (void)state;
    static const char *const texts[] = {
        ROWS "{\"kind\": \"frame\", \n" FRAME(1),
        ROWS "[1, 2]\n" FRAME(1),
        ROWS "{\"step\": 3}\n",
        ROWS "{\"kind\": \"frame\", \"step\": -4}\n",
        ROWS "{\"kind\": \"frame\", \"step\": \"x\"}\n",
        ROWS "{\"kind\": \"frame\", \"step\": 1, \"y_rms\": [1, 2]}\n",
        ROWS "{\"kind\": \"frame\", \"step\": 1, \"y_rms\": 7}\n",
        ROWS "{\"kind\": \"histogram\", \"step\": 1, \"tensor\": 1}\n",
        ROWS
        "{\"kind\": \"histogram\", \"step\": 1, \"tensor\": 0, "
        "\"positive\": [1]}\n",
        ROWS "{\"kind\": \"angles\", \"step\": 1, \"bins\": [1]}\n",
        ROWS "{\"kind\": \"sweep\", \"step\": 1, \"lr\": [1], \"loss\": []}\n",
        ROWS "{\"kind\": \"act\", \"step\": 1}\n",
        "\n{\"kind\": \"rows\", \"step\": 0, \"layers\": [\"a\"], \"kinds\": "
        "[], \"tensors\": []}\n",
        "\n" FRAME(0),
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        mien_past *p;
        assert_int_equal(read_text(&p, texts[i]), MIEN_EFORMAT);
        assert_null(p);
        if (!strstr(mien_error(), "lines.jsonl line 2"))
            fail_msg("%zu: %s", i, mien_error());
    }
}

static void read__takes_null_for_not_a_number(void **state) {
    (void)state;
    mien_past *p;
    assert_int_equal(
        read_text(&p, ROWS "{\"kind\": \"frame\", \"step\": 0, \"loss\": null, "
                           "\"norm\": null, \"bad\": \"loss\", \"skipped\": "
                           "true}\n" FRAME(1)),
        MIEN_OK);
    assert_true(isnan(p->steps[0].loss[0]) && isnan(p->steps[0].threshold));
    assert_int_equal(p->steps[0].bad, 1);
    assert_int_equal(p->skipped, 1);
    assert_int_equal(p->steps[1].bad, 0);
    assert_float_equal(p->last_loss, 2, 0);
    mien_past_free(p);
}

static void read__passes_over_kinds_it_does_not_know(void **state) {
    (void)state;
    mien_past *p;
    assert_int_equal(
        read_text(&p, ROWS "{\"kind\": \"weather\", \"step\": 0}\n" FRAME(0)),
        MIEN_OK);
    assert_int_equal(p->made, 1);
    mien_past_free(p);
}

static void read__goes_on_when_rows_are_repeated(void **state) {
    (void)state;
    mien_past *p;
    assert_int_equal(read_text(&p, ROWS FRAME(0) ROWS FRAME(1)), MIEN_OK);
    assert_int_equal(p->n_attempts, 1);
    assert_true(p->straight);
    mien_past_free(p);
}

static void read__of_nothing_is_empty(void **state) {
    (void)state;
    mien_past *p;
    assert_int_equal(read_text(&p, ""), MIEN_OK);
    assert_int_equal(p->made + p->n_attempts + p->n_acts, 0);
    assert_null(p->verdict);
    mien_past_free(p);
    assert_int_equal(mien_past_read(&p, scratch("none.jsonl")), MIEN_ENOTFOUND);
    assert_null(p);
}

/* Thinned, and yet neither the extremes nor the counts are lost. */
static void read__holds_a_long_run_in_little(void **state) {
    (void)state;
    enum { STEPS = 30011 };
    FILE *f = fopen(scratch("long.jsonl"), "w");
    fputs(ROWS, f);
    for (int i = 0; i < STEPS; i++)
        fprintf(f,
                "{\"kind\": \"frame\", \"step\": %d, \"loss\": %g, \"norm\": "
                "1, \"clipped\": %s, \"y_rms\": [1], \"y_max\": [1], "
                "\"y_zeros\": [0], \"y_saturated\": [0], \"y_bad\": [0], "
                "\"dy_rms\": [%s], \"dy_max\": [%d], \"dy_bad\": [0], "
                "\"dead\": [0], \"idle\": [0], \"forward_gain\": [1], "
                "\"backward_gain\": [1], \"weight\": [1], \"gradient\": [1], "
                "\"update\": [1]}\n",
                i, i == 17171 ? 99.0 : 1.0, i % 3 ? "false" : "true",
                i == 12345 ? "null" : "1", i == 20202 ? 77 : 1);
    fclose(f);
    mien_past *p;
    assert_int_equal(mien_past_read(&p, scratch("long.jsonl")), MIEN_OK);
    assert_true(p->n_steps <= MIEN_PAST_STEPS && p->n_steps > 900);
    int steps = 0, clipped = 0, bad = 0, large = 0;
    double most = 0;
    for (int i = 0; i < p->n_steps; i++) {
        steps += p->steps[i].n;
        clipped += p->steps[i].clipped;
        most = fmax(most, p->steps[i].loss[1]);
    }
    assert_int_equal(steps, STEPS);
    assert_int_equal(clipped, (STEPS + 2) / 3);
    assert_float_equal(most, 99, 0);
    const mien_past_attempt *a = &p->attempts[0];
    assert_true(a->n_times <= MIEN_PAST_TIMES && a->n_times > 250);
    for (int t = 0; t < a->n_times; t++) {
        bad += isnan(mien_past_row(a, MIEN_SERIES_DY_RMS, t)[0]);
        large += mien_past_row(a, MIEN_SERIES_DY_MAX, t)[0] == 77;
        if (t) assert_true(a->at[t] > a->at[t - 1]);
    }
    assert_int_equal(bad, 1);
    assert_int_equal(large, 1);
    mien_past_free(p);
}

/* The journal's own lines, read back. */
static void read__understands_the_journal(void **state) {
    (void)state;
    const mien_layer_state layer = {.name = "conv1",
                                    .kind = "conv",
                                    .y = {.rms = 2},
                                    .dy = {.rms = NAN},
                                    .dead = NAN,
                                    .forward_gain = 3};
    const mien_tensor_state tensor = {
        .name = "conv1.weight", .weight = 5, .gradient = 6, .update = 7};
    const mien_frame frame = {.step = 4,
                              .loss = 1.5,
                              .norm = INFINITY,
                              .threshold = NAN,
                              .probed = true,
                              .n_layers = 1,
                              .n_tensors = 1,
                              .layers = &layer,
                              .tensors = &tensor};
    const char *const changes[] = {"optim.adam.lr=0.001"};
    const double with[] = {2, 1}, without[] = {2, NAN};
    mien_journal j;
    mien_past *p;
    assert_int_equal(mien_journal_open(&j, scratch("own.jsonl"), 0), MIEN_OK);
    mien_journal_rows(&j, &frame);
    mien_journal_frame(&j, &frame);
    mien_histogram h = {.zeros = 9};
    h.positive[40] = 5;
    mien_journal_histogram(&j, 4, 0, "gradient", &h);
    mien_journal_finding(&j, &(mien_finding){.detector = "spike",
                                             .severity = MIEN_FAIL,
                                             .cause = MIEN_CAUSE_OUTLIER,
                                             .step = 4,
                                             .text = "a \"spike\"\n"});
    mien_journal_act(&j, &(mien_act){.remedy = "rate",
                                     .cause = MIEN_CAUSE_RATE,
                                     .step = 4,
                                     .changes = changes,
                                     .n_changes = 1,
                                     .kept = true,
                                     .why = "better",
                                     .with = with,
                                     .without = without,
                                     .n_with = 2,
                                     .n_without = 2});
    mien_journal_verdict(&j, 5, "stopped");
    mien_journal_close(&j);
    assert_int_equal(mien_past_read(&p, scratch("own.jsonl")), MIEN_OK);
    const mien_past_attempt *a = &p->attempts[0];
    assert_true(p->steps[0].bad && isnan(p->steps[0].norm[0]));
    assert_float_equal(mien_past_row(a, MIEN_SERIES_UPDATE, 0)[0], 7, 0);
    assert_true(isnan(mien_past_row(a, MIEN_SERIES_DY_RMS, 0)[0]));
    assert_int_equal(a->ridges[1][0].items[0].h.positive[40], 5);
    assert_int_equal(a->ridges[1][0].items[0].h.zeros, 9);
    assert_string_equal(p->findings[0].finding.text, "a \"spike\"\n");
    assert_int_equal(p->acts[0].cause, MIEN_CAUSE_RATE);
    assert_string_equal(p->verdict, "stopped");
    mien_past_free(p);
}

static void read__survives_failing_allocations(void **state) {
    (void)state;
    const fixture_plan small = {.layers = 2,
                                .steps = 30,
                                .every = 10,
                                .troubled = true,
                                .verdict = true};
    const char *path = scratch("health.jsonl");
    assert_int_equal(fixture_write(path, &small), 0);
    for (int n = 0, done = 0; !done; n++) {
        mien_past *past;
        mien_mem_fail_after(n);
        const mien_status status = mien_past_read(&past, path);
        mien_mem_fail_after(-1);
        done = status == MIEN_OK;
        if (!done) assert_int_equal(status, MIEN_ENOMEM);
        if (!done) assert_null(past);
        mien_past_free(past);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read__finds_everything),
        cmocka_unit_test(read__counts_time_in_steps_made),
        cmocka_unit_test(read__counts_steps_without_a_line),
        cmocka_unit_test(read__counts_the_steps_before_the_verdict),
        cmocka_unit_test(read__says_a_repeated_finding_once),
        cmocka_unit_test(read__leaves_out_a_torn_end),
        cmocka_unit_test(read__names_file_and_line_of_what_is_damaged),
        cmocka_unit_test(read__takes_null_for_not_a_number),
        cmocka_unit_test(read__passes_over_kinds_it_does_not_know),
        cmocka_unit_test(read__goes_on_when_rows_are_repeated),
        cmocka_unit_test(read__of_nothing_is_empty),
        cmocka_unit_test(read__holds_a_long_run_in_little),
        cmocka_unit_test(read__understands_the_journal),
        cmocka_unit_test(read__survives_failing_allocations),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
