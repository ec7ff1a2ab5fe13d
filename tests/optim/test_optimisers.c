/* SPDX-License-Identifier: Apache-2.0 */
/* test_optimisers.c - what all optimisers promise beyond their formulas. */
#include <math.h>

#include "base/mem.h"
#include "base/rng.h"
#include "choose.h"
#include "optim/optimiser.h"

enum { N = 100003, SMALL = 7, SIZE = N + 13 + SMALL };

/* Two tensors with a gap between them. */
typedef struct pair {
    float *w, *g;
    mien_trained tensors[2];
} pair;

static pair make(void) {
    pair p = {mien_alloc(SIZE, sizeof(float)),
              mien_alloc(SIZE, sizeof(float)),
              {{0}}};
    mien_rng rng = mien_rng_at(3, MIEN_RNG_TEST, 0, 0);
    for (int i = 0; i < SIZE; i++) {
        p.w[i] = (float)mien_rng_normal(&rng);
        p.g[i] = (float)mien_rng_normal(&rng);
    }
    const int at = N + 13;
    p.tensors[0] =
        (mien_trained){"a", MIEN_ROLE_WEIGHT, {1, {N}}, N, p.w, p.g, 0};
    p.tensors[1] = (mien_trained){"b",      MIEN_ROLE_BIAS, {1, {SMALL}}, SMALL,
                                  p.w + at, p.g + at,       (size_t)at};
    return p;
}

static void drop(pair *p) {
    mien_free(p->w);
    mien_free(p->g);
}

static mien_choice choice_of(int i, const char *options, mien_arena *arena) {
    mien_choice choice;
    if (!options) {
        assert_int_equal(
            mien_pick_default(&choice, mien_optimisers(),
                              mien_optimisers()->rows[i]->name, arena),
            MIEN_OK);
        return choice;
    }
    return choose(mien_optimisers(), options, arena);
}

/* Three steps; the weights afterwards are in p. */
static void steps(pair *p, const mien_choice *choice, mien_pool *pool) {
    mien_stepper s;
    assert_int_equal(mien_stepper_open(&s, choice, p->tensors, 2), MIEN_OK);
    for (int i = 0; i < 3; i++)
        assert_int_equal(mien_stepper_run(&s, pool, 0.01), MIEN_OK);
    assert_int_equal(s.step, 3);
    mien_stepper_close(&s);
}

static void optimisers__bits_do_not_depend_on_threads(void **state) {
    (void)state;
    mien_pool *pool;
    assert_int_equal(mien_pool_open(&pool, 3), MIEN_OK);
    for (int i = 0; i < mien_optimisers()->n; i++) {
        mien_arena arena = {0};
        const mien_choice choice = choice_of(i, NULL, &arena);
        pair a = make(), b = make();
        steps(&a, &choice, NULL);
        steps(&b, &choice, pool);
        assert_memory_equal(a.w, b.w, SIZE * sizeof(float));
        drop(&a);
        drop(&b);
        mien_arena_close(&arena);
    }
    mien_pool_close(pool);
}

/* An elementwise row, called for odd pieces, does what one call does. */
static void optimisers__pieces_equal_the_whole(void **state) {
    (void)state;
    for (int i = 0; i < mien_optimisers()->n; i++) {
        mien_arena arena = {0};
        const mien_choice choice = choice_of(i, NULL, &arena);
        const mien_optim_ops *ops = mien_optim_ops_of(&choice);
        pair whole = make(), parts = make();
        float *slots[2][MIEN_MAX_SLOTS];
        for (int k = 0; k < 2 * MIEN_MAX_SLOTS; k++)
            slots[k % 2][k / 2] = mien_alloc(N, sizeof(float));
        for (int64_t step = 1; step <= 2 && ops->elementwise; step++) {
            mien_update u = {.config = choice.config,
                             .w = whole.w,
                             .g = whole.g,
                             .n = N,
                             .lr = 0.1,
                             .step = step};
            memcpy(u.slot, slots[0], sizeof u.slot);
            ops->update(&u);
            for (size_t at = 0; at < N; at += 1001) {
                u.w = parts.w + at;
                u.g = parts.g + at;
                u.n = N - at < 1001 ? N - at : 1001;
                for (int k = 0; k < MIEN_MAX_SLOTS; k++)
                    u.slot[k] = slots[1][k] + at;
                ops->update(&u);
            }
        }
        assert_memory_equal(whole.w, parts.w, N * sizeof(float));
        for (int k = 0; k < 2 * MIEN_MAX_SLOTS; k++)
            mien_free(slots[k % 2][k / 2]);
        drop(&whole);
        drop(&parts);
        mien_arena_close(&arena);
    }
}

