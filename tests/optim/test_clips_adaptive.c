/* SPDX-License-Identifier: Apache-2.0 */
/* test_clips_adaptive.c - clips that look at the weights or at the steps
 * before: what they bound, what they remember, what never gets in. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/rng.h"
#include "choose.h"
#include "optim/clip.h"
#include "optim/clips/history.h"

enum { N = 8, ROOM = 4096 };

/* One tensor of four units of two, and a clip that keeps its state. */
typedef struct setup {
    float w[N], g[N];
    mien_trained t;
    double norm, state[ROOM];
    mien_arena arena;
    mien_choice choice;
    mien_clip_report report;
    int64_t step;
} setup;

static void open_clip(setup *s, const char *text) {
    *s = (setup){0};
    s->choice = choose(mien_clips(), text, &s->arena);
    assert_true(mien_clip_state(&s->choice) <= ROOM);
}

static void close_clip(setup *s) { mien_arena_close(&s->arena); }

/* A step with this gradient times `scale`. */
static void clip(setup *s, double scale) {
    static const float g[N] = {0.25f, -0.5f, 0, 1, -2, 0.75f, 0.125f, 4};
    for (int i = 0; i < N; i++) s->g[i] = (float)(scale * (double)g[i]);
    s->t = (mien_trained){
        "fc.weight", MIEN_ROLE_WEIGHT, {2, {4, 2}}, N, s->w, s->g, 0};
    mien_clip_pass pass = {.tensors = &s->t,
                           .n = 1,
                           .norms = &s->norm,
                           .state = s->state,
                           .step = ++s->step};
    mien_clip_run(&pass, &s->choice, &s->report);
}

static double largest(const setup *s) {
    double max = 0;
    for (int i = 0; i < N; i++) max = fmax(max, fabs((double)s->g[i]));
    return max;
}

static bool near(double a, double b) { return fabs(a - b) <= 1e-6 * fabs(b); }

/* ---- alpha ------------------------------------------------------------ */

static void alpha__zeroes_what_is_above(void **state) {
    (void)state;
    static const float want[N] = {0.25f, -0.5f, 0, 1, -2, 0.75f, 0.125f, 0};
    setup s;
    open_clip(&s, "alpha");
    clip(&s, 1);
    assert_true(s.report.threshold == 2 && s.report.clipped == 1);
    assert_memory_equal(s.g, want, sizeof want);
    close_clip(&s);
}

static void alpha__clamps_to_the_threshold(void **state) {
    (void)state;
    static const float want[N] = {0.25f, -0.5f, 0, 1, -1, 0.75f, 0.125f, 1};
    setup s;
    open_clip(&s, "{alpha: {alpha: 0.25, mode: clamp}}");
    clip(&s, 1);
    assert_true(s.report.threshold == 1);
    assert_memory_equal(s.g, want, sizeof want);
    close_clip(&s);
}

static void alpha__of_zero_leaves_nothing(void **state) {
    (void)state;
    setup s;
    open_clip(&s, "{alpha: 0}");
    clip(&s, 1);
    assert_true(largest(&s) == 0 && s.report.factor == 0);
    clip(&s, 0);
    assert_int_equal(s.report.clipped, 0);
    close_clip(&s);
}

static void alpha__of_one_does_nothing_over_current(void **state) {
    (void)state;
    static const char *const texts[] = {"{alpha: 1}",
                                        "{alpha: {alpha: 10, mode: clamp}}"};
    for (int i = 0; i < 2; i++) {
        setup s;
        open_clip(&s, texts[i]);
        for (double scale = 1; scale < 1e30; scale *= 1e3) {
            clip(&s, scale);
            assert_int_equal(s.report.clipped, 0);
        }
        close_clip(&s);
    }
}

static void alpha__over_current_cannot_bound_an_explosion(void **state) {
    (void)state;
    setup s;
    open_clip(&s, "{alpha: {mode: clamp}}");
    for (double scale = 1; scale < 1e30; scale *= 1e3) {
        clip(&s, scale);
        assert_true(near(largest(&s), 2 * scale));
    }
    close_clip(&s);
}

