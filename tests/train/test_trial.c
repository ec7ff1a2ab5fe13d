/* SPDX-License-Identifier: Apache-2.0 */
/* test_trial.c - steps made on the side: what they show is what the training
 * would do, and the training does not notice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <math.h>

#include "base/mem.h"
#include "scratch.h"
#include "train/trial.h"
#include "blobs.h"
#include "ward.h"

#define GOOD \
    "health: off\noptim: {adam: {lr: 0.01}}\ntrain: {epochs: 4, batch: 12}\n"

static const mien_train_options plain = {0};

static void open_training(mien_trainer *t, const char *recipe) {
    const mien_trainer_mode quiet = {.quiet = true};
    if (mien_trainer_open_as(t, recipe, &plain, &quiet) != MIEN_OK)
        fail_msg("%s", mien_error());
    assert_int_equal(mien_source_begin(t->source, 0, 0), MIEN_OK);
}

/* One step, and its loss; the page of the epoch is turned before it. */
static double step(mien_trainer *t) {
    if (t->at.batch == t->source->batches) {
        t->at.batch = 0;
        t->at.epoch++;
        t->at.stage_epoch++;
    }
    const mien_score before = t->at.seen;
    assert_int_equal(mien_source_begin(t->source, t->at.epoch, t->at.batch),
                     MIEN_OK);
    assert_int_equal(mien_trainer_step(t), MIEN_OK);
    return (t->at.seen.loss_sum - before.loss_sum) /
           (double)(t->at.seen.samples - before.samples);
}

static mien_trial run(const mien_trial_plan *plan) {
    mien_trial trial;
    if (mien_trial_run(&trial, plan) != MIEN_OK) fail_msg("%s", mien_error());
    return trial;
}

/* ---- what it shows ---------------------------------------------------- */

static void trial__is_the_training_to_the_bit(void **state) {
    (void)state;
    mien_trainer t;
    mien_trial_score score;
    const char *recipe = blobs_recipe("augment: [flip]\n" GOOD);
    mien_trial trial = run(
        &(mien_trial_plan){.recipe = recipe, .options = &plain, .samples = 60});
    assert_true(trial.sound);
    assert_int_equal(trial.n, 5);
    assert_int_equal(trial.score.samples, 36);
    open_training(&t, recipe);
    for (int i = 0; i < 5; i++) assert_true(step(&t) == trial.loss[i]);
    assert_int_equal(mien_trial_judge(&score, &t), MIEN_OK);
    assert_true(score.loss == trial.score.loss);
    assert_true(score.accuracy == trial.score.accuracy);
    mien_trainer_close(&t);
    mien_trial_close(&trial);
}

static void trial__writes_nothing(void **state) {
    (void)state;
    mien_names names;
    mien_trial trial = run(&(mien_trial_plan){
        .recipe = blobs_recipe(GOOD), .options = &plain, .samples = 60});
    mien_trial_close(&trial);
    assert_int_equal(mien_dir_list(&names, scratch("")), MIEN_OK);
    assert_int_equal(names.count, 2); /* photos, recipe.yaml */
    mien_names_close(&names);
}

static void trial__takes_changes_behind_the_users(void **state) {
    (void)state;
    static const char *const user[] = {"optim.adam.lr=0.5"};
    static const char *const change[] = {"train.batch=6", "optim.adam.lr=1e-9"};
    const mien_train_options o = {.set = user, .n_set = 1};
    mien_trial trial = run(&(mien_trial_plan){.recipe = blobs_recipe(GOOD),
                                              .options = &o,
                                              .changes = change,
                                              .n_changes = 2,
                                              .samples = 36});
    assert_int_equal(trial.n, 6);
    assert_true(trial.score.loss > 0.9);
    mien_trial_close(&trial);
}

static void trial__ends_where_the_training_would(void **state) {
    (void)state;
    mien_trial trial = run(&(mien_trial_plan){
        .recipe = blobs_recipe(GOOD), .options = &plain, .samples = 9999});
    assert_int_equal(trial.n, 12);
    mien_trial_close(&trial);
}

/* ---- going on --------------------------------------------------------- */

/* From a training after `made` steps: the same losses as it has itself, whose
 * weights stay as they are. */
