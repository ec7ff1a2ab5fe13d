/* SPDX-License-Identifier: Apache-2.0 */
/* Sweeps of the learning rate: the steps, the rates read from curves that are
 * known, and what the library offers of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>

#include "base/mem.h"
#include "base/rng.h"
#include "mien/health.h"
#include "scratch.h"
#include "train/sweep.h"
#include "blobs.h"

static int setup(void **state) {
    if (scratch_open(state)) return -1;
    blobs_folder(3, 16);
    return 0;
}

/* Without batch norm, so that a rate can be too high. */
static const char *plain_recipe(const char *rest) {
    static char path[512];
    char text[2048];
    snprintf(text, sizeof text,
             "data: {reader: folder, path: %s, test: 0.25, seed: 3}\n"
             "input: {size: [12, 12, 3], scale: 255}\n"
             "model: [conv: {out: 8, kernel: 3}, relu, maxpool: 2, flatten, "
             "dense: {out: classes}]\n"
             "loss: cross_entropy\ntrain: {epochs: 8, batch: 6}\n%s\n",
             scratch("photos"), rest);
    snprintf(path, sizeof path, "%s", scratch_text("plain.yaml", text));
    return path;
}

static mien_sweep sweep(const char *recipe, double from, double to, int steps) {
    mien_sweep s;
    const mien_sweep_options o = {
        .from = from, .to = to, .steps = steps, .quiet = true};
    if (mien_sweep_run(&s, recipe, &o) != MIEN_OK) fail_msg("%s", mien_error());
    return s;
}

/* ---- steps ------------------------------------------------------------ */

static void sweep__rates_grow_by_a_factor(void **state) {
    mien_sweep s = sweep(plain_recipe("optim: {sgd: {lr: 0.03}}"), 1e-6, 1e-3,
                         31); /* more than an epoch has */
    (void)state;
    assert_int_equal(s.n, 31);
    assert_true(s.lr[0] == 1e-6);
    for (int i = 1; i < s.n; i++)
        assert_true(fabs(s.lr[i] / s.lr[i - 1] - pow(10, 0.1)) < 1e-9);
    assert_true(fabs(s.before - log(3)) < 0.4);
    for (int i = 0; i < s.n; i++) assert_true(fabs(s.loss[i] - log(3)) < 0.5);
    assert_true(s.recipe == 0.03);
    mien_sweep_close(&s);
    mien_sweep_close(&s); /* again is fine */
}

static void sweep__is_the_same_twice(void **state) {
    const char *recipe = plain_recipe("optim: {adam: {lr: 0.001}}");
    mien_sweep a = sweep(recipe, 1e-5, 1, 30), b = sweep(recipe, 1e-5, 1, 30);
    (void)state;
    assert_int_equal(a.n, b.n);
    assert_memory_equal(a.loss, b.loss, (size_t)a.n * sizeof *a.loss);
    assert_true(a.suggested == b.suggested);
    mien_sweep_close(&a);
    mien_sweep_close(&b);
}

static void sweep__stops_where_it_diverges(void **state) {
    static const char *const optim[] = {"optim: {sgd: {lr: 0.01}}",
                                        "optim: {nesterov: {lr: 0.01}}",
                                        "optim: {adam: {lr: 0.01}}"};
    (void)state;
    for (int i = 0; i < 3; i++) {
        mien_sweep s = sweep(plain_recipe(optim[i]), 1e-5, 1e5, 60);
        assert_true(s.n < 60);
        assert_true(s.diverged > 1e-3 && s.diverged <= s.lr[s.n - 1]);
        assert_true(s.suggested <= s.diverged / 9.99);
        assert_true(s.suggested >= s.diverged / 2000);
        assert_true(strlen(s.why) > 20);
        mien_sweep_close(&s);
    }
}

static void sweep__suggests_what_learns(void **state) {
    static const char *const optim[] = {"sgd", "momentum", "adam", "rmsprop"};
    (void)state;
    for (int i = 0; i < 4; i++) {
        char rest[64], set[64];
        const char *const sets[] = {set};
        snprintf(rest, sizeof rest, "optim: {%s: {lr: 1000}}", optim[i]);
        const char *recipe = plain_recipe(rest);
        mien_sweep s = sweep(recipe, 1e-6, 10, 60);
        snprintf(set, sizeof set, "optim.%s.lr=%.9g", optim[i], s.suggested);
        mien_sweep_close(&s);
        mien_train_result *r;
        const mien_train_options o = {
            .set = sets, .n_set = 1, .epochs = 20, .out = scratch(optim[i])};
        if (mien_train_run(&r, recipe, &o) != MIEN_OK)
            fail_msg("%s: %s", set, mien_error());
        const double accuracy = mien_train_summary_of(r)->train_accuracy;
        if (!(accuracy > 0.9)) fail_msg("%s: accuracy %g", set, accuracy);
        mien_train_result_free(r);
    }
}

