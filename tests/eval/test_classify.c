/* SPDX-License-Identifier: Apache-2.0 */
/* test_classify.c - train on coloured blobs, then evaluate the run. */
#include <string.h>

#include "base/file.h"
#include "eval_test.h"
#include "mien/eval.h"
#include "mien/image.h"
#include "scratch.h"
#include "train/blobs.h"

static char run_folder[128], model_file[160], photos[128];
static double train_loss, train_accuracy;

static mien_status train_blobs(const char *rest, const char *out) {
    mien_train_result *r;
    const mien_status status =
        blobs_train(&r, blobs_recipe(rest), out, (mien_train_options){0});
    if (status != MIEN_OK) return status;
    train_loss = mien_train_summary_of(r)->loss;
    train_accuracy = mien_train_summary_of(r)->accuracy;
    mien_train_result_free(r);
    return MIEN_OK;
}

static int setup(void **state) {
    if (scratch_open(state)) return -1;
    blobs_folder(6, 12);
    snprintf(run_folder, sizeof run_folder, "%s", scratch("run"));
    snprintf(photos, sizeof photos, "%s", scratch("photos"));
    snprintf(model_file, sizeof model_file, "%s/model.safetensors", run_folder);
    return train_blobs(
               "optim: {adam: {lr: 0.01}}\n"
               "train: {epochs: 4, batch: 12}",
               "run") != MIEN_OK;
}

static mien_classify_options options_of(const char *model) {
    mien_classify_options o;
    mien_classify_defaults(&o);
    o.model = model;
    o.batch = 5; /* divides nothing */
    o.threads = 2;
    return o;
}

static void classify__of_a_run_repeats_its_test(void **state) {
    (void)state;
    mien_classify_options o = options_of(run_folder);
    mien_classify *k;
    assert_ok(mien_classify_run(&k, &o));
    const mien_classify_summary *s = mien_classify_summary_of(k);
    assert_string_equal(s->split, "test");
    assert_near(s->loss, train_loss, 1e-5);
    assert_near(s->accuracy, train_accuracy, 1e-12);
    assert_true(s->low <= s->accuracy && s->accuracy <= s->high);
    assert_int_equal(s->classes, 6);
    assert_false(isnan(s->top5));
    assert_true(isnan(s->auc));
    int64_t n = 0, hits = 0, answered = 0;
    for (int i = 0; i < 6; i++) {
        n += s->per_class[i].n;
        hits += s->per_class[i].hits;
        answered += s->per_class[i].answered;
    }
    assert_int_equal(n, s->samples);
    assert_int_equal(answered, s->samples);
    assert_near((double)hits / (double)n, s->accuracy, 1e-12);
    assert_string_equal(s->per_class[4].name, "c04");
    assert_int_equal(strlen(s->data_hash), 64);
    assert_int_equal(strlen(s->model), 64);
    mien_classify_free(k);
}

static void classify__of_a_file_takes_all_samples(void **state) {
    (void)state;
    mien_classify_options o = options_of(model_file);
    mien_classify *k;
    assert_fails(mien_classify_run(&k, &o), MIEN_EINVAL, "where its data are");
    o.data = photos;
    assert_ok(mien_classify_run(&k, &o));
    assert_string_equal(mien_classify_summary_of(k)->split, "all");
    assert_int_equal(mien_classify_summary_of(k)->samples, 72);
    mien_classify_free(k);
    o.split = "test";
    assert_fails(mien_classify_run(&k, &o), MIEN_EINVAL, "held out");
    assert_null(k);
    const char *const set = "data.test_per_class=3";
    o.set = &set, o.n_set = 1;
    assert_ok(mien_classify_run(&k, &o));
    assert_int_equal(mien_classify_summary_of(k)->samples, 18);
    mien_classify_free(k);
}

static void classify__refuses_what_is_not_the_models(void **state) {
    (void)state;
    mien_classify_options o = options_of(run_folder);
    mien_classify *k;
    o.split = "half";
    assert_fails(mien_classify_run(&k, &o), MIEN_EINVAL, "'half'");
    o.split = "all";
    const char *const size = "input.size=[16, 16, 3]";
    o.set = &size, o.n_set = 1;
    assert_fails(mien_classify_run(&k, &o), MIEN_ESHAPE, "16x16x3");
    o.n_set = 0;
    scratch_folder("few");
    scratch_folder("few/a");
    scratch_folder("few/b");
    uint8_t ppm[16 + 3] = "P6\n1 1\n255\n";
    scratch_write("few/a/1.ppm", ppm, 14);
    scratch_write("few/b/1.ppm", ppm, 14);
    o = options_of(model_file);
    o.data = scratch("few");
    assert_fails(mien_classify_run(&k, &o), MIEN_EDATA,
                 "2 classes and the model tells 6 apart");
    o.data = scratch("none");
    assert_int_equal(mien_classify_run(&k, &o), MIEN_ENOTFOUND);
    o = options_of(NULL);
    assert_int_equal(mien_classify_run(&k, &o), MIEN_EINVAL);
    o = options_of(run_folder);
    o.threads = 0;
    assert_int_equal(mien_classify_run(&k, &o), MIEN_EINVAL);
}

