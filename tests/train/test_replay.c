/* SPDX-License-Identifier: Apache-2.0 */
/* test_replay.c - steps of a run made again: the same bits, whatever it went
 * through, and what was wrong with them named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <math.h>

#include "base/file.h"
#include "base/mem.h"
#include "health/journal.h"
#include "mien/health.h"
#include "scratch.h"
#include "tensor/npy.h"
#include "train/ring.h"
#include "blobs.h"

static int setup(void **state) {
    if (scratch_open(state)) return -1;
    blobs_folder(3, 16);
    return 0;
}

/* 36 samples to train on: 3 or 6 steps an epoch. */
static const char plain[] =
    "optim: {adam: {lr: 0.01}}\n"
    "train: {epochs: 4, batch: 12, keep: 9}\n";

static void run(const char *recipe) {
    mien_train_result *r;
    if (blobs_train(&r, recipe, "run", (mien_train_options){0}) != MIEN_OK)
        fail_msg("%s", mien_error());
    mien_train_result_free(r);
}

static mien_replay *again(int64_t step) {
    mien_replay *replay;
    if (mien_health_replay(&replay, scratch("run"), step) != MIEN_OK)
        fail_msg("%s", mien_error());
    return replay;
}

/* The step comes out the same, made from a checkpoint of `from` (-1: any). */
static void same(int64_t step, int64_t from) {
    mien_replay *replay = again(step);
    const mien_replay_summary *s = mien_replay_summary_of(replay);
    if (!s->same || s->step != step || isnan(s->loss) || isnan(s->norm) ||
        (from >= 0 && s->from != from))
        fail_msg("from %d: %s", (int)s->from, s->text);
    assert_string_equal(s->pass, "healthy");
    assert_non_null(strstr(s->text, "the same to the bit"));
    mien_replay_free(replay);
}

static void refused(int64_t step, mien_status want, const char *sentence) {
    mien_replay *replay;
    const mien_status status =
        mien_health_replay(&replay, scratch("run"), step);
    assert_null(replay);
    if (status != want || !strstr(mien_error(), sentence))
        fail_msg("status %d: %s", status, mien_error());
}

/* ---- the same bits ---------------------------------------------------- */

static void replay__repeats_steps_from_the_nearest_checkpoint(void **state) {
    (void)state;
    run(blobs_recipe(plain));
    same(0, 0);
    same(2, 0);
    same(3, 3);
    same(7, 6);
    same(11, 9);
    mien_replay *replay = again(10);
    assert_non_null(strstr(mien_replay_summary_of(replay)->text,
                           "Step 10 (epoch 4, batch 2 of 3)"));
    mien_replay_free(replay);
}

static void replay__needs_no_checkpoint(void **state) {
    (void)state;
    run(blobs_recipe("health: off\noptim: {adam: {lr: 0.01}}\n"
                     "train: {epochs: 4, batch: 12}"));
    remove(scratch("run/last.safetensors"));
    same(10, 0);
}

static void replay__repeats_all_that_a_recipe_can_hold(void **state) {
    (void)state;
    run(blobs_recipe(
        "augment: [flip, noise: 0.05, mixup: 0.2]\n"
        "optim: {momentum: {lr: 0.05}}\nclip: autoclip\n"
        "regularise: {l2: 1e-3}\nconstrain: {spectral: 1}\ninit: lsuv\n"
        "train: {epochs: 3, batch: 6, ema: 0.9, accumulate: 2, shards: 2}\n"));
    remove(scratch("run/last.safetensors"));
    same(8, 0);
}

static void replay__goes_through_stages_and_plateaus(void **state) {
    (void)state;
    run(blobs_recipe(
        "schedule: {plateau: {patience: 0, factor: 0.5}}\n"
        "train: {epochs: 3, batch: 12}\nstages:\n"
        "  - {name: a, epochs: 3, optim: {momentum: {lr: 2}}}\n"
        "  - {name: b, epochs: 3, optim: {adam: {lr: 0.01}}}\n"));
    remove(scratch("run/last.safetensors"));
    same(8, 0);
    same(16, 0);
}

