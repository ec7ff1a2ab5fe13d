/* SPDX-License-Identifier: Apache-2.0 */
/* test_care.c - what watches a training: when it looks, what it sees, what it
 * says and to whom. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <math.h>

#include "base/log.h"
#include "base/mem.h"
#include "scratch.h"
#include "train/care.h"
#include "blobs.h"
#include "ward.h"

#define GOOD \
    "optim: {adam: {lr: 0.01}}\ntrain: {epochs: 20, batch: 12, shards: 2}\n"

static void open_training(mien_trainer *t, const char *rest,
                          const char *change) {
    static char out[512];
    snprintf(out, sizeof out, "%s", scratch("run"));
    const mien_train_options o = {
        .out = out, .set = &change, .n_set = change != NULL};
    if (mien_trainer_open(t, blobs_recipe(rest), &o) != MIEN_OK)
        fail_msg("%s", mien_error());
    assert_int_equal(mien_source_begin(t->source, 0, 0), MIEN_OK);
}

static void step(mien_trainer *t) {
    if (t->at.batch == t->source->batches) {
        t->at.batch = 0;
        t->at.epoch++;
        t->at.stage_epoch++;
    }
    assert_int_equal(mien_trainer_step(t), MIEN_OK);
}

/* ---- when it looks ---------------------------------------------------- */

static void off__has_nobody_there(void **state) {
    (void)state;
    mien_trainer t;
    open_training(&t, "health: off\n" GOOD, NULL);
    assert_null(t.care);
    assert_int_equal(mien_care_before(&t), MIEN_OK);
    assert_false(mien_care_outlier(&t, NULL));
    mien_care_epoch(&t);
    mien_care_report(&t);
    mien_care_flush(&t);
    assert_int_equal(t.at.health_bytes, 0);
    mien_trainer_close(&t);
}

static void probes__are_many_at_first_and_then_every_kth(void **state) {
    (void)state;
    mien_trainer t;
    open_training(&t, "health: {mode: watch, every: 7}\n" GOOD, NULL);
    for (int i = 0; i < 50; i++) {
        step(&t);
        const bool due = i < 4 || i == 4 || i == 8 || i == 16 || i % 7 == 0;
        if (t.care->frame.probed != due && !t.care->suspicious)
            fail_msg("step %d", i);
    }
    mien_trainer_close(&t);
}

static void probes__follow_a_step_that_was_dropped(void **state) {
    (void)state;
    mien_trainer t;
    open_training(&t,
                  "faults: [{nan_batch: {at: 22}}]\n"
                  "health: {mode: watch, every: 1000}\n" GOOD,
                  NULL);
    for (int i = 0; i < 25; i++) {
        step(&t);
        if (i > 16) assert_int_equal(t.care->frame.probed, i == 23);
        assert_int_equal(t.care->frame.skipped, i == 22);
    }
    mien_trainer_close(&t);
}

/* ---- what it sees ----------------------------------------------------- */

static void frame__has_what_the_step_showed(void **state) {
    (void)state;
    mien_trainer t;
    open_training(&t, "health: watch\n" GOOD, NULL);
    step(&t);
    const mien_frame *f = &t.care->frame;
    assert_int_equal(f->step, 0);
    assert_int_equal(f->steps, 60);
    assert_int_equal(f->samples, 12);
    assert_int_equal(f->classes, 3);
    assert_in_range(f->distinct, 2, 3);
    assert_true(f->loss == mien_score_loss(&t.at.seen));
    assert_true(fabs(f->expected - log(3)) < 1e-12);
    assert_true(fabs(f->norm - f->backbone) < 1e-9 && f->head == 0);
    assert_true(f->lr > 0.0099 && f->lr < 0.0101);
    assert_true(f->input.rms > 0 && !f->input.non_finite);
    assert_true(f->cosine >= -1 && f->cosine <= 1);
    assert_int_equal(f->n_tensors, t.update.n);
    double sum = 0;
    for (int i = 0; i < f->n_tensors; i++) {
        const mien_tensor_state *s = &f->tensors[i];
        sum += s->gradient * s->gradient;
        if (s->role == MIEN_ROLE_WEIGHT)
            assert_true(fabs(s->ratio - s->update / s->weight) < 1e-12);
        assert_in_range(s->layer, 0, f->n_layers - 1);
    }
    assert_true(fabs(sqrt(sum) / f->norm - 1) < 1e-9);
    mien_trainer_close(&t);
}

