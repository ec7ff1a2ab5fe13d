/* SPDX-License-Identifier: Apache-2.0 */
/* test_lfw.c - train an embedding on generated people, then compare pairs. */
#include <string.h>

#include "eval_test.h"
#include "base/file.h"
#include "eval/embed.h"
#include "mien/eval.h"
#include "people_fixture.h"

static mien_lfw_options options_of(void) {
    mien_lfw_options o;
    mien_lfw_defaults(&o);
    o.model = model_file;
    o.data = people;
    o.pairs = pairs_file;
    o.align = "none";
    o.batch = 7; /* divides nothing */
    return o;
}

static void lfw__tells_generated_people_apart(void **state) {
    (void)state;
    mien_lfw_options o = options_of();
    mien_lfw *lfw;
    assert_ok(mien_lfw_run(&lfw, &o));
    const mien_lfw_summary *s = mien_lfw_summary_of(lfw);
    assert_true(s->accuracy >= 0.9);
    assert_true(s->auc > 0.95 && s->eer < 0.15);
    assert_int_equal(s->pairs, 40);
    assert_int_equal(s->folds, 10);
    assert_true(s->dealt);
    assert_int_equal(s->failed, 0);
    assert_true(isnan(s->val)); /* 20 impostors cannot show 1e-3 */
    assert_string_equal(s->protocol, "40 pairs, 10 dealt folds");
    assert_string_equal(s->measure, "cosine");
    assert_string_equal(s->align, "none");
    double sum = 0;
    for (int f = 0; f < 10; f++) sum += s->fold_accuracy[f];
    assert_near(sum / 10, s->accuracy, 1e-12);
    mien_lfw_free(lfw);
}

static void lfw__is_the_same_for_any_batch_and_threads(void **state) {
    (void)state;
    mien_lfw_options o = options_of();
    mien_lfw *a, *b;
    assert_ok(mien_lfw_run(&a, &o));
    o.batch = 64, o.threads = 2;
    assert_ok(mien_lfw_run(&b, &o));
    const mien_lfw_summary *x = mien_lfw_summary_of(a);
    const mien_lfw_summary *y = mien_lfw_summary_of(b);
    assert_near(x->auc, y->auc, 1e-9);
    assert_near(x->accuracy, y->accuracy, 1e-12);
    assert_string_equal(x->data_hash, y->data_hash);
    assert_string_equal(x->model, y->model);
    mien_lfw_free(a);
    mien_lfw_free(b);
}

static void lfw__gives_val_only_where_pairs_can_show_it(void **state) {
    (void)state;
    mien_lfw_options o = options_of();
    mien_lfw *lfw;
    o.far = 0.05; /* 1 / 20 */
    assert_ok(mien_lfw_run(&lfw, &o));
    assert_true(mien_lfw_summary_of(lfw)->val > 0.5);
    mien_lfw_free(lfw);
    o.far = 0.04;
    assert_fails(mien_lfw_run(&lfw, &o), MIEN_EINVAL, "1/20");
    assert_null(lfw);
}

static void common_variant__sees_no_difference_in_a_mirror(void **state) {
    (void)state;
    /* The same pictures mirrored: their embeddings with mirrors added are the
     * same, so the scores of all pairs are. */
    mien_lfw_options o = options_of();
    mien_lfw *a, *b, *plain;
    o.protocol = "lfw-common";
    assert_ok(mien_lfw_run(&a, &o));
    const char *mirrored = scratch_folder("mirrored");
    for (int p = 0; p < PEOPLE; p++)
        for (int i = 1; i <= PICTURES; i++) {
            char path[256];
            save_picture(mirrored, p, i, SIDE);
            mien_image *image = picture_of(p, i, SIDE);
            mien_image_flip_horizontal(image);
            snprintf(path, sizeof path, "%s/p%02d/p%02d_%04d.jpg", mirrored, p,
                     p, i);
            assert_ok(mien_image_save(image, path, 100));
            mien_image_free(image);
        }
    o.data = mirrored;
    assert_ok(mien_lfw_run(&b, &o));
    const mien_lfw_summary *x = mien_lfw_summary_of(a);
    const mien_lfw_summary *y = mien_lfw_summary_of(b);
    assert_true(x->prints_sd);
    assert_string_equal(x->protocol,
                        "40 pairs, 10 dealt folds, common variant");
    assert_string_equal(x->measure, "squared distance");
    assert_near(x->auc, y->auc, 0.01);
    assert_near(x->eer, y->eer, 0.051);
    assert_string_not_equal(x->data_hash, y->data_hash);
    o.protocol = "lfw";
    assert_ok(mien_lfw_run(&plain, &o));
    assert_false(mien_lfw_summary_of(plain)->prints_sd);
    mien_lfw_free(a);
    mien_lfw_free(b);
    mien_lfw_free(plain);
}