static void confusion_csv__adds_up(void **state) {
    (void)state;
    mien_classify_options o = options_of(run_folder);
    mien_classify *k;
    size_t size;
    o.split = "all";
    assert_ok(mien_classify_run(&k, &o));
    assert_ok(mien_classify_write_confusion(k, scratch("c.csv"), false));
    char *text = (char *)scratch_read(scratch("c.csv"), &size);
    text[size] = 0;
    assert_memory_equal(text, "truth,0,1,2,3,4,5\n0,", 20);
    int lines = 0, sum = 0;
    for (char *line = strchr(text, '\n') + 1; *line;
         line = strchr(line, '\n') + 1, lines++)
        for (char *p = strchr(line, ','); p && p < strchr(line, '\n');
             p = strchr(p + 1, ','))
            sum += atoi(p + 1);
    assert_int_equal(lines, 6);
    assert_int_equal(sum, 72);
    free(text);
    assert_ok(mien_classify_write_confusion(k, scratch("n.csv"), true));
    text = (char *)scratch_read(scratch("n.csv"), &size);
    assert_memory_equal(text, "truth,c00,c01,", 14);
    free(text);
    mien_classify_free(k);
}

static void confusion_picture__can_be_read_back(void **state) {
    (void)state;
    mien_classify_options o = options_of(run_folder);
    mien_classify *k;
    mien_image *image;
    size_t size;
    assert_ok(mien_classify_run(&k, &o));
    assert_ok(mien_classify_plot(k, scratch("c.png"), true));
    assert_ok(mien_image_load(&image, scratch("c.png"), NULL));
    assert_true(image->width > 600 && image->height > 600);
    mien_image_free(image);
    assert_ok(mien_classify_plot(k, scratch("c.svg"), false));
    uint8_t *svg = scratch_read(scratch("c.svg"), &size);
    assert_memory_equal(svg, "<?xml", 5);
    free(svg);
    assert_fails(mien_classify_plot(k, scratch("c.bmp"), false), MIEN_EINVAL,
                 ".png or an .svg");
    assert_fails(mien_classify_plot(k, scratch("no/c.png"), false),
                 MIEN_ENOTFOUND, "c.png");
    mien_classify_free(k);
}

static void classify__of_a_binary_model_has_a_curve(void **state) {
    (void)state;
    static const char recipe[] =
        "data: {reader: folder, path: %s/two, test: 0.5, seed: 1}\n"
        "input: {size: [12, 12, 3], scale: 255}\n"
        "model: [flatten, dense: {out: 1}]\n"
        "loss: binary_cross_entropy\n"
        "optim: {adam: {lr: 0.01}}\ntrain: {epochs: 5, batch: 8}\n";
    char text[1024];
    scratch_folder("two");
    for (int c = 0; c < 2; c++) {
        char from[256], to[256];
        snprintf(from, sizeof from, "%s/c0%d", photos, c);
        snprintf(to, sizeof to, "%s", scratch(c ? "two/b" : "two/a"));
        assert_int_equal(symlink(from, to), 0);
    }
    snprintf(text, sizeof text, recipe, scratch_root);
    const char *path = scratch_text("two.yaml", text);
    mien_train_options train;
    mien_train_defaults(&train);
    train.out = scratch("binary");
    mien_train_result *r;
    assert_ok(mien_train_run(&r, path, &train));
    mien_classify_options o = options_of(train.out);
    mien_classify *k;
    assert_ok(mien_classify_run(&k, &o));
    const mien_classify_summary *s = mien_classify_summary_of(k);
    assert_true(s->binary);
    assert_int_equal(s->classes, 2);
    assert_near(s->loss, mien_train_summary_of(r)->loss, 1e-5);
    assert_near(s->accuracy, mien_train_summary_of(r)->accuracy, 1e-12);
    assert_true(s->auc > 0.9 && s->auc <= 1);
    assert_true(isnan(s->top5));
    assert_ok(mien_classify_plot(k, scratch("two.png"), false));
    mien_classify_free(k);
    mien_train_result_free(r);
}

static void classify__frees_all_when_memory_runs_out(void **state) {
    (void)state;
    mien_classify_options o = options_of(run_folder);
    mien_classify *k = NULL;
    mien_status status = MIEN_ENOMEM;
    o.threads = 1;
    for (int n = 0; status != MIEN_OK && n < 5000; n += 1 + n / 8) {
        mien_mem_fail_after(n);
        status = mien_classify_run(&k, &o);
        mien_mem_fail_after(-1);
        if (status != MIEN_OK) assert_null(k);
    }
    assert_ok(status);
    mien_classify_free(k);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classify__of_a_run_repeats_its_test),
        cmocka_unit_test(classify__of_a_file_takes_all_samples),
        cmocka_unit_test(classify__refuses_what_is_not_the_models),
        cmocka_unit_test(confusion_csv__adds_up),
        cmocka_unit_test(confusion_picture__can_be_read_back),
        cmocka_unit_test(classify__of_a_binary_model_has_a_curve),
        cmocka_unit_test(classify__frees_all_when_memory_runs_out),
    };
    return cmocka_run_group_tests(tests, setup, scratch_close);
}
