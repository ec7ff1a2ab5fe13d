/* SPDX-License-Identifier: Apache-2.0 */
/* test_trainer.c - trainings from end to end on a few coloured blobs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <math.h>

#include "base/file.h"
#include "base/mem.h"
#include "mien/log.h"
#include "scratch.h"
#include "blobs.h"

static const mien_train_options plain = {0};

static int setup(void **state) {
    if (scratch_open(state)) return -1;
    blobs_folder(3, 16);
    return 0;
}

static void training__learns(void **state) {
    (void)state;
    mien_train_result *r;
    const char *recipe = blobs_recipe(
        "optim: {adam: {lr: 0.01}}\ntrain: {epochs: 15, batch: 12}");
    if (blobs_train(&r, recipe, "run", plain) != MIEN_OK)
        fail_msg("%s", mien_error());
    const mien_train_summary *s = mien_train_summary_of(r);
    assert_true(s->accuracy > 0.9);
    assert_true(s->train_loss < 0.4);
    assert_true(isnan(s->top5)); /* of three classes */
    assert_string_equal(s->split, "test");
    assert_int_equal(s->steps, 15 * 3);
    assert_int_equal(s->skipped, 0);
    assert_true(mien_file_exists(s->model));
    assert_true(mien_file_exists(scratch("run/log.jsonl")));
    assert_true(mien_file_exists(scratch("run/recipe.yaml")));
    mien_train_result_free(r);
}

static void training__has_the_same_bits_for_any_threads(void **state) {
    (void)state;
    const char *recipe = blobs_recipe(
        "augment: [flip, noise: 0.05]\noptim: {adam: {lr: 0.01}}\n"
        "train: {epochs: 3, batch: 12, shards: 4}");
    char first[80];
    snprintf(first, sizeof first, "%s",
             blobs_hash(recipe, "run", (mien_train_options){.threads = 1}));
    for (int threads = 1; threads <= 4; threads++) {
        char out[16];
        snprintf(out, sizeof out, "again%d", threads);
        assert_string_equal(
            blobs_hash(recipe, out, (mien_train_options){.threads = threads}),
            first);
    }
    const char *const seed = "train.seed=7";
    assert_string_not_equal(
        blobs_hash(recipe, "other",
                   (mien_train_options){.set = &seed, .n_set = 1}),
        first);
}

static int steps_left;

static void count_steps(void *context, const char *task, int64_t done,
                        int64_t total, const char *note) {
    (void)context, (void)task, (void)done, (void)total, (void)note;
    if (--steps_left == 0) mien_train_interrupt();
}

/* Interrupted after so many steps and resumed, again and again until it is
 * through: the same weights as in one go. */
static void resumes(const char *rest, int steps) {
    const mien_log_sink sink = {.progress = count_steps};
    const char *recipe = blobs_recipe(rest);
    const char *const val = "data.val=0.2";
    char whole[80];
    mien_train_result *r;
    mien_train_options o = {.threads = 2, .set = &val, .n_set = 1};
    snprintf(whole, sizeof whole, "%s", blobs_hash(recipe, "whole", o));
    mien_log_set(&sink, NULL);
    int parts = 0;
    mien_status status;
    do {
        steps_left = steps;
        status = blobs_train(&r, recipe, "parts", o);
        o.resume = true;
        o.threads = 1;
        if (status != MIEN_OK && status != MIEN_EINTERRUPTED)
            fail_msg("%s", mien_error());
    } while (status == MIEN_EINTERRUPTED && ++parts < 100);
    mien_log_set(NULL, NULL);
    assert_in_range(parts, 2, 99);
    assert_string_equal(mien_train_summary_of(r)->weights_hash, whole);
    mien_train_result_free(r);
    size_t n1, n2;
    uint8_t *log1 = scratch_read(scratch("whole/log.jsonl"), &n1);
    uint8_t *log2 = scratch_read(scratch("parts/log.jsonl"), &n2);
    int lines1 = 0, lines2 = 0;
    for (size_t i = 0; i < n1; i++) lines1 += log1[i] == '\n';
    for (size_t i = 0; i < n2; i++) lines2 += log2[i] == '\n';
    assert_int_equal(lines1, lines2);
    free(log1);
    free(log2);
}