static void goes_on(const char *recipe, int made) {
    mien_trainer t;
    open_training(&t, recipe);
    for (int i = 0; i < made; i++) step(&t);
    const size_t size = t.net->weights.size * sizeof(float);
    float *before = malloc(size);
    memcpy(before, t.net->weights.values, size);
    mien_trial trial = run(&(mien_trial_plan){
        .recipe = recipe, .options = &plain, .samples = 48, .from = &t});
    assert_memory_equal(before, t.net->weights.values, size);
    assert_true(trial.sound);
    assert_int_equal(trial.n, 4);
    for (int i = 0; i < trial.n; i++)
        if (step(&t) != trial.loss[i]) fail_msg("step %d + %d", made, i);
    free(before);
    mien_trial_close(&trial);
    mien_trainer_close(&t);
}

static void trial__goes_on_from_a_training(void **state) {
    (void)state;
    goes_on(blobs_recipe(GOOD), 2);
}

/* The batch behind an epoch's last one is the next epoch's first. */
static void trial__goes_on_behind_an_epoch(void **state) {
    (void)state;
    goes_on(blobs_recipe("augment: [noise: 0.1]\n" GOOD), 3);
    goes_on(blobs_recipe("clip: autoclip\n" GOOD), 6);
}

static void trial__has_nothing_to_do_behind_the_last_batch(void **state) {
    (void)state;
    mien_trainer t;
    const char *recipe = blobs_recipe(GOOD);
    open_training(&t, recipe);
    for (int i = 0; i < 12; i++) step(&t);
    mien_trial trial = run(&(mien_trial_plan){
        .recipe = recipe, .options = &plain, .samples = 48, .from = &t});
    assert_int_equal(trial.n, 0);
    assert_false(trial.sound);
    mien_trial_close(&trial);
    mien_trainer_close(&t);
}

/* Its optimiser, not the first one's. */
static void trial__goes_on_in_a_later_stage(void **state) {
    (void)state;
    mien_trainer t;
    const char *recipe = blobs_recipe(
        "health: off\ntrain: {epochs: 4, batch: 12}\nstages:\n"
        "  - {name: a, optim: {momentum: {lr: 0.001}}}\n"
        "  - {name: b, optim: {adam: {lr: 0.05}}}\n");
    open_training(&t, recipe);
    for (int i = 0; i < 12; i++) step(&t);
    const mien_updater_plan plan = mien_trainer_plan(&t, 1);
    assert_int_equal(mien_updater_next(&t.update, &plan), MIEN_OK);
    t.at.stage = 1;
    t.at.stage_step = t.at.stage_epoch = t.at.batch = 0;
    t.at.epoch = 4;
    for (int i = 0; i < 2; i++) step(&t);
    mien_trial trial = run(&(mien_trial_plan){
        .recipe = recipe, .options = &plain, .samples = 48, .from = &t});
    assert_int_equal(trial.n, 4);
    for (int i = 0; i < 4; i++) assert_true(step(&t) == trial.loss[i]);
    mien_trial_close(&trial);
    mien_trainer_close(&t);
}

static void trial__goes_on_at_another_rate(void **state) {
    (void)state;
    mien_trainer t;
    const char *recipe = blobs_recipe(GOOD);
    open_training(&t, recipe);
    step(&t);
    mien_trial_plan plan = {
        .recipe = recipe, .options = &plain, .samples = 24, .from = &t};
    mien_trial same = run(&plan);
    plan.lr_factor = 0.1;
    mien_trial slow = run(&plan);
    assert_true(same.loss[0] == slow.loss[0]);
    assert_true(same.loss[1] != slow.loss[1]);
    assert_true(t.at.lr_factor == 1);
    mien_trial_close(&same);
    mien_trial_close(&slow);
    mien_trainer_close(&t);
}

/* ---- what is not sound ------------------------------------------------ */

static void unsound(const char *rest, const char *change, const char *why) {
    mien_trial trial = run(&(mien_trial_plan){.recipe = blobs_recipe(rest),
                                              .options = &plain,
                                              .changes = &change,
                                              .n_changes = change != NULL,
                                              .samples = 60});
    assert_false(trial.sound);
    if (!strstr(trial.why, why))
        fail_msg("'%s' is not in '%s'", why, trial.why);
    mien_trial_close(&trial);
}