/* conv, then bn + relu + pooling and so on, as the runner groups them: gains
 * chain the layers' rms. */
static void frame__chains_gains(void **state) {
    (void)state;
    mien_trainer t;
    open_training(&t, "health: watch\n" GOOD, NULL);
    step(&t);
    const mien_frame *f = &t.care->frame;
    double rms = f->input.rms;
    assert_true(f->n_layers >= 3);
    for (int i = 0; i < f->n_layers; i++) {
        const mien_layer_state *l = &f->layers[i];
        rms *= l->forward_gain;
        if (fabs(rms / l->y.rms - 1) > 1e-9) fail_msg("%s", l->name);
        assert_false(l->branch);
    }
    mien_trainer_close(&t);
}

/* Rectified units whose bias keeps them off are dead after 50 looks. */
static void frame__counts_dead_units(void **state) {
    (void)state;
    mien_trainer t;
    open_training(&t,
                  "health: {mode: watch, every: 1}\n"
                  "faults: [{bias: {value: -30}}]\n"
                  "optim: {sgd: {lr: 1e-9}}\ntrain: {epochs: 30, batch: 12}\n",
                  "model=[flatten, {dense: {out: 16}}, relu, "
                  "{dense: {out: classes}}]");
    for (int i = 0; i < MIEN_DEAD_BATCHES; i++) {
        step(&t);
        const mien_frame *f = &t.care->frame;
        double dead = NAN, idle = NAN;
        for (int k = 0; k < f->n_layers; k++)
            if (f->layers[k].activation) {
                dead = f->layers[k].dead;
                idle = f->layers[k].idle;
            }
        assert_true(idle == 1);
        if (i < MIEN_DEAD_BATCHES - 1)
            assert_true(isnan(dead));
        else
            assert_true(dead == 1);
    }
    mien_trainer_close(&t);
}

static void frame__knows_margin_heads(void **state) {
    (void)state;
    mien_trainer t;
    open_training(&t,
                  "health: watch\ntrain: {epochs: 20, batch: 12}\n"
                  "optim: {sgd: {lr: 1e-6}}\n",
                  "loss={arcface: {s: 1, m: 0.5}}");
    step(&t);
    const mien_frame *f = &t.care->frame;
    assert_true(f->margin_s == 1 && f->margin_m == 0.5);
    assert_true(f->head > 0);
    assert_true(fabs(f->norm - hypot(f->head, f->backbone)) < 1e-9);
    assert_true(f->theta > 0 && f->theta < 3.15);
    assert_true(f->theta_least <= f->theta);
    /* ln C + s^2 / 2d + s sin m, of d = 3 here */
    assert_true(fabs(f->expected - (log(3) + 1.0 / 6 + sin(0.5))) < 1e-6);
    mien_trainer_close(&t);
}

/* ---- what it says ----------------------------------------------------- */

static int heard;

static void hear(void *context, mien_log_level level, const char *text) {
    (void)context;
    heard += level == MIEN_LOG_WARNING && strstr(text, "a test") != NULL;
}

static void said__three_times_to_a_person_always_to_the_journal(void **state) {
    (void)state;
    mien_trainer t;
    const mien_log_sink sink = {.line = hear};
    open_training(&t, "health: watch\n" GOOD, NULL);
    mien_log_set(&sink, NULL);
    heard = 0;
    for (int i = 0; i < 10; i++) {
        mien_care_say(&t, &(mien_finding){.detector = "one",
                                          .severity = MIEN_WARN,
                                          .text = "a test"});
        mien_care_say(&t, &(mien_finding){.detector = "two",
                                          .severity = MIEN_NOTE,
                                          .text = "a test"});
    }
    mien_log_set(NULL, NULL);
    mien_care_flush(&t);
    assert_int_equal(heard, 3);
    assert_int_equal(ward_lines("run", "\"detector\": \"one\"", NULL), 10);
    assert_int_equal(ward_lines("run", "\"detector\": \"two\"", NULL), 10);
    mien_trainer_close(&t);
}

/* A batch is unlike the others only to the doctor, and when there have been
 * others. */
