/* SPDX-License-Identifier: Apache-2.0 */
/* test_start.c - training without labels, and going on from its weights. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <math.h>

#include "scratch.h"
#include "blobs.h"
#include "mien/log.h"
#include "mien/model.h"
#include "train/trainer.h"

static const mien_train_options plain = {.threads = 1};
static char first_model[512], first_hash[80];

/* A recipe on the photos, of `reader`, with a network of 16 values at its end
 * (or `width`), and what else it says. */
static const char *recipe_of(const char *data, int width, const char *rest) {
    static char path[512];
    char text[4096];
    snprintf(text, sizeof text,
             "data: {path: %s, val: 0.25, seed: 3, %s}\n"
             "input: {size: [12, 12, 3]}\n"
             "augment: [noise: 0.03, brightness: 0.1]\n"
             "model: [{conv: {out: 8, kernel: 3}, name: stem}, bn, relu, "
             "maxpool: 2, flatten, {dense: %d, name: face}]\n%s\n",
             scratch("photos"), data, width, rest);
    snprintf(path, sizeof path, "%s", scratch_text("start.yaml", text));
    return path;
}

static const char unlabelled[] = "reader: photos, twins: true";
static const char views[] =
    "loss: {nt_xent: {temperature: 0.2}}\noptim: {adam: 0.01}\n"
    "train: {epochs: 8, batch: 16}";

static int setup(void **state) {
    mien_train_result *r;
    if (scratch_open(state)) return -1;
    blobs_folder(3, 16);
    if (blobs_train(&r, recipe_of(unlabelled, 16, views), "views", plain)) {
        print_message("%s\n", mien_error());
        return -1;
    }
    snprintf(first_model, sizeof first_model, "%s",
             mien_train_summary_of(r)->model);
    snprintf(first_hash, sizeof first_hash, "%s",
             mien_train_summary_of(r)->weights_hash);
    mien_train_result_free(r);
    return 0;
}

/* ---- views ------------------------------------------------------------ */

static void views__are_told_apart_without_labels(void **state) {
    (void)state;
    mien_train_result *r;
    if (blobs_train(&r, recipe_of(unlabelled, 16, views), "again", plain))
        fail_msg("%s", mien_error());
    const mien_train_summary *s = mien_train_summary_of(r);
    assert_string_equal(s->weights_hash, first_hash);
    assert_int_equal(s->steps, 8 * 5); /* 36 photos, 8 in a batch */
    /* by chance: log of 7 others in a shard of 8 */
    if (!(s->train_loss < 1.3)) fail_msg("loss %g", s->train_loss);
    if (!(s->loss < 1.7)) fail_msg("held out: loss %g", s->loss);
    assert_true(isnan(s->accuracy));
    mien_train_result_free(r);
}

static void views__are_the_same_at_each_validation(void **state) {
    (void)state;
    mien_trainer t;
    mien_figures a, b;
    const mien_trainer_mode quiet = {.quiet = true};
    if (mien_trainer_open_as(&t, recipe_of(unlabelled, 16, views), &plain,
                             &quiet))
        fail_msg("%s", mien_error());
    assert_int_equal(mien_trainer_validate(&t, MIEN_VAL, false, &a), MIEN_OK);
    assert_int_equal(mien_trainer_validate(&t, MIEN_VAL, false, &b), MIEN_OK);
    assert_true(a.loss == b.loss && a.loss > 0.5);
    mien_trainer_close(&t);
}

static void views__must_be_asked_for(void **state) {
    (void)state;
    blobs_refused(recipe_of("reader: photos", 16, views), "bad", plain,
                  MIEN_EINVAL, "it wants data.twins");
    blobs_refused(recipe_of(unlabelled, 16,
                            "loss: nt_xent\ntrain: {batch: 10, shards: 2}"),
                  "bad", plain, MIEN_ESHAPE, "must be even, not 5");
    blobs_refused(recipe_of(unlabelled, 16,
                            "loss: nt_xent\ntrain: {batch: 9, shards: 1}"),
                  "bad", plain, MIEN_EINVAL, "9 samples is odd");
}

/* ---- start ------------------------------------------------------------ */

static char said_lines[8192];

static void keep_line(void *context, mien_log_level level, const char *text) {
    const size_t n = strlen(said_lines);
    (void)context, (void)level;
    snprintf(said_lines + n, sizeof said_lines - n, "%s\n", text);
}

static const char faces[] = "reader: folder";
static const char margins[] =
    "loss: {arcface: {s: 8}}\noptim: {adam: 0.01}\n"
    "train: {epochs: 1, batch: 8, ema: 0.9}";

