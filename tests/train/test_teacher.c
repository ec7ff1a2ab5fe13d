/* SPDX-License-Identifier: Apache-2.0 */
/* test_teacher.c - students that learn the embeddings of a teacher. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <math.h>

#include "scratch.h"
#include "base/mem.h"
#include "blobs.h"
#include "mien/log.h"
#include "mien/model.h"
#include "train/teacher.h"
#include "train/trainer.h"

enum { WIDTH = 64, BATCH = 8 };

static char teacher_path[512], onnx_path[512];

/* A recipe of a student; `width` values, and what else it says. */
static const char *student(int width, const char *rest) {
    static char path[512];
    char text[4096];
    snprintf(text, sizeof text,
             "data: {reader: folder, path: %s, test: 0.25, val: 0.2, seed: 3}\n"
             "input: {size: [12, 12, 3], mean: [0.5], std: [0.25]}\n"
             "model: [conv: {out: 8, kernel: 3}, bn, relu, maxpool: 2, "
             "flatten, dense: %d]\n%s\n",
             scratch("photos"), width, rest);
    snprintf(path, sizeof path, "%s", scratch_text("student.yaml", text));
    return path;
}

/* A teacher of a few steps, of another input, as both kinds of file. */
static int setup(void **state) {
    mien_train_result *r;
    char text[1024];
    if (scratch_open(state)) return -1;
    blobs_folder(3, 16);
    snprintf(text, sizeof text,
             "data: {reader: folder, path: %s, seed: 3}\n"
             "input: {size: [10, 11, 3], scale: 1, mean: [100, 110, 120], "
             "std: [50]}\n"
             "model: [conv: {out: 8, kernel: 3}, bn, relu, flatten, dense: %d]"
             "\nloss: {arcface: {s: 8, m: 0.2}}\noptim: {adam: 0.003}\n"
             "train: {epochs: 2, batch: 8}\n",
             scratch("photos"), WIDTH);
    if (blobs_train(&r, scratch_text("teacher.yaml", text), "teacher",
                    (mien_train_options){.threads = 1}) != MIEN_OK)
        return -1;
    snprintf(teacher_path, sizeof teacher_path, "%s",
             mien_train_summary_of(r)->model);
    snprintf(onnx_path, sizeof onnx_path, "%s", scratch("teacher.onnx"));
    mien_train_result_free(r);
    return 0;
}

/* ---- what it says ----------------------------------------------------- */

typedef struct lesson {
    mien_recipe recipe;
    mien_arena arena;
    mien_input input;
    mien_teacher *teacher;
} lesson;

static mien_status open_lesson(lesson *l, const char *path, const char *teacher,
                               int threads) {
    *l = (lesson){0};
    const mien_overrides o = {.teacher = teacher, .threads = threads};
    MIEN_TRY(mien_recipe_open(&l->recipe, path, &o));
    MIEN_TRY(mien_input_read(&l->input, l->recipe.input, &l->arena));
    return mien_teacher_open(&l->teacher, &l->recipe, &l->input);
}

static void close_lesson(lesson *l) {
    mien_teacher_close(l->teacher);
    mien_recipe_close(&l->recipe);
    mien_arena_close(&l->arena);
}

/* What the model file answers to the same photos by the public way. */
static void ask_model(float *out, const mien_image *const *photos, int n) {
    mien_model *model;
    if (mien_model_load(&model, teacher_path, 1)) fail_msg("%s", mien_error());
    float *plane = mien_alloc(mien_model_plane(model), sizeof *plane);
    for (int i = 0; i < n; i++, out += WIDTH) {
        double norm = 0;
        assert_int_equal(mien_model_prepare(model, photos[i], plane), MIEN_OK);
        assert_int_equal(mien_model_forward(model, plane, 1, out), MIEN_OK);
        for (int k = 0; k < WIDTH; k++) norm += (double)out[k] * out[k];
        for (int k = 0; k < WIDTH; k++) out[k] = (float)(out[k] / sqrt(norm));
    }
    mien_free(plane);
    mien_model_free(model);
}

static void draw_photos(mien_image **photos, float *x, const mien_input *in) {
    for (int i = 0; i < BATCH; i++) {
        assert_int_equal(mien_image_new(&photos[i], 12, 12, 3), MIEN_OK);
        for (int y = 0; y < 12; y++)
            for (int k = 0; k < 36; k++)
                photos[i]->pixels[(size_t)y * photos[i]->stride + (size_t)k] =
                    (uint8_t)(17 * i + 7 * y + 5 * k);
        mien_input_fill(x + (size_t)i * 432, in, photos[i]);
    }
}

