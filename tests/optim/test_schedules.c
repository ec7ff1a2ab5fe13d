/* SPDX-License-Identifier: Apache-2.0 */
/* test_schedules.c - what all schedules promise beyond their formulas. */
#include <math.h>
#include <stdio.h>

#include "choose.h"
#include "optim/schedule.h"

static mien_schedule make(const char *text, int64_t total, mien_arena *arena) {
    mien_schedule s = {.choice = choose(mien_schedules(), text, arena),
                       .base = 0.5,
                       .total = total,
                       .per_epoch = 4};
    mien_schedule_begin(&s);
    return s;
}

static void schedules__give_sane_rates_for_any_length(void **state) {
    (void)state;
    for (int i = 0; i < mien_schedules()->n; i++)
        for (int64_t total = 1; total < 40; total++)
            for (int warm = 0; warm <= 4; warm++) {
                mien_arena arena = {0};
                char text[80];
                snprintf(text, sizeof text, "{%s: {warmup: %g}}",
                         mien_schedules()->rows[i]->name, warm / 4.0);
                const mien_schedule s = make(text, total, &arena);
                for (int64_t step = 0; step < total + 2; step++) {
                    const double lr = mien_schedule_lr(&s, step);
                    assert_true(isfinite(lr) && lr >= 0 && lr <= 10.0001);
                }
                mien_arena_close(&arena);
            }
}

static void schedules__no_choice_is_constant(void **state) {
    (void)state;
    mien_schedule s = {.base = 0.25, .total = 10, .per_epoch = 2};
    mien_schedule_begin(&s);
    mien_schedule_validated(&s, 1);
    assert_true(mien_schedule_lr(&s, 0) == 0.25);
    assert_true(mien_schedule_lr(&s, 99) == 0.25);
}

static void warmup__climbs_in_equal_steps_and_then_hands_over(void **state) {
    (void)state;
    mien_arena arena = {0};
    const mien_schedule s =
        make("{cosine: {warmup: 0.25, warmup_from: 0.2}}", 16, &arena);
    for (int t = 0; t < 4; t++)
        assert_true(fabs(mien_schedule_lr(&s, t) -
                         0.5 * (0.2 + 0.8 * (t + 1) / 4)) < 1e-15);
    const mien_schedule rest = make("cosine", 12, &arena);
    for (int t = 4; t < 16; t++)
        assert_true(mien_schedule_lr(&s, t) == mien_schedule_lr(&rest, t - 4));
    mien_arena_close(&arena);
}

static void warmup__does_not_shift_epochs(void **state) {
    (void)state;
    mien_arena arena = {0};
    const mien_schedule s =
        make("{step: {every: 2, gamma: 0.1, warmup: 0.25}}", 16, &arena);
    assert_true(fabs(mien_schedule_lr(&s, 7) - 0.5) < 1e-15);
    assert_true(fabs(mien_schedule_lr(&s, 8) - 0.05) < 1e-15);
    mien_arena_close(&arena);
}

static void plateau__counts_what_is_not_a_number_as_bad(void **state) {
    (void)state;
    mien_arena arena = {0};
    mien_schedule s = make("{plateau: {patience: 1, factor: 0.5}}", 99, &arena);
    mien_schedule_validated(&s, NAN);
    mien_schedule_validated(&s, NAN);
    assert_true(mien_schedule_lr(&s, 8) == 0.25);
    mien_schedule_validated(&s, 1);
    mien_schedule_validated(&s, INFINITY);
    assert_true(mien_schedule_lr(&s, 8) == 0.25);
    mien_schedule_validated(&s, NAN);
    assert_true(mien_schedule_lr(&s, 8) == 0.125);
    for (int i = 0; i < MIEN_SCHEDULE_STATE; i++)
        assert_true(isfinite(s.state[i]));
    mien_arena_close(&arena);
}

static void plateau__goes_on_from_its_state(void **state) {
    (void)state;
    mien_arena arena = {0};
    const char *text = "{plateau: {patience: 1, factor: 0.5, cooldown: 1}}";
    static const double metrics[] = {3, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1};
    mien_schedule a = make(text, 99, &arena), b = make(text, 99, &arena);
    for (int i = 0; i < 12; i++) {
        mien_schedule_validated(&a, metrics[i]);
        mien_schedule fresh = make(text, 99, &arena);
        memcpy(fresh.state, b.state, sizeof b.state);
        mien_schedule_validated(&fresh, metrics[i]);
        b = fresh;
        assert_true(mien_schedule_lr(&a, i) == mien_schedule_lr(&b, i));
    }
    assert_true(mien_schedule_lr(&a, 12) < 0.5);
    mien_arena_close(&arena);
}

static void plateau__never_raises_a_rate_below_its_least(void **state) {
    (void)state;
    mien_arena arena = {0};
    mien_schedule s = make("{plateau: {patience: 0, min_lr: 2}}", 99, &arena);
    for (int i = 0; i < 5; i++) mien_schedule_validated(&s, 1);
    assert_true(mien_schedule_lr(&s, 0) == 0.5);
    mien_arena_close(&arena);
}

static void range_test__sweeps_from_end_to_end(void **state) {
    (void)state;
    mien_arena arena = {0};
    const mien_schedule s =
        make("{range_test: {from: 1e-4, to: 1}}", 101, &arena);
    assert_true(fabs(mien_schedule_lr(&s, 0) - 1e-4) < 1e-18);
    assert_true(fabs(mien_schedule_lr(&s, 50) - 1e-2) < 1e-12);
    assert_true(fabs(mien_schedule_lr(&s, 100) - 1) < 1e-12);
    mien_arena_close(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schedules__give_sane_rates_for_any_length),
        cmocka_unit_test(schedules__no_choice_is_constant),
        cmocka_unit_test(warmup__climbs_in_equal_steps_and_then_hands_over),
        cmocka_unit_test(warmup__does_not_shift_epochs),
        cmocka_unit_test(plateau__counts_what_is_not_a_number_as_bad),
        cmocka_unit_test(plateau__goes_on_from_its_state),
        cmocka_unit_test(plateau__never_raises_a_rate_below_its_least),
        cmocka_unit_test(range_test__sweeps_from_end_to_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
