/* SPDX-License-Identifier: Apache-2.0 */
/* test_nonfinite.c - bad numbers in the data, bad rates: no weight and no
 * state ever takes them in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <math.h>

#include "base/file.h"
#include "mien/model.h"
#include "scratch.h"
#include "tensor/npy.h"
#include "blobs.h"

enum { SAMPLES = 24, VALUES = 36 };

/* data.npy and labels.npy of floats, `bad` of the samples with a NaN. */
static void arrays(int bad) {
    static float x[SAMPLES * VALUES];
    static int64_t y[SAMPLES];
    mien_rng rng = mien_rng_at(5, MIEN_RNG_TEST, 0, 0);
    for (int i = 0; i < SAMPLES; i++) {
        y[i] = i % 2;
        for (int k = 0; k < VALUES; k++)
            x[i * VALUES + k] = (float)(mien_rng_uniform(&rng) + i % 2);
        if (i < bad) x[i * VALUES + 7] = NAN;
    }
    mien_tensor images = {.name = "x", .dtype = MIEN_F32, .rank = 3,
                          .shape = {SAMPLES, 6, 6}, .data = x};
    mien_tensor labels = {.name = "y", .dtype = MIEN_I64, .rank = 1,
                          .shape = {SAMPLES}, .data = y};
    assert_true(mien_tensor_measure(&images) && mien_tensor_measure(&labels));
    assert_int_equal(mien_npy_write(scratch("data.npy"), &images), MIEN_OK);
    assert_int_equal(mien_npy_write(scratch("labels.npy"), &labels), MIEN_OK);
}

static const char *recipe_of(const char *rest) {
    static char path[512];
    char text[2048];
    snprintf(text, sizeof text,
             "data: {reader: npy, path: %s, order: shuffle}\n"
             "input: {size: [6, 6, 1], scale: 1}\n"
             "model:\n  - conv: {out: 4, kernel: 3}\n  - bn\n  - relu\n"
             "  - flatten\n  - dense: {out: classes}\n"
             "loss: cross_entropy\n%s\n", scratch(""), rest);
    snprintf(path, sizeof path, "%s", scratch_text("recipe.yaml", text));
    return path;
}

/* The training goes through, so many steps are skipped, and the model loads:
 * loading refuses weights that are not finite. */
static void survives(const char *rest, int skipped) {
    mien_train_result *r;
    mien_model *m;
    const char *recipe = recipe_of(rest);
    if (blobs_train(&r, recipe, "run", (mien_train_options){0}) != MIEN_OK)
        fail_msg("%s", mien_error());
    const mien_train_summary *s = mien_train_summary_of(r);
    assert_int_equal(s->skipped, skipped);
    assert_int_equal(mien_model_load(&m, s->model, 1), MIEN_OK);
    mien_model_free(m);
    mien_train_result_free(r);
}

static int count_lines(const char *what) {
    size_t n;
    int count = 0;
    uint8_t *text = scratch_read(scratch("run/log.jsonl"), &n);
    text[n] = 0;
    for (char *at = (char *)text; (at = strstr(at, what)); at++) count++;
    free(text);
    return count;
}

static void nan__in_one_sample_skips_its_steps(void **state) {
    (void)state;
    arrays(1);
    survives("optim: {adam: {lr: 0.01}}\n"
             "train: {epochs: 3, batch: 6, ema: 0.9}", 3);
    assert_int_equal(count_lines("\"kind\": \"skipped\""), 3);
    assert_int_equal(count_lines("\"kind\": \"step\""), 9);
    assert_int_equal(count_lines("\"not_finite\": \"loss\""), 3);
}

static void nan__in_one_batch_of_several_drops_the_step(void **state) {
    (void)state;
    arrays(1);
    survives("optim: {momentum: {lr: 0.1}}\n"
             "train: {epochs: 4, batch: 4, accumulate: 3}", 4);
}

static void nan__everywhere_ends_with_a_diagnosis(void **state) {
    (void)state;
    arrays(SAMPLES);
    blobs_refused(recipe_of("train: {epochs: 9, batch: 6, max_skips: 4}"),
                  "run", (mien_train_options){0}, MIEN_EDIAGNOSIS,
                  "input not finite");
    assert_int_equal(mien_status_exit_code(MIEN_EDIAGNOSIS), 3);
    assert_int_equal(count_lines("\"kind\": \"skipped\""), 5);
    assert_false(mien_file_exists(scratch("run/model.safetensors")));
}

static void rate__that_bursts_the_weights_is_named(void **state) {
    (void)state;
    arrays(0);
    mien_train_result *r;
    const char *recipe = recipe_of(
        "health: watch\noptim: {momentum: {lr: 1e6, momentum: 0.99999}}\n"
        "regularise: {l2: 1000}\ntrain: {epochs: 90, batch: 6}");
    assert_int_equal(
        blobs_train(&r, recipe, "run", (mien_train_options){0}),
        MIEN_EDIAGNOSIS);
    assert_non_null(strstr(mien_error(), "rate"));
    assert_false(mien_file_exists(scratch("run/model.safetensors")));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_open, scratch_close)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(nan__in_one_sample_skips_its_steps),
        TEST(nan__in_one_batch_of_several_drops_the_step),
        TEST(nan__everywhere_ends_with_a_diagnosis),
        TEST(rate__that_bursts_the_weights_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
