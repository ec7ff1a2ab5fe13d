/* SPDX-License-Identifier: Apache-2.0 */
/* test_split.c - who trains and who tests, and in which order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/mem.h"
#include "data/sampler.h"
#include "data/split.h"

#define N 100

static int32_t labels[N], groups[N];
static const mien_reader_ops ops = {.name = "made up"};
static mien_reader reader = {
    .ops = &ops, .count = N, .classes = 10, .labels = labels};

/* Ten classes of ten; twenty groups of five. */
static int setup(void **state) {
    (void)state;
    for (int i = 0; i < N; i++) {
        labels[i] = i / 10;
        groups[i] = i / 5;
    }
    return 0;
}

static mien_status split(mien_split *s, mien_arena *a,
                         mien_split_config config) {
    if (config.test_from == 0) config.test_from = -1;
    return mien_split_make(s, &reader, &config, a);
}

static int in_class(const mien_split *s, mien_part part, int k) {
    int n = 0;
    for (int i = 0; i < s->count[part]; i++)
        n += labels[s->items[part][i]] == k;
    return n;
}

static void split__shares_are_kept_class_by_class(void **state) {
    (void)state;
    mien_arena a = {0};
    mien_split s;
    assert_int_equal(
        split(&s, &a,
              (mien_split_config){.test = 0.2f, .val = 0.1f, .seed = 42}),
        MIEN_OK);
    for (int k = 0; k < 10; k++) {
        assert_int_equal(in_class(&s, MIEN_TEST, k), 2);
        assert_int_equal(in_class(&s, MIEN_VAL, k), 1);
        assert_int_equal(in_class(&s, MIEN_TRAIN, k), 7);
    }
    int seen[N] = {0};
    for (int p = 0; p < MIEN_PARTS; p++)
        for (int i = 0; i < s.count[p]; i++) {
            seen[s.items[p][i]]++;
            if (i) assert_true(s.items[p][i] > s.items[p][i - 1]);
        }
    for (int i = 0; i < N; i++) assert_int_equal(seen[i], 1);
    mien_arena_close(&a);
}

static void split__small_shares_add_up_over_classes(void **state) {
    (void)state;
    mien_arena a = {0};
    mien_split s;
    assert_int_equal(split(&s, &a, (mien_split_config){.test = 0.05f}),
                     MIEN_OK);
    assert_int_equal(s.count[MIEN_TEST], 5);
    for (int k = 0; k < 10; k++)
        assert_in_range(in_class(&s, MIEN_TEST, k), 0, 1);
    mien_arena_close(&a);
}

static void split__seeds_repeat_and_differ(void **state) {
    (void)state;
    mien_arena a = {0};
    mien_split s, same, other;
    const mien_split_config c = {.test_per_class = 2, .seed = 7};
    assert_int_equal(split(&s, &a, c), MIEN_OK);
    assert_int_equal(split(&same, &a, c), MIEN_OK);
    assert_int_equal(
        split(&other, &a, (mien_split_config){.test_per_class = 2, .seed = 8}),
        MIEN_OK);
    assert_int_equal(s.count[MIEN_TEST], 20);
    assert_memory_equal(s.items[MIEN_TEST], same.items[MIEN_TEST], 80);
    assert_memory_not_equal(s.items[MIEN_TEST], other.items[MIEN_TEST], 80);
    mien_arena_close(&a);
}

static void split__groups_stay_together(void **state) {
    (void)state;
    mien_arena a = {0};
    mien_split s;
    reader.groups = groups;
    reader.n_groups = 20;
    assert_int_equal(split(&s, &a, (mien_split_config){.test = 0.3f}), MIEN_OK);
    int part[20];
    memset(part, -1, sizeof part);
    for (int p = 0; p < MIEN_PARTS; p++)
        for (int i = 0; i < s.count[p]; i++) {
            int *mine = &part[groups[s.items[p][i]]];
            if (*mine >= 0) assert_int_equal(*mine, p);
            *mine = p;
        }
    assert_int_equal(s.count[MIEN_TEST], 30); /* 6 of the 20 groups */
    for (int k = 0; k < 10; k++) assert_true(in_class(&s, MIEN_TRAIN, k) > 0);
    reader.groups = NULL;
    mien_arena_close(&a);
}

static void split__a_fixed_border_is_kept(void **state) {
    (void)state;
    mien_arena a = {0};
    mien_split s;
    assert_int_equal(
        split(&s, &a, (mien_split_config){.test_from = 80, .val = 0.1f}),
        MIEN_OK);
    assert_int_equal(s.count[MIEN_TEST], 20);
    assert_int_equal(s.items[MIEN_TEST][0], 80);
    assert_int_equal(s.count[MIEN_VAL], 8);
    mien_arena_close(&a);
}