static void teacher__sees_the_photo_as_its_own_contract_says(void **state) {
    (void)state;
    static float x[BATCH * 432], want[BATCH * WIDTH], got[BATCH * WIDTH];
    lesson l;
    mien_image *photos[BATCH];
    const char *recipe = student(WIDTH, "loss: distill\ntrain: {batch: 8}");
    if (open_lesson(&l, recipe, teacher_path, 1)) fail_msg("%s", mien_error());
    draw_photos(photos, x, &l.input);
    ask_model(want, (const mien_image *const *)photos, BATCH);
    assert_int_equal(mien_teacher_width(l.teacher), WIDTH);
    assert_int_equal(mien_teacher_embed(l.teacher, got, x, BATCH), MIEN_OK);
    for (int k = 0; k < BATCH * WIDTH; k++)
        assert_true(fabsf(got[k] - want[k]) < 1e-6f);
    assert_true(mien_teacher_seconds(l.teacher) > 0);
    close_lesson(&l);
    for (int i = 0; i < BATCH; i++) mien_image_free(photos[i]);
}

static void teacher__has_the_same_bits_for_any_threads(void **state) {
    (void)state;
    static float x[BATCH * 432], first[7 * WIDTH], y[7 * WIDTH];
    mien_image *photos[BATCH];
    const char *recipe =
        student(WIDTH, "loss: distill\ntrain: {batch: 8, shards: 4}");
    for (int threads = 1; threads <= 4; threads++) {
        lesson l;
        if (open_lesson(&l, recipe, teacher_path, threads))
            fail_msg("%s", mien_error());
        draw_photos(photos, x, &l.input);
        assert_int_equal(mien_teacher_embed(l.teacher, y, x, 7), MIEN_OK);
        if (threads == 1) memcpy(first, y, sizeof y);
        assert_memory_equal(first, y, sizeof y);
        close_lesson(&l);
        for (int i = 0; i < BATCH; i++) mien_image_free(photos[i]);
    }
}

static void teacher__is_the_same_from_an_onnx_file(void **state) {
    (void)state;
    static float x[BATCH * 432], a[BATCH * WIDTH], b[BATCH * WIDTH];
    lesson l;
    mien_image *photos[BATCH];
    if (mien_model_export(onnx_path, teacher_path) == MIEN_EUNSUPPORTED) skip();
    const char *recipe = student(WIDTH,
                                 "loss: distill\ntrain: {batch: 8}\n"
                                 "teacher: {mean: [100, 110, 120], std: [50]}");
    if (open_lesson(&l, recipe, onnx_path, 1)) fail_msg("%s", mien_error());
    draw_photos(photos, x, &l.input);
    ask_model(a, (const mien_image *const *)photos, BATCH);
    assert_int_equal(mien_teacher_embed(l.teacher, b, x, BATCH), MIEN_OK);
    for (int k = 0; k < BATCH * WIDTH; k++)
        assert_true(fabsf(a[k] - b[k]) < 1e-5f);
    close_lesson(&l);
    for (int i = 0; i < BATCH; i++) mien_image_free(photos[i]);
}

static void teacher__opens_or_says_that_memory_ran_out(void **state) {
    (void)state;
    const char *recipe = student(WIDTH, "loss: distill\ntrain: {batch: 8}");
    mien_status status = MIEN_ENOMEM;
    for (int64_t n = 0; status != MIEN_OK && n < 5000; n += 3) {
        lesson l;
        mien_mem_fail_after(n);
        status = open_lesson(&l, recipe, teacher_path, 1);
        mien_mem_fail_after(-1);
        if (status != MIEN_OK) assert_int_equal(status, MIEN_ENOMEM);
        close_lesson(&l);
    }
    assert_int_equal(status, MIEN_OK);
}

/* ---- what students make of it ----------------------------------------- */

static const char sum[] =
    "loss: {sum: [distill, {arcface: {s: 8, m: 0.2}, weight: 0.05}]}\n";

static void students__learn(void **state) {
    (void)state;
    static const int width[] = {WIDTH, 20, 20};
    for (int i = 0; i < 3; i++) {
        char rest[512], out[16];
        mien_train_result *r;
        snprintf(rest, sizeof rest,
                 "%saugment: [flip, shift: 1]\noptim: {adam: 0.01}\n"
                 "train: {epochs: 60, batch: 8, ema: 0.9}",
                 i < 2 ? "loss: distill\n" : sum);
        snprintf(out, sizeof out, "learns%d", i);
        if (blobs_train(
                &r, student(width[i], rest), out,
                (mien_train_options){.threads = 1, .teacher = teacher_path}))
            fail_msg("%s", mien_error());
        const mien_train_summary *s = mien_train_summary_of(r);
        const double most = i < 2 ? 0.25 : 0.4; /* begins near 1 */
        if (!(s->loss < most)) fail_msg("%d: loss %g", i, s->loss);
        assert_true(s->teacher_share > 0 && s->teacher_share < 1);
        assert_true(isnan(s->accuracy) == (i < 2));
        mien_model *model;
        if (mien_model_load(&model, s->model, 1)) fail_msg("%s", mien_error());
        const mien_model_facts *f = mien_model_info(model);
        assert_int_equal(f->kind, MIEN_MODEL_EMBEDDING);
        assert_int_equal(f->width, width[i]);
        assert_int_equal(strlen(f->teacher_hash), 64);
        mien_model_free(model);
        mien_train_result_free(r);
    }
}

static int steps_left;

static void count_steps(void *context, const char *task, int64_t done,
                        int64_t total, const char *note) {
    (void)context, (void)task, (void)done, (void)total, (void)note;
    if (--steps_left == 0) mien_train_interrupt();
}

