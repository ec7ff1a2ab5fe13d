/* SPDX-License-Identifier: Apache-2.0 */
/* test_gradcheck.c - the gradients of recipes on a few coloured blobs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <math.h>

#include "base/mem.h"
#include "mien/health.h"
#include "scratch.h"
#include "blobs.h"

static int setup(void **state) {
    if (scratch_open(state)) return -1;
    blobs_folder(3, 8);
    return 0;
}

static mien_gradcheck *check(const char *recipe,
                             const mien_gradcheck_options *options) {
    mien_gradcheck *out;
    if (mien_gradcheck_run(&out, recipe, options) != MIEN_OK)
        fail_msg("%s", mien_error());
    return out;
}

static const mien_gradcheck_row *row_of(const mien_gradcheck *check,
                                        const char *name) {
    const mien_gradcheck_summary *s = mien_gradcheck_summary_of(check);
    for (int i = 0; i < s->n; i++)
        if (!strcmp(s->rows[i].tensor, name)) return &s->rows[i];
    fail_msg("no row %s", name);
    return NULL;
}

static void recipe__passes(void **state) {
    (void)state;
    const char *recipe = blobs_recipe(
        "augment: [flip, mixup: 0.4]\n"
        "train: {epochs: 1, batch: 6, class_weights: auto}");
    mien_gradcheck *c = check(recipe, NULL);
    const mien_gradcheck_summary *s = mien_gradcheck_summary_of(c);
    for (int i = 0; i < s->n; i++)
        if (!s->rows[i].pass)
            fail_msg("%s is off by %g", s->rows[i].tensor, s->rows[i].worst);
    assert_true(s->pass && s->loss > 0 && s->seconds > 0);
    assert_int_equal(row_of(c, "conv1.weight")->checked, 17);
    assert_int_equal(row_of(c, "bn1.gain")->checked, 8 + 1);
    assert_int_equal(row_of(c, "network")->checked, 1);
    row_of(c, "dropout1.input");
    row_of(c, "dense1.bias");
    mien_gradcheck_free(c);
}

static void options__are_heeded(void **state) {
    (void)state;
    static const char *const set[] = {"loss={cosface: {s: 4, warmup: 0.5}}"};
    const mien_gradcheck_options o = {
        .set = set, .n_set = 1, .samples = 2, .values = 3};
    mien_gradcheck *c = check(blobs_recipe("train: {batch: 6}"), &o);
    assert_true(mien_gradcheck_summary_of(c)->pass);
    assert_int_equal(row_of(c, "loss.centre")->checked, 3 + 1);
    mien_gradcheck_free(c);
}

static void runs__are_the_same(void **state) {
    (void)state;
    const char *recipe = blobs_recipe("train: {batch: 6}");
    static const char *const one[] = {"train.threads=1"};
    const mien_gradcheck_options o = {.set = one, .n_set = 1};
    mien_gradcheck *a = check(recipe, NULL), *b = check(recipe, &o);
    const mien_gradcheck_summary *x = mien_gradcheck_summary_of(a);
    const mien_gradcheck_summary *y = mien_gradcheck_summary_of(b);
    assert_int_equal(x->n, y->n);
    assert_true(x->loss == y->loss);
    for (int i = 0; i < x->n; i++)
        assert_true(x->rows[i].numeric == y->rows[i].numeric);
    mien_gradcheck_free(a);
    mien_gradcheck_free(b);
}

/* Weights that are all the same put every embedding on every centre: there
 * the margin's true slope is infinite, and nothing can be learned from it. */
static void slope__without_bound_is_found(void **state) {
    (void)state;
    static const char *const sets[2][3] = {
        {"model=[flatten, dense: {out: 4, bias: false}]",
         "init={constant: 1000}", "loss={arcface: {s: 8}}"},
        {"model=[flatten, dense: {out: 4, bias: false}]",
         "init={constant: 1000}", "loss={arcface: {s: 8, bounded: false}}"}};
    const char *recipe = blobs_recipe("train: {batch: 6}");
    for (int exact = 0; exact < 2; exact++) {
        const mien_gradcheck_options o = {.set = sets[exact], .n_set = 3};
        mien_gradcheck *c = check(recipe, &o);
        const mien_gradcheck_row *row = row_of(c, "loss.input");
        assert_int_equal(mien_gradcheck_summary_of(c)->pass, !exact);
        assert_int_equal(row->pass, !exact);
        assert_int_equal(isfinite(row->worst), !exact);
        mien_gradcheck_free(c);
    }
}

static void mistakes__are_said(void **state) {
    (void)state;
    mien_gradcheck *c = NULL;
    assert_int_equal(mien_gradcheck_run(&c, scratch("none.yaml"), NULL),
                     MIEN_ENOTFOUND);
    assert_null(c);
    static const char *const set[] = {"loss=arcfaze"};
    const mien_gradcheck_options o = {.set = set, .n_set = 1};
    assert_int_equal(mien_gradcheck_run(&c, blobs_recipe(""), &o), MIEN_EINVAL);
    assert_non_null(strstr(mien_error(), "arcface"));
    mien_gradcheck_free(NULL);
}

static void memory__may_run_out_anywhere(void **state) {
    (void)state;
    const char *recipe = blobs_recipe("train: {batch: 6, threads: 1}");
    const mien_gradcheck_options o = {.samples = 2, .values = 1};
    mien_status status = MIEN_ENOMEM;
    for (int n = 0; status == MIEN_ENOMEM; n += 1 + n / 40) {
        mien_gradcheck *c;
        mien_mem_fail_after(n);
        status = mien_gradcheck_run(&c, recipe, &o);
        mien_mem_fail_after(-1);
        if (status == MIEN_OK) mien_gradcheck_free(c);
        if (status != MIEN_OK) assert_null(c);
    }
    assert_int_equal(status, MIEN_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recipe__passes),
        cmocka_unit_test(options__are_heeded),
        cmocka_unit_test(runs__are_the_same),
        cmocka_unit_test(slope__without_bound_is_found),
        cmocka_unit_test(mistakes__are_said),
        cmocka_unit_test(memory__may_run_out_anywhere),
    };
    return cmocka_run_group_tests(tests, setup, scratch_close);
}