static void optimisers__no_gradient_no_move(void **state) {
    (void)state;
    for (int i = 0; i < mien_optimisers()->n; i++) {
        mien_arena arena = {0};
        const mien_choice choice = choice_of(i, NULL, &arena);
        ((mien_optim_config *)choice.config)->weight_decay = 0;
        pair a = make(), b = make();
        memset(a.g, 0, SIZE * sizeof(float));
        steps(&a, &choice, NULL);
        assert_memory_equal(a.w, b.w, SIZE * sizeof(float));
        drop(&a);
        drop(&b);
        mien_arena_close(&arena);
    }
}

static void optimisers__all_zero_weights_stay_finite_and_move(void **state) {
    (void)state;
    for (int i = 0; i < mien_optimisers()->n; i++) {
        mien_arena arena = {0};
        const mien_choice choice = choice_of(i, NULL, &arena);
        pair a = make();
        memset(a.w, 0, SIZE * sizeof(float));
        steps(&a, &choice, NULL);
        for (int k = 0; k < N; k++) {
            assert_true(isfinite(a.w[k]));
            assert_true(a.w[k] * a.g[k] < 0);
        }
        drop(&a);
        mien_arena_close(&arena);
    }
}

static void optimisers__gaps_and_others_are_not_touched(void **state) {
    (void)state;
    for (int i = 0; i < mien_optimisers()->n; i++) {
        mien_arena arena = {0};
        const mien_choice choice = choice_of(i, NULL, &arena);
        pair a = make(), b = make();
        steps(&a, &choice, NULL);
        assert_memory_equal(a.w + N, b.w + N, 13 * sizeof(float));
        assert_memory_equal(a.g, b.g, SIZE * sizeof(float));
        drop(&a);
        drop(&b);
        mien_arena_close(&arena);
    }
}

/* With no gradient, only decay moves: the weight, and the bias if asked. */
static void optimisers__decay_spares_biases_unless_told(void **state) {
    (void)state;
    for (int i = 0; i < mien_optimisers()->n; i++)
        for (int all = 0; all < 2; all++) {
            mien_arena arena = {0};
            const mien_choice choice = choice_of(i, NULL, &arena);
            mien_optim_config *base = choice.config;
            base->weight_decay = 0.1;
            base->decay_all = all;
            pair a = make(), b = make();
            memset(a.g, 0, SIZE * sizeof(float));
            steps(&a, &choice, NULL);
            assert_true(fabsf(a.w[0]) < fabsf(b.w[0]));
            const int at = N + 13;
            assert_int_equal(fabsf(a.w[at]) < fabsf(b.w[at]), all);
            drop(&a);
            drop(&b);
            mien_arena_close(&arena);
        }
}

/* Finite gradients, whose squares overflow, must not spoil a weight. */
static void optimisers__huge_gradients_stay_finite(void **state) {
    (void)state;
    static const float sizes[] = {1e15f, 1e25f, 1e37f};
    for (int i = 0; i <= mien_optimisers()->n; i++)
        for (int size = 0; size < 3; size++) {
            mien_arena arena = {0};
            const mien_choice choice =
                i < mien_optimisers()->n
                    ? choice_of(i, NULL, &arena)
                    : choice_of(0, "{rmsprop: {centred: on}}", &arena);
            pair a = make();
            for (int k = 0; k < SIZE; k++) a.g[k] *= sizes[size];
            steps(&a, &choice, NULL);
            for (int k = 0; k < N; k++) assert_true(isfinite(a.w[k]));
            drop(&a);
            mien_arena_close(&arena);
        }
}

static void rmsprop__centred_survives_a_constant_gradient(void **state) {
    (void)state;
    mien_arena arena = {0};
    const mien_choice choice = choice_of(
        0, "{rmsprop: {centred: on, alpha: 0.5, momentum: 0.9}}", &arena);
    float w[] = {1, 1, 1}, g[] = {0.1f, 0.3f, 1e-20f};
    const mien_trained t = {"w", MIEN_ROLE_WEIGHT, {1, {3}}, 3, w, g, 0};
    mien_stepper s;
    assert_int_equal(mien_stepper_open(&s, &choice, &t, 1), MIEN_OK);
    for (int i = 0; i < 200; i++) mien_stepper_run(&s, NULL, 1e-6);
    for (int i = 0; i < 3; i++) assert_true(isfinite(w[i]));
    mien_stepper_close(&s);
    mien_arena_close(&arena);
}

