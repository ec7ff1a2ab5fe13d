/* SPDX-License-Identifier: Apache-2.0 */
/* The backdrops of backdrops.def: finite light, the same bits, any size. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "synth/backdrop.h"
#include "synth/paint.h"

enum { SIDE = 64, SEEDS = 30 };

static mien_frame frame_of(int width, int height) {
    mien_frame frame = {.width = width, .height = height};
    frame.light =
        mien_alloc((size_t)width * (size_t)height, sizeof *frame.light);
    assert_non_null(frame.light);
    return frame;
}

static size_t bytes_of(const mien_frame *frame) {
    return (size_t)frame->width * (size_t)frame->height * sizeof(mien_vec);
}

/* Mark every pixel, so that one that stays unpainted is found. */
static void soil(mien_frame *frame) {
    for (int i = 0; i < frame->width * frame->height; i++)
        frame->light[i] = (mien_vec){NAN, NAN, NAN};
}

static void assert_light(const mien_frame *frame, const char *name) {
    for (int i = 0; i < frame->width * frame->height; i++) {
        const mien_vec p = frame->light[i];
        const float least = fminf(p.x, fminf(p.y, p.z));
        const float most = fmaxf(p.x, fmaxf(p.y, p.z));
        if (!(least >= 0 && most < 8) || isnan(p.x + p.y + p.z))
            fail_msg("%s: pixel %d is %g %g %g", name, i, (double)p.x,
                     (double)p.y, (double)p.z);
    }
}

static mien_vec mean_of(const mien_frame *frame) {
    mien_vec sum = {0};
    const int n = frame->width * frame->height;
    for (int i = 0; i < n; i++) sum = mien_add(sum, frame->light[i]);
    return mien_scale(sum, 1 / (float)n);
}

static void backdrops__are_finite_light_and_the_same_twice(void **state) {
    (void)state;
    mien_frame a = frame_of(SIDE, SIDE), b = frame_of(SIDE, SIDE);
    for (int i = 0; mien_backdrops[i]; i++)
        for (uint32_t seed = 0; seed < SEEDS; seed++) {
            soil(&a);
            soil(&b);
            mien_backdrops[i]->paint(&a, seed * 7919);
            assert_light(&a, mien_backdrops[i]->name);
            mien_backdrops[i]->paint(&b, seed * 7919);
            assert_memory_equal(a.light, b.light, bytes_of(&a));
        }
    mien_free(a.light);
    mien_free(b.light);
}

static void backdrops__differ_by_their_seed(void **state) {
    (void)state;
    mien_frame a = frame_of(SIDE, SIDE), b = frame_of(SIDE, SIDE);
    for (int i = 0; mien_backdrops[i]; i++) {
        mien_backdrops[i]->paint(&a, 1);
        mien_backdrops[i]->paint(&b, 2);
        assert_memory_not_equal(a.light, b.light, bytes_of(&a));
    }
    mien_free(a.light);
    mien_free(b.light);
}

static void backdrops__look_alike_at_any_size(void **state) {
    (void)state;
    mien_frame small = frame_of(96, 96), large = frame_of(384, 384);
    for (int i = 0; mien_backdrops[i]; i++) {
        mien_backdrops[i]->paint(&small, 11);
        mien_backdrops[i]->paint(&large, 11);
        const mien_vec a = mean_of(&small), b = mean_of(&large);
        const float apart = mien_length(mien_sub(a, b));
        if (apart > 0.06f * mien_length(a))
            fail_msg("%s: the mean changes by %g of %g",
                     mien_backdrops[i]->name, (double)apart,
                     (double)mien_length(a));
    }
    mien_free(small.light);
    mien_free(large.light);
}

static void backdrops__fill_odd_shapes(void **state) {
    static const int shapes[][2] = {{1, 1},    {2, 3},    {7, 90},
                                    {301, 65}, {1300, 9}, {640, 64}};
    (void)state;
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        mien_frame frame = frame_of(shapes[s][0], shapes[s][1]);
        for (int i = 0; mien_backdrops[i]; i++) {
            soil(&frame);
            mien_backdrops[i]->paint(&frame, 5);
            assert_light(&frame, mien_backdrops[i]->name);
        }
        mien_free(frame.light);
    }
}

