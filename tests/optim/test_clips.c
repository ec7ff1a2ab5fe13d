/* SPDX-License-Identifier: Apache-2.0 */
/* test_clips.c - clips bound the gradient and refuse what is not finite. */
#include <math.h>

#include "choose.h"
#include "optim/clip.h"

typedef struct setup {
    float g[8];
    mien_trained tensors[3];
    double norms[3];
    mien_clip_pass pass;
} setup;

/* Tensors of norm 5, 0 and 12. */
static void reset(setup *s) {
    static const float g[8] = {3, 0, -4, 0, 0, 0, -12, 0};
    static const size_t n[] = {3, 2, 3};
    *s = (setup){0};
    memcpy(s->g, g, sizeof g);
    float *at = s->g;
    for (int i = 0; i < 3; at += n[i++])
        s->tensors[i] = (mien_trained){.name = "t", .n = n[i], .g = at};
    s->pass = (mien_clip_pass){
        .tensors = s->tensors, .n = 3, .norms = s->norms, .step = 1};
}

static mien_clip_report run(setup *s, const char *text) {
    mien_arena arena = {0};
    mien_choice choice = {0};
    mien_clip_report report;
    if (text) choice = choose(mien_clips(), text, &arena);
    assert_int_equal(mien_clip_state(&choice), 0);
    mien_clip_run(&s->pass, &choice, &report);
    mien_arena_close(&arena);
    return report;
}

static void clip__without_a_choice_measures(void **state) {
    (void)state;
    setup s;
    reset(&s);
    const setup before = s;
    const mien_clip_report r = run(&s, NULL);
    assert_true(r.norm == 13 && r.factor == 1);
    assert_int_equal(r.clipped, 0);
    assert_false(r.skip);
    assert_true(s.norms[0] == 5 && s.norms[1] == 0 && s.norms[2] == 12);
    assert_memory_equal(s.g, before.g, sizeof s.g);
}

static void clip__refuses_what_is_not_finite_and_changes_nothing(void **state) {
    (void)state;
    static const char *const texts[] = {NULL, "{value: 0.1}", "{norm: 0.1}",
                                        "{global_norm: 0.1}"};
    static const float bad[] = {NAN, INFINITY, -INFINITY};
    for (int t = 0; t < 4; t++)
        for (int k = 0; k < 3; k++)
            for (int at = 0; at < 8; at++) {
                setup s;
                reset(&s);
                s.g[at] = bad[k];
                const setup before = s;
                const mien_clip_report r = run(&s, texts[t]);
                assert_true(r.skip);
                assert_int_equal(r.bad, at < 3 ? 0 : at < 5 ? 1 : 2);
                assert_int_equal(r.clipped, 0);
                assert_memory_equal(s.g, before.g, sizeof s.g);
            }
}

static void clip__takes_the_largest_finite_floats(void **state) {
    (void)state;
    setup s;
    reset(&s);
    for (int i = 0; i < 8; i++) s.g[i] = 3.4e38f;
    const mien_clip_report r = run(&s, "{global_norm: 1}");
    assert_false(r.skip);
    double sum = 0;
    for (int i = 0; i < 8; i++) sum += (double)s.g[i] * (double)s.g[i];
    assert_true(fabs(sqrt(sum) - 1) < 1e-5);
}

static void clip__of_nothing_does_nothing(void **state) {
    (void)state;
    static const char *const texts[] = {"{value: 0.1}", "{norm: 0.1}",
                                        "{global_norm: 0.1}"};
    for (int t = 0; t < 3; t++) {
        setup s;
        reset(&s);
        memset(s.g, 0, sizeof s.g);
        const mien_clip_report r = run(&s, texts[t]);
        assert_true(r.norm == 0 && r.factor == 1 && !r.skip);
        assert_int_equal(r.clipped, 0);
        for (int i = 0; i < 8; i++) assert_true(s.g[i] == 0);
    }
}

static void clip__value_bounds_each_element(void **state) {
    (void)state;
    setup s;
    reset(&s);
    const mien_clip_report r = run(&s, "{value: 3.5}");
    static const float want[8] = {3, 0, -3.5f, 0, 0, 0, -3.5f, 0};
    assert_memory_equal(s.g, want, sizeof want);
    assert_int_equal(r.clipped, 2);
    assert_true(fabs(r.factor - sqrt(9 + 2 * 3.5 * 3.5) / 13) < 1e-12);
}

static void clip__norm_bounds_each_tensor(void **state) {
    (void)state;
    setup s;
    reset(&s);
    const mien_clip_report r = run(&s, "{norm: 6}");
    assert_int_equal(r.clipped, 1);
    assert_true(s.g[0] == 3 && s.g[2] == -4 && s.g[6] == -6);
    assert_true(s.norms[2] == 12);
}

static void clip__global_norm_keeps_the_direction(void **state) {
    (void)state;
    setup s;
    reset(&s);
    const mien_clip_report r = run(&s, "{global_norm: 1.3}");
    assert_int_equal(r.clipped, 3);
    assert_true(fabs(r.factor - 0.1) < 1e-7);
    assert_true(fabsf(s.g[0] - 0.3f) < 1e-6f);
    assert_true(fabsf(s.g[6] + 1.2f) < 1e-6f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clip__without_a_choice_measures),
        cmocka_unit_test(clip__refuses_what_is_not_finite_and_changes_nothing),
        cmocka_unit_test(clip__takes_the_largest_finite_floats),
        cmocka_unit_test(clip__of_nothing_does_nothing),
        cmocka_unit_test(clip__value_bounds_each_element),
        cmocka_unit_test(clip__norm_bounds_each_tensor),
        cmocka_unit_test(clip__global_norm_keeps_the_direction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
