/* SPDX-License-Identifier: Apache-2.0 */
/* test_bench.c - that a bench runs what it says and counts right; not how
 * fast anything is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <math.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/mem.h"
#include "mien/bench.h"
#include "scratch.h"
#include "blobs.h"

/* What mien_bench_train("s64") finds instead of the real one. */
static const char small[] =
    "data: {reader: folder, path: none}\n"
    "input: {size: [8, 8, 1]}\n"
    "model:\n"
    "  - conv: {out: 16, kernel: 3, bias: false}\n"
    "  - relu\n"
    "  - maxpool: 2\n"
    "  - flatten\n"
    "  - dense: {out: 1}\n"
    "loss: mse\n";

static int setup(void **state) {
    if (scratch_open(state)) return -1;
    scratch_folder("shelf");
    scratch_text("shelf/face64.yaml", small);
    return setenv("MIEN_RECIPES", scratch("shelf"), 1);
}

static mien_bench_options few(void) {
    mien_bench_options o;
    mien_bench_defaults(&o);
    o.batch = 4;
    o.rounds = 3;
    return o;
}

static void refused(const char *net, mien_bench_options o, mien_status status,
                    const char *part) {
    mien_bench *b = NULL;
    assert_int_equal(mien_bench_train(&b, net, &o), status);
    assert_null(b);
    if (!strstr(mien_error(), part))
        fail_msg("'%s' is not in: %s", part, mien_error());
}

static void train__counts_what_it_times(void **state) {
    (void)state;
    mien_bench_options o = few();
    mien_bench *b;
    o.profile = true;
    assert_int_equal(mien_bench_train(&b, "s64", &o), MIEN_OK);
    const mien_bench_summary *s = mien_bench_result(b);
    assert_string_equal(s->net, "s64");
    assert_int_equal(s->batch, 4);
    assert_int_equal(s->shards, 2); /* the default of recipes */
    assert_int_equal(s->rounds, 3);
    assert_int_equal(s->weights, 16 * 9 + 16 * 3 * 3 + 1);
    assert_int_equal(s->allocations, 0);
    assert_true(s->step_min_ms > 0 && s->step_min_ms <= s->step_ms &&
                s->step_ms <= s->step_max_ms);
    assert_true(s->update_ms > 0 && s->update_ms < s->step_max_ms);
    assert_true(fabs(s->images_per_s * s->step_ms - 4000) < 1e-6 * 4000);
    assert_true(s->plan_s > 0 && s->plan_mb > 0);
    assert_true(isnan(s->wait_share) && isnan(s->loaded_per_s));
    mien_bench_free(b);
}

static void train__profile_names_each_part(void **state) {
    (void)state;
    mien_bench_options o = few();
    mien_bench *b;
    assert_int_equal(mien_bench_train(&b, "s64", &o), MIEN_OK);
    assert_int_equal(mien_bench_result(b)->n_rows, 0);
    mien_bench_free(b);
    o.profile = true;
    assert_int_equal(mien_bench_train(&b, "s64", &o), MIEN_OK);
    const mien_bench_summary *s = mien_bench_result(b);
    double all = 0;
    assert_true(s->n_rows >= 4);
    assert_string_equal(s->rows[0].layers, "conv");
    assert_string_equal(s->rows[s->n_rows - 1].layers, "dense");
    assert_int_equal(s->rows[0].channels, 16);
    assert_int_equal(s->rows[0].rows, 6);
    for (int i = 0; i < s->n_rows; i++)
        all += s->rows[i].forward_ms + s->rows[i].backward_ms;
    assert_true(all > 0 && all < 3 * s->step_max_ms);
    mien_bench_free(b);
}

static void train__threads_ask_for_as_many_shards(void **state) {
    (void)state;
    mien_bench_options o = few();
    mien_bench *b;
    o.threads = 4;
    assert_int_equal(mien_bench_train(&b, "s64", &o), MIEN_OK);
    assert_int_equal(mien_bench_result(b)->shards, 4);
    mien_bench_free(b);
}

static void train__refuses_what_it_cannot_time(void **state) {
    (void)state;
    mien_bench_options o = few();
    refused("resnet", o, MIEN_EINVAL, "mobilefacenet, iresnet18 and s64");
    o.shards = 3;
    refused("s64", o, MIEN_EINVAL, "shards");
}

static void train__says_where_it_looked_for_a_recipe(void **state) {
    (void)state;
    char before[4096];
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(scratch("shelf")), 0);
    refused("iresnet18", few(), MIEN_ENOTFOUND, "iresnet18.yaml");
    refused("iresnet18", few(), MIEN_ENOTFOUND, "MIEN_RECIPES");
    assert_int_equal(chdir(before), 0);
}

static void train__fails_cleanly_without_memory(void **state) {
    (void)state;
    const mien_bench_options o = few();
    mien_status status = MIEN_ENOMEM;
    mien_bench *b;
    int n = 0;
    for (; status != MIEN_OK && n < 2000; n++) {
        mien_mem_fail_after(n);
        status = mien_bench_train(&b, "s64", &o);
        mien_mem_fail_after(-1);
        if (status == MIEN_OK) break;
        assert_int_equal(status, MIEN_ENOMEM);
        assert_null(b);
    }
    assert_true(n > 20);
    mien_bench_free(b);
}

static void load__times_the_loader_and_the_wait(void **state) {
    (void)state;
    mien_bench_options o = few();
    mien_bench *b;
    o.seconds = 0.05;
    blobs_folder(3, 8);
    const char *recipe = blobs_recipe("train: {batch: 8}");
    assert_int_equal(mien_bench_load(&b, recipe, &o), MIEN_OK);
    const mien_bench_summary *s = mien_bench_result(b);
    assert_string_equal(s->net, "recipe");
    assert_int_equal(s->batch, 4);
    assert_true(s->loaded_per_s > 0);
    assert_true(s->wait_share >= 0 && s->wait_share <= 1);
    assert_int_equal(s->allocations, -1);
    mien_bench_free(b);
    o.data = "nowhere";
    assert_int_not_equal(mien_bench_load(&b, recipe, &o), MIEN_OK);
    assert_null(b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(train__counts_what_it_times),
        cmocka_unit_test(train__profile_names_each_part),
        cmocka_unit_test(train__threads_ask_for_as_many_shards),
        cmocka_unit_test(train__refuses_what_it_cannot_time),
        cmocka_unit_test(train__says_where_it_looked_for_a_recipe),
        cmocka_unit_test(train__fails_cleanly_without_memory),
        cmocka_unit_test(load__times_the_loader_and_the_wait),
    };
    return cmocka_run_group_tests(tests, setup, scratch_close);
}
