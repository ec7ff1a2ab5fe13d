/* SPDX-License-Identifier: Apache-2.0 */
/* test_compare.c - FMR, FNMR and EER by hand, against a slow count, and what a
 * draw of people means. */
#include <stdio.h>
#include <string.h>

#include "eval_test.h"
#include "eval/compare.h"
#include "eval/people.h"

static void add(mien_comparisons *c, double score, int a, int b) {
    assert_ok(mien_comparisons_add(c, score, a, b));
}

/* Genuine .9 .7 .3 -1 (failed), impostor .8 .5 .4 .3 .2. */
static mien_comparisons by_hand(void) {
    mien_comparisons c = {0};
    add(&c, .9, 0, 0), add(&c, .7, 1, 1), add(&c, .3, 2, 2);
    add(&c, MIEN_SCORE_FAILED, 3, 3);
    add(&c, .8, 0, 1), add(&c, .5, 0, 2), add(&c, .4, 1, 2);
    add(&c, .3, 2, 3), add(&c, .2, 0, 3);
    assert_ok(mien_comparisons_sort(&c));
    return c;
}

static void rates__by_hand(void **state) {
    (void)state;
    mien_comparisons c = by_hand();
    const double level[] = {.1, .2, .4, .6, .8};
    mien_det_point p[5];
    assert_int_equal(c.genuines, 4);
    assert_int_equal(c.impostors, 5);
    assert_int_equal(c.people, 4);
    mien_det_at(p, level, 5, &c, NULL);
    assert_near(p[0].threshold, .9, 0); /* FMR 0 */
    assert_near(p[0].fnmr, .75, 1e-12);
    assert_near(p[1].threshold, .7, 0); /* one of five */
    assert_near(p[1].fmr, .2, 1e-12);
    assert_near(p[1].fnmr, .5, 1e-12);
    assert_near(p[2].threshold, .5, 0);
    assert_near(p[3].threshold, .4, 0);
    assert_near(p[4].threshold, .3, 0); /* >= T: the genuine .3 is in */
    assert_near(p[4].fnmr, .25, 1e-12);
    const mien_det_point at = mien_det_of(.45, &c, NULL);
    assert_near(at.fmr, .4, 1e-12);
    assert_near(at.fnmr, .5, 1e-12);
    assert_near(mien_det_of(-1, &c, NULL).fnmr, 0, 0);
    /* From (.4, .5) at .5 to (.6, .5) at .4: they cross at .5. */
    assert_near(mien_det_eer(&c, NULL), .5, 1e-12);
    mien_comparisons_close(&c);
}

static void level__below_the_best_impostor_accepts_nothing(void **state) {
    (void)state;
    mien_comparisons c = {0};
    mien_det_point p;
    const double level = .3;
    add(&c, .5, 0, 0), add(&c, .9, 0, 1), add(&c, .9, 0, 2);
    assert_ok(mien_comparisons_sort(&c));
    mien_det_at(&p, &level, 1, &c, NULL);
    assert_true(isinf(p.threshold));
    assert_near(p.fnmr, 1, 0);
    mien_comparisons_close(&c);
}

/* ---- against a slow count --------------------------------------------- */

static mien_comparisons by_chance(uint32_t seed, int people, int each) {
    mien_comparisons c = {0};
    mien_rng rng = mien_rng_at(seed, MIEN_RNG_TEST, 1, 0);
    for (int i = 0; i < people * each; i++)
        for (int j = 0; j < i; j++) {
            const bool same = i / each == j / each;
            const double score =
                floor(20 * (mien_rng_normal(&rng) + (same ? 2 : 0))) / 60;
            add(&c, fmin(fmax(score, -1), 1), i / each, j / each);
        }
    assert_ok(mien_comparisons_sort(&c));
    return c;
}

/* A comparison as often as a draw has it, one by one. */
static void slow_rates(double threshold, const mien_comparisons *c,
                       const int *times, double *fmr, double *fnmr) {
    double n[2] = {0}, above[2] = {0};
    for (int64_t i = 0; i < c->n; i++) {
        const mien_comparison *x = &c->item[i];
        const bool same = x->a == x->b;
        const int copies = !times ? 1
                           : same ? times[x->a]
                                  : times[x->a] * times[x->b];
        for (int k = 0; k < copies; k++) {
            n[same]++;
            above[same] += x->score >= threshold;
        }
    }
    *fmr = above[0] / n[0];
    *fnmr = 1 - above[1] / n[1];
}