static void resume__equals_a_run_in_one_go(void **state) {
    (void)state;
    resumes("augment: [flip, mixup: 0.2]\noptim: {adam: {lr: 0.01}}\n"
            "schedule: {cosine: {warmup: 0.2}}\n"
            "train: {epochs: 4, batch: 8, ema: 0.9}", 7);
}

static void resume__carries_stages_sums_and_plateaus(void **state) {
    (void)state;
    resumes("optim: {momentum: {lr: 0.05}}\nclip: {global_norm: 1}\n"
            "schedule: plateau\nregularise: {l2: 1e-3}\n"
            "train: {epochs: 2, batch: 4, accumulate: 2}\n"
            "stages: [{name: a}, {name: b, constrain: {max_norm: 1}},\n"
            "  {optim: {adam: {lr: 0.001}}, epochs: 1}]", 4);
}

static void resume__carries_the_best_and_the_patience(void **state) {
    (void)state;
    resumes("optim: {sgd: {lr: 1e-6}}\n"
            "train: {epochs: 30, batch: 8, save_every: 3,\n"
            "  early_stop: {patience: 3, delta: 0.5}}", 5);
}

static void resume__without_a_checkpoint_is_refused(void **state) {
    (void)state;
    const char *recipe = blobs_recipe("train: {epochs: 1, batch: 8}");
    blobs_refused(recipe, "new", (mien_train_options){.resume = true},
                  MIEN_ENOTFOUND, "nothing to resume");
}

static void resume__of_another_network_is_refused(void **state) {
    (void)state;
    const char *const wider = "model.0.conv.out=9";
    const char *recipe = blobs_recipe("train: {epochs: 1, batch: 8}");
    blobs_hash(recipe, "run", plain);
    blobs_refused(recipe, "run",
                  (mien_train_options){.resume = true, .set = &wider,
                                       .n_set = 1},
                  MIEN_EINVAL, "another section 'model'");
    blobs_refused(recipe, "run", plain, MIEN_EINVAL, "holds a run already");
}

static void early_stop__keeps_the_best(void **state) {
    (void)state;
    mien_train_result *r;
    const char *recipe = blobs_recipe(
        "optim: {sgd: {lr: 1e-7}}\n"
        "train: {epochs: 20, batch: 8, early_stop: {patience: 2, delta: 1}}");
    const char *const val = "data.val=0.25";
    if (blobs_train(&r, recipe, "run",
                    (mien_train_options){.set = &val, .n_set = 1}) != MIEN_OK)
        fail_msg("%s", mien_error());
    const mien_train_summary *s = mien_train_summary_of(r);
    assert_true(s->stopped_early);
    assert_int_equal(s->epochs, 3);
    assert_int_equal(s->best_epoch, 1);
    mien_train_result_free(r);
    blobs_refused(recipe, "other", plain, MIEN_EINVAL, "data.val");
}

static void overfit__knows_a_batch_by_heart(void **state) {
    (void)state;
    mien_train_result *r;
    const char *recipe = blobs_recipe(
        "augment: [flip]\noptim: {adam: {lr: 0.01}}\n"
        "train: {epochs: 200, batch: 8}");
    if (blobs_train(&r, recipe, "run", (mien_train_options){.overfit = 2}) !=
        MIEN_OK)
        fail_msg("%s", mien_error());
    const mien_train_summary *s = mien_train_summary_of(r);
    assert_true(s->memorised);
    assert_true(s->accuracy == 1);
    assert_in_range(s->epochs, 1, 199);
    mien_train_result_free(r);
}

static void gradients__are_shown_for_each_tensor(void **state) {
    (void)state;
    mien_train_result *r;
    const char *recipe = blobs_recipe("train: {epochs: 1, batch: 8}");
    if (blobs_train(&r, recipe, "run",
                    (mien_train_options){.show_gradients = true}) != MIEN_OK)
        fail_msg("%s", mien_error());
    const char *report = mien_train_summary_of(r)->report;
    assert_non_null(strstr(report, "conv1.weight"));
    assert_non_null(strstr(report, "dense1.bias"));
    assert_non_null(strstr(report, "max |g|"));
    mien_train_result_free(r);
}

static void dry_run__writes_nothing(void **state) {
    (void)state;
    mien_train_result *r;
    const char *recipe = blobs_recipe("train: {epochs: 1, batch: 8}");
    if (blobs_train(&r, recipe, "run",
                    (mien_train_options){.dry_run = true}) != MIEN_OK)
        fail_msg("%s", mien_error());
    const char *report = mien_train_summary_of(r)->report;
    assert_non_null(strstr(report, "conv1"));
    assert_non_null(strstr(report, "memory:"));
    assert_false(mien_dir_exists(scratch("run")));
    mien_train_result_free(r);
}

