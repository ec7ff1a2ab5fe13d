/* SPDX-License-Identifier: Apache-2.0 */
/* test_confusion.c - counts by hand and against a slow ranking. */
#include <string.h>

#include "eval_test.h"
#include "eval/confusion.h"

static void confusion__by_hand(void **state) {
    (void)state;
    const float scores[][3] = {
        {2, 1, 0}, {0, 3, 1}, {0, 3, 1}, {5, 5, 4}, {0, 0, 0.5f}};
    const int labels[] = {0, 1, 2, 1, 2};
    const int64_t want[] = {1, 0, 0, 1, 1, 0, 0, 1, 1};
    mien_confusion k;
    assert_ok(mien_confusion_open(&k, 3));
    for (int i = 0; i < 5; i++) mien_confusion_add(&k, scores[i], 3, labels[i]);
    assert_memory_equal(k.cells, want, sizeof want);
    assert_int_equal(k.n[2], 2);
    assert_int_equal(k.answered[1], 2);
    assert_int_equal(k.hits[1], 1);
    assert_near(mien_confusion_accuracy(&k), 0.6, 1e-15);
    assert_true(isnan(mien_confusion_top5(&k)));
    mien_confusion_close(&k);
}

static void confusion__of_a_binary_model(void **state) {
    (void)state;
    const float scores[] = {1.5f, -0.5f, 0, 2, NAN};
    const int labels[] = {1, 1, 0, 0, 1};
    mien_confusion k;
    assert_ok(mien_confusion_open(&k, 2));
    for (int i = 0; i < 5; i++)
        mien_confusion_add(&k, scores + i, 1, labels[i]);
    assert_int_equal(k.cells[0], 1);
    assert_int_equal(k.cells[1], 1);
    assert_int_equal(k.cells[2], 1);
    assert_int_equal(k.cells[3], 1);
    assert_int_equal(k.unanswered, 1);
    assert_near(mien_confusion_accuracy(&k), 0.4, 1e-15);
    mien_confusion_close(&k);
}

static void confusion__never_counts_a_nan_as_a_hit(void **state) {
    (void)state;
    const float scores[][3] = {{NAN, 1, 0}, {9, 0, NAN}, {NAN, NAN, NAN}};
    mien_confusion k;
    assert_ok(mien_confusion_open(&k, 3));
    for (int i = 0; i < 3; i++) mien_confusion_add(&k, scores[i], 3, 0);
    assert_int_equal(k.unanswered, 3);
    assert_int_equal(k.samples, 3);
    assert_near(mien_confusion_accuracy(&k), 0, 0);
    for (int i = 0; i < 9; i++) assert_int_equal(k.cells[i], 0);
    mien_confusion_close(&k);
}

static void top5__agrees_with_a_slow_ranking(void **state) {
    (void)state;
    enum { CLASSES = 12, SAMPLES = 300 };
    mien_rng rng = mien_rng_at(7, MIEN_RNG_TEST, 0, 0);
    mien_confusion k;
    int first = 0, fifth = 0;
    assert_ok(mien_confusion_open(&k, CLASSES));
    for (int s = 0; s < SAMPLES; s++) {
        float scores[CLASSES];
        const int label = (int)mien_rng_below(&rng, CLASSES);
        for (int i = 0; i < CLASSES; i++)
            scores[i] = (float)mien_rng_below(&rng, 20);
        int before = 0; /* how many go before, the first of equals first */
        for (int i = 0; i < CLASSES; i++)
            before += scores[i] > scores[label] ||
                      (scores[i] == scores[label] && i < label);
        first += before == 0;
        fifth += before < 5;
        mien_confusion_add(&k, scores, CLASSES, label);
    }
    assert_int_equal(k.hits_all, first);
    assert_int_equal(k.hits5, fifth);
    assert_near(mien_confusion_top5(&k), fifth / (double)SAMPLES, 1e-15);
    int64_t diagonal = 0, all = 0;
    for (int i = 0; i < CLASSES; i++) {
        diagonal += k.cells[i * CLASSES + i];
        for (int j = 0; j < CLASSES; j++) all += k.cells[i * CLASSES + j];
    }
    assert_int_equal(diagonal, first);
    assert_int_equal(all, SAMPLES);
    mien_confusion_close(&k);
}

static void confusion__keeps_sums_of_many_classes(void **state) {
    (void)state;
    const int classes = MIEN_CONFUSION_CLASSES + 1;
    float *scores = mien_alloc((size_t)classes, sizeof *scores);
    mien_confusion k;
    assert_ok(mien_confusion_open(&k, classes));
    assert_null(k.cells);
    scores[classes - 1] = 1;
    mien_confusion_add(&k, scores, classes, classes - 1);
    assert_int_equal(k.hits[classes - 1], 1);
    mien_confusion_close(&k);
    mien_free(scores);
    assert_int_equal(mien_confusion_open(&k, 1), MIEN_EINVAL);
}

static void wilson__by_hand(void **state) {
    (void)state;
    double low, high;
    /* Known values: 8 of 10 is 0.490 to 0.943; all of 80 from 0.954 on. */
    mien_wilson(&low, &high, 8, 10);
    assert_near(low, 0.4901625, 1e-6);
    assert_near(high, 0.9433178, 1e-6);
    mien_wilson(&low, &high, 80, 80);
    assert_near(low, 80 / (80 + 3.8414588), 1e-6);
    assert_near(high, 1, 1e-12);
    mien_wilson(&low, &high, 0, 0);
    assert_true(isnan(low) && isnan(high));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(confusion__by_hand),
        cmocka_unit_test(confusion__of_a_binary_model),
        cmocka_unit_test(confusion__never_counts_a_nan_as_a_hit),
        cmocka_unit_test(top5__agrees_with_a_slow_ranking),
        cmocka_unit_test(confusion__keeps_sums_of_many_classes),
        cmocka_unit_test(wilson__by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
