/* SPDX-License-Identifier: Apache-2.0 */
/* test_preflight.c - what can be known before the first step. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <math.h>

#include "base/mem.h"
#include "scratch.h"
#include "train/doctor.h"
#include "train/preflight.h"
#include "blobs.h"
#include "ward.h"

/* A training that is open, with the doctor beside it. */
typedef struct ward {
    mien_doctor doctor;
    mien_trainer t;
    int n;
    mien_finding found[MIEN_MAX_FINDINGS];
} ward;

static ward *open_ward(const char *recipe, const char *const *set, int n_set) {
    static char out[512];
    ward *w = calloc(1, sizeof *w);
    snprintf(out, sizeof out, "%s", scratch("run"));
    const mien_train_options options = {.out = out, .set = set, .n_set = n_set};
    assert_non_null(w);
    assert_int_equal(mien_doctor_open(&w->doctor, recipe, &options), MIEN_OK);
    const mien_trainer_mode mode = mien_doctor_mode(&w->doctor);
    if (mien_trainer_open_as(&w->t, recipe, &options, &mode) != MIEN_OK)
        fail_msg("%s", mien_error());
    return w;
}

static void close_ward(ward *w) {
    mien_trainer_close(&w->t);
    mien_doctor_close(&w->doctor);
    free(w);
}

/* What is found in a recipe, as "small_batch! epsilon" (!: it fails). */
static const char *causes_in(const char *rest, const char *const *set,
                             int n_set) {
    static char text[512];
    ward *w = open_ward(blobs_recipe(rest), set, n_set);
    if (mien_preflight(&w->t, w->found, &w->n) != MIEN_OK)
        fail_msg("%s", mien_error());
    text[0] = 0;
    for (int i = 0; i < w->n; i++) {
        const size_t n = strlen(text);
        snprintf(text + n, sizeof text - n, "%s%s%s", i ? " " : "",
                 mien_cause_name(w->found[i].cause),
                 w->found[i].severity == MIEN_FAIL ? "!" : "");
        assert_string_equal(w->found[i].detector, "preflight");
        assert_true(strlen(w->found[i].text) > 20);
    }
    close_ward(w);
    return text;
}

static const char *causes(const char *rest) { return causes_in(rest, NULL, 0); }

#define TRAIN "\ntrain: {epochs: 20, batch: 12}\n"

static void healthy__has_no_findings(void **state) {
    (void)state;
    assert_string_equal(causes("optim: {adam: {lr: 0.01}}" TRAIN), "");
    assert_string_equal(causes("optim: {momentum: {lr: 0.01}}" TRAIN), "");
    assert_string_equal(causes("augment: [flip, mixup: 0.2]" TRAIN), "");
}

/* ---- the input -------------------------------------------------------- */

static void input__out_of_range_fails(void **state) {
    (void)state;
    static const char *const bytes[] = {"input.scale=1"};
    static const char *const tiny[] = {"input.scale=1e-6"};
    assert_string_equal(causes_in(TRAIN, bytes, 1), "input_range!");
    assert_string_equal(causes_in(TRAIN, tiny, 1), "input_range!");
}

static void input__that_is_not_finite_is_told(void **state) {
    (void)state;
    const char *found = causes("faults: [{nan_batch: {at: 0}}]" TRAIN);
    assert_string_equal(found, "input_bad");
}

static void input__of_a_flat_channel_is_told(void **state) {
    (void)state;
    const char *found = causes("faults: [flat_channel]" TRAIN);
    assert_non_null(strstr(found, "flat_channel"));
}

/* ---- the data --------------------------------------------------------- */

static void labels__all_the_same_fail(void **state) {
    (void)state;
    assert_non_null(strstr(causes("faults: [one_class]" TRAIN), "one_class!"));
    assert_non_null(
        strstr(causes("faults: [constant_labels]" TRAIN), "one_class!"));
}