static void keep__leaves_so_many_epoch_checkpoints(void **state) {
    (void)state;
    const char *recipe =
        blobs_recipe("train: {epochs: 5, batch: 8, keep: 2}");
    blobs_hash(recipe, "run", plain);
    assert_false(mien_file_exists(scratch("run/epoch-0003.safetensors")));
    assert_true(mien_file_exists(scratch("run/epoch-0004.safetensors")));
    assert_true(mien_file_exists(scratch("run/epoch-0005.safetensors")));
}

static void disk_full__keeps_the_checkpoint_before(void **state) {
    (void)state;
    const char *recipe = blobs_recipe("train: {epochs: 1, batch: 8}");
    size_t n1, n2;
    blobs_hash(recipe, "run", plain);
    uint8_t *before = scratch_read(scratch("run/last.safetensors"), &n1);
    mien_file_full_after(2000);
    blobs_refused(recipe, "run",
                  (mien_train_options){.resume = true, .epochs = 3},
                  MIEN_ENOSPACE, "the one before it is kept");
    mien_file_full_after(-1);
    uint8_t *after = scratch_read(scratch("run/last.safetensors"), &n2);
    assert_int_equal(n1, n2);
    assert_memory_equal(before, after, n1);
    free(before);
    free(after);
    blobs_hash(recipe, "run",
               (mien_train_options){.resume = true, .epochs = 3});
}

static void checkpoint__with_a_flipped_byte_is_refused(void **state) {
    (void)state;
    const char *recipe = blobs_recipe("train: {epochs: 1, batch: 8}");
    size_t n;
    blobs_hash(recipe, "run", plain);
    uint8_t *bytes = scratch_read(scratch("run/last.safetensors"), &n);
    for (size_t at = 3; at < n; at += n / 23) {
        bytes[at] ^= 4;
        scratch_write("run/last.safetensors", bytes, n);
        bytes[at] ^= 4;
        mien_train_result *r;
        const mien_status status =
            blobs_train(&r, recipe, "run",
                        (mien_train_options){.resume = true, .epochs = 2});
        if (status != MIEN_ECORRUPT && status != MIEN_EFORMAT &&
            status != MIEN_EUNSUPPORTED)
            fail_msg("byte %zu: %d, %s", at, status, mien_error());
        assert_null(r);
    }
    free(bytes);
}

/* Each allocation failing in turn, ever more of them apart. */
static void memory__running_out_is_survived(void **state) {
    (void)state;
    const char *recipe = blobs_recipe(
        "augment: [flip]\noptim: {adam: {lr: 0.01}}\n"
        "train: {epochs: 1, batch: 8, ema: 0.9, accumulate: 2, seed: 1}");
    for (int64_t n = 0, run = 0;; n += 1 + n / 8, run++) {
        mien_train_result *r;
        char out[32];
        snprintf(out, sizeof out, "oom%lld", (long long)run);
        mien_mem_fail_after(n);
        const mien_status status =
            blobs_train(&r, recipe, out, (mien_train_options){.threads = 2});
        mien_mem_fail_after(-1);
        if (status == MIEN_OK) {
            mien_train_result_free(r);
            assert_true(n > 100);
            return;
        }
        if (status != MIEN_ENOMEM) fail_msg("%d: %s", status, mien_error());
        assert_null(r);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, scratch_close)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(training__learns),
        TEST(training__has_the_same_bits_for_any_threads),
        TEST(resume__equals_a_run_in_one_go),
        TEST(resume__carries_stages_sums_and_plateaus),
        TEST(resume__carries_the_best_and_the_patience),
        TEST(resume__without_a_checkpoint_is_refused),
        TEST(resume__of_another_network_is_refused),
        TEST(early_stop__keeps_the_best),
        TEST(overfit__knows_a_batch_by_heart),
        TEST(gradients__are_shown_for_each_tensor),
        TEST(dry_run__writes_nothing),
        TEST(keep__leaves_so_many_epoch_checkpoints),
        TEST(disk_full__keeps_the_checkpoint_before),
        TEST(checkpoint__with_a_flipped_byte_is_refused),
        TEST(memory__running_out_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
