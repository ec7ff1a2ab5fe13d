/* SPDX-License-Identifier: Apache-2.0 */
/* test_pick.c - rows are chosen by name, and mistakes are named. */
#include "base/mem.h"
#include "choose.h"
#include "optim/bound.h"
#include "optim/clip.h"
#include "optim/constraint.h"
#include "optim/optimiser.h"
#include "optim/regulariser.h"
#include "optim/schedule.h"

static mien_tree *parse(const char *text, mien_arena *arena) {
    mien_tree *tree;
    assert_int_equal(
        mien_tree_parse(&tree, arena, text, strlen(text), "r.yaml"), MIEN_OK);
    return tree;
}

static void pick__reads_a_name_a_number_and_options(void **state) {
    (void)state;
    mien_arena arena = {0};
    mien_choice c = choose(mien_optimisers(), "adam", &arena);
    assert_string_equal(c.row->name, "adam");
    assert_true(mien_base_lr(&c) == 0.001);
    c = choose(mien_optimisers(), "{adam: 0.01}", &arena);
    assert_true(mien_base_lr(&c) == 0.01);
    c = choose(mien_optimisers(), "{adam: {lr: 0.1, decay_all: on}}", &arena);
    assert_true(mien_base_lr(&c) == 0.1);
    assert_true(((const mien_optim_config *)c.config)->decay_all);
    mien_arena_close(&arena);
}

static void pick__names_what_is_wrong(void **state) {
    (void)state;
    static const struct {
        const char *text, *said;
    } cases[] = {
        {"adamm", "did you mean 'adam'"},
        {"{sgdd: {lr: 1}}", "did you mean 'sgd'"},
        {"zzzzzzzz", "known: gd, sgd"},
        {"{adam: {lr: -1}}", "outside"},
        {"{adam: {rate: 1}}", "unknown option 'rate'"},
        {"{adam: {}, sgd: {}}", "one optimiser"},
        {"[adam]", "one optimiser"},
        {"{}", "one optimiser"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mien_arena arena = {0};
        mien_choice c;
        assert_int_equal(mien_pick(&c, mien_optimisers(),
                                   parse(cases[i].text, &arena), &arena),
                         MIEN_EINVAL);
        if (!strstr(mien_error(), cases[i].said) ||
            !strstr(mien_error(), "r.yaml:1"))
            fail_msg("%s: %s", cases[i].text, mien_error());
        assert_null(c.row);
        mien_arena_close(&arena);
    }
    mien_arena arena = {0};
    mien_choice c;
    assert_int_equal(mien_pick(&c, mien_optimisers(), NULL, &arena),
                     MIEN_EINVAL);
    mien_arena_close(&arena);
}

static void pick_all__keeps_the_order(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int n;
        const char *first, *last;
    } cases[] = {{"max_norm", 1, "max_norm", "max_norm"},
                 {"{clip: 2, max_norm: 1}", 2, "clip", "max_norm"},
                 {"[unit_norm, {clip: 2}]", 2, "unit_norm", "clip"},
                 {"[]", 0, "", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mien_arena arena = {0};
        mien_choice *all;
        int n;
        assert_int_equal(mien_pick_all(&all, &n, mien_constraints(),
                                       parse(cases[i].text, &arena), &arena),
                         MIEN_OK);
        assert_int_equal(n, cases[i].n);
        if (n > 0) {
            assert_string_equal(all[0].row->name, cases[i].first);
            assert_string_equal(all[n - 1].row->name, cases[i].last);
        }
        mien_arena_close(&arena);
    }
    mien_choice *all;
    int n = 9;
    assert_int_equal(mien_pick_all(&all, &n, mien_clips(), NULL, NULL),
                     MIEN_OK);
    assert_int_equal(n, 0);
}

static void pick_all__fails_on_any_bad_entry(void **state) {
    (void)state;
    static const char *const texts[] = {"{clip: 2, nope: 1}", "[clip, nope]",
                                        "[clip, [clip]]", "{clip: -2}"};
    for (int i = 0; i < 4; i++) {
        mien_arena arena = {0};
        mien_choice *all;
        int n;
        assert_int_equal(mien_pick_all(&all, &n, mien_constraints(),
                                       parse(texts[i], &arena), &arena),
                         MIEN_EINVAL);
        assert_null(all);
        mien_arena_close(&arena);
    }
}

static void tables__rows_are_complete_and_default_well(void **state) {
    (void)state;
    const mien_table *const all[] = {mien_optimisers(), mien_schedules(),
                                     mien_clips(), mien_constraints(),
                                     mien_regularisers(), mien_bounds()};
    static const int count[] = {11, 9, 7, 5, 3, 1};
    for (int t = 0; t < 6; t++) {
        assert_int_equal(all[t]->n, count[t]);
        for (int i = 0; i < all[t]->n; i++) {
            const mien_row *row = all[t]->rows[i];
            mien_arena arena = {0};
            mien_buf help = {.cap = 1 << 16}, text = {.cap = 1 << 16};
            mien_choice c;
            assert_non_null(row->summary);
            assert_int_equal(mien_pick_default(&c, all[t], row->name, &arena),
                             MIEN_OK);
            assert_int_equal(mien_params_help(&help, row->params), MIEN_OK);
            assert_int_equal(mien_params_emit(&text, row->params, c.config),
                             MIEN_OK);
            mien_buf_close(&help);
            mien_buf_close(&text);
            mien_arena_close(&arena);
        }
    }
}

static void pick__fails_cleanly_without_memory(void **state) {
    (void)state;
    for (int64_t n = 0;; n++) {
        mien_arena arena = {0}, trees = {0};
        mien_tree *tree = parse("[clip, {max_norm: 2}, spectral]", &trees);
        mien_choice *all;
        int count;
        mien_mem_fail_after(n);
        const mien_status status =
            mien_pick_all(&all, &count, mien_constraints(), tree, &arena);
        mien_mem_fail_after(-1);
        mien_arena_close(&arena);
        mien_arena_close(&trees);
        if (status == MIEN_OK) break;
        assert_int_equal(status, MIEN_ENOMEM);
        assert_null(all);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pick__reads_a_name_a_number_and_options),
        cmocka_unit_test(pick__names_what_is_wrong),
        cmocka_unit_test(pick_all__keeps_the_order),
        cmocka_unit_test(pick_all__fails_on_any_bad_entry),
        cmocka_unit_test(tables__rows_are_complete_and_default_well),
        cmocka_unit_test(pick__fails_cleanly_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
