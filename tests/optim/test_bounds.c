/* SPDX-License-Identifier: Apache-2.0 */
/* test_bounds.c - an update is measured exactly and taken back in part. */
#include <math.h>

#include "base/rng.h"
#include "choose.h"
#include "optim/bound.h"

enum { N = 1003 }; /* no multiple of the lanes */

typedef struct setup {
    float w[N], g[N], before[N];
    mien_trained t;
} setup;

/* Weights of rms `size` that move by an rms of `step`. */
static void reset(setup *s, double size, double step) {
    mien_rng rng = mien_rng_at(6, MIEN_RNG_TEST, 0, 0);
    for (int i = 0; i < N; i++) {
        s->before[i] = (float)(size * mien_rng_normal(&rng));
        s->w[i] = (float)((double)s->before[i] + step * mien_rng_normal(&rng));
        s->g[i] = 1;
    }
    s->t =
        (mien_trained){"w", MIEN_ROLE_WEIGHT, {2, {17, 59}}, N, s->w, s->g, 0};
}

static mien_moved bound(setup *s, const char *text) {
    mien_arena arena = {0};
    const mien_choice choice = choose(mien_bounds(), text, &arena);
    mien_moved moved = mien_measure_update(&s->t, s->before);
    mien_bound(&choice, &s->t, s->before, &moved);
    mien_arena_close(&arena);
    return moved;
}

static bool near(double a, double b) { return fabs(a - b) <= 1e-12 * fabs(b); }

static void update__is_measured_in_double(void **state) {
    (void)state;
    setup s;
    reset(&s, 1, 0.1);
    double before = 0, after = 0, update = 0;
    for (int i = 0; i < N; i++) {
        const double x = (double)s.before[i], y = (double)s.w[i];
        before += x * x;
        after += y * y;
        update += (y - x) * (y - x);
    }
    const mien_moved m = mien_measure_update(&s.t, s.before);
    assert_true(near(m.before, sqrt(before)));
    assert_true(near(m.after, sqrt(after)));
    assert_true(near(m.update, sqrt(update)));
    assert_true(mien_stalled_share(&s.t, s.before) == 0 && !m.bounded);
    assert_true(m.before == mien_norm2(s.before, N));
    assert_true(m.after == mien_norm2(s.w, N));
}

static void update__of_the_largest_floats_is_finite(void **state) {
    (void)state;
    setup s;
    reset(&s, 1, 0);
    for (int i = 0; i < N; i++) s.w[i] = 3.4e38f, s.before[i] = -3.4e38f;
    const mien_moved m = mien_measure_update(&s.t, s.before);
    assert_true(isfinite(m.before) && isfinite(m.after) && isfinite(m.update));
    assert_true(fabs(m.update / m.after - 2) < 1e-12);
}

static void update__counts_values_that_did_not_move(void **state) {
    (void)state;
    setup s;
    reset(&s, 1, 0.1);
    memset(s.g, 0, sizeof s.g);
    for (int i = 0; i < 8; i++) s.g[i * 100] = 1;
    s.w[100] = s.before[100];
    s.w[300] = s.before[300];
    s.w[301] = s.before[301]; /* no gradient asked it to move */
    assert_true(mien_stalled_share(&s.t, s.before) == 0.25);
    memset(s.g, 0, sizeof s.g);
    assert_true(mien_stalled_share(&s.t, s.before) == 0);
}

static void update__of_nothing_is_zero(void **state) {
    (void)state;
    setup s;
    reset(&s, 1, 0.1);
    s.t.n = 0;
    const mien_moved m = mien_measure_update(&s.t, s.before);
    assert_true(m.before == 0 && m.after == 0 && m.update == 0);
    assert_true(mien_stalled_share(&s.t, s.before) == 0);
}

