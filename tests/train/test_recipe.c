/* SPDX-License-Identifier: Apache-2.0 */
/* test_recipe.c - recipes: overrides, stages, and what is wrong in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/mem.h"
#include "scratch.h"
#include "train/recipe.h"

#define BASE                                                         \
    "data: {reader: folder, path: x}\ninput: {size: [8, 8, 3]}\n"    \
    "model: [flatten, {dense: {out: classes}}]\n"                    \
    "loss: cross_entropy\n"

static mien_status open_text(mien_recipe *r, const char *text,
                             const mien_overrides *o) {
    return mien_recipe_open(r, scratch_text("r.yaml", text), o);
}

static void refused(const char *text, const char *set, const char *sentence) {
    mien_recipe r;
    const mien_overrides o = {.set = &set, .n_set = set ? 1 : 0};
    const mien_status status = open_text(&r, text, &o);
    if (status != MIEN_EINVAL || !strstr(mien_error(), sentence))
        fail_msg("status %d with: %s", status, mien_error());
    assert_null(r.root);
}

static void recipe__has_defaults(void **state) {
    (void)state;
    mien_recipe r;
    assert_int_equal(open_text(&r, BASE, NULL), MIEN_OK);
    assert_int_equal(r.train.epochs, 10);
    assert_int_equal(r.train.batch, 32);
    assert_int_equal(r.train.seed, 42);
    assert_true(r.train.threads >= 1);
    assert_string_equal(r.name, "r");
    assert_int_equal(r.n_stages, 1);
    assert_int_equal(mien_recipe_epochs(&r), 10);
    assert_string_equal(mien_recipe_alignment(&r), "none");
    mien_recipe_close(&r);
}

static void recipe__is_overridden(void **state) {
    (void)state;
    const char *const set[] = {"optim.adam.lr=0.5", "train.batch=8"};
    mien_recipe r;
    const mien_overrides o = {.set = set, .n_set = 2, .data = "it's: here",
                              .threads = 3, .epochs = 7};
    assert_int_equal(open_text(&r, BASE "optim: {sgd: {lr: 1}}\n", &o),
                     MIEN_OK);
    assert_int_equal(r.train.epochs, 7);
    assert_int_equal(r.train.batch, 8);
    assert_int_equal(r.train.threads, 3);
    assert_string_equal(mien_tree_get(r.data, "path")->text, "it's: here");
    assert_int_equal(r.optim->count, 1); /* adam instead of sgd */
    assert_string_equal(r.optim->first->key, "adam");
    mien_recipe_close(&r);
}

static void recipe__emitted_is_the_same_recipe(void **state) {
    (void)state;
    const char *const set = "train.seed=9";
    const mien_overrides o = {.set = &set, .n_set = 1};
    mien_recipe r, again;
    mien_buf text = {.cap = 1 << 16};
    assert_int_equal(open_text(&r, BASE, &o), MIEN_OK);
    assert_int_equal(mien_recipe_emit(&text, &r), MIEN_OK);
    assert_int_equal(open_text(&again, (char *)text.data, NULL), MIEN_OK);
    assert_int_equal(again.train.seed, 9);
    assert_string_equal(r.hash, again.hash);
    mien_recipe_close(&r);
    mien_recipe_close(&again);
    mien_buf_close(&text);
}

static void recipe__threads_do_not_change_the_hash(void **state) {
    (void)state;
    mien_recipe one, two;
    assert_int_equal(open_text(&one, BASE, NULL), MIEN_OK);
    assert_int_equal(
        open_text(&two, BASE, &(mien_overrides){.threads = 5}), MIEN_OK);
    assert_string_equal(one.hash, two.hash);
    mien_recipe_close(&one);
    mien_recipe_close(&two);
}