/* It fails so, says so, and names nobody. */
static void refused(const mien_lfw_options *o, mien_status want,
                    const char *says) {
    mien_lfw *lfw;
    assert_fails(mien_lfw_run(&lfw, o), want, says);
    assert_null(lfw);
    assert_null(strstr(mien_error(), "p05"));
    assert_null(strstr(mien_error(), "p90"));
}

static void pictures__are_named_by_the_line_of_the_pairs(void **state) {
    (void)state;
    char text[2048] = "10\n";
    mien_lfw_options o = options_of();
    for (int i = 0; i < 10; i++)
        sprintf(text + strlen(text), "p%02d 1 2\n", i == 5 ? 90 : i);
    for (int i = 0; i < 10; i++)
        sprintf(text + strlen(text), "p%02d 1 p%02d 2\n", i, i + 1);
    o.pairs = scratch_text("missing.txt", text);
    refused(&o, MIEN_ENOTFOUND, "missing.txt:7: a picture of this pair");
    const char *folder = scratch_folder("damaged");
    for (int p = 0; p < PEOPLE; p++)
        for (int i = 1; i <= PICTURES; i++)
            if (p != 5) save_picture(folder, p, i, SIDE);
    scratch_folder("damaged/p05");
    for (int i = 1; i <= PICTURES; i++) {
        char name[64];
        snprintf(name, sizeof name, "damaged/p05/p05_%04d.jpg", i);
        scratch_text(name, i == 1 ? "" : "\xff\xd8\xff\xe0 no picture");
    }
    o = options_of();
    o.data = folder;
    o.threads = 2;
    refused(&o, MIEN_EFORMAT, "pairs.txt:");
}

static void alignment__is_checked_against_the_pictures(void **state) {
    (void)state;
    mien_lfw_options o = options_of();
    o.align = NULL;
    refused(&o, MIEN_EINVAL, "32x32, neither deep-funneled");
    o.align = "funneled";
    refused(&o, MIEN_EDATA, "is 32x32; deep-funneled ones have 250x250");
    o.align = "upright";
    refused(&o, MIEN_EINVAL, "'upright'");
    o.align = "points";
    refused(&o, MIEN_EINVAL, "needs a file of points");
    o.align = "none";
    o.points = scratch_text("p.csv", "p00/p00_0001.jpg,1,2,3,4,5,6,7,8,9,1\n");
    refused(&o, MIEN_EINVAL, "goes with the alignment 'points'");
    o.align = NULL;
    refused(&o, MIEN_EDATA, "has no points");
}

static void alignment__by_size_or_points(void **state) {
    (void)state;
    mien_lfw_options o = options_of();
    mien_lfw *lfw;
    const int sides[] = {112, 250};
    const char *want[] = {"none", "funneled"};
    char text[PEOPLE * PICTURES * 80] = "";
    for (int k = 0; k < 2; k++) {
        const char *folder = scratch_folder(want[k]);
        for (int p = 0; p < PEOPLE; p++)
            for (int i = 1; i <= PICTURES; i++)
                save_picture(folder, p, i, sides[k]);
        o.data = folder;
        o.align = NULL;
        assert_ok(mien_lfw_run(&lfw, &o));
        assert_string_equal(mien_lfw_summary_of(lfw)->align, want[k]);
        mien_lfw_free(lfw);
    }
    for (int p = 0; p < PEOPLE; p++)
        for (int i = 1; i <= PICTURES; i++)
            sprintf(text + strlen(text),
                    "p%02d/p%02d_%04d.jpg,103,112,146,111,125,137,107,156,"
                    "145,155\n",
                    p, p, i);
    o.points = scratch_text("points.csv", text);
    assert_ok(mien_lfw_run(&lfw, &o));
    assert_string_equal(mien_lfw_summary_of(lfw)->align, "points");
    mien_lfw_free(lfw);
}

