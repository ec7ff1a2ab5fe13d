/* SPDX-License-Identifier: Apache-2.0 */
/* test_constraints.c - bounds of weights hold, penalties are what they say. */
#include <math.h>

#include "base/rng.h"
#include "choose.h"
#include "optim/constraint.h"
#include "optim/regulariser.h"

enum { ROWS = 5, COLS = 7, N = ROWS * COLS };

static void draw(float *w, double scale) {
    mien_rng rng = mien_rng_at(5, MIEN_RNG_TEST, 0, 0);
    for (int i = 0; i < N; i++) w[i] = (float)(scale * mien_rng_normal(&rng));
}

static mien_trained tensor_of(float *w, float *g) {
    return (mien_trained){"w", MIEN_ROLE_WEIGHT, {2, {ROWS, COLS}}, N, w, g, 0};
}

static void constrain(const char *text, float *w, float *state, int times) {
    mien_arena arena = {0};
    const mien_choice choice = choose(mien_constraints(), text, &arena);
    const mien_trained t = tensor_of(w, NULL);
    while (times--) mien_constrain(&choice, &t, state);
    mien_arena_close(&arena);
}

static double row_norm(const float *w, int row) {
    return mien_norm2(w + row * COLS, COLS);
}

static void constraints__leave_other_roles_alone(void **state) {
    (void)state;
    for (int i = 0; i < mien_constraints()->n; i++) {
        mien_arena arena = {0};
        mien_choice choice;
        mien_pick_default(&choice, mien_constraints(),
                          mien_constraints()->rows[i]->name, &arena);
        float w[N], kept[N];
        draw(w, 9);
        memcpy(kept, w, sizeof w);
        mien_trained t = tensor_of(w, NULL);
        t.role = MIEN_ROLE_GAIN;
        assert_int_equal(mien_constraint_state(&choice, &t), 0);
        mien_constrain(&choice, &t, NULL);
        assert_memory_equal(w, kept, sizeof w);
        mien_arena_close(&arena);
    }
}

static void clip__bounds_each_weight(void **state) {
    (void)state;
    float w[N], before[N];
    draw(w, 1);
    memcpy(before, w, sizeof w);
    constrain("{clip: 0.5}", w, NULL, 1);
    for (int i = 0; i < N; i++) {
        assert_true(w[i] >= -0.5f && w[i] <= 0.5f);
        if (fabsf(before[i]) <= 0.5f) assert_true(w[i] == before[i]);
    }
}

static void max_norm__shortens_only_long_units(void **state) {
    (void)state;
    float w[N], before[N];
    draw(w, 1);
    for (int i = 0; i < COLS; i++) w[i] *= 0.01f;
    memcpy(before, w, sizeof w);
    constrain("{max_norm: 1}", w, NULL, 1);
    assert_memory_equal(w, before, COLS * sizeof(float));
    for (int r = 1; r < ROWS; r++) {
        assert_true(fabs(row_norm(w, r) - 1) < 1e-6);
        assert_true(fabs((double)w[r * COLS] * row_norm(before, r) -
                         (double)before[r * COLS]) < 1e-6);
    }
}

static void unit_norm__leaves_units_of_zeros(void **state) {
    (void)state;
    float w[N];
    draw(w, 3);
    memset(w, 0, COLS * sizeof(float));
    constrain("unit_norm", w, NULL, 1);
    assert_true(row_norm(w, 0) == 0);
    for (int r = 1; r < ROWS; r++) assert_true(fabs(row_norm(w, r) - 1) < 1e-6);
}

static void rescale__fills_the_range(void **state) {
    (void)state;
    float w[N], before[N];
    draw(w, 3);
    memcpy(before, w, sizeof w);
    constrain("rescale", w, NULL, 1);
    float min = 9, max = -9;
    for (int i = 0; i < N; i++) {
        min = w[i] < min ? w[i] : min;
        max = w[i] > max ? w[i] : max;
        assert_int_equal(w[i] < w[0], before[i] < before[0]);
    }
    assert_true(min == 0 && max == 1);
    for (int i = 0; i < N; i++) w[i] = 3;
    constrain("{rescale: {low: -1, high: 1}}", w, NULL, 1);
    for (int i = 0; i < N; i++) assert_true(w[i] == 3);
}