static void stepper__takes_only_the_slots_in_use(void **state) {
    (void)state;
    static const struct {
        const char *options;
        int slots;
    } cases[] = {{"gd", 0},
                 {"sgd", 0},
                 {"{sgd: {momentum: 0.9}}", 1},
                 {"momentum", 1},
                 {"rmsprop", 1},
                 {"adam", 2},
                 {"{rmsprop: {momentum: 0.5}}", 2},
                 {"{adam: {amsgrad: on}}", 3}};
    pair a = make();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mien_arena arena = {0};
        const mien_choice choice = choice_of(0, cases[i].options, &arena);
        mien_stepper s;
        assert_int_equal(mien_stepper_open(&s, &choice, a.tensors, 2), MIEN_OK);
        assert_int_equal(s.n_slots, cases[i].slots);
        assert_int_equal(s.size, SIZE);
        mien_stepper_close(&s);
        mien_arena_close(&arena);
    }
    drop(&a);
}

/* Saving slots and step count, and going on from them, changes no bit. */
static void stepper__resumes_bit_for_bit(void **state) {
    (void)state;
    for (int i = 0; i < mien_optimisers()->n; i++) {
        mien_arena arena = {0};
        const mien_choice choice = choice_of(i, NULL, &arena);
        pair a = make(), b = make();
        mien_stepper first, second;
        steps(&a, &choice, NULL);
        mien_stepper_open(&first, &choice, b.tensors, 2);
        mien_stepper_run(&first, NULL, 0.01);
        mien_stepper_open(&second, &choice, b.tensors, 2);
        for (int k = 0; k < first.n_slots; k++)
            memcpy(second.slot[k], first.slot[k], first.size * sizeof(float));
        second.step = first.step;
        mien_stepper_close(&first);
        mien_stepper_run(&second, NULL, 0.01);
        mien_stepper_run(&second, NULL, 0.01);
        mien_stepper_close(&second);
        assert_memory_equal(a.w, b.w, SIZE * sizeof(float));
        drop(&a);
        drop(&b);
        mien_arena_close(&arena);
    }
}

static void stepper__failing_allocations_leave_nothing(void **state) {
    (void)state;
    mien_arena arena = {0};
    const mien_choice choice = choice_of(0, "{adam: {amsgrad: on}}", &arena);
    pair a = make();
    for (int64_t n = 0;; n++) {
        mien_stepper s;
        mien_mem_fail_after(n);
        const mien_status status = mien_stepper_open(&s, &choice, a.tensors, 2);
        mien_mem_fail_after(-1);
        if (status == MIEN_OK) {
            assert_int_equal(n, 4);
            mien_stepper_close(&s);
            break;
        }
        assert_int_equal(status, MIEN_ENOMEM);
        assert_null(s.slot[0]);
        assert_null(s.pieces);
    }
    drop(&a);
    mien_arena_close(&arena);
}

static void norms__agree_with_plain_sums_and_see_bad_values(void **state) {
    (void)state;
    float x[23];
    for (int n = 0; n <= 23; n++) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            x[i] = (float)(i - 7);
            sum += (double)x[i] * (double)x[i];
        }
        assert_true(mien_sum_squares(x, (size_t)n) == sum);
        for (int i = 0; i < n; i++) {
            const float kept = x[i];
            x[i] = NAN;
            assert_true(isnan(mien_norm2(x, (size_t)n)));
            x[i] = -INFINITY;
            assert_true(isinf(mien_norm2(x, (size_t)n)));
            x[i] = 3e38f; /* its square is finite in double */
            assert_true(isfinite(mien_norm2(x, (size_t)n)));
            x[i] = kept;
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(optimisers__bits_do_not_depend_on_threads),
        cmocka_unit_test(optimisers__pieces_equal_the_whole),
        cmocka_unit_test(optimisers__no_gradient_no_move),
        cmocka_unit_test(optimisers__all_zero_weights_stay_finite_and_move),
        cmocka_unit_test(optimisers__gaps_and_others_are_not_touched),
        cmocka_unit_test(optimisers__decay_spares_biases_unless_told),
        cmocka_unit_test(optimisers__huge_gradients_stay_finite),
        cmocka_unit_test(rmsprop__centred_survives_a_constant_gradient),
        cmocka_unit_test(stepper__takes_only_the_slots_in_use),
        cmocka_unit_test(stepper__resumes_bit_for_bit),
        cmocka_unit_test(stepper__failing_allocations_leave_nothing),
        cmocka_unit_test(norms__agree_with_plain_sums_and_see_bad_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