static void alpha__over_window_bounds_an_explosion(void **state) {
    (void)state;
    static const char *const modes[] = {"zero", "clamp"};
    for (int m = 0; m < 2; m++) {
        char text[80];
        setup s;
        snprintf(text, sizeof text, "{alpha: {mode: %s, over: window}}",
                 modes[m]);
        open_clip(&s, text);
        for (int i = 0; i < 50; i++) clip(&s, 1);
        double scale = 1;
        for (int i = 0; i < 100; i++) {
            if (scale < 1e36) scale *= 1.5;
            clip(&s, scale);
            assert_true(s.report.threshold <= 2 * 2.0001);
            assert_true(largest(&s) <= (double)(float)s.report.threshold);
            assert_int_equal(s.report.clipped, 1);
        }
        clip(&s, 1e-3);
        assert_int_equal(s.report.clipped, 0);
        close_clip(&s);
    }
}

static void alpha__over_window_takes_the_steps_before(void **state) {
    (void)state;
    setup s;
    open_clip(&s, "{alpha: {mode: clamp, over: window, window: 10}}");
    clip(&s, 1000);
    assert_true(isnan(s.report.threshold) && s.report.clipped == 0);
    for (int i = 0; i < 10; i++) {
        clip(&s, 1);
        assert_true(s.report.threshold == 2000);
    }
    clip(&s, 1);
    assert_true(s.report.threshold == 2);
    close_clip(&s);
}

/* Clipped steps must not drag the threshold down, step after step. */
static void alpha__over_window_does_not_starve(void **state) {
    (void)state;
    setup s;
    open_clip(&s, "{alpha: {alpha: 0.5, over: window, window: 5}}");
    clip(&s, 1);
    for (int i = 0; i < 1000; i++) {
        clip(&s, 1 + 0.2 * (i % 7));
        assert_true(s.report.threshold >= 2);
    }
    close_clip(&s);
}

static void alpha__over_window_passes_over_empty_steps(void **state) {
    (void)state;
    setup s;
    open_clip(&s, "{alpha: {over: window}}");
    clip(&s, 0);
    clip(&s, 1);
    assert_true(isnan(s.report.threshold));
    clip(&s, 0);
    assert_true(s.report.threshold == 2 && s.report.clipped == 0);
    close_clip(&s);
}

/* ---- agc -------------------------------------------------------------- */

static mien_clip_report clip_tensors(const char *text, mien_trained *t, int n) {
    mien_arena arena = {0};
    const mien_choice choice = choose(mien_clips(), text, &arena);
    mien_clip_report report;
    double norms[8];
    assert_int_equal(mien_clip_state(&choice), 0);
    mien_clip_run(&(mien_clip_pass){.tensors = t, .n = n, .norms = norms},
                  &choice, &report);
    mien_arena_close(&arena);
    return report;
}

static void agc__bounds_each_unit_by_its_weights(void **state) {
    (void)state;
    float w[] = {3, 4, 0, 0, 30, 40}, g[] = {6, 8, 3, 4, 3, 4};
    mien_trained t = {
        "conv.weight", MIEN_ROLE_WEIGHT, {4, {3, 2, 1, 1}}, 6, w, g, 0};
    const mien_clip_report r =
        clip_tensors("{agc: {lambda: 0.1, eps: 1}}", &t, 1);
    static const double want[] = {0.3, 0.4, 0.06, 0.08, 3, 4};
    for (int i = 0; i < 6; i++) assert_true(near((double)g[i], want[i]));
    assert_true(isnan(r.threshold) && r.clipped == 1);
}

static void agc__takes_a_vector_as_one_unit(void **state) {
    (void)state;
    float w[] = {3, 4}, g[] = {30, 40};
    mien_trained t = {"bn.gain", MIEN_ROLE_GAIN, {1, {2}}, 2, w, g, 0};
    clip_tensors("{agc: 0.1}", &t, 1);
    assert_true(near((double)g[0], 0.3) && near((double)g[1], 0.4));
}