static void students__resume_bit_for_bit(void **state) {
    (void)state;
    const mien_log_sink sink = {.progress = count_steps};
    char rest[512], whole[80];
    mien_train_result *r;
    mien_status status;
    snprintf(rest, sizeof rest,
             "%saugment: [flip, shift: 1]\noptim: {adam: 0.01}\n"
             "train: {epochs: 3, batch: 8, shards: 2}",
             sum);
    mien_train_options o = {.threads = 2, .teacher = teacher_path};
    const char *recipe = student(20, rest);
    snprintf(whole, sizeof whole, "%s", blobs_hash(recipe, "whole", o));
    mien_log_set(&sink, NULL);
    int parts = 0;
    do {
        steps_left = 4;
        status = blobs_train(&r, recipe, "parts", o);
        recipe = scratch("parts/recipe.yaml"); /* it names the teacher */
        o = (mien_train_options){.threads = 1, .resume = true};
        if (status != MIEN_OK && status != MIEN_EINTERRUPTED)
            fail_msg("%s", mien_error());
    } while (status == MIEN_EINTERRUPTED && ++parts < 20);
    mien_log_set(NULL, NULL);
    assert_in_range(parts, 2, 19);
    assert_string_equal(mien_train_summary_of(r)->weights_hash, whole);
    mien_train_result_free(r);
}

static void students__are_treated_by_the_doctor(void **state) {
    (void)state;
    char rest[512];
    mien_train_result *r;
    size_t n;
    snprintf(rest, sizeof rest,
             "%soptim: {sgd: {lr: 300}}\nhealth: {fork: 8}\n"
             "train: {epochs: 6, batch: 8}",
             sum);
    if (blobs_train(
            &r, student(20, rest), "treated",
            (mien_train_options){.threads = 1, .teacher = teacher_path}))
        fail_msg("%s", mien_error());
    const mien_train_summary *s = mien_train_summary_of(r);
    if (!(s->loss < 1)) fail_msg("loss %g", s->loss);
    uint8_t *notes = scratch_read(scratch("treated/health.jsonl"), &n);
    bool tried = false;
    for (size_t i = 0; i + 9 < n; i++)
        tried = tried || !memcmp(notes + i, "fork test", 9);
    assert_true(tried);
    free(notes);
    mien_train_result_free(r);
}

static void students__say_what_they_lack(void **state) {
    (void)state;
    const mien_train_options o = {.threads = 1, .teacher = teacher_path};
    const mien_train_options none = {.threads = 1};
    blobs_refused(student(20, "loss: distill"), "bad", none, MIEN_ESHAPE,
                  "it wants a teacher");
    blobs_refused(student(20, "loss: {arcface: {s: 8}}"), "bad", o, MIEN_EINVAL,
                  "learns from labels, not from a teacher");
    blobs_refused(student(20, "loss: distill\nteacher: nobody.safetensors"),
                  "bad", none, MIEN_ENOTFOUND, "nobody.safetensors");
    blobs_refused(student(20, "loss: distill\nteacher: nobody.onnx"), "bad",
                  none, MIEN_ENOTFOUND, "nobody.onnx");
    blobs_refused(
        student(20, "loss: distill\nteacher: {path: x.onnx, mean: [1, 2]}"),
        "bad", none, MIEN_EINVAL, "want 1 or 3");
    blobs_refused(student(20, "loss: distill\nteacher: {file: x}"), "bad", none,
                  MIEN_EINVAL, "unknown option 'file'");
}

static void teachers__must_be_embeddings_and_whole(void **state) {
    (void)state;
    mien_train_result *r;
    const mien_train_options plain = {.threads = 1};
    if (blobs_train(&r, blobs_recipe("train: {epochs: 1, batch: 8}"), "scores",
                    plain))
        fail_msg("%s", mien_error());
    mien_train_options o = {.threads = 1,
                            .teacher = mien_train_summary_of(r)->model};
    blobs_refused(student(20, "loss: distill"), "bad", o, MIEN_EINVAL,
                  "no embedding");
    mien_train_result_free(r);
    size_t n;
    uint8_t *bytes = scratch_read(teacher_path, &n);
    bytes[n - 9] ^= 1;
    scratch_write("broken.safetensors", bytes, n);
    free(bytes);
    o.teacher = scratch("broken.safetensors");
    blobs_refused(student(20, "loss: distill"), "bad", o, MIEN_ECORRUPT,
                  "the teacher");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(teacher__sees_the_photo_as_its_own_contract_says),
        cmocka_unit_test(teacher__has_the_same_bits_for_any_threads),
        cmocka_unit_test(teacher__is_the_same_from_an_onnx_file),
        cmocka_unit_test(teacher__opens_or_says_that_memory_ran_out),
        cmocka_unit_test(students__learn),
        cmocka_unit_test(students__resume_bit_for_bit),
        cmocka_unit_test(students__are_treated_by_the_doctor),
        cmocka_unit_test(students__say_what_they_lack),
        cmocka_unit_test(teachers__must_be_embeddings_and_whole),
    };
    return cmocka_run_group_tests(tests, setup, scratch_close);
}