static void stages__inherit_and_replace(void **state) {
    (void)state;
    mien_recipe r;
    assert_int_equal(
        open_text(&r, BASE "optim: sgd\nclip: {norm: 5}\ntrain: {epochs: 4}\n"
                  "stages:\n  - name: first\n"
                  "  - {constrain: {max_norm: 1}, epochs: 6}\n"
                  "  - {optim: adam}\n", NULL), MIEN_OK);
    assert_int_equal(r.n_stages, 3);
    assert_string_equal(r.stages[0].name, "first");
    assert_string_equal(r.stages[1].name, "stage 2");
    assert_int_equal(r.stages[1].epochs, 6);
    assert_int_equal(mien_recipe_epochs(&r), 14);
    assert_ptr_equal(r.stages[1].clip, r.clip);
    assert_null(r.stages[0].constrain);
    assert_non_null(r.stages[2].constrain); /* it goes on */
    assert_true(r.stages[1].same_optim);
    assert_false(r.stages[2].same_optim);
    mien_recipe_close(&r);
}

static void head__is_another_name_for_loss(void **state) {
    (void)state;
    mien_recipe r;
    assert_int_equal(
        open_text(&r, "data: {reader: npy}\nmodel: [relu]\n"
                  "head: {arcface: {s: 30}}\n", NULL), MIEN_OK);
    assert_string_equal(r.loss->first->key, "arcface");
    mien_recipe_close(&r);
    refused(BASE "head: cosface\n", NULL, "line 4");
}

static void mistakes__are_named_with_file_and_line(void **state) {
    (void)state;
    refused(BASE "optin: sgd\n", NULL, "r.yaml:5");
    refused(BASE "optin: sgd\n", NULL, "'optim'");
    refused(BASE "train: {epochs: 0}\n", NULL, "epochs");
    refused(BASE "train: {epoch: 3}\n", NULL, "'epochs'");
    refused(BASE, "train.batchh=3", "'batch'");
    refused(BASE "train: {batch: 9, shards: 2}\n", NULL, "shards");
    refused(BASE "train: {early_stop: {patients: 2}}\n", NULL, "'patience'");
    refused(BASE "health: docter\n", NULL, "doctor");
    refused(BASE "precision: {type: int8}\n", NULL, "float32");
    refused(BASE "health: {forks: 3}\n", NULL, "'fork'");
    refused(BASE "stages: 3\n", NULL, "a list");
    refused(BASE "stages: [{loss: mse}]\n", NULL, "loss");
    refused("data: {reader: npy}\nloss: mse\n", NULL, "section model");
    refused("data: {reader: npy}\nmodel: [relu]\n", NULL, "section loss");
    refused("model: [relu]\nloss: mse\n", NULL, "section data");
    refused("[1, 2]\n", NULL, "map of sections");
}

static void help__lists_every_key(void **state) {
    (void)state;
    mien_buf text = {.cap = 1 << 16};
    assert_int_equal(mien_recipe_help(&text), MIEN_OK);
    static const char *const keys[] = {"health", "early_stop", "accumulate",
                                       "patience", "regularise"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        assert_non_null(strstr((char *)text.data, keys[i]));
    mien_buf_close(&text);
}

static void memory__running_out_is_survived(void **state) {
    (void)state;
    const char *path = scratch_text("m.yaml", BASE "stages: [{epochs: 2}]\n");
    for (int64_t n = 0;; n++) {
        mien_recipe r;
        mien_mem_fail_after(n);
        const mien_status status = mien_recipe_open(
            &r, path, &(mien_overrides){.data = "y", .epochs = 2});
        mien_mem_fail_after(-1);
        if (status == MIEN_OK) {
            mien_recipe_close(&r);
            assert_true(n > 3);
            return;
        }
        assert_int_equal(status, MIEN_ENOMEM);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recipe__has_defaults),
        cmocka_unit_test(recipe__is_overridden),
        cmocka_unit_test(recipe__emitted_is_the_same_recipe),
        cmocka_unit_test(recipe__threads_do_not_change_the_hash),
        cmocka_unit_test(stages__inherit_and_replace),
        cmocka_unit_test(head__is_another_name_for_loss),
        cmocka_unit_test(mistakes__are_named_with_file_and_line),
        cmocka_unit_test(help__lists_every_key),
        cmocka_unit_test(memory__running_out_is_survived),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