static void replay__begins_at_a_flight_recorder(void **state) {
    (void)state;
    run(blobs_recipe(plain));
    assert_int_equal(rename(scratch("run/epoch-0002.safetensors"),
                            scratch("run/blackbox-00000006.safetensors")),
                     0);
    remove(scratch("run/epoch-0001.safetensors"));
    remove(scratch("run/epoch-0003.safetensors"));
    remove(scratch("run/epoch-0004.safetensors"));
    scratch_text("run/epoch-0002.safetensors", "not a checkpoint");
    same(7, 6);
    same(5, 0);
}

static void replay__leaves_the_run_folder_alone(void **state) {
    (void)state;
    mien_names before, after;
    run(blobs_recipe(plain));
    assert_int_equal(mien_dir_list(&before, scratch("run")), MIEN_OK);
    size_t n1, n2;
    uint8_t *log1 = scratch_read(scratch("run/log.jsonl"), &n1);
    same(11, -1);
    uint8_t *log2 = scratch_read(scratch("run/log.jsonl"), &n2);
    assert_int_equal(mien_dir_list(&after, scratch("run")), MIEN_OK);
    assert_int_equal(before.count, after.count);
    assert_int_equal(n1, n2);
    assert_memory_equal(log1, log2, n1);
    mien_names_close(&before);
    mien_names_close(&after);
    free(log1);
    free(log2);
}

static void replay__tells_when_something_has_changed(void **state) {
    (void)state;
    run(blobs_recipe(plain));
    blobs_folder(3, 17); /* one more photo of each */
    mien_replay *replay = again(1);
    const mien_replay_summary *s = mien_replay_summary_of(replay);
    assert_false(s->same);
    assert_non_null(strstr(s->text, "has changed since"));
    mien_replay_free(replay);
}

/* ---- what the doctor did in between ----------------------------------- */

/* An attempt before the one that counts, whose steps came out otherwise. */
static void replay__looks_at_the_last_attempt(void **state) {
    (void)state;
    static char text[1 << 16];
    size_t n, at = 0;
    run(blobs_recipe(plain));
    uint8_t *log = scratch_read(scratch("run/log.jsonl"), &n);
    for (int step = 0; step < 14; step++)
        at += (size_t)sprintf(text + at,
                              "{\"kind\": \"step\", \"step\": %d, "
                              "\"loss\": 9, \"grad_norm\": null}\n",
                              step);
    for (size_t i = 0; i < n; i++) {
        if (log[i] == '{')
            at += (size_t)sprintf(text + at, "{\"attempt\": 1, ");
        else
            text[at++] = (char)log[i];
    }
    scratch_write("run/log.jsonl", text, at);
    free(log);
    same(2, 0);
    same(11, -1);
    refused(13, MIEN_ENOTFOUND, "it made 0 to 11");
}

static void replay__passes_over_what_the_run_did(void **state) {
    (void)state;
    run(blobs_recipe(
        "faults: [{scale_batch: {at: 13, by: 1e6}}]\n"
        "health: {mode: doctor, without: 'rollback'}\n"
        "optim: {sgd: {lr: 0.01}}\ntrain: {epochs: 8, batch: 12}"));
    remove(scratch("run/last.safetensors"));
    mien_replay *replay = again(13);
    const mien_replay_summary *s = mien_replay_summary_of(replay);
    assert_true(s->same);
    assert_true(isnan(s->loss));
    assert_non_null(strstr(s->text, "passed over"));
    mien_replay_free(replay);
    same(20, 0);
}

/* The run: back after step 7 to what was after 4 steps, at half the rate. */
static void go_back_by_hand(void) {
    mien_trainer t;
    mien_ring *ring;
    mien_journal journal;
    static char out[512], path[512];
    snprintf(out, sizeof out, "%s", scratch("run"));
    snprintf(path, sizeof path, "%s", scratch("run/health.jsonl"));
    const mien_train_options options = {.out = out};
    if (mien_trainer_open(&t,
                          blobs_recipe("health: off\noptim: {adam: {lr: 0.01}}"
                                       "\ntrain: {epochs: 4, batch: 12}"),
                          &options) != MIEN_OK)
        fail_msg("%s", mien_error());
    assert_int_equal(mien_ring_open(&ring, &t, 2, 1), MIEN_OK);
    assert_int_equal(mien_source_begin(t.source, 0, 0), MIEN_OK);
    assert_int_equal(mien_journal_open(&journal, path, 0), MIEN_OK);
    for (int i = 0; i < 12; i++) {
        assert_int_equal(mien_trainer_step(&t), MIEN_OK);
        if (t.at.step == 4)
            assert_int_equal(mien_ring_take(ring, &t), MIEN_OK);
        if (t.at.step == 8) {
            mien_ring_back(ring, &t, mien_ring_find(ring, 6));
            t.at.lr_factor /= 2;
            mien_journal_act(&journal, &(mien_act){.remedy = "rollback",
                                                   .step = 7,
                                                   .from = 4,
                                                   .kept = true,
                                                   .why = "a test"});
        }
        if (t.at.batch < t.source->batches) continue;
        t.at.batch = 0;
        t.at.epoch++;
        t.at.stage_epoch++;
        if (t.at.epoch == 2) assert_int_equal(mien_trainer_save(&t), MIEN_OK);
    }
    mien_journal_close(&journal);
    mien_ring_close(ring);
    mien_trainer_close(&t);
}

