/* SPDX-License-Identifier: Apache-2.0 */
/* test_ring.c - states in memory and in the flight recorder: going back to
 * one and making the same steps again ends with the same bits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <math.h>

#include "base/file.h"
#include "base/mem.h"
#include "scratch.h"
#include "train/recorder.h"
#include "train/ring.h"
#include "blobs.h"

static const char plain[] = "health: off\noptim: {adam: {lr: 0.01}}\n"
                            "train: {epochs: 6, batch: 12}";

static int setup(void **state) {
    if (scratch_open(state)) return -1;
    blobs_folder(3, 16);
    return 0;
}

static void open_trainer(mien_trainer *t, const char *rest) {
    static char out[512];
    snprintf(out, sizeof out, "%s", scratch("run"));
    const mien_train_options options = {.out = out};
    if (mien_trainer_open(t, blobs_recipe(rest), &options) != MIEN_OK)
        fail_msg("%s", mien_error());
    assert_int_equal(mien_source_begin(t->source, 0, 0), MIEN_OK);
}

/* Steps through epochs and stages, with nothing between them. */
static void steps(mien_trainer *t, int n) {
    for (int i = 0; i < n; i++) {
        if (mien_trainer_step(t) != MIEN_OK) fail_msg("%s", mien_error());
        if (t->at.batch < t->source->batches) continue;
        t->at.batch = 0;
        t->at.epoch++;
        if (++t->at.stage_epoch < t->recipe.stages[t->at.stage].epochs ||
            t->at.stage + 1 >= t->recipe.n_stages)
            continue;
        const mien_updater_plan plan =
            mien_trainer_plan(t, (int)t->at.stage + 1);
        assert_int_equal(mien_updater_next(&t->update, &plan), MIEN_OK);
        t->at.stage++;
        t->at.stage_epoch = t->at.stage_step = 0;
    }
}

/* Weights, and all state beside them. */
static const char *digest(mien_trainer *t) {
    static char both[2][2 * MIEN_HASH_HEX];
    static int next;
    mien_tensor state[MIEN_TRAINER_TENSORS];
    const int n = mien_trainer_state(t, state);
    char *hex = both[next++ % 2];
    assert_int_equal(mien_model_hash(hex, t->net, t->net->weights.values),
                     MIEN_OK);
    assert_int_equal(mien_tensors_hash(hex + strlen(hex), state, n), MIEN_OK);
    return hex;
}

static void again_from(mien_trainer *t, mien_ring *ring,
                       const mien_snapshot *s) {
    mien_ring_back(ring, t, s);
    t->at = s->at;
    assert_int_equal(mien_source_begin(t->source, t->at.epoch, t->at.batch),
                     MIEN_OK);
}

static void repeats(const char *rest) {
    mien_trainer t;
    mien_ring *ring;
    open_trainer(&t, rest);
    assert_int_equal(mien_ring_open(&ring, &t, 2, 1), MIEN_OK);
    steps(&t, 4);
    assert_int_equal(mien_ring_take(ring, &t), MIEN_OK);
    steps(&t, 3);
    const char *first = digest(&t);
    again_from(&t, ring, mien_ring_find(ring, 4));
    assert_int_equal(t.at.step, 4);
    steps(&t, 3);
    assert_string_equal(digest(&t), first);
    mien_ring_close(ring);
    mien_trainer_close(&t);
}

static void back__repeats_steps_to_the_bit(void **state) {
    (void)state;
    repeats(plain);
}

static void back__brings_all_kinds_of_state(void **state) {
    (void)state;
    repeats(
        "health: off\noptim: {momentum: {lr: 0.05}}\nclip: autoclip\n"
        "schedule: plateau\nregularise: {l2: 1e-3}\n"
        "constrain: {spectral: 1}\naugment: [flip, mixup: 0.2]\n"
        "train: {epochs: 6, batch: 6, ema: 0.9, accumulate: 2}");
}

static void take__counts_the_step_that_is_looked_at(void **state) {
    (void)state;
    mien_trainer t;
    mien_ring *ring;
    open_trainer(&t, plain);
    assert_int_equal(mien_ring_open(&ring, &t, 2, 1), MIEN_OK);
    steps(&t, 2);
    t.at.step--;
    t.at.stage_step--;
    assert_int_equal(mien_ring_take(ring, &t), MIEN_OK);
    const mien_snapshot *s = mien_ring_find(ring, 9);
    assert_int_equal(s->at.step, 2);
    assert_int_equal(s->at.stage_step, 2);
    mien_ring_close(ring);
    mien_trainer_close(&t);
}

static void copy__leaves_the_position(void **state) {
    (void)state;
    mien_trainer t;
    mien_ring *ring;
    open_trainer(&t, plain);
    assert_int_equal(mien_ring_open(&ring, &t, 2, 1), MIEN_OK);
    steps(&t, 2);
    const char *at_two = digest(&t);
    assert_int_equal(mien_ring_take(ring, &t), MIEN_OK);
    steps(&t, 2);
    mien_ring_copy(&t, mien_ring_find(ring, 9));
    assert_string_equal(digest(&t), at_two);
    assert_int_equal(t.at.step, 4);
    mien_ring_close(ring);
    mien_trainer_close(&t);
}

