/* SPDX-License-Identifier: Apache-2.0 */
/* test_folds.c - cross-validated accuracy by hand and by trying everything. */
#include <string.h>

#include "eval_test.h"
#include "eval/protocol.h"

/* Three folds of one genuine and one impostor pair each. */
static const bool sides[] = {true, false, true, false, true, false};
static const int thirds[] = {0, 0, 1, 1, 2, 2};

static void folds__by_hand(void **state) {
    (void)state;
    const double score[] = {.8, .2, .6, .4, .3, .5};
    const mien_trials t = {score, sides, thirds, 6, 3};
    mien_fold_report r;
    assert_ok(mien_folds_judge(&r, &t));
    /* Without fold 0: .6+ .5- .4- .3+; best is one accepted, cut at .55.
     * Without fold 1: .8+ .5- .3+ .2-; {.8} and {.8 .5 .3} both gain one, the
     * higher wins: cut at .65. Without fold 2: .8+ .6+ .4- .2-: cut at .5. */
    assert_near(r.threshold[0], .55, 1e-15);
    assert_near(r.threshold[1], .65, 1e-15);
    assert_near(r.threshold[2], .5, 1e-15);
    assert_near(r.accuracy[0], 1, 0);  /* .8 in, .2 out */
    assert_near(r.accuracy[1], .5, 0); /* .6 out: wrong; .4 out */
    assert_near(r.accuracy[2], 0, 0);  /* .3 out: wrong; .5 in: wrong */
    assert_near(r.mean, .5, 1e-15);
    assert_near(r.sd, sqrt(.5 / 3), 1e-15);
    assert_near(r.se, .5 / sqrt(3), 1e-15);
}

static void folds__never_accept_a_failed_comparison(void **state) {
    (void)state;
    /* Accepting everything would be best, if failures could be accepted. */
    const double score[] = {-1, -.8, -1, -.8, -1, .7};
    const bool same[] = {true, true, true, true, true, true};
    const mien_trials t = {score, same, thirds, 6, 3};
    mien_fold_report r;
    assert_ok(mien_folds_judge(&r, &t));
    for (int f = 0; f < 3; f++) {
        assert_true(r.threshold[f] > -1);
        assert_near(r.accuracy[f], .5, 0);
    }
    const mien_grid grid = {0, .01, 600}; /* up to a distance of 5.99 */
    assert_ok(mien_folds_judge_grid(&r, &t, &grid));
    for (int f = 0; f < 3; f++) assert_near(r.accuracy[f], .5, 0);
}

static void folds__may_accept_nothing(void **state) {
    (void)state;
    const double score[] = {.1, .9, .1, .9, .1, .9};
    const mien_trials t = {score, sides, thirds, 6, 3};
    mien_fold_report r;
    assert_ok(mien_folds_judge(&r, &t));
    for (int f = 0; f < 3; f++) {
        assert_true(r.threshold[f] == INFINITY);
        assert_near(r.accuracy[f], .5, 0);
    }
}

static int right_at(const mien_trials *t, double threshold, int held,
                    bool inside) {
    int right = 0;
    for (int i = 0; i < t->n; i++)
        if ((t->fold[i] == held) == inside)
            right += (t->score[i] >= threshold &&
                      t->score[i] > MIEN_SCORE_FAILED) == t->same[i];
    return right;
}

enum { MANY = 120, FOLDS = 4 };

static mien_trials random_trials(double *score, bool *same, int *fold,
                                 uint32_t seed) {
    mien_rng rng = mien_rng_at(seed, MIEN_RNG_TEST, 0, 0);
    for (int i = 0; i < MANY; i++) {
        same[i] = i % 2;
        fold[i] = i / (MANY / FOLDS);
        score[i] = floor(mien_rng_normal(&rng) * 10 + 4 * same[i]) / 50;
        if (mien_rng_below(&rng, 20) == 0) score[i] = MIEN_SCORE_FAILED;
    }
    return (mien_trials){score, same, fold, MANY, FOLDS};
}

static void folds__agree_with_trying_everything(void **state) {
    (void)state;
    for (uint32_t seed = 0; seed < 30; seed++) {
        double score[MANY];
        bool same[MANY];
        int fold[MANY];
        const mien_trials t = random_trials(score, same, fold, seed);
        mien_fold_report r;
        assert_ok(mien_folds_judge(&r, &t));
        for (int f = 0; f < FOLDS; f++) {
            const int chosen = right_at(&t, r.threshold[f], f, false);
            for (int i = 0; i < MANY; i++)
                assert_true(chosen >= right_at(&t, score[i], f, false));
            assert_true(chosen >= right_at(&t, INFINITY, f, false));
            assert_near(
                r.accuracy[f],
                right_at(&t, r.threshold[f], f, true) / (double)(MANY / FOLDS),
                1e-15);
        }
    }
}