/* A network and a loss with centres: which tensors are clipped. */
static void agc__leaves_out_the_head(void **state) {
    (void)state;
    static const char *const names[] = {"fc1.weight", "fc1.bias", "fc10.weight",
                                        "fc10.bias", "loss.centres"};
    for (int head = 0; head < 2; head++) {
        float w[10] = {0}, g[10];
        mien_trained t[5];
        for (int i = 0; i < 5; i++) {
            const bool bias = i == 1 || i == 3;
            g[2 * i] = g[2 * i + 1] = 1;
            t[i] =
                (mien_trained){.name = names[i],
                               .role = bias ? MIEN_ROLE_BIAS : MIEN_ROLE_WEIGHT,
                               .dims = {bias ? 1 : 2, {bias ? 2 : 1, 2}},
                               .n = 2,
                               .w = w + 2 * i,
                               .g = g + 2 * i};
        }
        const mien_clip_report r =
            clip_tensors(head ? "{agc: {head: on}}" : "agc", t, 5);
        assert_int_equal(r.clipped, head ? 5 : 2);
        for (int i = 0; i < 5; i++)
            assert_int_equal(g[2 * i] == 1, !head && i >= 2);
    }
}

/* ---- autoclip, zclip -------------------------------------------------- */

static void autoclip__waits_for_enough_norms(void **state) {
    (void)state;
    setup s;
    open_clip(&s, "{autoclip: {p: 50, least: 5}}");
    for (int i = 1; i < 5; i++) {
        clip(&s, i);
        assert_true(isnan(s.report.threshold) && s.report.clipped == 0);
    }
    const double one = s.norm / 4;
    clip(&s, 1000);
    assert_true(near(s.report.threshold, 3 * one));
    assert_true(near(mien_norm2(s.g, N), 3 * one));
    close_clip(&s);
}

static void autoclip__remembers_a_window(void **state) {
    (void)state;
    setup s;
    open_clip(&s, "{autoclip: {p: 100, window: 4, least: 1000}}");
    for (int i = 0; i < 3; i++) clip(&s, 100);
    for (int i = 0; i < 4; i++) clip(&s, 1);
    assert_true(s.report.threshold == s.norm);
    close_clip(&s);
}

static void zclip__pulls_a_spike_to_the_mean(void **state) {
    (void)state;
    setup s;
    open_clip(&s, "{zclip: {warmup: 4, z_thres: 2}}");
    for (int i = 0; i < 4; i++) {
        clip(&s, i % 2 ? 3 : 1);
        assert_true(isnan(s.report.threshold));
    }
    const double one = s.norm / 3; /* mean 2, deviation 1 */
    clip(&s, 12);
    assert_true(near(s.report.threshold, 4 * one + 2e-6));
    assert_true(near(mien_norm2(s.g, N), (2 + 4.0 / 10) * one));
    for (int i = 0; i < 200; i++) {
        clip(&s, 1e30);
        assert_true(mien_norm2(s.g, N) < 4 * one);
    }
    close_clip(&s);
}

/* ---- all that remember ------------------------------------------------ */

static const char *const remembering[] = {
    "{alpha: {over: window, window: 7}}",
    "{autoclip: {window: 30, p: 60}}",
    "{zclip: {warmup: 10}}",
};

enum { N_REMEMBERING = 3 };

static double wave(int step) { return 2 + cos(step) + 20 * (step % 13 == 0); }

static void clips__remember_healthy_steps_only(void **state) {
    (void)state;
    static const double bad[] = {NAN, INFINITY, -INFINITY};
    for (int c = 0; c < N_REMEMBERING; c++)
        for (int after = 0; after < 60; after += 15) {
            setup s;
            open_clip(&s, remembering[c]);
            for (int i = 0; i < after; i++) clip(&s, wave(i));
            double kept[ROOM];
            memcpy(kept, s.state, sizeof kept);
            for (int k = 0; k < 3; k++) {
                clip(&s, bad[k]);
                assert_true(s.report.skip && isnan(s.report.threshold));
                assert_memory_equal(s.state, kept, sizeof kept);
            }
            close_clip(&s);
        }
}

static void clips__go_on_where_their_state_was_saved(void **state) {
    (void)state;
    for (int c = 0; c < N_REMEMBERING; c++)
        for (int stop = 0; stop < 60; stop += 11) {
            setup a, b;
            open_clip(&a, remembering[c]);
            open_clip(&b, remembering[c]);
            for (int i = 0; i < stop; i++) clip(&a, wave(i));
            const size_t n = mien_clip_state(&a.choice);
            memcpy(b.state, a.state, n * sizeof *b.state);
            for (int i = stop; i < stop + 60; i++) {
                clip(&a, wave(i));
                clip(&b, wave(i));
                assert_memory_equal(a.g, b.g, sizeof a.g);
                assert_int_equal(a.report.clipped, b.report.clipped);
            }
            assert_memory_equal(a.state, b.state, n * sizeof *a.state);
            close_clip(&a);
            close_clip(&b);
        }
}