static void trial__of_what_cannot_be_is_unsound(void **state) {
    (void)state;
    unsound(GOOD, "model=[nonsense]", "nonsense");
    unsound(GOOD, "optim.adam.lr=-1", "lr");
    unsound(GOOD, "train.batch=7", "shards");
}

static void trial__that_bursts_is_unsound(void **state) {
    (void)state;
    unsound(
        "optim: {momentum: {lr: 1e6, momentum: 0.99999}}\n"
        "regularise: {l2: 1000}\ntrain: {epochs: 90, batch: 6}",
        NULL, "");
}

/* Half of the steps dropped: it cannot be judged by the other half. */
static void trial__that_drops_its_steps_is_unsound(void **state) {
    (void)state;
    unsound(
        "faults: [{nan_batch: {at: 0}}, {nan_batch: {at: 2}}, "
        "{nan_batch: {at: 4}}]\n" GOOD,
        NULL, "");
    mien_trial trial = run(&(mien_trial_plan){
        .recipe = blobs_recipe("faults: [{nan_batch: {at: 2}}]\n" GOOD),
        .options = &plain,
        .samples = 60});
    assert_true(trial.sound);
    assert_int_equal(trial.skipped, 1);
    assert_true(isnan(trial.loss[2]));
    mien_trial_close(&trial);
}

/* ---- the score -------------------------------------------------------- */

static mien_trial_score score_of(const char *rest) {
    mien_trainer t;
    mien_trial_score score;
    open_training(&t, blobs_recipe(rest));
    assert_int_equal(mien_trial_judge(&score, &t), MIEN_OK);
    mien_trainer_close(&t);
    return score;
}

static void score__of_nothing_known_is_chance(void **state) {
    (void)state;
    const mien_trial_score s = score_of("init: zeros\n" GOOD);
    assert_true(fabs(s.loss - log(3)) < 1e-6);
    assert_true(fabs(s.accuracy - 1.0 / 3) < 1e-12);
    assert_int_equal(s.samples, 36);
}

/* A class that is alone counts for what it is, not for a third. */
static void score__counts_the_classes_that_are_there(void **state) {
    (void)state;
    const mien_trial_score s =
        score_of("faults: [one_class]\ninit: zeros\n" GOOD);
    assert_true(s.accuracy == 1);
    assert_true(fabs(s.loss - log(3)) < 1e-6);
}

/* ---- memory ----------------------------------------------------------- */

static void memory__running_out_leaves_nothing_behind(void **state) {
    (void)state;
    mien_trainer t;
    const char *recipe = blobs_recipe(GOOD);
    open_training(&t, recipe);
    step(&t);
    const mien_trial_plan plan = {
        .recipe = recipe, .options = &plain, .samples = 24, .from = &t};
    for (int64_t n = 0;; n += 1 + n / 12) {
        mien_trial trial;
        mien_mem_fail_after(n);
        const mien_status status = mien_trial_run(&trial, &plan);
        const int64_t made = mien_mem_fail_after(-1);
        if (status != MIEN_OK) {
            assert_int_equal(status, MIEN_ENOMEM);
            assert_null(trial.loss);
            continue;
        }
        mien_trial_close(&trial);
        if (made <= n) break;
    }
    mien_trainer_close(&t);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, ward_setup, scratch_close)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(trial__is_the_training_to_the_bit),
        TEST(trial__writes_nothing),
        TEST(trial__takes_changes_behind_the_users),
        TEST(trial__ends_where_the_training_would),
        TEST(trial__goes_on_from_a_training),
        TEST(trial__goes_on_behind_an_epoch),
        TEST(trial__has_nothing_to_do_behind_the_last_batch),
        TEST(trial__goes_on_in_a_later_stage),
        TEST(trial__goes_on_at_another_rate),
        TEST(trial__of_what_cannot_be_is_unsound),
        TEST(trial__that_bursts_is_unsound),
        TEST(trial__that_drops_its_steps_is_unsound),
        TEST(score__of_nothing_known_is_chance),
        TEST(score__counts_the_classes_that_are_there),
        TEST(memory__running_out_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