/* The grid's protocol as its description reads, without any sharing. */
static double slow_grid(const mien_trials *t, int held, double *threshold) {
    int best = -1, right = 0;
    for (int k = 0; k < 400; k++) {
        int inside = 0, outside = 0;
        for (int i = 0; i < t->n; i++) {
            const bool ok = (2 - 2 * t->score[i] < 0.01 * k) == t->same[i];
            if (t->fold[i] == held)
                inside += ok;
            else
                outside += ok;
        }
        if (outside <= best) continue;
        best = outside, right = inside, *threshold = 0.01 * k;
    }
    return right / (double)(t->n / t->folds);
}

static void common_variant__agrees_with_its_description(void **state) {
    (void)state;
    const mien_protocol *p;
    assert_ok(mien_protocol_find(&p, "lfw-common"));
    assert_true(p->mirror && p->prints_sd);
    for (uint32_t seed = 0; seed < 10; seed++) {
        double score[MANY], threshold = 0;
        bool same[MANY];
        int fold[MANY];
        const mien_trials t = random_trials(score, same, fold, seed);
        mien_fold_report r;
        assert_ok(p->judge(&r, &t));
        for (int f = 0; f < FOLDS; f++) {
            assert_near(r.accuracy[f], slow_grid(&t, f, &threshold), 1e-15);
            assert_near(r.threshold[f], threshold, 1e-12);
        }
    }
}

static void common_variant__by_hand(void **state) {
    (void)state;
    /* Squared distances .4, 1.6, .8, 1.2, .6, 1.0. */
    const double score[] = {.8, .2, .6, .4, .7, .5};
    const mien_trials t = {score, sides, thirds, 6, 3};
    const mien_grid grid = {0, .01, 400};
    mien_fold_report r;
    assert_ok(mien_folds_judge_grid(&r, &t, &grid));
    assert_near(r.mean, 1 - .5 / 3, 1e-15);
    assert_near(r.sd, sqrt((2 * 1 / 36.0 + 1 / 9.0) / 3), 1e-15);
    /* Fold 1 is held out with distance .8: the others are parted first by
     * the least value above .6. */
    assert_near(r.threshold[1], .61, 1e-12);
    assert_near(r.accuracy[1], .5, 0);
}

static void folds__refuse_what_cannot_be_judged(void **state) {
    (void)state;
    double score[] = {.8, .2, .6, .4, .3, .5};
    const mien_grid grid = {0, .01, 400};
    mien_trials t = {score, sides, thirds, 6, 4};
    mien_fold_report r;
    assert_fails(mien_folds_judge(&r, &t), MIEN_EDATA, "fold 4 of 4");
    assert_int_equal(mien_folds_judge_grid(&r, &t, &grid), MIEN_EDATA);
    t.folds = 1;
    assert_int_equal(mien_folds_judge(&r, &t), MIEN_EINVAL);
    t.folds = MIEN_MAX_FOLDS + 1;
    assert_int_equal(mien_folds_judge(&r, &t), MIEN_EINVAL);
    t.folds = 3;
    score[2] = NAN;
    assert_fails(mien_folds_judge(&r, &t), MIEN_EINVAL, "trial 2");
}

static void protocols__are_found_by_name(void **state) {
    (void)state;
    const mien_protocol *p;
    int count;
    const mien_protocol *const *all = mien_protocols(&count);
    assert_true(count >= 2);
    for (int i = 0; i < count; i++) {
        assert_ok(mien_protocol_find(&p, all[i]->name));
        assert_ptr_equal(p, all[i]);
    }
    assert_fails(mien_protocol_find(&p, "ytf"), MIEN_EINVAL, "lfw, lfw-common");
    assert_null(p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folds__by_hand),
        cmocka_unit_test(folds__never_accept_a_failed_comparison),
        cmocka_unit_test(folds__may_accept_nothing),
        cmocka_unit_test(folds__agree_with_trying_everything),
        cmocka_unit_test(common_variant__agrees_with_its_description),
        cmocka_unit_test(common_variant__by_hand),
        cmocka_unit_test(folds__refuse_what_cannot_be_judged),
        cmocka_unit_test(protocols__are_found_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