/* Diagonal: the singular values are known. */
static void spectral__bounds_the_largest_gain(void **state) {
    (void)state;
    float w[N] = {0}, kept[ROWS + COLS] = {0};
    for (int r = 0; r < ROWS; r++) w[r * COLS + r] = (float)(r + 1);
    constrain("{spectral: {max: 2, rounds: 50}}", w, kept, 1);
    for (int r = 0; r < ROWS; r++)
        assert_true(fabs((double)w[r * COLS + r] - (r + 1) * 2 / 5.0) < 1e-5);
    memset(kept, 0, sizeof kept);
    draw(w, 1);
    constrain("{spectral: 1}", w, kept, 100); /* one round a call converges */
    float u[ROWS] = {1, 0, 0, 0, 0}, v[COLS];
    double sigma = 0;
    for (int round = 0; round < 200; round++) {
        for (int c = 0; c < COLS; c++) {
            v[c] = 0;
            for (int r = 0; r < ROWS; r++) v[c] += u[r] * w[r * COLS + c];
        }
        for (int r = 0; r < ROWS; r++) {
            u[r] = 0;
            for (int c = 0; c < COLS; c++) u[r] += w[r * COLS + c] * v[c];
        }
        sigma = sqrt(mien_norm2(u, ROWS));
        const double norm = mien_norm2(u, ROWS);
        for (int r = 0; r < ROWS; r++) u[r] = (float)((double)u[r] / norm);
    }
    assert_true(fabs(sigma - 1) < 1e-4);
}

static void spectral__survives_a_matrix_of_zeros(void **state) {
    (void)state;
    float w[N] = {0}, kept[ROWS + COLS] = {0};
    constrain("spectral", w, kept, 3);
    for (int i = 0; i < N; i++) assert_true(w[i] == 0);
    for (int i = 0; i < ROWS + COLS; i++) assert_true(isfinite(kept[i]));
}

/* ---- penalties -------------------------------------------------------- */

static void regularisers__gradient_matches_differences(void **state) {
    (void)state;
    static const char *const texts[] = {"{l1: 0.25}", "{l2: 0.25}",
                                        "{l1_l2: {l1: 0.5, l2: 0.125}}"};
    for (int k = 0; k < 3; k++) {
        mien_arena arena = {0};
        const mien_choice choice =
            choose(mien_regularisers(), texts[k], &arena);
        float w[N], g[N] = {0}, h = 0.0078125f;
        draw(w, 2);
        const mien_trained with = tensor_of(w, g), value = tensor_of(w, NULL);
        const double at = mien_regularise(&choice, &with);
        assert_true(at > 0 && at == mien_regularise(&choice, &value));
        for (int i = 0; i < N; i++) {
            if (fabsf(w[i]) < 2 * h) continue;
            const float kept = w[i];
            w[i] = kept + h;
            const float up = w[i];
            const double above = mien_regularise(&choice, &value);
            w[i] = kept - h;
            const double below = mien_regularise(&choice, &value);
            const double step = (double)up - (double)w[i];
            w[i] = kept;
            assert_true(fabs((above - below) / step - (double)g[i]) < 1e-5);
        }
        mien_arena_close(&arena);
    }
}

static void regularisers__values_are_keras(void **state) {
    (void)state;
    mien_arena arena = {0};
    float w[] = {1, -2, 0, 3}, g[] = {10, 10, 10, 10};
    mien_trained t = {"w", MIEN_ROLE_WEIGHT, {1, {4}}, 4, w, g, 0};
    mien_choice l1 = choose(mien_regularisers(), "{l1: 0.5}", &arena);
    mien_choice l2 = choose(mien_regularisers(), "{l2: 0.5}", &arena);
    assert_true(mien_regularise(&l1, &t) == 3);
    assert_true(g[0] == 10.5f && g[1] == 9.5f && g[2] == 10);
    assert_true(mien_regularise(&l2, &t) == 7);
    assert_true(g[0] == 11.5f && g[1] == 7.5f && g[3] == 13.5f);
    t.role = MIEN_ROLE_BIAS;
    assert_true(mien_regularise(&l2, &t) == 0);
    assert_true(g[0] == 11.5f);
    mien_arena_close(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constraints__leave_other_roles_alone),
        cmocka_unit_test(clip__bounds_each_weight),
        cmocka_unit_test(max_norm__shortens_only_long_units),
        cmocka_unit_test(unit_norm__leaves_units_of_zeros),
        cmocka_unit_test(rescale__fills_the_range),
        cmocka_unit_test(spectral__bounds_the_largest_gain),
        cmocka_unit_test(spectral__survives_a_matrix_of_zeros),
        cmocka_unit_test(regularisers__gradient_matches_differences),
        cmocka_unit_test(regularisers__values_are_keras),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