static void refuses(mien_split_config config, mien_status status,
                    const char *words) {
    mien_arena a = {0};
    mien_split s;
    assert_int_equal(split(&s, &a, config), status);
    if (!strstr(mien_error(), words))
        fail_msg("\"%s\" lacks \"%s\"", mien_error(), words);
    mien_arena_close(&a);
}

static void split__impossible_splits_are_refused(void **state) {
    (void)state;
    refuses((mien_split_config){.test_per_class = 10}, MIEN_EDATA,
            "class 0 has 10 photos");
    refuses((mien_split_config){.test = 0.9f, .val = 0.9f}, MIEN_EINVAL,
            "leave");
    refuses((mien_split_config){.test_from = 80, .test = 0.5f}, MIEN_EINVAL,
            "one of them");
    refuses((mien_split_config){.test_from = 100}, MIEN_EINVAL, "100");
    refuses((mien_split_config){.by = MIEN_BY_GROUP}, MIEN_EINVAL,
            "knows no groups");
    labels[N - 1] = 0;
    labels[N - 2] = 0;
    for (int i = N - 10; i < N - 3; i++) labels[i] = 0; /* class 9 has one */
    refuses((mien_split_config){.test = 0.2f}, MIEN_EDATA,
            "class 9 has one photo");
    mien_arena a = {0};
    mien_split s;
    assert_int_equal(
        split(&s, &a, (mien_split_config){.test = 0.2f, .by = MIEN_BY_ANY}),
        MIEN_OK);
    assert_int_equal(s.count[MIEN_TEST], 20);
    mien_arena_close(&a);
    setup(state);
}

static void split__failing_allocations_are_reported(void **state) {
    (void)state;
    mien_status status = MIEN_ENOMEM;
    for (int i = 0; status != MIEN_OK; i++) {
        mien_arena a = {0};
        mien_split s;
        mien_mem_fail_after(i);
        status = split(&s, &a, (mien_split_config){.test = 0.2f});
        mien_mem_fail_after(-1);
        if (status != MIEN_OK) assert_int_equal(status, MIEN_ENOMEM);
        mien_arena_close(&a);
        assert_true(i < 100);
    }
}

/* ---- orders ----------------------------------------------------------- */

static uint32_t items[N];
static uint32_t order[4096];

static mien_sampler *open_sampler(int kind, int count, int batch, int k) {
    for (int i = 0; i < N; i++) items[i] = (uint32_t)i;
    const mien_sampler_plan plan = {.items = items,
                                    .count = count,
                                    .labels = labels,
                                    .classes = 10,
                                    .order = kind,
                                    .batch = batch,
                                    .k = k,
                                    .seed = 5};
    mien_sampler *s;
    assert_int_equal(mien_sampler_open(&s, &plan), MIEN_OK);
    return s;
}

static void sampler__shuffle_visits_all_and_fills_up(void **state) {
    (void)state;
    mien_sampler *s = open_sampler(MIEN_ORDER_SHUFFLE, N, 30, 0);
    assert_int_equal(mien_sampler_steps(s), 4);
    mien_sampler_epoch(s, 3, order);
    int seen[N] = {0};
    for (int i = 0; i < N; i++) seen[order[i]]++;
    for (int i = 0; i < N; i++) assert_int_equal(seen[i], 1);
    assert_memory_equal(order, order + N, 20 * sizeof *order);
    mien_sampler_close(s);
    s = open_sampler(MIEN_ORDER_SHUFFLE, 3, 8, 0); /* smaller than a batch */
    mien_sampler_epoch(s, 0, order);
    for (int i = 3; i < 8; i++) assert_int_equal(order[i], order[i - 3]);
    mien_sampler_close(s);
}

static void sampler__epochs_repeat_and_differ(void **state) {
    (void)state;
    static const int kinds[] = {MIEN_ORDER_SHUFFLE, MIEN_ORDER_BALANCED,
                                MIEN_ORDER_PK};
    for (int i = 0; i < 3; i++) {
        uint32_t again[128];
        mien_sampler *s = open_sampler(kinds[i], N, 20, 4);
        mien_sampler_epoch(s, 1, again);
        mien_sampler_epoch(s, 2, order);
        assert_memory_not_equal(order, again, 100 * sizeof *order);
        mien_sampler_epoch(s, 1, order); /* going back changes nothing */
        assert_memory_equal(order, again, 100 * sizeof *order);
        mien_sampler_close(s);
    }
}

static void sampler__sequential_ends_short(void **state) {
    (void)state;
    mien_sampler *s = open_sampler(MIEN_ORDER_SEQUENTIAL, 10, 4, 0);
    mien_sampler_epoch(s, 9, order);
    for (uint32_t i = 0; i < 12; i++)
        assert_int_equal(order[i], i < 10 ? i : MIEN_NO_SAMPLE);
    mien_sampler_close(s);
}

