/* SPDX-License-Identifier: Apache-2.0 */
/* test_convert.c - model files to ONNX files and back, also without memory and
 * without room on the disk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "scratch.h"
#include "base/file.h"
#include "base/mem.h"
#include "mien/model.h"
#include "nn/runner.h"
#include "train/known_answer.h"

static char model_path[256], onnx_path[256], again_path[256];

/* A model file with a small network of random weights. */
static void write_model(const char *text, int embedding) {
    mien_arena arena = {0};
    mien_tree *tree;
    mien_net *net;
    mien_runner *run;
    float answer[MIEN_ANSWER_MAX];
    mien_model_card card = {.model = text,
                            .loss = "",
                            .contract = {.input = {.height = 6,
                                                   .width = 8,
                                                   .channels = 3,
                                                   .scale = 255,
                                                   .mean = {.5f, .4f, .3f},
                                                   .std = {.2f, .3f, .4f}},
                                         .colour_order = "bgr",
                                         .alignment = "none"},
                            .recipe_hash = "",
                            .data_hash = "",
                            .embedding = embedding,
                            .answer = answer};
    assert_int_equal(mien_tree_parse(&tree, &arena, text, strlen(text), "test"),
                     MIEN_OK);
    assert_int_equal(
        mien_net_open(&net,
                      &(mien_net_spec){.model = tree, .input = {1, 3, 6, 8}}),
        MIEN_OK);
    assert_int_equal(mien_net_init(net, NULL, 3), MIEN_OK);
    assert_int_equal(
        mien_runner_open(&run, net, &(mien_runner_options){.batch = 1}),
        MIEN_OK);
    assert_int_equal(mien_known_answer(answer, &card.n_answer, run), MIEN_OK);
    mien_runner_close(run);
    assert_int_equal(
        mien_model_write(model_path, net, net->weights.values, &card, NULL),
        MIEN_OK);
    mien_net_close(net);
    mien_arena_close(&arena);
}

static const char net_text[] =
    "- conv: {out: 8, kernel: 3, pad: 1}\n- bn\n- prelu\n- maxpool: 2\n"
    "- flatten\n- dense: 64\n";

static int setup(void **state) {
    if (scratch_open(state)) return -1;
    snprintf(model_path, sizeof model_path, "%s", scratch("model.safetensors"));
    snprintf(onnx_path, sizeof onnx_path, "%s", scratch("model.onnx"));
    snprintf(again_path, sizeof again_path, "%s", scratch("again.safetensors"));
    write_model(net_text, 1);
    return 0;
}

static void ask(float *y, const char *path) {
    mien_model *model;
    float x[3 * 6 * 8];
    for (int i = 0; i < 3 * 6 * 8; i++) x[i] = sinf((float)i);
    if (mien_model_load(&model, path, 1)) fail_msg("%s", mien_error());
    assert_int_equal(mien_model_width(model), 64);
    assert_int_equal(mien_model_forward(model, x, 1, y), MIEN_OK);
    mien_model_free(model);
}

static void models__answer_the_same_after_both_ways(void **state) {
    (void)state;
    float before[64], after[64];
    mien_import_options options;
    mien_import_defaults(&options);
    assert_int_equal(mien_model_export(onnx_path, model_path), MIEN_OK);
    if (mien_model_import(again_path, onnx_path, &options))
        fail_msg("%s", mien_error());
    ask(before, model_path);
    ask(after, again_path);
    for (int i = 0; i < 64; i++)
        assert_true(fabsf(before[i] - after[i]) <= 1e-5f);
}

static void imports__carry_what_was_said_of_pixels(void **state) {
    (void)state;
    mien_model *model;
    int n;
    mien_import_options o;
    mien_import_defaults(&o);
    o.scale = 255;
    o.mean[2] = .3f;
    o.bgr = true;
    o.alignment = "umeyama112";
    assert_int_equal(mien_model_export(onnx_path, model_path), MIEN_OK);
    assert_int_equal(mien_model_import(again_path, onnx_path, &o), MIEN_OK);
    assert_int_equal(mien_model_load(&model, again_path, 1), MIEN_OK);
    const mien_model_facts *f = mien_model_info(model);
    assert_int_equal(f->kind, MIEN_MODEL_EMBEDDING);
    assert_true(f->scale == 255 && f->mean[2] == .3f && f->mean[0] == 0);
    assert_string_equal(f->colour_order, "bgr");
    assert_string_equal(f->alignment, "umeyama112");
    assert_string_equal(mien_model_outputs(model, &n)->name, "output");
    assert_int_equal(n, 1);
    mien_model_free(model);
    o.embedding = 0;
    assert_int_equal(mien_model_import(again_path, onnx_path, &o), MIEN_OK);
    assert_int_equal(mien_model_load(&model, again_path, 1), MIEN_OK);
    assert_int_equal(mien_model_info(model)->kind, MIEN_MODEL_VALUES);
    mien_model_free(model);
}

static void bgr_models__see_blue_first(void **state) {
    (void)state;
    mien_model *model;
    mien_image *image;
    float plane[3 * 6 * 8];
    assert_int_equal(mien_model_load(&model, model_path, 1), MIEN_OK);
    assert_int_equal(mien_image_new(&image, 8, 6, 3), MIEN_OK);
    for (int i = 0; i < 6; i++)
        for (int k = 0; k < 8; k++)
            image->pixels[i * image->stride + 3 * k] = 255; /* red */
    assert_int_equal(mien_model_prepare(model, image, plane), MIEN_OK);
    assert_true(fabsf(plane[0] - (0 - .5f) / .2f) < 1e-5f);
    assert_true(fabsf(plane[2 * 48] - (1 - .3f) / .4f) < 1e-5f);
    assert_int_equal(image->pixels[0], 255);
    mien_image_free(image);
    mien_model_free(model);
}

static mien_status both_ways(void) {
    MIEN_TRY(mien_model_export(onnx_path, model_path));
    return mien_model_import(again_path, onnx_path, NULL);
}

static void without_memory__both_ways_fail_and_leave_the_old_file(void **s) {
    (void)s;
    assert_int_equal(both_ways(), MIEN_OK);
    mien_mem_fail_after(-1);
    assert_int_equal(both_ways(), MIEN_OK);
    const int64_t all = mien_mem_fail_after(-1);
    for (int64_t i = 0; i < all; i += 1 + all / 200) {
        mien_mem_fail_after(i);
        const mien_status status = both_ways();
        mien_mem_fail_after(-1);
        if (status == MIEN_OK)
            fail_msg("allocation %d of %d may fail unseen", (int)i, (int)all);
    }
    float y[64];
    ask(y, again_path);
}

static void without_room__nothing_is_written(void **state) {
    (void)state;
    const char *fresh = scratch("fresh.safetensors");
    assert_int_equal(mien_model_export(onnx_path, model_path), MIEN_OK);
    mien_file_full_after(100);
    assert_int_equal(mien_model_import(fresh, onnx_path, NULL), MIEN_ENOSPACE);
    mien_file_full_after(-1);
    assert_false(mien_file_exists(fresh));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(models__answer_the_same_after_both_ways),
        cmocka_unit_test(imports__carry_what_was_said_of_pixels),
        cmocka_unit_test(bgr_models__see_blue_first),
        cmocka_unit_test(without_memory__both_ways_fail_and_leave_the_old_file),
        cmocka_unit_test(without_room__nothing_is_written),
    };
    return cmocka_run_group_tests(tests, setup, scratch_close);
}