static void find__takes_the_newest_that_is_old_enough(void **state) {
    (void)state;
    mien_trainer t;
    mien_ring *ring;
    open_trainer(&t, plain);
    assert_int_equal(mien_ring_open(&ring, &t, 3, 2), MIEN_OK);
    assert_int_equal(mien_ring_room(ring), 3);
    assert_null(mien_ring_find(ring, 100));
    for (int i = 0; i < 10; i++) {
        if (mien_ring_due(ring, &t)) {
            assert_int_equal(mien_ring_take(ring, &t), MIEN_OK);
            assert_int_equal(mien_ring_take(ring, &t), MIEN_OK);
        }
        steps(&t, 1);
    }
    /* 0, 2, 4, 6, 8 were due; the last three are there. */
    assert_null(mien_ring_find(ring, 3));
    assert_int_equal(mien_ring_step(mien_ring_find(ring, 4)), 4);
    assert_int_equal(mien_ring_step(mien_ring_find(ring, 7)), 6);
    assert_int_equal(mien_ring_step(mien_ring_find(ring, 100)), 8);
    mien_ring_back(ring, &t, mien_ring_find(ring, 5));
    assert_int_equal(mien_ring_step(mien_ring_find(ring, 100)), 4);
    mien_ring_close(ring);
    mien_trainer_close(&t);
}

static void refuses(mien_trainer *t, mien_ring *ring, float *x) {
    const float kept = *x;
    *x = NAN;
    assert_int_equal(mien_ring_take(ring, t), MIEN_EDIAGNOSIS);
    *x = -INFINITY;
    assert_int_equal(mien_ring_take(ring, t), MIEN_EDIAGNOSIS);
    *x = kept;
    assert_int_equal(mien_ring_step(mien_ring_find(ring, 100)), 2);
}

static void take__refuses_what_is_not_finite(void **state) {
    (void)state;
    mien_trainer t;
    mien_ring *ring;
    open_trainer(&t, "health: off\noptim: {adam: {lr: 0.01}}\n"
                     "train: {epochs: 6, batch: 12, ema: 0.9}");
    assert_int_equal(mien_ring_open(&ring, &t, 2, 1), MIEN_OK);
    steps(&t, 2);
    assert_int_equal(mien_ring_take(ring, &t), MIEN_OK);
    steps(&t, 1);
    refuses(&t, ring, t.net->weights.values);
    refuses(&t, ring, t.net->weights.values + t.net->weights.size - 1);
    refuses(&t, ring, t.update.stepper.slot[1] + 3);
    refuses(&t, ring, t.average + 5);
    assert_int_equal(mien_ring_take(ring, &t), MIEN_OK);
    mien_ring_close(ring);
    mien_trainer_close(&t);
}

static void ring__holds_stages_of_any_size_one_at_a_time(void **state) {
    (void)state;
    mien_trainer t;
    mien_ring *ring;
    open_trainer(&t, "health: off\ntrain: {epochs: 2, batch: 12}\nstages:\n"
                     "  - {name: a, epochs: 1, optim: {sgd: {lr: 0.01}}}\n"
                     "  - {name: b, epochs: 2, optim: {adam: {lr: 0.01}}}\n");
    assert_int_equal(mien_ring_open(&ring, &t, 3, 1), MIEN_OK);
    assert_int_equal(mien_ring_take(ring, &t), MIEN_OK);
    steps(&t, 4);
    assert_int_equal(t.at.stage, 1);
    assert_non_null(mien_ring_find(ring, 0));
    if (mien_ring_take(ring, &t) != MIEN_OK) fail_msg("%s", mien_error());
    assert_null(mien_ring_find(ring, 3));
    const char *then = digest(&t);
    steps(&t, 1);
    mien_ring_back(ring, &t, mien_ring_find(ring, 4));
    assert_string_equal(digest(&t), then);
    mien_ring_close(ring);
    mien_trainer_close(&t);
}

static void ring__allocates_only_when_it_is_opened(void **state) {
    (void)state;
    mien_trainer t;
    mien_ring *ring;
    mien_status status = MIEN_ENOMEM;
    open_trainer(&t, plain);
    for (int n = 0; status != MIEN_OK; n++) {
        mien_mem_fail_after(n);
        status = mien_ring_open(&ring, &t, 4, 1);
        mien_mem_fail_after(-1);
        assert_true(status == MIEN_OK || !ring);
        assert_in_range(n, 0, 100);
    }
    mien_mem_fail_after(-1);
    assert_int_equal(mien_ring_take(ring, &t), MIEN_OK);
    mien_ring_back(ring, &t, mien_ring_find(ring, 0));
    assert_int_equal(mien_mem_fail_after(-1), 0);
    mien_ring_close(ring);
    assert_int_equal(mien_ring_open(&ring, &t, 1, 1), MIEN_EINVAL);
    assert_int_equal(mien_ring_open(&ring, &t, 2, 0), MIEN_EINVAL);
    mien_trainer_close(&t);
}

