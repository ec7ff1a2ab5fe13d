/* SPDX-License-Identifier: Apache-2.0 */
/* test_targets.c - training towards rows of numbers instead of classes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <math.h>

#include "scratch.h"
#include "blobs.h"
#include "mien/model.h"
#include "tensor/npy.h"

enum { CLASSES = 3, PHOTOS = 16, WIDTH = 2 };

/* Row i depends on its class; classes come one after the other. */
static int setup(void **state) {
    float rows[CLASSES * PHOTOS][WIDTH];
    if (scratch_open(state)) return -1;
    blobs_folder(CLASSES, PHOTOS);
    for (int i = 0; i < CLASSES * PHOTOS; i++) {
        rows[i][0] = (float)(i / PHOTOS) - 1;
        rows[i][1] = i / PHOTOS == 1 ? 0.5f : -0.5f;
    }
    mien_tensor t = {.name = "targets",
                     .dtype = MIEN_F32,
                     .rank = 2,
                     .shape = {CLASSES * PHOTOS, WIDTH},
                     .data = rows};
    mien_tensor_measure(&t);
    return mien_npy_write(scratch("targets.npy"), &t) == MIEN_OK ? 0 : -1;
}

static const char *recipe_of(const char *model, const char *rest) {
    static char path[512];
    char text[4096];
    snprintf(text, sizeof text,
             "data: {reader: folder, path: %s, test: 0.25, seed: 3, "
             "targets: %s}\ninput: {size: [12, 12, 3]}\n"
             "model: [conv: {out: 8, kernel: 3}, relu, maxpool: 2, flatten, "
             "%s]\n%s\n",
             scratch("photos"), scratch("targets.npy"), model, rest);
    snprintf(path, sizeof path, "%s", scratch_text("targets.yaml", text));
    return path;
}

static void targets__are_learned(void **state) {
    (void)state;
    static const char *const losses[] = {"mse", "euclidean",
                                         "{distill: {form: mse}}"};
    for (int i = 0; i < 3; i++) {
        char rest[256], out[16];
        mien_train_result *r;
        snprintf(rest, sizeof rest,
                 "loss: %s\noptim: {adam: 0.003}\n"
                 "train: {epochs: 30, batch: 12}",
                 losses[i]);
        snprintf(out, sizeof out, "run%d", i);
        if (blobs_train(&r, recipe_of("dense: {out: 2}", rest), out,
                        (mien_train_options){.threads = 1}) != MIEN_OK)
            fail_msg("%s", mien_error());
        const mien_train_summary *s = mien_train_summary_of(r);
        if (!(s->loss < 0.15)) fail_msg("%s: loss %g", losses[i], s->loss);
        assert_true(isnan(s->accuracy));
        mien_model *model;
        if (mien_model_load(&model, s->model, 1) != MIEN_OK)
            fail_msg("%s", mien_error());
        assert_int_equal(mien_model_width(model), WIDTH);
        mien_model_free(model);
        mien_train_result_free(r);
    }
}

static void targets__must_fit_the_network(void **state) {
    (void)state;
    blobs_refused(recipe_of("dense: {out: 5}", "loss: euclidean"), "bad",
                  (mien_train_options){0}, MIEN_ESHAPE, "targets have 2");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(targets__are_learned),
        cmocka_unit_test(targets__must_fit_the_network),
    };
    return cmocka_run_group_tests(tests, setup, scratch_close);
}