static void refused(const char *recipe, mien_sweep_options o, mien_status want,
                    const char *sentence) {
    mien_sweep s;
    o.quiet = true;
    assert_int_equal(mien_sweep_run(&s, recipe, &o), want);
    if (!strstr(mien_error(), sentence)) fail_msg("%s", mien_error());
    assert_null(s.lr);
}

static void sweep__refuses_what_is_none(void **state) {
    const char *recipe = plain_recipe("");
    const char *const huge[] = {
        "init={normal: {std: 1e9}}",
        "model=[flatten, dense: {out: 8}, dense: {out: 8}, dense: {out: 8}, "
        "dense: {out: 8}, dense: {out: classes}]"};
    (void)state;
    refused(recipe, (mien_sweep_options){.from = 1, .to = 0.1}, MIEN_EINVAL,
            "does not rise");
    refused(recipe, (mien_sweep_options){.to = INFINITY}, MIEN_EINVAL,
            "does not rise");
    refused(recipe, (mien_sweep_options){.steps = 1}, MIEN_EINVAL, "1 steps");
    refused(recipe, (mien_sweep_options){.steps = -3}, MIEN_EINVAL, "-3 steps");
    refused(recipe, (mien_sweep_options){.steps = 99999}, MIEN_EINVAL,
            "99999 steps");
    refused(scratch("absent.yaml"), (mien_sweep_options){0}, MIEN_ENOTFOUND,
            "absent.yaml");
    refused(recipe, (mien_sweep_options){.set = huge, .n_set = 2},
            MIEN_EDIAGNOSIS, "not finite");
}

/* ---- curves that are known -------------------------------------------- */

enum { MOST = 200 };

static double lr_of[MOST], loss_of[MOST], smooth_of[MOST];

/* From 1e-7 to 10; `shape` gives the loss of log10(rate), `noise` a uniform
 * disturbance either way. */
static mien_sweep curve(double (*shape)(double), int steps, double noise,
                        uint32_t seed) {
    mien_rng rng = mien_rng_at(5, MIEN_RNG_TEST, seed, 0);
    mien_sweep s = {.steps = steps,
                    .lr = lr_of,
                    .loss = loss_of,
                    .smooth = smooth_of,
                    .before = shape(-8)};
    while (s.n < steps && !mien_sweep_over(&s)) {
        const double x = -7 + 8.0 * s.n / (steps - 1);
        const double u = (double)mien_rng_below(&rng, 2001) / 1000 - 1;
        s.lr[s.n] = pow(10, x);
        s.loss[s.n++] = shape(x) + noise * u;
    }
    mien_sweep_read(&s);
    return s;
}

/* Falls from 4 to 1 around 1e-3, is good up to .02, and then explodes. */
static double like_adam(double x) {
    const double fall = 3 / (1 + exp(-4 * (x + 3)));
    return x > -1.5 ? 4 - fall + pow(10, 3 * (x + 1.5)) - 1 : 4 - fall;
}

/* Hardly falls before it explodes at .5. */
static double like_sgd(double x) { return x > -0.3 ? 1e3 : 4; }

/* Falls, and stays there however high the rate is. */
static double like_batch_norm(double x) {
    return 4 - 2 / (1 + exp(-3 * x - 6));
}

static double like_nothing(double x) {
    (void)x;
    return 4;
}

/* A number no more from .03 on. */
static double like_overflow(double x) { return x > -1.5 ? NAN : 4; }

static void read__adam_is_steepest_where_it_falls(void **state) {
    static const int steps[] = {40, 100, 200};
    (void)state;
    for (uint32_t i = 0; i < 30; i++) {
        const mien_sweep s = curve(like_adam, steps[i % 3], 0.08, i);
        assert_true(s.steepest > 4e-4 && s.steepest < 2.5e-3);
        assert_true(s.best > 2e-3 && s.best < 0.05);
        assert_true(s.diverged > 0.02 && s.diverged < 0.3);
        assert_true(s.suggested > 1e-4 && s.suggested < 2.5e-3);
        assert_true(fabs(s.start - 4) < 0.1);
    }
}

static void read__sgd_is_a_tenth_of_what_diverges(void **state) {
    (void)state;
    for (uint32_t i = 0; i < 30; i++) {
        const mien_sweep s = curve(like_sgd, 100, 0.08, i);
        assert_true(isnan(s.steepest));
        assert_true(s.diverged > 0.4 && s.diverged < 0.7);
        assert_true(fabs(s.suggested / s.diverged - 0.1) < 1e-9);
    }
}

static void read__never_diverging_is_bounded_by_the_highest(void **state) {
    (void)state;
    for (uint32_t i = 0; i < 30; i++) {
        const mien_sweep s = curve(like_batch_norm, 100, 0.08, i);
        assert_int_equal(s.n, 100);
        assert_true(isnan(s.diverged));
        assert_true(s.suggested > 1e-3 && s.suggested < 0.05);
        assert_non_null(strstr(s.why, "does not diverge"));
    }
}

