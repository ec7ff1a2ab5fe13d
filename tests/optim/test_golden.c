/* SPDX-License-Identifier: Apache-2.0 */
/* test_golden.c - optimisers, schedules and clips against PyTorch 1.13; the
 * numbers come from tests/golden/optim.py. */
#include <math.h>
#include <stdio.h>

#include "choose.h"
#include "optim/clip.h"
#include "optim/optimiser.h"
#include "optim/schedule.h"

enum { N = 6, STEPS = 50, KEPT = 10 };

typedef struct optim_golden {
    const char *name, *options;
    double w[KEPT * N];
} optim_golden;

typedef struct schedule_golden {
    const char *name, *options;
    double lr[60];
} schedule_golden;

typedef struct clip_golden {
    const char *name, *options;
    double g[5];
} clip_golden;

typedef struct history_golden {
    const char *name, *options;
    double norm[80]; /* after clipping */
} history_golden;

#include "../golden/optim.h"

#define COUNT(x) ((int)(sizeof(x) / sizeof *(x)))

static mien_choice named(const mien_table *table, const char *name,
                         const char *options, mien_arena *arena) {
    char text[256];
    snprintf(text, sizeof text, "{%s: %s}", name, options);
    return choose(table, text, arena);
}

/* As gradient() in optim.py. */
static void gradient(float *g, const float *w, int step) {
    for (int i = 0; i < N; i++)
        g[i] = (float)((0.5 + 0.4 * i) * ((double)w[i] - 0.1 * i) +
                       0.3 * cos(0.7 * step + i));
}

/* The largest difference, relative to the largest value. */
static double apart(const float *a, const double *b, int n) {
    double diff = 0, size = 0;
    for (int i = 0; i < n; i++) {
        const double d = fabs((double)a[i] - b[i]);
        if (!(d <= diff) && diff == diff) diff = d; /* NaN stays */
        size = fmax(size, fabs(b[i]));
    }
    return diff / size;
}

static void follow(const optim_golden *golden) {
    mien_arena arena = {0};
    float w[N], g[N];
    memcpy(w, start, sizeof w);
    const mien_trained tensor = {"w", MIEN_ROLE_WEIGHT, {2, {2, 3}}, N, w, g,
                                 0};
    const mien_choice choice =
        named(mien_optimisers(), golden->name, golden->options, &arena);
    mien_stepper s;
    assert_int_equal(mien_stepper_open(&s, &choice, &tensor, 1), MIEN_OK);
    for (int step = 1, k = 0; step <= STEPS; step++) {
        gradient(g, w, step);
        assert_int_equal(mien_stepper_run(&s, NULL, mien_base_lr(&choice)),
                         MIEN_OK);
        if (step != kept_steps[k]) continue;
        const double error = apart(w, golden->w + k++ * N, N);
        if (error >= 1e-5)
            print_message("%s %s, step %d: %g\n", golden->name, golden->options,
                          step, error);
        assert_true(error < 1e-5);
    }
    mien_stepper_close(&s);
    mien_arena_close(&arena);
}

static void optimisers__follow_pytorch_for_50_steps(void **state) {
    (void)state;
    for (int i = 0; i < COUNT(optim_goldens); i++) follow(&optim_goldens[i]);
}

static void schedules__equal_pytorch(void **state) {
    (void)state;
    for (int i = 0; i < COUNT(schedule_goldens); i++) {
        const schedule_golden *golden = &schedule_goldens[i];
        mien_arena arena = {0};
        mien_schedule s = {.choice = named(mien_schedules(), golden->name,
                                           golden->options, &arena),
                           .base = 0.2,
                           .total = TOTAL,
                           .per_epoch = PER_EPOCH};
        mien_schedule_begin(&s);
        for (int step = 0; step < TOTAL; step++) {
            const double lr = mien_schedule_lr(&s, step);
            if (!(fabs(lr - golden->lr[step]) < 1e-9 * golden->lr[step]))
                fail_msg("%s %s, step %d: %.12g, not %.12g", golden->name,
                         golden->options, step, lr, golden->lr[step]);
            if ((step + 1) % PER_EPOCH == 0)
                mien_schedule_validated(&s, metrics[step / PER_EPOCH]);
        }
        mien_arena_close(&arena);
    }
}

