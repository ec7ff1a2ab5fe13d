/* SPDX-License-Identifier: Apache-2.0 */
/* test_model.c - model files: written, read, asked, damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <math.h>

#include "base/mem.h"
#include "mien/data.h"
#include "mien/model.h"
#include "scratch.h"
#include "train/model_file.h"
#include "blobs.h"

static const mien_train_options plain = {0};

/* One training for all tests: run/model.safetensors. */
static int setup(void **state) {
    if (scratch_open(state)) return -1;
    blobs_folder(3, 8);
    blobs_hash(blobs_recipe("optim: {adam: {lr: 0.01}}\n"
                            "train: {epochs: 6, batch: 6}"), "run", plain);
    return 0;
}

static void load__tells_what_it_is(void **state) {
    (void)state;
    mien_model *m;
    assert_int_equal(mien_model_load(&m, scratch("run/model.safetensors"), 2),
                     MIEN_OK);
    const mien_model_facts *f = mien_model_info(m);
    assert_int_equal(f->kind, MIEN_MODEL_CLASSES);
    assert_int_equal(f->width, 3);
    assert_int_equal(f->classes, 3);
    assert_int_equal(mien_model_plane(m), 3 * 12 * 12);
    assert_string_equal(f->colour_order, "rgb");
    assert_string_equal(f->alignment, "none");
    assert_string_equal(f->seed, "42");
    assert_float_equal(f->scale, 255, 0);
    assert_string_equal(mien_model_class_name(m, 2), "c02");
    assert_null(mien_model_class_name(m, 3));
    assert_non_null(strstr(f->recipe, "maxpool"));
    mien_model_free(m);
}

/* Each photo of a class, prepared and asked: most must be told right. */
static void forward__answers_as_in_training(void **state) {
    (void)state;
    mien_model *m;
    int hits = 0;
    float plane[8 * 3 * 144], out[8 * 3];
    assert_int_equal(mien_model_load(&m, scratch("run/model.safetensors"), 1),
                     MIEN_OK);
    for (int c = 0; c < 3; c++) {
        for (int i = 0; i < 8; i++) {
            char name[64];
            mien_image *image;
            snprintf(name, sizeof name, "photos/c%02d/%03d.ppm", c, i);
            assert_int_equal(mien_image_load(&image, scratch(name), NULL),
                             MIEN_OK);
            assert_int_equal(mien_model_prepare(m, image, plane + i * 432),
                             MIEN_OK);
            mien_image_free(image);
        }
        assert_int_equal(mien_model_forward(m, plane, 8, out), MIEN_OK);
        float one[3];
        for (int i = 0; i < 8; i++) {
            const float *y = out + 3 * i;
            hits += y[c] >= y[0] && y[c] >= y[1] && y[c] >= y[2];
            assert_int_equal(mien_model_forward(m, plane + i * 432, 1, one),
                             MIEN_OK);
            for (int k = 0; k < 3; k++)
                assert_float_equal(one[k], y[k], 1e-4);
        }
    }
    assert_true(hits >= 20);
    mien_model_free(m);
}

static void score__is_the_loss_of_training(void **state) {
    (void)state;
    mien_model *m;
    float x[2 * 432] = {0}, y[6], scores[6];
    const int32_t label[] = {0, 2};
    double loss, want = 0;
    for (int i = 0; i < 432; i++) x[i] = (float)(i % 7) / 7;
    assert_int_equal(mien_model_load(&m, scratch("run/model.safetensors"), 1),
                     MIEN_OK);
    assert_int_equal(mien_model_forward(m, x, 2, y), MIEN_OK);
    assert_int_equal(mien_model_score(m, x, label, 2, &loss, scores), MIEN_OK);
    for (int i = 0; i < 2; i++) {
        double sum = 0;
        for (int k = 0; k < 3; k++) sum += exp((double)y[3 * i + k]);
        want += log(sum) - (double)y[3 * i + label[i]];
    }
    assert_float_equal(loss, want / 2, 1e-5);
    assert_int_equal(mien_model_scores(m), 3);
    for (int k = 0; k < 6; k++) assert_float_equal(scores[k], y[k], 1e-6);
    assert_int_equal(mien_model_forward(m, x, 0, y), MIEN_EINVAL);
    const int32_t beyond[] = {0, 3};
    assert_int_equal(mien_model_score(m, x, beyond, 2, &loss, scores),
                     MIEN_EINVAL);
    mien_model_free(m);
}

static void load__refuses_every_flipped_byte(void **state) {
    (void)state;
    size_t n;
    mien_model *m;
    uint8_t *bytes = scratch_read(scratch("run/model.safetensors"), &n);
    for (size_t at = 0; at < n; at += at < 3000 ? 7 : 97) {
        bytes[at] ^= 1;
        const char *path = scratch_write("bad.safetensors", bytes, n);
        bytes[at] ^= 1;
        assert_int_not_equal(mien_model_load(&m, path, 1), MIEN_OK);
        assert_null(m);
    }
    for (size_t cut = 0; cut < n; cut += n / 41)
        assert_int_not_equal(
            mien_model_load(&m, scratch_write("cut.safetensors", bytes, cut),
                            1), MIEN_OK);
    free(bytes);
}