static void clips__survive_a_damaged_state(void **state) {
    (void)state;
    static const double odd[] = {NAN, -1, 1e300, 7.5, -INFINITY};
    for (int c = 0; c < N_REMEMBERING; c++)
        for (int k = 0; k < 5; k++) {
            setup s;
            open_clip(&s, remembering[c]);
            for (size_t i = 0; i < mien_clip_state(&s.choice); i++)
                s.state[i] = odd[(k + (int)i) % 5];
            for (int i = 0; i < 100; i++) clip(&s, wave(i));
            close_clip(&s);
        }
}

static int by_size(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void history__equals_sorting_the_last_numbers(void **state) {
    (void)state;
    enum { WINDOW = 37, STEPS = 300 };
    double h[2 + 2 * WINDOW] = {0}, all[STEPS];
    assert_int_equal(mien_history_size(WINDOW), 2 + 2 * WINDOW);
    mien_rng rng = mien_rng_at(8, MIEN_RNG_TEST, 0, 0);
    for (int i = 0; i < STEPS; i++) {
        all[i] = floor(4 * mien_rng_normal(&rng)); /* with equal ones */
        mien_history_add(h, WINDOW, all[i]);
        double last[WINDOW];
        const int n = i + 1 < WINDOW ? i + 1 : WINDOW;
        assert_int_equal(mien_history_count(h, WINDOW), n);
        memcpy(last, all + i + 1 - n, (size_t)n * sizeof *last);
        qsort(last, (size_t)n, sizeof *last, by_size);
        assert_memory_equal(h + 2 + WINDOW, last, (size_t)n * sizeof *last);
        assert_true(mien_history_percentile(h, WINDOW, 0) == last[0]);
        assert_true(mien_history_percentile(h, WINDOW, 100) == last[n - 1]);
        const double middle = (last[(n - 1) / 2] + last[n / 2]) / 2;
        assert_true(mien_history_percentile(h, WINDOW, 50) == middle);
    }
}

static void clips__report_their_threshold(void **state) {
    (void)state;
    static const char *const texts[] = {"{value: 3.5}", "{norm: 3.5}",
                                        "{global_norm: 3.5}"};
    for (int i = 0; i < 3; i++)
        for (double scale = 0; scale < 3; scale++) {
            setup s;
            open_clip(&s, texts[i]);
            clip(&s, scale);
            assert_true(s.report.threshold == 3.5);
            close_clip(&s);
        }
    setup s = {0};
    clip(&s, 1);
    assert_true(isnan(s.report.threshold));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alpha__zeroes_what_is_above),
        cmocka_unit_test(alpha__clamps_to_the_threshold),
        cmocka_unit_test(alpha__of_zero_leaves_nothing),
        cmocka_unit_test(alpha__of_one_does_nothing_over_current),
        cmocka_unit_test(alpha__over_current_cannot_bound_an_explosion),
        cmocka_unit_test(alpha__over_window_bounds_an_explosion),
        cmocka_unit_test(alpha__over_window_takes_the_steps_before),
        cmocka_unit_test(alpha__over_window_does_not_starve),
        cmocka_unit_test(alpha__over_window_passes_over_empty_steps),
        cmocka_unit_test(agc__bounds_each_unit_by_its_weights),
        cmocka_unit_test(agc__takes_a_vector_as_one_unit),
        cmocka_unit_test(agc__leaves_out_the_head),
        cmocka_unit_test(autoclip__waits_for_enough_norms),
        cmocka_unit_test(autoclip__remembers_a_window),
        cmocka_unit_test(zclip__pulls_a_spike_to_the_mean),
        cmocka_unit_test(clips__remember_healthy_steps_only),
        cmocka_unit_test(clips__go_on_where_their_state_was_saved),
        cmocka_unit_test(clips__survive_a_damaged_state),
        cmocka_unit_test(history__equals_sorting_the_last_numbers),
        cmocka_unit_test(clips__report_their_threshold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