static void clips__equal_pytorch(void **state) {
    (void)state;
    for (int i = 0; i < COUNT(clip_goldens); i++) {
        const clip_golden *golden = &clip_goldens[i];
        mien_arena arena = {0};
        float g[] = {0.5f, -2, 3, 4, -0.25f}, w[] = {0.5f, 1, -2, 0, 0};
        const mien_trained tensors[] = {
            {"a", MIEN_ROLE_WEIGHT, {2, {1, 3}}, 3, w, g, 0},
            {"b", MIEN_ROLE_BIAS, {1, {2}}, 2, w + 3, g + 3, 3}};
        double norms[2];
        mien_clip_pass pass = {.tensors = tensors, .n = 2, .norms = norms};
        mien_clip_report report;
        const mien_choice choice =
            named(mien_clips(), golden->name, golden->options, &arena);
        mien_clip_run(&pass, &choice, &report);
        assert_false(report.skip);
        assert_true(apart(g, golden->g, 5) < 1e-6);
        mien_arena_close(&arena);
    }
}

/* As scale() in optim.py. */
static double scale(int step) {
    return 1 + 0.3 * cos(0.7 * step) + 9 * (step % 17 == 0);
}

static void clip_again(const history_golden *golden, double *state,
                       const mien_choice *choice) {
    static const float first[] = {0.5f, -2, 3, 4, -0.25f};
    for (int step = 1; step <= SCALES; step++) {
        float g[5];
        double norm;
        for (int i = 0; i < 5; i++)
            g[i] = (float)(scale(step) * (double)first[i]);
        const mien_trained t = {.name = "t", .n = 5, .g = g};
        mien_clip_pass pass = {.tensors = &t,
                               .n = 1,
                               .norms = &norm,
                               .state = state,
                               .step = step};
        mien_clip_report report;
        mien_clip_run(&pass, choice, &report);
        const double got = mien_norm2(g, 5), want = golden->norm[step - 1];
        if (!(fabs(got - want) < 2e-6 * want))
            fail_msg("%s %s, step %d: %.9g, not %.9g", golden->name,
                     golden->options, step, got, want);
    }
}

static void clips__equal_their_papers_over_80_steps(void **state) {
    (void)state;
    for (int i = 0; i < COUNT(history_goldens); i++) {
        const history_golden *golden = &history_goldens[i];
        mien_arena arena = {0};
        const mien_choice choice =
            named(mien_clips(), golden->name, golden->options, &arena);
        double *kept = mien_arena_alloc(&arena, mien_clip_state(&choice) + 1,
                                        sizeof *kept);
        clip_again(golden, kept, &choice);
        mien_arena_close(&arena);
    }
}

static bool has(const mien_table *table, int i, const char *name) {
    return strcmp(table->rows[i]->name, name) == 0;
}

static void tables__each_row_has_a_golden(void **state) {
    (void)state;
    const mien_table *all[] = {mien_optimisers(), mien_schedules(),
                               mien_clips()};
    for (int t = 0; t < 3; t++)
        for (int i = 0; i < all[t]->n; i++) {
            int found = 0;
            for (int k = 0; t == 0 && k < COUNT(optim_goldens); k++)
                found += has(all[t], i, optim_goldens[k].name);
            for (int k = 0; t == 1 && k < COUNT(schedule_goldens); k++)
                found += has(all[t], i, schedule_goldens[k].name);
            for (int k = 0; t == 2 && k < COUNT(clip_goldens); k++)
                found += has(all[t], i, clip_goldens[k].name);
            for (int k = 0; t == 2 && k < COUNT(history_goldens); k++)
                found += has(all[t], i, history_goldens[k].name);
            if (!found) fail_msg("no golden for %s", all[t]->rows[i]->name);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(optimisers__follow_pytorch_for_50_steps),
        cmocka_unit_test(schedules__equal_pytorch),
        cmocka_unit_test(clips__equal_pytorch),
        cmocka_unit_test(clips__equal_their_papers_over_80_steps),
        cmocka_unit_test(tables__each_row_has_a_golden),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
