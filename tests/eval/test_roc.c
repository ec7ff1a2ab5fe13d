/* SPDX-License-Identifier: Apache-2.0 */
/* test_roc.c - curves by hand and against counting every pair of scores. */
#include <string.h>

#include "eval_test.h"
#include "eval/roc.h"

/* Genuine .9 .7 .4, impostors .6 .3 .2 .1, in no order. */
static const double by_hand[] = {.3, .9, .1, .4, .6, .7, .2};
static const bool by_hand_same[] = {false, true, false, true,
                                    false, true, false};
static const mien_trials hand = {by_hand, by_hand_same, NULL, 7, 0};

static void roc__by_hand(void **state) {
    (void)state;
    const double want[][3] = {{INFINITY, 0, 0}, {.9, 0, 1 / 3.0},
                              {.7, 0, 2 / 3.0}, {.6, .25, 2 / 3.0},
                              {.4, .25, 1},     {.3, .5, 1},
                              {.2, .75, 1},     {.1, 1, 1}};
    mien_roc roc;
    assert_ok(mien_roc_make(&roc, &hand));
    assert_int_equal(roc.n, 8);
    assert_int_equal(roc.genuines, 3);
    assert_int_equal(roc.impostors, 4);
    for (int i = 0; i < 8; i++) {
        assert_true(roc.points[i].threshold == want[i][0]);
        assert_near(roc.points[i].fmr, want[i][1], 1e-15);
        assert_near(roc.points[i].tmr, want[i][2], 1e-15);
    }
    assert_near(mien_roc_auc(&roc), 11 / 12.0, 1e-15);
    /* FNMR is 1/3 until FMR reaches .25, then falls at once: the crossing is
     * on the upright part, at FMR .25. */
    assert_near(mien_roc_eer(&roc), 0.25, 1e-15);
    mien_roc_close(&roc);
}

static void roc__counts_ties_half(void **state) {
    (void)state;
    const double score[] = {1, 1, 0, 0};
    const bool same[] = {true, false, true, false};
    const mien_trials t = {score, same, NULL, 4, 0};
    mien_roc roc;
    assert_ok(mien_roc_make(&roc, &t));
    assert_int_equal(roc.n, 3);
    assert_near(mien_roc_auc(&roc), 0.5, 0);
    assert_near(mien_roc_eer(&roc), 0.5, 0);
    mien_roc_close(&roc);
}

static void random_trials(double *score, bool *same, int n, uint32_t seed) {
    mien_rng rng = mien_rng_at(seed, MIEN_RNG_TEST, 0, 0);
    for (int i = 0; i < n; i++) {
        same[i] = i < 2 ? i : mien_rng_below(&rng, 3) == 0;
        /* Coarse, so that many scores are equal. */
        score[i] = floor(mien_rng_normal(&rng) * 5 + (same[i] ? 6 : 0)) / 20;
    }
}

/* How often a genuine score is above an impostor's, ties half. */
static double slow_auc(const double *score, const bool *same, int n) {
    double sum = 0, count = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            if (!same[i] || same[j]) continue;
            count++;
            sum += score[i] > score[j] ? 1 : score[i] == score[j] ? 0.5 : 0;
        }
    return sum / count;
}

/* The shares accepted at a threshold, by counting. */
static void slow_rates(double *fmr, double *tmr, const mien_trials *t,
                       double threshold) {
    double n[2] = {0}, accepted[2] = {0};
    for (int i = 0; i < t->n; i++) {
        n[t->same[i]]++;
        accepted[t->same[i]] += t->score[i] >= threshold;
    }
    *fmr = accepted[0] / n[0];
    *tmr = accepted[1] / n[1];
}

static void roc__agrees_with_counting(void **state) {
    (void)state;
    for (uint32_t seed = 0; seed < 20; seed++) {
        double score[97], fmr, tmr;
        bool same[97];
        const int n = 5 + 4 * (int)seed;
        random_trials(score, same, n, seed);
        const mien_trials t = {score, same, NULL, n, 0};
        mien_roc roc;
        assert_ok(mien_roc_make(&roc, &t));
        assert_near(mien_roc_auc(&roc), slow_auc(score, same, n), 1e-12);
        for (int i = 0; i < roc.n; i++) {
            slow_rates(&fmr, &tmr, &t, roc.points[i].threshold);
            assert_near(roc.points[i].fmr, fmr, 1e-15);
            assert_near(roc.points[i].tmr, tmr, 1e-15);
        }
        /* EER lies between the two points around the crossing. */
        const double eer = mien_roc_eer(&roc);
        double best = 1;
        for (int i = 0; i < roc.n; i++)
            best = fmin(best, fmax(roc.points[i].fmr, 1 - roc.points[i].tmr));
        assert_true(eer <= best + 1e-12);
        mien_roc_close(&roc);
    }
}