static void lfw__writes_its_curve(void **state) {
    (void)state;
    mien_lfw_options o = options_of();
    mien_lfw *lfw;
    mien_image *image;
    size_t size;
    assert_ok(mien_lfw_run(&lfw, &o));
    assert_ok(mien_lfw_write_roc(lfw, scratch("roc.csv")));
    char *text = (char *)scratch_read(scratch("roc.csv"), &size);
    text[size] = 0;
    assert_memory_equal(text, "threshold,far,val\ninf,0,0\n", 26);
    assert_string_equal(strrchr(text, ',') - 2, ",1,1\n");
    free(text);
    assert_ok(mien_lfw_plot(lfw, scratch("roc.png")));
    assert_ok(mien_image_load(&image, scratch("roc.png"), NULL));
    assert_true(image->width > 900);
    mien_image_free(image);
    assert_ok(mien_lfw_plot(lfw, scratch("roc.svg")));
    assert_int_equal(mien_lfw_plot(lfw, scratch("roc.jpg")), MIEN_EINVAL);
    mien_file_full_after(100);
    assert_int_equal(mien_lfw_plot(lfw, scratch("full.png")), MIEN_ENOSPACE);
    mien_file_full_after(-1);
    assert_false(mien_file_exists(scratch("full.png")));
    mien_lfw_free(lfw);
}

static void lfw__needs_a_model_that_embeds(void **state) {
    (void)state;
    char text[1024];
    mien_train_options t;
    mien_train_result *r;
    snprintf(text, sizeof text,
             "data: {reader: folder, path: %s}\ninput: {size: [8, 8, 3]}\n"
             "model: [flatten, dense: {out: classes}]\nloss: cross_entropy\n"
             "optim: {sgd: {lr: 0.01}}\ntrain: {epochs: 1, batch: 16}\n",
             people);
    mien_train_defaults(&t);
    t.out = scratch("classes");
    assert_ok(mien_train_run(&r, scratch_text("c.yaml", text), &t));
    mien_train_result_free(r);
    mien_lfw_options o = options_of();
    o.model = t.out;
    refused(&o, MIEN_EINVAL, "takes one that gives embeddings");
    o.model = scratch("nothing");
    refused(&o, MIEN_ENOTFOUND, "nothing");
    o = options_of();
    o.protocol = "lfw-easy";
    refused(&o, MIEN_EINVAL, "lfw-easy");
    o = options_of();
    o.pairs = NULL;
    refused(&o, MIEN_EINVAL, "needed");
    o = options_of();
    o.batch = 0;
    refused(&o, MIEN_EINVAL, "batch");
}

static void embedding__that_failed_matches_nothing(void **state) {
    (void)state;
    float x[3] = {3, 0, -4}, nan[3] = {1, NAN, 0}, zero[3] = {0};
    float huge[2] = {INFINITY, 1};
    assert_true(mien_embedding_unit(x, 3));
    assert_near((double)x[0], 0.6, 1e-7);
    assert_near((double)x[2], -0.8, 1e-7);
    assert_false(mien_embedding_unit(nan, 3));
    assert_false(mien_embedding_unit(zero, 3));
    assert_false(mien_embedding_unit(huge, 2));
    assert_true(nan[0] == 0 && nan[1] == 0);
    float values[] = {1, 0, 1, 0, 0, 0};
    bool failed[] = {false, false, true};
    const mien_embeddings e = {
        .values = values, .failed = failed, .n = 3, .width = 2};
    assert_near(mien_embeddings_cosine(&e, 0, 1), 1, 0);
    assert_near(mien_embeddings_cosine(&e, 0, 2), -1, 0);
    assert_near(mien_embeddings_cosine(&e, 2, 2), -1, 0);
}

static void lfw__frees_all_when_memory_runs_out(void **state) {
    (void)state;
    mien_lfw_options o = options_of();
    mien_lfw *lfw = NULL;
    mien_status status = MIEN_ENOMEM;
    for (int n = 0; status != MIEN_OK && n < 5000; n += 1 + n / 8) {
        mien_mem_fail_after(n);
        status = mien_lfw_run(&lfw, &o);
        mien_mem_fail_after(-1);
        if (status != MIEN_OK) assert_null(lfw);
    }
    assert_ok(status);
    mien_lfw_free(lfw);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lfw__tells_generated_people_apart),
        cmocka_unit_test(lfw__is_the_same_for_any_batch_and_threads),
        cmocka_unit_test(lfw__gives_val_only_where_pairs_can_show_it),
        cmocka_unit_test(common_variant__sees_no_difference_in_a_mirror),
        cmocka_unit_test(pictures__are_named_by_the_line_of_the_pairs),
        cmocka_unit_test(alignment__is_checked_against_the_pictures),
        cmocka_unit_test(alignment__by_size_or_points),
        cmocka_unit_test(lfw__writes_its_curve),
        cmocka_unit_test(lfw__needs_a_model_that_embeds),
        cmocka_unit_test(embedding__that_failed_matches_nothing),
        cmocka_unit_test(lfw__frees_all_when_memory_runs_out),
    };
    return cmocka_run_group_tests(tests, setup, scratch_close);
}