static void replay__goes_back_where_the_run_did(void **state) {
    (void)state;
    go_back_by_hand();
    same(7, 6); /* the checkpoint of epoch 2 is on the way there, */
    same(8, 0); /* but behind what the run went back to */
    same(11, 0);
}

/* ---- what was wrong --------------------------------------------------- */

enum { SAMPLES = 24, VALUES = 36, BAD = 17 };

static const char *arrays(const char *rest, bool broken) {
    static float x[SAMPLES * VALUES];
    static int64_t y[SAMPLES];
    static char path[512];
    char text[2048];
    mien_rng rng = mien_rng_at(5, MIEN_RNG_TEST, 0, 0);
    for (int i = 0; i < SAMPLES; i++) {
        y[i] = i % 2;
        for (int k = 0; k < VALUES; k++)
            x[i * VALUES + k] = (float)(mien_rng_uniform(&rng) + i % 2);
    }
    if (broken) x[BAD * VALUES + 7] = NAN;
    mien_tensor images = {.name = "x", .dtype = MIEN_F32, .rank = 3,
                          .shape = {SAMPLES, 6, 6}, .data = x};
    mien_tensor labels = {.name = "y", .dtype = MIEN_I64, .rank = 1,
                          .shape = {SAMPLES}, .data = y};
    assert_true(mien_tensor_measure(&images) && mien_tensor_measure(&labels));
    assert_int_equal(mien_npy_write(scratch("data.npy"), &images), MIEN_OK);
    assert_int_equal(mien_npy_write(scratch("labels.npy"), &labels), MIEN_OK);
    snprintf(text, sizeof text,
             "data: {reader: npy, path: %s, order: shuffle}\n"
             "input: {size: [6, 6, 1], scale: 1}\n"
             "model:\n  - conv: {out: 4, kernel: 3}\n  - bn\n  - relu\n"
             "  - flatten\n  - dense: {out: classes}\n"
             "loss: cross_entropy\n%s\n", scratch(""), rest);
    snprintf(path, sizeof path, "%s", scratch_text("recipe.yaml", text));
    return path;
}

/* The first step at or after `from` that was skipped. */
static int64_t skipped_step(int64_t from) {
    size_t n;
    uint8_t *log = scratch_read(scratch("run/log.jsonl"), &n);
    int64_t step = -1;
    log[n] = 0;
    for (char *at = (char *)log; (at = strstr(at, "\"skipped\"")); at++) {
        step = strtoll(strstr(at, "\"step\": ") + 8, NULL, 10);
        if (step >= from) break;
    }
    free(log);
    assert_true(step >= from);
    return step;
}

static void nan__in_the_data_names_the_sample(void **state) {
    (void)state;
    static const char *const rest[] = {
        "health: off\noptim: {adam: {lr: 0.01}}\n"
        "train: {epochs: 3, batch: 6}",
        "health: watch\noptim: {momentum: {lr: 0.1}}\n"
        "train: {epochs: 3, batch: 4, accumulate: 3}"};
    for (int i = 0; i < 2; i++) {
        mien_train_result *r;
        if (blobs_train(&r, arrays(rest[i], true), "run",
                        (mien_train_options){0}) != MIEN_OK)
            fail_msg("%s", mien_error());
        mien_train_result_free(r);
        mien_replay *replay = again(skipped_step(2));
        const mien_replay_summary *s = mien_replay_summary_of(replay);
        if (strcmp(s->pass, "input") || s->index != BAD || !s->same)
            fail_msg("index %d: %s", (int)s->index, s->text);
        assert_true(s->sample >= 0);
        assert_true(isnan(s->norm));
        assert_non_null(strstr(s->text, "is number 17 of the data"));
        mien_replay_free(replay);
        scratch_close(NULL);
        assert_int_equal(scratch_open(NULL), 0);
    }
}