static void roc_at__by_hand(void **state) {
    (void)state;
    mien_roc roc;
    mien_roc_point at;
    assert_ok(mien_roc_make(&roc, &hand));
    assert_ok(mien_roc_at(&at, &roc, 0.25));
    assert_near(at.tmr, 1, 0);
    assert_near(at.threshold, .4, 0);
    assert_ok(mien_roc_at(&at, &roc, 0.49));
    assert_near(at.fmr, .25, 0);
    assert_ok(mien_roc_at(&at, &roc, 1));
    assert_near(at.threshold, .1, 0);
    mien_roc_close(&roc);
}

static void roc_at__accepts_nothing_when_an_impostor_is_on_top(void **state) {
    (void)state;
    const double score[] = {.9, .9, .5, .1, .2};
    const bool same[] = {false, false, true, false, false};
    const mien_trials t = {score, same, NULL, 5, 0};
    mien_roc roc;
    mien_roc_point at;
    assert_ok(mien_roc_make(&roc, &t));
    assert_ok(mien_roc_at(&at, &roc, 0.25));
    assert_near(at.tmr, 0, 0);
    assert_true(at.threshold == INFINITY);
    mien_roc_close(&roc);
}

static void roc_at__refuses_what_pairs_cannot_show(void **state) {
    (void)state;
    mien_roc roc;
    mien_roc_point at;
    assert_ok(mien_roc_make(&roc, &hand));
    assert_fails(mien_roc_at(&at, &roc, 0.2), MIEN_EINVAL, "1/4");
    assert_int_equal(mien_roc_at(&at, &roc, 0), MIEN_EINVAL);
    assert_int_equal(mien_roc_at(&at, &roc, 1.1), MIEN_EINVAL);
    assert_int_equal(mien_roc_at(&at, &roc, NAN), MIEN_EINVAL);
    mien_roc_close(&roc);
}

static void roc_at__takes_one_in_a_thousand_of_a_thousand(void **state) {
    (void)state;
    static double score[1001];
    static bool same[1001];
    for (int i = 0; i < 1000; i++) score[i] = i / 1000.0;
    score[1000] = 0.9985;
    same[1000] = true;
    const mien_trials t = {score, same, NULL, 1001, 0};
    mien_roc roc;
    mien_roc_point at;
    assert_ok(mien_roc_make(&roc, &t));
    assert_ok(mien_roc_at(&at, &roc, 1e-3));
    assert_near(at.tmr, 1, 0);
    assert_near(at.fmr, 1e-3, 1e-15);
    mien_roc_close(&roc);
}

static void roc__refuses_nan_and_one_sidedness(void **state) {
    (void)state;
    double score[] = {.1, NAN};
    bool same[] = {true, false};
    const mien_trials t = {score, same, NULL, 2, 0};
    mien_roc roc;
    assert_fails(mien_roc_make(&roc, &t), MIEN_EINVAL, "trial 1");
    same[1] = true;
    assert_fails(mien_roc_make(&roc, &t), MIEN_EDATA, "2 pairs");
    assert_null(roc.points);
}

static void roc__frees_all_when_memory_runs_out(void **state) {
    (void)state;
    mien_roc roc = {0};
    mien_status status = MIEN_ENOMEM;
    for (int n = 0; status == MIEN_ENOMEM && n < 20; n++) {
        mien_mem_fail_after(n);
        status = mien_roc_make(&roc, &hand);
        mien_mem_fail_after(-1);
        if (status != MIEN_OK) assert_null(roc.points);
    }
    assert_ok(status);
    mien_roc_close(&roc);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roc__by_hand),
        cmocka_unit_test(roc__counts_ties_half),
        cmocka_unit_test(roc__agrees_with_counting),
        cmocka_unit_test(roc_at__by_hand),
        cmocka_unit_test(roc_at__accepts_nothing_when_an_impostor_is_on_top),
        cmocka_unit_test(roc_at__refuses_what_pairs_cannot_show),
        cmocka_unit_test(roc_at__takes_one_in_a_thousand_of_a_thousand),
        cmocka_unit_test(roc__refuses_nan_and_one_sidedness),
        cmocka_unit_test(roc__frees_all_when_memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