static void copies__warn_and_then_fail(void **state) {
    (void)state;
    assert_string_equal(causes("faults: [{duplicates: {copies: 2}}]" TRAIN),
                        "duplicates");
    assert_string_equal(causes("faults: [{duplicates: {copies: 36}}]" TRAIN),
                        "duplicates!");
}

static void order__of_classes_fails(void **state) {
    (void)state;
    static const char *const sorted[] = {"data.order=sequential"};
    const char *found = causes_in(TRAIN, sorted, 1);
    if (!strstr(found, "class_order!")) fail_msg("'%s'", found);
}

/* Faces: noise has neighbours by chance only. */
static void noise__in_labels_fails(void **state) {
    (void)state;
    static const char *const faces[] = {
        "data={reader: generated, people: 10, photos: 30, test: 0.2}"};
    assert_string_equal(causes_in(TRAIN, faces, 1), "");
    const char *noisy =
        causes_in("faults: [{label_noise: {share: 0.4}}]" TRAIN, faces, 1);
    assert_string_equal(noisy, "label_noise!");
}

/* ---- settings --------------------------------------------------------- */

static void momentum__longer_than_the_training_fails(void **state) {
    (void)state;
    assert_string_equal(
        causes("optim: {momentum: {lr: 0.01, momentum: 0.999}}" TRAIN),
        "momentum!");
    assert_string_equal(causes("optim: {momentum: {lr: 0.01, momentum: 0.99}}\n"
                               "train: {epochs: 900, batch: 12}"),
                        "");
}

static void epsilon__without_a_floor_is_told(void **state) {
    (void)state;
    assert_string_equal(causes("optim: {adam: {lr: 0.01, eps: 1e-16}}" TRAIN),
                        "epsilon");
}

static void batch__too_small_for_batch_norm_fails(void **state) {
    (void)state;
    static const char *const bare[] = {
        "model=[flatten, {dense: {out: classes}}]"};
    const char rest[] = "train: {epochs: 20, batch: 6, shards: 2}";
    assert_string_equal(causes(rest), "small_batch!");
    assert_string_equal(causes_in(rest, bare, 1), "");
}

static void batch__that_leaves_no_steps_fails(void **state) {
    (void)state;
    assert_string_equal(causes("train: {epochs: 20, batch: 512}"),
                        "large_batch!");
    assert_string_equal(
        causes("train: {epochs: 20, batch: 12, accumulate: 32}"),
        "large_batch!");
    assert_string_equal(causes("optim: gd\ntrain: {epochs: 20, batch: 512}"),
                        "");
}

static void depth__without_skips_fails(void **state) {
    (void)state;
    static const char *const plain[] = {
        "model=[flatten, {dense: {out: 8}}, {repeat: {times: 36, body: "
        "[{dense: {out: 8}}, relu]}}, {dense: {out: classes}}]"};
    static const char *const skips[] = {
        "model=[flatten, {dense: {out: 8}}, {repeat: {times: 36, body: "
        "[{name: x}, {dense: {out: 8}}, relu, {add: x}]}}, "
        "{dense: {out: classes}}]"};
    assert_string_equal(causes_in(TRAIN, plain, 1), "depth!");
    assert_string_equal(causes_in(TRAIN, skips, 1), "");
}

static void precision__without_a_net_is_told(void **state) {
    (void)state;
    assert_string_equal(causes("precision: {type: fp16}" TRAIN), "underflow");
    assert_string_equal(causes("precision: {type: fp16, loss_scale: 0}" TRAIN),
                        "");
    assert_string_equal(causes("precision: {type: bf16, master: false}" TRAIN),
                        "stall");
    assert_string_equal(causes("precision: {type: bf16}" TRAIN), "");
}

/* ---- the patient ------------------------------------------------------ */