/* ---- the flight recorder ---------------------------------------------- */

static void recorder__writes_what_a_training_can_go_on_from(void **state) {
    (void)state;
    mien_trainer t;
    mien_ring *ring;
    open_trainer(&t, plain);
    assert_int_equal(mien_ring_open(&ring, &t, 2, 1), MIEN_OK);
    steps(&t, 4);
    assert_int_equal(mien_ring_take(ring, &t), MIEN_OK);
    steps(&t, 3);
    const char *first = digest(&t);
    if (mien_recorder_dump(&t, mien_ring_find(ring, 9), "a test") != MIEN_OK)
        fail_msg("%s", mien_error());
    mien_ring_close(ring);
    mien_trainer_close(&t);
    const char *path = scratch("run/blackbox-00000004.safetensors");
    assert_int_equal(mien_file_link(path, scratch("run/last.safetensors")),
                     MIEN_OK);
    const mien_train_options options = {.out = scratch("run"), .resume = true};
    if (mien_trainer_open(&t, scratch("recipe.yaml"), &options) != MIEN_OK)
        fail_msg("%s", mien_error());
    assert_int_equal(t.at.step, 4);
    assert_int_equal(mien_source_begin(t.source, t.at.epoch, t.at.batch),
                     MIEN_OK);
    steps(&t, 3);
    assert_string_equal(digest(&t), first);
    mien_trainer_close(&t);
}

static int count_boxes(void) {
    mien_names names;
    int n = 0;
    assert_int_equal(mien_dir_list(&names, scratch("run")), MIEN_OK);
    for (size_t i = 0; i < names.count; i++)
        n += mien_recorder_step(names.items[i]) >= 0;
    mien_names_close(&names);
    return n;
}

static void recorder__keeps_the_five_newest(void **state) {
    (void)state;
    mien_trainer t;
    open_trainer(&t, plain);
    mien_snapshot s = {.at = t.at, .values = t.net->weights.values};
    s.n = mien_trainer_state(&t, s.tensors);
    for (int i = 0; i < 8; i++) {
        s.at.step = 3 * i;
        assert_int_equal(mien_recorder_dump(&t, &s, NULL), MIEN_OK);
    }
    assert_int_equal(count_boxes(), MIEN_RECORDER_FILES);
    assert_false(
        mien_file_exists(scratch("run/blackbox-00000006.safetensors")));
    assert_true(mien_file_exists(scratch("run/blackbox-00000009.safetensors")));
    assert_int_equal(mien_recorder_clear(scratch("run")), MIEN_OK);
    assert_int_equal(count_boxes(), 0);
    mien_trainer_close(&t);
}

static void recorder__never_writes_what_is_not_finite(void **state) {
    (void)state;
    mien_trainer t;
    open_trainer(&t, plain);
    mien_snapshot s = {.at = t.at, .values = t.net->weights.values};
    s.n = mien_trainer_state(&t, s.tensors);
    s.values[3] = NAN;
    assert_int_equal(mien_recorder_dump(&t, &s, "bad"), MIEN_EDIAGNOSIS);
    s.values[3] = 0;
    t.update.stepper.slot[0][2] = INFINITY;
    assert_int_equal(mien_recorder_dump(&t, &s, "bad"), MIEN_EDIAGNOSIS);
    assert_int_equal(count_boxes(), 0);
    mien_trainer_close(&t);
}

static void recorder__knows_its_names(void **state) {
    (void)state;
    assert_int_equal(mien_recorder_step("blackbox-00000412.safetensors"), 412);
    assert_int_equal(mien_recorder_step("blackbox-7.safetensors"), 7);
    assert_int_equal(mien_recorder_step("blackbox-.safetensors"), -1);
    assert_int_equal(mien_recorder_step("blackbox--3.safetensors"), -1);
    assert_int_equal(mien_recorder_step("blackbox-3.safetensors.tmp-1"), -1);
    assert_int_equal(mien_recorder_step("epoch-0003.safetensors"), -1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, scratch_close)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(back__repeats_steps_to_the_bit),
        TEST(back__brings_all_kinds_of_state),
        TEST(take__counts_the_step_that_is_looked_at),
        TEST(copy__leaves_the_position),
        TEST(find__takes_the_newest_that_is_old_enough),
        TEST(take__refuses_what_is_not_finite),
        TEST(ring__holds_stages_of_any_size_one_at_a_time),
        TEST(ring__allocates_only_when_it_is_opened),
        TEST(recorder__writes_what_a_training_can_go_on_from),
        TEST(recorder__keeps_the_five_newest),
        TEST(recorder__never_writes_what_is_not_finite),
        TEST(recorder__knows_its_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
