/* SPDX-License-Identifier: Apache-2.0 */
/* test_render_light.c - how what is seen is lit, and what shines through. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "synth/waves.h"

#include "stage.h"

static const mien_vec red = {1, 0, 0}, green = {0, 1, 0};
static const mien_material white = {.look = stage_white};

/* ---- light ------------------------------------------------------------- */

static void light__of_a_white_sky_leaves_white_as_it_is(void **state) {
    (void)state;
    stage s;
    stage_open(&s);
    stage_card(stage_thing(&s, white), -20, -20, 20, 20, 0);
    assert_int_equal(stage_draw(&s), MIEN_OK);
    assert_true(fabsf(stage_light(&s, 32, 32).x - 1) < 1e-4f);
    stage_close(&s);
}

/* Smooth or rough, scattering or fibrous: no more light than a tenth above
 * what arrives leaves a surface under a white sky and a lamp. */
static void varied(mien_surface *s, const void *what, const mien_fragment *f) {
    (void)f;
    const int *kind = what;
    s->albedo = (mien_vec){0.8f, 0.8f, 0.8f};
    s->roughness = *kind & 1 ? 0.3f : 0.8f;
    s->scatter = *kind & 2 ? 1.0f : 0;
    s->strand = *kind & 4 ? 1.0f : 0;
    s->tangent = (mien_vec){0, 1, 0};
}

static void light__is_not_made(void **state) {
    (void)state;
    for (int kind = 0; kind < 8; kind++)
        for (int k = -8; k <= 8; k++) {
            stage s;
            stage_open(&s);
            const float a = 0.16f * (float)k;
            s.scene.light.towards = (mien_vec){mien_sine(a), 0, mien_cosine(a)};
            s.scene.light.colour = (mien_vec){1, 1, 1};
            s.scene.light.size = 0.3f;
            stage_card(
                stage_thing(&s, (mien_material){.look = varied, .what = &kind}),
                -20, -20, 20, 20, 0);
            assert_int_equal(stage_draw(&s), MIEN_OK);
            const float out = stage_light(&s, 32, 32).x;
            assert_true(out > 0.1f && out < 2.2f);
            stage_close(&s);
        }
}

static void light__falls_with_the_cosine(void **state) {
    (void)state;
    stage s;
    stage_open(&s);
    s.scene.light = (mien_light){.colour = {1, 1, 1}, .size = 0.05f};
    stage_card(stage_thing(&s, white), -20, -20, 20, 20, 0);
    for (int k = 0; k < 6; k++) {
        const float a = 0.25f * (float)k;
        s.scene.light.towards = (mien_vec){mien_sine(a), 0, mien_cosine(a)};
        assert_int_equal(stage_draw(&s), MIEN_OK);
        assert_true(fabsf(stage_light(&s, 32, 32).x - mien_cosine(a)) < 0.01f);
    }
    stage_close(&s);
}

static void shadow__falls_where_geometry_says(void **state) {
    (void)state;
    stage s;
    stage_shadow(&s, 0.002f);
    const float lit = stage_light(&s, 10, 50).x;
    assert_true(fabsf(lit - sqrtf(0.5f)) < 0.01f);
    for (int x = 0; x < STAGE_SIDE; x++) {
        const float at = (float)x - 31.5f;
        const float here = stage_light(&s, x, 32).x;
        if (at > 13 && at < 17) assert_true(here < 0.1f * lit);
        if (at > 24 || at < -14) assert_true(here > 0.95f * lit);
        if (at > 3 && at < 6) assert_true(here > 0.95f * lit);
    }
    stage_close(&s);
}

static void shadow__is_soft_under_a_large_lamp(void **state) {
    (void)state;
    int between[2] = {0};
    for (int k = 0; k < 2; k++) {
        stage s;
        stage_shadow(&s, k ? 0.25f : 0.002f);
        for (int x = 36; x < 60; x++) {
            const float here = stage_light(&s, x, 32).x;
            between[k] += here > 0.1f && here < 0.6f;
        }
        stage_close(&s);
    }
    assert_true(between[1] >= between[0] + 3);
}

static void shadow__is_not_cast_by_what_casts_none(void **state) {
    (void)state;
    stage s;
    stage_shadow(&s, 0.002f);
    s.scene.thing[1].material.unshadowing = true;
    assert_int_equal(stage_draw(&s), MIEN_OK);
    assert_true(stage_light(&s, 47, 32).x > 0.65f);
    stage_close(&s);
}

static void occlusion__darkens_a_corner(void **state) {
    (void)state;
    stage s;
    stage_open(&s);
    mien_material grey = {.look = stage_dyed,
                          .what = &(mien_vec){0.3f, 0.3f, 0.3f}};
    mien_mesh *mesh = stage_thing(&s, grey);
    stage_card(mesh, -30, -30, 30, 30, 0);
    /* A wall from x = 0 upwards to the left. */
    stage_triangle(mesh, (mien_vec){0, -30, 0}, (mien_vec){-15, -30, 40},
                   (mien_vec){-15, 30, 40});
    stage_triangle(mesh, (mien_vec){0, -30, 0}, (mien_vec){-15, 30, 40},
                   (mien_vec){0, 30, 0});
    assert_int_equal(stage_draw(&s), MIEN_OK);
    const float corner = stage_light(&s, 34, 32).x;
    const float open = stage_light(&s, 58, 32).x;
    assert_true(corner < 0.8f * open);
    stage_close(&s);
}

/* ---- translucent things ------------------------------------------------ */

static void veils__lie_over_each_other_by_distance(void **state) {
    (void)state;
    for (int order = 0; order < 2; order++) {
        stage s;
        stage_open(&s);
        for (int k = 0; k < 2; k++) {
            const bool near = k == order;
            stage_card(
                stage_thing(&s, (mien_material){.look = stage_half_clear,
                                                .translucent = true,
                                                .what = near ? &red : &green}),
                -20, -20, 20, 20, near ? 50.0f : 20);
        }
        stage_card(stage_thing(&s, white), -30, -30, 30, 30, 0);
        assert_int_equal(stage_draw(&s), MIEN_OK);
        const mien_vec at = stage_light(&s, 32, 32);
        assert_true(fabsf(at.x - 0.75f) < 0.01f);
        assert_true(fabsf(at.y - 0.5f) < 0.01f);
        assert_true(fabsf(at.z - 0.25f) < 0.01f);
        stage_close(&s);
    }
}

static void veils__hide_behind_what_is_opaque(void **state) {
    (void)state;
    stage s;
    stage_open(&s);
    stage_card(stage_thing(&s, (mien_material){.look = stage_half_clear,
                                               .translucent = true,
                                               .what = &red}),
               -20, -20, 20, 20, -50);
    stage_card(stage_thing(&s, white), -30, -30, 30, 30, 0);
    assert_int_equal(stage_draw(&s), MIEN_OK);
    assert_true(fabsf(stage_light(&s, 32, 32).z - 1) < 1e-4f);
    stage_close(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(light__of_a_white_sky_leaves_white_as_it_is),
        cmocka_unit_test(light__is_not_made),
        cmocka_unit_test(light__falls_with_the_cosine),
        cmocka_unit_test(shadow__falls_where_geometry_says),
        cmocka_unit_test(shadow__is_soft_under_a_large_lamp),
        cmocka_unit_test(shadow__is_not_cast_by_what_casts_none),
        cmocka_unit_test(occlusion__darkens_a_corner),
        cmocka_unit_test(veils__lie_over_each_other_by_distance),
        cmocka_unit_test(veils__hide_behind_what_is_opaque),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