static void check_against_slow(const mien_comparisons *c, const int *times) {
    const double level[] = {.001, .01, .05, .1, .5};
    mien_det_point p[5];
    mien_det_at(p, level, 5, c, times);
    for (int k = 0; k < 5; k++) {
        double fmr, fnmr, best = INFINITY;
        for (int64_t i = 0; i < c->n; i += 7) {
            slow_rates(c->item[i].score, c, times, &fmr, &fnmr);
            if (fmr <= level[k]) best = fmin(best, fnmr);
        }
        slow_rates(p[k].threshold, c, times, &fmr, &fnmr);
        assert_true(fmr <= level[k] + 1e-12);
        assert_near(p[k].fmr, fmr, 1e-12);
        assert_near(p[k].fnmr, fnmr, 1e-12);
        assert_true(fnmr <= best + 1e-12); /* nothing allowed is better */
    }
}

static void rates__agree_with_a_slow_count(void **state) {
    (void)state;
    for (uint32_t seed = 0; seed < 3; seed++) {
        mien_comparisons c = by_chance(seed, 9, 4);
        int times[9];
        check_against_slow(&c, NULL);
        mien_bootstrap_draw(times, 9, (int)seed);
        check_against_slow(&c, times);
        mien_comparisons_close(&c);
    }
}

static void eer__agrees_with_the_roc(void **state) {
    (void)state;
    mien_comparisons c = by_chance(5, 12, 4);
    double *score = mien_alloc((size_t)c.n, sizeof *score);
    bool *same = mien_alloc((size_t)c.n, sizeof *same);
    mien_roc roc;
    for (int64_t i = 0; i < c.n; i++) {
        score[i] = c.item[i].score;
        same[i] = c.item[i].a == c.item[i].b;
    }
    assert_ok(mien_roc_make(
        &roc, &(mien_trials){.score = score, .same = same, .n = (int)c.n}));
    assert_near(mien_det_eer(&c, NULL), mien_roc_eer(&roc), 1e-12);
    mien_roc_close(&roc);
    mien_free(score);
    mien_free(same);
    mien_comparisons_close(&c);
}

static void curve__falls_and_ends_with_all_accepted(void **state) {
    (void)state;
    mien_comparisons c = by_chance(2, 10, 4);
    mien_det_point p[500];
    const int n = mien_det_curve(p, 500, &c);
    assert_true(n > 10 && n < 500);
    assert_near(p[0].fmr, 0, 0);
    assert_near(p[0].fnmr, 1, 0);
    for (int i = 1; i < n; i++) {
        assert_true(p[i].threshold < p[i - 1].threshold);
        assert_true(p[i].fmr >= p[i - 1].fmr && p[i].fnmr <= p[i - 1].fnmr);
    }
    assert_int_equal(mien_det_curve(p, 3, &c), 3);
    mien_comparisons_close(&c);
}

/* ---- draws ------------------------------------------------------------ */

static void draw__has_as_many_as_there_are(void **state) {
    (void)state;
    int times[50], again[50], other[50], sum = 0;
    mien_bootstrap_draw(times, 50, 3);
    mien_bootstrap_draw(again, 50, 3);
    mien_bootstrap_draw(other, 50, 4);
    for (int i = 0; i < 50; i++) sum += times[i];
    assert_int_equal(sum, 50);
    assert_memory_equal(times, again, sizeof times);
    assert_memory_not_equal(times, other, sizeof times);
}

static void interval__is_of_percentiles(void **state) {
    (void)state;
    double x[1001], few[5] = {1, 2, 3, 4, 5};
    for (int i = 0; i < 1000; i++) x[i] = (i * 7919) % 1000;
    x[1000] = NAN;
    const mien_interval i = mien_bootstrap_interval(x, 1001);
    assert_near(i.low, .025 * 999, 1e-9);
    assert_near(i.high, .975 * 999, 1e-9);
    assert_true(isnan(mien_bootstrap_interval(few, 5).low));
    assert_int_equal(mien_bootstrap_draws(10), MIEN_DRAWS);
    assert_int_equal(mien_bootstrap_draws(1e12), MIEN_LEAST_DRAWS);
}

/* Of the mean of 400 normal numbers, one a person: sd 1/20. */
static void interval__is_as_wide_as_theory_says(void **state) {
    (void)state;
    double value[400], mean[MIEN_DRAWS];
    int times[400];
    mien_rng rng = mien_rng_at(1, MIEN_RNG_TEST, 2, 0);
    for (int i = 0; i < 400; i++) value[i] = mien_rng_normal(&rng);
    for (int b = 0; b < MIEN_DRAWS; b++) {
        mien_bootstrap_draw(times, 400, b);
        mean[b] = 0;
        for (int i = 0; i < 400; i++) mean[b] += times[i] * value[i] / 400;
    }
    const mien_interval i = mien_bootstrap_interval(mean, MIEN_DRAWS);
    assert_near(i.high - i.low, 2 * 1.96 / 20, .025);
}