static void sampler__balanced_evens_out_classes(void **state) {
    (void)state;
    /* The first 32: ten each of classes 0 to 2, two of class 3. */
    mien_sampler *s = open_sampler(MIEN_ORDER_BALANCED, 32, 16, 0);
    mien_sampler_epoch(s, 0, order);
    int seen[10] = {0}, twice[N] = {0};
    for (int i = 0; i < 32; i++) {
        seen[labels[order[i]]]++;
        twice[order[i]]++;
    }
    for (int k = 0; k < 4; k++) assert_int_equal(seen[k], 8);
    for (int i = 0; i < 30; i++) assert_in_range(twice[i], 0, 1);
    assert_int_equal(twice[30], 4);
    mien_sampler_close(s);
}

static void sampler__pk_batches_hold_p_classes_of_k(void **state) {
    (void)state;
    mien_sampler *s = open_sampler(MIEN_ORDER_PK, N, 12, 4);
    const int steps = mien_sampler_steps(s);
    assert_int_equal(steps, 9);
    mien_sampler_epoch(s, 0, order);
    for (int step = 0; step < steps; step++) {
        const uint32_t *b = order + 12 * step;
        for (int g = 0; g < 3; g++) {
            for (int i = 1; i < 4; i++)
                assert_int_equal(labels[b[4 * g + i]], labels[b[4 * g]]);
            for (int h = 0; h < g; h++)
                assert_int_not_equal(labels[b[4 * g]], labels[b[4 * h]]);
        }
    }
    mien_sampler_close(s);
}

/* Whatever the order: as without twins in half the batch, each twice. */
static void sampler__twins_lie_side_by_side(void **state) {
    (void)state;
    for (int kind = 0; kind <= MIEN_ORDER_SEQUENTIAL; kind++) {
        uint32_t alone[256];
        mien_sampler *s = open_sampler(kind, N, 12, 4), *twins;
        const int steps = mien_sampler_steps(s);
        const mien_sampler_plan plan = {.items = items,
                                        .count = N,
                                        .labels = labels,
                                        .classes = 10,
                                        .order = kind,
                                        .batch = 24,
                                        .k = 4,
                                        .twins = true,
                                        .seed = 5};
        assert_int_equal(mien_sampler_open(&twins, &plan), MIEN_OK);
        assert_int_equal(mien_sampler_steps(twins), steps);
        mien_sampler_epoch(s, 2, alone);
        mien_sampler_epoch(twins, 2, order);
        for (int i = 0; i < 12 * steps; i++) {
            assert_int_equal(order[2 * i], alone[i]);
            assert_int_equal(order[2 * i + 1], alone[i]);
        }
        mien_sampler_close(s);
        mien_sampler_close(twins);
    }
}

static void sampler__impossible_plans_are_refused(void **state) {
    (void)state;
    mien_sampler *s;
    mien_sampler_plan plan = {.items = items,
                              .labels = labels,
                              .classes = 10,
                              .batch = 8,
                              .k = 3,
                              .order = MIEN_ORDER_PK};
    assert_int_equal(mien_sampler_open(&s, &plan), MIEN_EINVAL);
    plan.count = 20; /* two classes */
    assert_int_equal(mien_sampler_open(&s, &plan), MIEN_EINVAL);
    assert_non_null(strstr(mien_error(), "multiple"));
    plan.k = 2;
    assert_int_equal(mien_sampler_open(&s, &plan), MIEN_EINVAL);
    assert_non_null(strstr(mien_error(), "needs 4 classes; there are 2"));
    plan.twins = true;
    plan.batch = 7;
    assert_int_equal(mien_sampler_open(&s, &plan), MIEN_EINVAL);
    assert_non_null(strstr(mien_error(), "7 samples is odd"));
    plan.batch = 0;
    assert_int_equal(mien_sampler_open(&s, &plan), MIEN_EINVAL);
    assert_null(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(split__shares_are_kept_class_by_class),
        cmocka_unit_test(split__small_shares_add_up_over_classes),
        cmocka_unit_test(split__seeds_repeat_and_differ),
        cmocka_unit_test(split__groups_stay_together),
        cmocka_unit_test(split__a_fixed_border_is_kept),
        cmocka_unit_test(split__impossible_splits_are_refused),
        cmocka_unit_test(split__failing_allocations_are_reported),
        cmocka_unit_test(sampler__shuffle_visits_all_and_fills_up),
        cmocka_unit_test(sampler__epochs_repeat_and_differ),
        cmocka_unit_test(sampler__sequential_ends_short),
        cmocka_unit_test(sampler__balanced_evens_out_classes),
        cmocka_unit_test(sampler__pk_batches_hold_p_classes_of_k),
        cmocka_unit_test(sampler__twins_lie_side_by_side),
        cmocka_unit_test(sampler__impossible_plans_are_refused),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