static void start__takes_what_fits_by_name(void **state) {
    (void)state;
    mien_trainer t;
    mien_train_options o = plain;
    mien_safetensors *file;
    const mien_trainer_mode quiet = {.quiet = true};
    o.start = first_model;
    if (mien_trainer_open_as(&t, recipe_of(faces, 20, margins), &o, &quiet))
        fail_msg("%s", mien_error());
    assert_int_equal(mien_safetensors_open(&file, first_model, true), MIEN_OK);
    static const char *const names[] = {"stem.weight", "bn1.gain", "bn1.mean",
                                        "face.weight"};
    for (int i = 0; i < 4; i++) {
        const mien_weight *w = mien_weights_find(&t.net->weights, names[i]);
        const mien_tensor *from = mien_safetensors_find(file, names[i]);
        if (!w || !from) fail_msg("no tensor %s", names[i]);
        const size_t bytes = w->count * sizeof(float);
        const bool same =
            bytes == from->bytes &&
            !memcmp(t.net->weights.values + w->offset, from->data, bytes);
        if (same != (i < 3)) fail_msg("%s", names[i]);
        assert_true(!same || !memcmp(t.average + w->offset, from->data, bytes));
    }
    assert_string_equal(t.card.start_hash, first_hash);
    mien_safetensors_close(file);
    mien_trainer_close(&t);
}

static void start__says_what_it_took(void **state) {
    (void)state;
    const mien_log_sink sink = {.line = keep_line};
    mien_train_options o = plain;
    mien_train_result *r;
    mien_model *model;
    o.start = first_model;
    *said_lines = 0;
    mien_log_set(&sink, NULL);
    const mien_status status =
        blobs_train(&r, recipe_of(faces, 20, margins), "says", o);
    mien_log_set(NULL, NULL);
    if (status) fail_msg("%s", mien_error());
    static const char *const lines[] = {
        "start: face.weight is drawn anew: 4000 values here, ",
        "start: loss.centre is drawn anew: 60 values here, not there in the",
        "start: 6 of 9 tensors, ",
    };
    for (int i = 0; i < 3; i++)
        if (!strstr(said_lines, lines[i]))
            fail_msg("no '%s' in\n%s", lines[i], said_lines);
    const mien_train_summary *s = mien_train_summary_of(r);
    if (mien_model_load(&model, s->model, 1)) fail_msg("%s", mien_error());
    assert_string_equal(mien_model_info(model)->start_hash, first_hash);
    assert_string_equal(mien_model_info(model)->teacher_hash, "");
    mien_model_free(model);
    mien_train_result_free(r);
}

static void start__is_not_repeated_by_a_resume(void **state) {
    (void)state;
    mien_train_options o = plain;
    mien_train_result *r;
    char whole[80];
    o.start = first_model;
    const char *recipe =
        recipe_of(faces, 16,
                  "loss: {arcface: {s: 8}}\noptim: {adam: 0.01}\n"
                  "train: {epochs: 3, batch: 8}");
    snprintf(whole, sizeof whole, "%s", blobs_hash(recipe, "one-go", o));
    o.stop_at = 7; /* in the second epoch */
    assert_int_equal(blobs_train(&r, recipe, "two-goes", o), MIEN_EINTERRUPTED);
    o.stop_at = 0;
    o.resume = true;
    assert_string_equal(blobs_hash(recipe, "two-goes", o), whole);
    o = plain;
    assert_string_not_equal(blobs_hash(recipe, "without", o), whole);
}

static void start__must_be_a_model_of_such_layers(void **state) {
    (void)state;
    mien_train_options o = plain;
    o.start = scratch("nothing.safetensors");
    blobs_refused(recipe_of(faces, 16, margins), "bad", o, MIEN_ENOTFOUND,
                  "nothing.safetensors");
    o.start = first_model;
    const char *other = recipe_of(faces, 16, margins);
    const char *const set[] = {"model=[flatten, dense: 5]"};
    o.set = set;
    o.n_set = 1;
    blobs_refused(other, "bad", o, MIEN_ESHAPE, "a model of other layers");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(views__are_told_apart_without_labels),
        cmocka_unit_test(views__are_the_same_at_each_validation),
        cmocka_unit_test(views__must_be_asked_for),
        cmocka_unit_test(start__takes_what_fits_by_name),
        cmocka_unit_test(start__says_what_it_took),
        cmocka_unit_test(start__is_not_repeated_by_a_resume),
        cmocka_unit_test(start__must_be_a_model_of_such_layers),
    };
    return cmocka_run_group_tests(tests, setup, scratch_close);
}
