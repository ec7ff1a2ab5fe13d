/* SPDX-License-Identifier: Apache-2.0 */
/* test_assign.c - the faces of one photo, each person at most once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "mien/gallery.h"

enum { ROWS = 6, TOP = 4 };

typedef struct stand {
    mien_matches m;
    int count[ROWS];
    bool failed[ROWS];
    mien_match items[ROWS * TOP];
} stand;

static void start(stand *s, int rows) {
    memset(s, 0, sizeof *s);
    s->m = (mien_matches){rows, TOP, s->count, s->failed, s->items};
}

static void add(stand *s, int row, int64_t person, float similarity) {
    s->items[row * TOP + s->count[row]++] =
        (mien_match){.person = person, .similarity = similarity};
}

/* The most that any assignment is worth, by trying all. */
static double best_by_trial(const stand *s, int row, float least,
                            int64_t *taken, int n_taken) {
    if (row == s->m.n || row >= ROWS) return 0;
    double best = best_by_trial(s, row + 1, least, taken, n_taken);
    for (int k = 0; k < s->count[row]; k++) {
        const mien_match *is = &s->items[row * TOP + k];
        bool free = is->similarity >= least;
        for (int i = 0; i < n_taken; i++) free &= taken[i] != is->person;
        if (!free || n_taken >= ROWS) continue;
        taken[n_taken] = is->person;
        const double worth =
            (double)is->similarity - (double)least +
            best_by_trial(s, row + 1, least, taken, n_taken + 1);
        best = worth > best ? worth : best;
    }
    return best;
}

/* What an assignment is worth; fails if it names somebody twice. */
static double worth_of(const stand *s, const int *out, float least) {
    double worth = 0;
    for (int r = 0; r < s->m.n; r++) {
        assert_true(out[r] >= -1 && out[r] < s->count[r]);
        if (out[r] < 0) continue;
        const mien_match *is = &s->items[r * TOP + out[r]];
        assert_true(is->similarity >= least);
        worth += (double)is->similarity - (double)least;
        for (int o = 0; o < r; o++)
            if (out[o] >= 0)
                assert_true(s->items[o * TOP + out[o]].person != is->person);
    }
    return worth;
}

static void assign__by_hand(void **state) {
    (void)state;
    stand s;
    int out[ROWS];
    start(&s, 3);
    add(&s, 0, 1, 0.9f), add(&s, 0, 2, 0.5f);
    add(&s, 1, 1, 0.8f), add(&s, 1, 3, 0.35f);
    add(&s, 2, 1, 0.7f);
    assert_int_equal(mien_matches_assign(out, &s.m, 0.4f), MIEN_OK);
    assert_int_equal(out[0], 1); /* 0.5 + 0.8 is more than 0.9 */
    assert_int_equal(out[1], 0);
    assert_int_equal(out[2], -1);
    assert_int_equal(mien_matches_assign(out, &s.m, 0.6f), MIEN_OK);
    assert_int_equal(out[0], 0);
    assert_int_equal(out[1], -1);
    assert_int_equal(out[2], -1);
    assert_int_equal(mien_matches_assign(out, &s.m, 0.95f), MIEN_OK);
    for (int r = 0; r < 3; r++) assert_int_equal(out[r], -1);
}

static void assign__of_nobody(void **state) {
    (void)state;
    stand s;
    int out[ROWS] = {7, 7};
    start(&s, 0);
    assert_int_equal(mien_matches_assign(out, &s.m, 0), MIEN_OK);
    assert_int_equal(out[0], 7);
    start(&s, 2);
    assert_int_equal(mien_matches_assign(out, &s.m, 0), MIEN_OK);
    assert_int_equal(out[0], -1);
    assert_int_equal(out[1], -1);
}

static void assign__is_worth_the_most(void **state) {
    (void)state;
    mien_rng rng = mien_rng_at(9, MIEN_RNG_TEST, 0, 0);
    stand s;
    int out[ROWS];
    for (int round = 0; round < 3000; round++) {
        const int rows = 1 + (int)mien_rng_below(&rng, ROWS);
        const uint32_t people = 1 + mien_rng_below(&rng, 7);
        const float least = (float)mien_rng_range(&rng, -0.2, 0.6);
        start(&s, rows);
        for (int r = 0; r < rows; r++)
            for (int64_t p = 0; p < people && s.count[r] < TOP; p++)
                if (mien_rng_below(&rng, 3))
                    add(&s, r, p * 1000 - 3,
                        (float)mien_rng_range(&rng, -0.3, 1));
        int64_t taken[ROWS];
        assert_int_equal(mien_matches_assign(out, &s.m, least), MIEN_OK);
        const double best = best_by_trial(&s, 0, least, taken, 0);
        assert_true(fabs(worth_of(&s, out, least) - best) < 1e-6);
    }
}

static void assign__without_memory(void **state) {
    (void)state;
    stand s;
    int out[ROWS], failures = 0;
    start(&s, 2);
    add(&s, 0, 1, 0.9f), add(&s, 1, 1, 0.8f);
    for (int n = 0;; n++) {
        mien_mem_fail_after(n);
        const mien_status status = mien_matches_assign(out, &s.m, 0);
        mien_mem_fail_after(-1);
        if (status == MIEN_OK) break;
        assert_int_equal(status, MIEN_ENOMEM);
        failures++;
    }
    assert_int_equal(failures, 9);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(assign__by_hand),
        cmocka_unit_test(assign__of_nobody),
        cmocka_unit_test(assign__is_worth_the_most),
        cmocka_unit_test(assign__without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