static void patient__is_what_the_recipe_says(void **state) {
    (void)state;
    mien_patient p;
    static const char *const bytes[] = {"input.scale=1"};
    ward *w =
        open_ward(blobs_recipe("optim: {momentum: {lr: 0.03}}\n"
                               "train: {epochs: 20, batch: 12, accumulate: 2}"),
                  bytes, 1);
    assert_int_equal(mien_preflight_patient(&p, &w->t), MIEN_OK);
    assert_string_equal(p.optimiser, "momentum");
    assert_string_equal(p.loss, "cross_entropy");
    assert_true(fabs(p.lr - 0.03) < 1e-9);
    assert_true(isnan(p.gentle_lr));
    assert_int_equal(p.steps, 40);
    assert_int_equal(p.batch, 12);
    assert_int_equal(p.accumulate, 2);
    assert_int_equal(p.channels, 3);
    for (int c = 0; c < 3; c++) { /* background 40 to 99, a ninth 180 to 239 */
        assert_true(p.mean[c] > 60 && p.mean[c] < 100);
        assert_true(p.std[c] > 15 && p.std[c] < 60);
    }
    close_ward(w);
}

/* Standardised by what it says, the input has mean 0 and deviation 1. */
static void patient__says_what_standardises(void **state) {
    (void)state;
    mien_patient p;
    mien_batch batch;
    char set[2][128];
    static const char *const bytes[] = {"input.mean=[7]", "input.std=[3]"};
    const char *recipe = blobs_recipe(TRAIN);
    ward *w = open_ward(recipe, bytes, 2);
    assert_int_equal(mien_preflight_patient(&p, &w->t), MIEN_OK);
    snprintf(set[0], sizeof set[0], "input.mean=[%.9g, %.9g, %.9g]", p.mean[0],
             p.mean[1], p.mean[2]);
    snprintf(set[1], sizeof set[1], "input.std=[%.9g, %.9g, %.9g]", p.std[0],
             p.std[1], p.std[2]);
    close_ward(w);
    const char *const now[] = {set[0], set[1]};
    w = open_ward(recipe, now, 2);
    assert_int_equal(mien_source_begin(w->t.source, 0, 0), MIEN_OK);
    assert_int_equal(mien_source_next(w->t.source, &batch), MIEN_OK);
    double sum = 0, squares = 0;
    const int n = batch.n * 3 * BLOB_SIDE * BLOB_SIDE;
    for (int i = 0; i < n; i++) {
        sum += batch.x[i];
        squares += (double)batch.x[i] * batch.x[i];
    }
    assert_true(fabs(sum / n) < 1e-3);
    assert_true(fabs(squares / n - 1) < 1e-3);
    close_ward(w);
}

static void memory__running_out_is_survived(void **state) {
    (void)state;
    ward *w = open_ward(blobs_recipe(TRAIN), NULL, 0);
    for (int64_t n = 0;; n += 1 + n / 8) {
        mien_patient p;
        w->n = 0;
        mien_mem_fail_after(n);
        mien_status status = mien_preflight(&w->t, w->found, &w->n);
        if (status == MIEN_OK) status = mien_preflight_patient(&p, &w->t);
        const int64_t made = mien_mem_fail_after(-1);
        if (status != MIEN_OK) assert_int_equal(status, MIEN_ENOMEM);
        if (status == MIEN_OK && made <= n) break;
    }
    close_ward(w);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, ward_setup, scratch_close)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(healthy__has_no_findings),
        TEST(input__out_of_range_fails),
        TEST(input__that_is_not_finite_is_told),
        TEST(input__of_a_flat_channel_is_told),
        TEST(labels__all_the_same_fail),
        TEST(copies__warn_and_then_fail),
        TEST(order__of_classes_fails),
        TEST(noise__in_labels_fails),
        TEST(momentum__longer_than_the_training_fails),
        TEST(epsilon__without_a_floor_is_told),
        TEST(batch__too_small_for_batch_norm_fails),
        TEST(batch__that_leaves_no_steps_fails),
        TEST(depth__without_skips_fails),
        TEST(precision__without_a_net_is_told),
        TEST(patient__is_what_the_recipe_says),
        TEST(patient__says_what_standardises),
        TEST(memory__running_out_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