/* A rate that bursts the weights: the step before is sound, this one ends. */
static void step__that_ended_a_run_can_be_replayed(void **state) {
    (void)state;
    mien_train_result *r;
    const char *recipe = arrays(
        "health: off\noptim: {momentum: {lr: 1e6, momentum: 0.99999}}\n"
        "regularise: {l2: 1000}\ntrain: {epochs: 90, batch: 6}", false);
    assert_int_equal(
        blobs_train(&r, recipe, "run", (mien_train_options){0}),
        MIEN_EDIAGNOSIS);
    size_t n;
    uint8_t *log = scratch_read(scratch("run/log.jsonl"), &n);
    int64_t last = -1;
    log[n] = 0;
    for (char *at = (char *)log; (at = strstr(at, "\"step\": ")); at++)
        last = strtoll(at + 8, NULL, 10);
    free(log);
    mien_replay *replay = again(last);
    assert_true(mien_replay_summary_of(replay)->same);
    mien_replay_free(replay);
}

/* ---- what cannot be --------------------------------------------------- */

static void replay__refuses_steps_that_were_not_made(void **state) {
    (void)state;
    run(blobs_recipe(plain));
    refused(12, MIEN_ENOTFOUND, "the run did not make a step 12");
    refused(-1, MIEN_ENOTFOUND, "it made 0 to 11");
    remove(scratch("run/log.jsonl"));
    refused(1, MIEN_ENOTFOUND, "log.jsonl");
}

static void log__may_be_torn_but_not_broken(void **state) {
    (void)state;
    run(blobs_recipe(plain));
    size_t n;
    uint8_t *log = scratch_read(scratch("run/log.jsonl"), &n);
    scratch_write("run/log.jsonl", log, n - 20);
    same(4, -1);
    log[n / 2] = '\n';
    scratch_write("run/log.jsonl", log, n);
    refused(4, MIEN_EFORMAT, "log.jsonl:");
    free(log);
    scratch_text("run/log.jsonl", "");
    refused(4, MIEN_ENOTFOUND, "there is no step in it");
    scratch_text("run/log.jsonl", "{\"kind\": \"step\", \"step\": 1}\n");
    refused(1, MIEN_EFORMAT, "log.jsonl:1");
}

static void replay__survives_any_failed_allocation(void **state) {
    (void)state;
    mien_replay *replay = NULL;
    run(blobs_recipe(plain));
    static char folder[512];
    snprintf(folder, sizeof folder, "%s", scratch("run"));
    mien_mem_fail_after(-1);
    mien_replay_free(again(4));
    const int64_t count = mien_mem_fail_after(-1);
    for (int64_t n = 0; n < count; n += 1 + n / 40) {
        mien_mem_fail_after(n);
        const mien_status status = mien_health_replay(&replay, folder, 4);
        mien_mem_fail_after(-1);
        assert_true(status == MIEN_OK || !replay);
        mien_replay_free(replay);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, scratch_close)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(replay__repeats_steps_from_the_nearest_checkpoint),
        TEST(replay__needs_no_checkpoint),
        TEST(replay__repeats_all_that_a_recipe_can_hold),
        TEST(replay__goes_through_stages_and_plateaus),
        TEST(replay__begins_at_a_flight_recorder),
        TEST(replay__leaves_the_run_folder_alone),
        TEST(replay__tells_when_something_has_changed),
        TEST(replay__looks_at_the_last_attempt),
        TEST(replay__passes_over_what_the_run_did),
        TEST(replay__goes_back_where_the_run_did),
        TEST(nan__in_the_data_names_the_sample),
        TEST(step__that_ended_a_run_can_be_replayed),
        TEST(replay__refuses_steps_that_were_not_made),
        TEST(log__may_be_torn_but_not_broken),
        TEST(replay__survives_any_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