static void load__survives_running_out_of_memory(void **state) {
    (void)state;
    char path[600];
    snprintf(path, sizeof path, "%s", scratch("run/model.safetensors"));
    for (int64_t n = 0;; n++) {
        mien_model *m;
        mien_mem_fail_after(n);
        const mien_status status = mien_model_load(&m, path, 1);
        mien_mem_fail_after(-1);
        if (status == MIEN_OK) {
            mien_model_free(m);
            assert_true(n > 20);
            return;
        }
        assert_int_equal(status, MIEN_ENOMEM);
        assert_null(m);
    }
}

/* Read the model, change a part of it, write it back, load it. */
static mien_status changed(void (*change)(mien_model_parts *)) {
    mien_model_parts p;
    mien_model *m = NULL;
    assert_int_equal(mien_model_read(&p, scratch("run/model.safetensors")),
                     MIEN_OK);
    change(&p);
    const char *path = scratch("changed.safetensors");
    mien_status status = mien_model_write(path, p.net,
                                          p.net->weights.values, &p.card,
                                          NULL);
    mien_model_parts_close(&p);
    if (status == MIEN_OK) status = mien_model_load(&m, path, 1);
    mien_model_free(m);
    return status;
}

static void nothing(mien_model_parts *p) { (void)p; }

static void one_weight(mien_model_parts *p) { p->net->weights.values[3] += 9; }

static void one_nan(mien_model_parts *p) { p->net->weights.values[3] = NAN; }

static void wider_model(mien_model_parts *p) {
    p->card.model = "[flatten, {dense: {out: classes}}]";
}

static void huge_model(mien_model_parts *p) {
    p->card.model = "[flatten, {dense: {out: 9000000}}, {dense: {out: 3}}]";
}

static void no_model(mien_model_parts *p) { p->card.model = "[wibble]"; }

static void odd_scale(mien_model_parts *p) {
    p->card.contract.input.scale = 0;
}

static void load__checks_the_contents_too(void **state) {
    (void)state;
    assert_int_equal(changed(nothing), MIEN_OK);
    assert_int_equal(changed(one_weight), MIEN_ECORRUPT);
    assert_non_null(strstr(mien_error(), "known input"));
    assert_int_equal(changed(one_nan), MIEN_EDIAGNOSIS);
    assert_non_null(strstr(mien_error(), "conv1.weight"));
    assert_int_equal(changed(wider_model), MIEN_ESHAPE);
    assert_non_null(strstr(mien_error(), "dense1.weight"));
    assert_int_equal(changed(huge_model), MIEN_ESHAPE);
    assert_int_equal(changed(no_model), MIEN_EINVAL);
    assert_int_equal(changed(odd_scale), MIEN_EFORMAT);
}

static void load__refuses_checkpoints_and_other_files(void **state) {
    (void)state;
    mien_model *m;
    assert_int_equal(mien_model_load(&m, scratch("run/last.safetensors"), 1),
                     MIEN_EFORMAT);
    assert_int_equal(mien_model_load(&m, scratch("run/log.jsonl"), 1),
                     MIEN_EFORMAT);
    assert_int_equal(mien_model_load(&m, scratch("absent"), 1),
                     MIEN_ENOTFOUND);
}

static void show__writes_a_sheet(void **state) {
    (void)state;
    mien_data_facts f;
    mien_image *image;
    mien_data_show_options o;
    mien_data_show_defaults(&o);
    o.rows = 2, o.columns = 5;
    o.out = scratch("sheet.png");
    const char *recipe = blobs_recipe("augment: [flip]\ntrain: {batch: 4}");
    assert_int_equal(mien_data_show(&f, recipe, &o), MIEN_OK);
    assert_int_equal(f.shown, 10);
    assert_int_equal(f.samples, 24);
    assert_int_equal(f.classes, 3);
    assert_int_equal(f.train + f.validation + f.test, 24);
    assert_int_equal(mien_image_load(&image, o.out, NULL), MIEN_OK);
    assert_true(image->width > 5 * 12 && image->height > 2 * 12);
    mien_image_free(image);
    o.rows = o.columns = 64;
    assert_int_equal(mien_data_show(&f, recipe, &o), MIEN_OK);
    assert_in_range(f.shown, f.train, f.train + 3); /* the last batch */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(load__tells_what_it_is),
        cmocka_unit_test(forward__answers_as_in_training),
        cmocka_unit_test(score__is_the_loss_of_training),
        cmocka_unit_test(load__refuses_every_flipped_byte),
        cmocka_unit_test(load__survives_running_out_of_memory),
        cmocka_unit_test(load__checks_the_contents_too),
        cmocka_unit_test(load__refuses_checkpoints_and_other_files),
        cmocka_unit_test(show__writes_a_sheet),
    };
    return cmocka_run_group_tests(tests, setup, scratch_close);
}