/* ---- refusals --------------------------------------------------------- */

static void rate__that_cannot_be_shown_is_refused(void **state) {
    (void)state;
    double level[6];
    assert_ok(mien_rate_check(1e-3, 1000, "FMR", "pairs"));
    assert_fails(mien_rate_check(1e-3, 999, "FMR", "pairs"), MIEN_EINVAL,
                 "FMR 0.001 cannot be shown by 999 pairs; from 1/999");
    assert_int_equal(mien_rate_check(1.5, 9, "FMR", "pairs"), MIEN_EINVAL);
    assert_int_equal(mien_rate_check(NAN, 9, "FMR", "pairs"), MIEN_EINVAL);
    assert_int_equal(mien_rate_levels(level, 3000), 3);
    assert_near(level[0], 1e-3, 0);
    assert_int_equal(mien_rate_levels(level, 9), 0);
    assert_int_equal(mien_rate_levels(level, 1000000), 6);
}

static void comparisons__need_both_kinds(void **state) {
    (void)state;
    mien_comparisons c = {0};
    add(&c, .5, 1, 1);
    assert_fails(mien_comparisons_sort(&c), MIEN_EDATA, "need both");
    assert_int_equal(mien_comparisons_add(&c, NAN, 1, 2), MIEN_EINVAL);
    mien_comparisons_close(&c);
}

/* ---- tables of scores ------------------------------------------------- */

static mien_status parse(mien_comparisons *c, mien_labels *l, const char *s) {
    char text[512];
    snprintf(text, sizeof text, "%s", s);
    return mien_scores_parse(c, l, text, "s.csv");
}

static void scores__are_read(void **state) {
    (void)state;
    mien_comparisons c;
    mien_labels l;
    assert_ok(parse(&c, &l,
                    "a,b,score\nzoe,zoe,.75\n\"x, y\",zoe,-.5\r\n"
                    "ann,ann,failed\nann,zoe,\n"));
    assert_int_equal(c.n, 4);
    assert_int_equal(c.genuines, 2);
    assert_int_equal(l.n, 3);
    assert_string_equal(l.label[0], "ann");
    assert_int_equal(mien_labels_find(&l, "x, y"), 1);
    assert_int_equal(mien_labels_find(&l, "nobody"), -1);
    assert_near(c.item[0].score, .75, 0);
    assert_int_equal(c.item[1].a, 1);
    assert_int_equal(c.item[1].b, 2);
    assert_near(c.item[2].score, -1, 0);
    assert_near(c.item[3].score, -1, 0);
    mien_comparisons_close(&c);
    mien_labels_close(&l);
}

static void scores__name_the_line_at_fault(void **state) {
    (void)state;
    static const char *const bad[] = {"a,b\n",     "a,b,c\n",   ",b,1\n",
                                      "a,b,nan\n", "a,b,1,2\n", "a,b,inf\n",
                                      "\"a,b,1\n", "a,b,1x\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        mien_comparisons c;
        mien_labels l;
        char text[64];
        snprintf(text, sizeof text, "p,q,.5\n%s", bad[i]);
        assert_fails(parse(&c, &l, text), MIEN_EFORMAT, "s.csv:2");
        assert_null(c.item);
        assert_null(l.label);
    }
}

static void scores__free_all_when_memory_runs_out(void **state) {
    (void)state;
    mien_comparisons c;
    mien_labels l;
    mien_status status = MIEN_ENOMEM;
    for (int n = 0; status != MIEN_OK && n < 50; n++) {
        mien_mem_fail_after(n);
        status = parse(&c, &l, "a,a,1\na,b,0\n");
        mien_mem_fail_after(-1);
    }
    assert_ok(status);
    mien_comparisons_close(&c);
    mien_labels_close(&l);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rates__by_hand),
        cmocka_unit_test(level__below_the_best_impostor_accepts_nothing),
        cmocka_unit_test(rates__agree_with_a_slow_count),
        cmocka_unit_test(eer__agrees_with_the_roc),
        cmocka_unit_test(curve__falls_and_ends_with_all_accepted),
        cmocka_unit_test(draw__has_as_many_as_there_are),
        cmocka_unit_test(interval__is_of_percentiles),
        cmocka_unit_test(interval__is_as_wide_as_theory_says),
        cmocka_unit_test(rate__that_cannot_be_shown_is_refused),
        cmocka_unit_test(comparisons__need_both_kinds),
        cmocka_unit_test(scores__are_read),
        cmocka_unit_test(scores__name_the_line_at_fault),
        cmocka_unit_test(scores__free_all_when_memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