static void bound__keeps_the_direction_and_the_length(void **state) {
    (void)state;
    setup s;
    reset(&s, 1, 3);
    const setup kept = s;
    const mien_moved free = mien_measure_update(&s.t, s.before);
    const mien_moved m = bound(&s, "{update: 0.01}");
    assert_true(m.bounded && m.before == free.before);
    assert_true(fabs(m.update / m.before - 0.01) < 1e-7);
    assert_true(m.after == mien_norm2(s.w, N));
    const double f = m.update / free.update;
    for (int i = 0; i < N; i++) {
        const double was = (double)(kept.w[i] - kept.before[i]);
        const double is = (double)(s.w[i] - s.before[i]);
        assert_true(fabs(is - f * was) < 1e-6);
    }
}

static void bound__lets_a_healthy_step_pass(void **state) {
    (void)state;
    setup s;
    reset(&s, 1, 0.005);
    const setup kept = s;
    assert_false(bound(&s, "update").bounded);
    assert_memory_equal(s.w, kept.w, sizeof s.w);
}

static void bound__lets_zero_weights_start(void **state) {
    (void)state;
    setup s;
    reset(&s, 0, 1);
    const mien_moved m = bound(&s, "{update: {kappa: 0.1, floor: 0.02}}");
    assert_true(m.bounded && m.before == 0);
    assert_true(fabs(m.update - 0.1 * 0.02 * sqrt(N)) < 1e-7);
    reset(&s, 0, 1);
    assert_true(bound(&s, "{update: {floor: 0}}").update == 0);
}

static void bound__leaves_other_roles_alone(void **state) {
    (void)state;
    static const mien_weight_role roles[] = {MIEN_ROLE_BIAS, MIEN_ROLE_GAIN,
                                             MIEN_ROLE_SHIFT, MIEN_ROLE_SLOPE};
    for (int k = 0; k < 4; k++) {
        setup s;
        reset(&s, 1, 3);
        const setup kept = s;
        s.t.role = roles[k];
        assert_false(bound(&s, "update").bounded);
        assert_memory_equal(s.w, kept.w, sizeof s.w);
    }
}

static void bound__does_not_hide_what_is_not_finite(void **state) {
    (void)state;
    static const float bad[] = {NAN, INFINITY, -INFINITY};
    for (int k = 0; k < 3; k++)
        for (int at = 0; at < N; at += 334) {
            setup s;
            reset(&s, 1, 3);
            s.w[at] = bad[k];
            const setup kept = s;
            const mien_moved m = bound(&s, "update");
            assert_false(isfinite(m.after) || isfinite(m.update) || m.bounded);
            assert_true(isfinite(m.before));
            assert_memory_equal(s.w, kept.w, sizeof s.w);
        }
}

static void bound__rejects_what_makes_no_sense(void **state) {
    (void)state;
    static const char *const texts[] = {"{update: -1}", "{update: .nan}",
                                        "{update: {floor: -1}}", "{updat: 1}"};
    for (int i = 0; i < 4; i++) {
        mien_arena arena = {0};
        mien_tree *tree;
        mien_choice choice;
        assert_int_equal(
            mien_tree_parse(&tree, &arena, texts[i], strlen(texts[i]), "test"),
            MIEN_OK);
        assert_int_equal(mien_pick(&choice, mien_bounds(), tree, &arena),
                         MIEN_EINVAL);
        mien_arena_close(&arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(update__is_measured_in_double),
        cmocka_unit_test(update__of_the_largest_floats_is_finite),
        cmocka_unit_test(update__counts_values_that_did_not_move),
        cmocka_unit_test(update__of_nothing_is_zero),
        cmocka_unit_test(bound__keeps_the_direction_and_the_length),
        cmocka_unit_test(bound__lets_a_healthy_step_pass),
        cmocka_unit_test(bound__lets_zero_weights_start),
        cmocka_unit_test(bound__leaves_other_roles_alone),
        cmocka_unit_test(bound__does_not_hide_what_is_not_finite),
        cmocka_unit_test(bound__rejects_what_makes_no_sense),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