static void outlier__needs_a_doctor_and_a_history(void **state) {
    (void)state;
    static const char *const modes[] = {"health: doctor\n" GOOD,
                                        "health: watch\n" GOOD};
    for (int mode = 0; mode < 2; mode++) {
        mien_trainer t;
        mien_batch batch;
        open_training(&t, modes[mode], NULL);
        for (int i = 0; i < 8; i++) {
            assert_int_equal(mien_source_begin(t.source, 0, 0), MIEN_OK);
            assert_int_equal(mien_source_next(t.source, &batch), MIEN_OK);
            assert_false(mien_care_outlier(&t, &batch));
            float *x = (float *)batch.x;
            for (int k = 0; k < 12 * 3 * BLOB_SIDE * BLOB_SIDE; k++)
                x[k] *= 1000;
            assert_int_equal(mien_care_outlier(&t, &batch),
                             mode == 0 && i >= 5);
            assert_int_equal(
                mien_source_begin(t.source, t.at.epoch, t.at.batch), MIEN_OK);
            step(&t);
        }
        mien_trainer_close(&t);
        scratch_close(state);
        assert_int_equal(ward_setup(state), 0);
    }
}

/* ---- what remains ----------------------------------------------------- */

static void state__comes_through_a_checkpoint(void **state) {
    (void)state;
    mien_trainer t;
    mien_tensor all[MIEN_CARE_TENSORS];
    open_training(&t, "health: {mode: watch, every: 1}\n" GOOD, NULL);
    for (int i = 0; i < 6; i++) step(&t);
    const mien_history before = t.care->watch.history;
    assert_true(before.n == 6 && before.start_scale > 0);
    const double gentle = t.care->gentle_lr;
    int k = 0;
    while (!t.care->layers[k].activation) k++;
    assert_true(gentle > 0 && t.care->batches_probed[k] == 6);
    assert_in_range(mien_care_state(&t, all), 1, MIEN_CARE_TENSORS);
    t.at.batch = 0;
    t.at.epoch++;
    assert_int_equal(mien_trainer_save(&t), MIEN_OK);
    const int64_t bytes = t.at.health_bytes;
    assert_true(bytes > 100);
    step(&t);
    assert_int_equal(mien_trainer_restore(&t), MIEN_OK);
    assert_memory_equal(&t.care->watch.history, &before, sizeof before);
    assert_int_equal(t.at.health_bytes, bytes);
    assert_true(t.care->gentle_lr == gentle);
    assert_int_equal(t.care->batches_probed[k], 6);
    mien_trainer_close(&t);
}

static void begin__does_not_lose_what_the_journal_had(void **state) {
    (void)state;
    char whole[80];
    mien_train_result *r;
    mien_train_options o = {.stop_at = 31};
    const char *recipe = blobs_recipe("health: watch\n" GOOD);
    snprintf(whole, sizeof whole, "%s",
             blobs_hash(recipe, "whole", (mien_train_options){0}));
    assert_int_equal(blobs_train(&r, recipe, "parts", o), MIEN_EINTERRUPTED);
    o = (mien_train_options){.resume = true};
    assert_string_equal(blobs_hash(recipe, "parts", o), whole);
    static const char *const kinds[] = {"\"frame\"", "\"histogram\"",
                                        "\"finding\"", "\"verdict\""};
    for (int i = 0; i < 4; i++)
        assert_int_equal(ward_lines("parts", kinds[i], NULL),
                         ward_lines("whole", kinds[i], NULL));
}

static void memory__running_out_leaves_nobody_there(void **state) {
    (void)state;
    mien_trainer t;
    open_training(&t, "health: doctor\n" GOOD, NULL);
    for (int64_t n = 0;; n++) {
        mien_care_close(&t);
        mien_mem_fail_after(n);
        const mien_status status = mien_care_open(&t);
        mien_mem_fail_after(-1);
        if (status == MIEN_OK) break;
        assert_int_equal(status, MIEN_ENOMEM);
        assert_null(t.care);
    }
    mien_trainer_close(&t);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, ward_setup, scratch_close)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(off__has_nobody_there),
        TEST(probes__are_many_at_first_and_then_every_kth),
        TEST(probes__follow_a_step_that_was_dropped),
        TEST(frame__has_what_the_step_showed),
        TEST(frame__chains_gains),
        TEST(frame__counts_dead_units),
        TEST(frame__knows_margin_heads),
        TEST(said__three_times_to_a_person_always_to_the_journal),
        TEST(outlier__needs_a_doctor_and_a_history),
        TEST(state__comes_through_a_checkpoint),
        TEST(begin__does_not_lose_what_the_journal_had),
        TEST(memory__running_out_leaves_nobody_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