static void read__nothing_suggests_nothing(void **state) {
    (void)state;
    for (uint32_t i = 0; i < 30; i++) {
        const mien_sweep s = curve(like_nothing, 20 + 3 * (int)i, 0.08, i);
        assert_int_equal(s.n, 20 + 3 * (int)i);
        assert_true(isnan(s.diverged) && isnan(s.suggested));
        assert_non_null(strstr(s.why, "neither falls nor rises"));
    }
}

static void read__a_loss_that_is_no_number_ends_it(void **state) {
    (void)state;
    const mien_sweep s = curve(like_overflow, 100, 0.08, 1);
    assert_true(isnan(s.loss[s.n - 1]) && s.diverged == s.lr[s.n - 1]);
    assert_true(s.diverged > 0.03 && s.diverged < 0.05);
    assert_true(fabs(s.suggested / s.diverged - 0.1) < 1e-9);
}

/* Two to a dozen steps: coarse, but never a rate that diverges. */
static void read__few_steps_stay_on_the_safe_side(void **state) {
    double (*const shapes[])(double) = {like_adam, like_sgd, like_overflow};
    (void)state;
    for (int steps = 2; steps < 13; steps++)
        for (int i = 0; i < 3; i++) {
            const mien_sweep s = curve(shapes[i], steps, 0, 0);
            assert_true(s.n >= 1 && s.n <= steps);
            if (!isnan(s.suggested))
                assert_true(s.suggested <= s.lr[s.n - 1] / 9.99);
        }
}

/* ---- the library ------------------------------------------------------ */

static void lrfind__gives_the_curve_and_draws_it(void **state) {
    const char *recipe = plain_recipe("optim: {adam: {lr: 0.5}}");
    static const char *const names[] = {"curve.png", "curve.svg"};
    static const char *const magic[] = {"\x89PNG", "<?xml"};
    (void)state;
    for (int i = 0; i < 2; i++) {
        mien_lrfind *f;
        size_t size;
        const mien_lrfind_options o = {.steps = 40, .plot = scratch(names[i])};
        if (mien_lrfind_run(&f, recipe, &o) != MIEN_OK)
            fail_msg("%s", mien_error());
        const mien_lrfind_summary *s = mien_lrfind_summary_of(f);
        assert_true(s->n > 5 && s->n <= 40 && s->lr[0] == 1e-7);
        assert_true(s->recipe == 0.5 && s->suggested < 0.5);
        assert_non_null(strstr(s->why, "diverge"));
        uint8_t *bytes = scratch_read(scratch(names[i]), &size);
        assert_true(size > 2000);
        assert_memory_equal(bytes, magic[i], strlen(magic[i]));
        free(bytes);
        mien_lrfind_free(f);
    }
    mien_lrfind_free(NULL);
}

static void lrfind__plot_of_an_unknown_kind_is_refused(void **state) {
    mien_lrfind *f;
    const mien_lrfind_options o = {.steps = 2, .plot = scratch("curve.bmp")};
    (void)state;
    assert_int_equal(mien_lrfind_run(&f, plain_recipe(""), &o), MIEN_EINVAL);
    assert_null(f);
}

static void lrfind__failing_allocations_are_reported(void **state) {
    const char *recipe = plain_recipe("");
    const mien_lrfind_options o = {.steps = 2, .plot = scratch("torture.svg")};
    mien_lrfind *f;
    (void)state;
    mien_mem_fail_after(-1);
    assert_int_equal(mien_lrfind_run(&f, recipe, &o), MIEN_OK);
    const int64_t all = mien_mem_fail_after(-1);
    mien_lrfind_free(f);
    /* Every 7th; a decoder's thread may have what fails, and do without. */
    for (int64_t after = 0; after < all; after += 7) {
        mien_mem_fail_after(after);
        const mien_status status = mien_lrfind_run(&f, recipe, &o);
        mien_mem_fail_after(-1);
        if (status == MIEN_OK)
            mien_lrfind_free(f);
        else
            assert_null(f);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sweep__rates_grow_by_a_factor),
        cmocka_unit_test(sweep__is_the_same_twice),
        cmocka_unit_test(sweep__stops_where_it_diverges),
        cmocka_unit_test(sweep__suggests_what_learns),
        cmocka_unit_test(sweep__refuses_what_is_none),
        cmocka_unit_test(read__adam_is_steepest_where_it_falls),
        cmocka_unit_test(read__sgd_is_a_tenth_of_what_diverges),
        cmocka_unit_test(read__never_diverging_is_bounded_by_the_highest),
        cmocka_unit_test(read__nothing_suggests_nothing),
        cmocka_unit_test(read__a_loss_that_is_no_number_ends_it),
        cmocka_unit_test(read__few_steps_stay_on_the_safe_side),
        cmocka_unit_test(lrfind__gives_the_curve_and_draws_it),
        cmocka_unit_test(lrfind__plot_of_an_unknown_kind_is_refused),
        cmocka_unit_test(lrfind__failing_allocations_are_reported),
    };
    return cmocka_run_group_tests(tests, setup, scratch_close);
}