static void backdrops__have_names_and_both_sides_of_the_door(void **state) {
    (void)state;
    int count[2] = {0};
    for (int i = 0; mien_backdrops[i]; i++) {
        const mien_backdrop *b = mien_backdrops[i];
        assert_true(b->often > 0);
        assert_true(strlen(b->name) > 0 && strlen(b->summary) > 0);
        for (int k = 0; k < i; k++)
            assert_string_not_equal(b->name, mien_backdrops[k]->name);
        count[b->outdoor]++;
    }
    assert_true(count[0] >= 5 && count[1] >= 5);
}

/* ---- brushes --------------------------------------------------------------
 */

static mien_vec grey(const void *what, float x, float y) {
    (void)x;
    (void)y;
    const float g = *(const float *)what;
    return (mien_vec){g, g, g};
}

static mien_vec slope(const void *what, float x, float y) {
    (void)what;
    return (mien_vec){x, y, 1};
}

static mien_frame grey_frame(float g) {
    mien_frame frame = frame_of(SIDE, SIDE);
    mien_paint_wash(&frame, (mien_wash){.tint = grey, .what = &g, .cells = 1});
    return frame;
}

static void wash__between_its_places_is_a_straight_line(void **state) {
    (void)state;
    mien_frame a = frame_of(SIDE, SIDE), b = frame_of(SIDE, SIDE);
    mien_paint_wash(&a, (mien_wash){.tint = slope});
    mien_paint_wash(&b, (mien_wash){.tint = slope, .cells = 5});
    for (int i = 0; i < SIDE * SIDE; i++) {
        assert_float_equal(a.light[i].x, b.light[i].x, 1e-4);
        assert_float_equal(a.light[i].y, b.light[i].y, 1e-4);
    }
    assert_float_equal(a.light[0].x, -0.5 + 0.5 / SIDE, 1e-6);
    assert_float_equal(a.light[0].y, 1 - 0.5 / SIDE, 1e-6);
    mien_free(a.light);
    mien_free(b.light);
}

static void box__covers_its_area_and_nothing_else(void **state) {
    (void)state;
    mien_frame frame = grey_frame(0);
    mien_paint_box(&frame, (mien_box){-0.25f, 0.25f, 0.25f, 0.5f},
                   (mien_brush){{1, 1, 1}, 0, 1});
    assert_float_equal(mean_of(&frame).x, 0.125, 1e-3);
    assert_float_equal(frame.light[SIDE / 2 * SIDE + 5].x, 0, 0);
    assert_float_equal(frame.light[40 * SIDE + 32].x, 1, 0);
    mien_free(frame.light);
}

static void quad__has_the_area_of_its_outline(void **state) {
    (void)state;
    static const float corner[4][2] = {
        {-0.3f, 0.2f}, {0.3f, 0.2f}, {0.1f, 0.7f}, {-0.1f, 0.7f}};
    mien_frame frame = grey_frame(0);
    mien_paint_quad(&frame, corner, (mien_brush){{1, 1, 1}, 0, 1});
    assert_float_equal(mean_of(&frame).x, 0.5 * (0.6 + 0.2) * 0.5, 4e-3);
    mien_free(frame.light);
}

static void disc__has_the_area_of_its_radii(void **state) {
    (void)state;
    mien_frame frame = grey_frame(0.5f);
    mien_paint_disc(&frame, (mien_disc){0.05f, 0.5f, 0.3f, 0.2f, true},
                    (mien_brush){{1, 1, 1}, 0, 0.5f});
    assert_float_equal(mean_of(&frame).x, 0.5 + 0.5 * 3.14159 * 0.06, 5e-3);
    mien_free(frame.light);
}

static void srgb__follows_its_curve(void **state) {
    (void)state;
    assert_float_equal(mien_srgb(0xffffff).y, 1, 1e-5);
    assert_float_equal(mien_srgb(0x808080).x, 0.21586, 1e-4);
    assert_float_equal(mien_srgb(0x0a0000).x, 0.0030353, 1e-6);
    assert_float_equal(mien_srgb(0x000080).z, 0.21586, 1e-4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(backdrops__are_finite_light_and_the_same_twice),
        cmocka_unit_test(backdrops__differ_by_their_seed),
        cmocka_unit_test(backdrops__look_alike_at_any_size),
        cmocka_unit_test(backdrops__fill_odd_shapes),
        cmocka_unit_test(backdrops__have_names_and_both_sides_of_the_door),
        cmocka_unit_test(wash__between_its_places_is_a_straight_line),
        cmocka_unit_test(box__covers_its_area_and_nothing_else),
        cmocka_unit_test(quad__has_the_area_of_its_outline),
        cmocka_unit_test(disc__has_the_area_of_its_radii),
        cmocka_unit_test(srgb__follows_its_curve),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
