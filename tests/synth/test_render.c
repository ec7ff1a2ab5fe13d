/* SPDX-License-Identifier: Apache-2.0 */
/* test_render.c - what is seen where, whatever the scene holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "synth/waves.h"

#include "stage.h"

static const mien_vec red = {1, 0, 0}, green = {0, 1, 0};
static const mien_material white = {.look = stage_white};

static float sum_of(const stage *s) {
    double sum = 0;
    for (int i = 0; i < STAGE_SIDE * STAGE_SIDE; i++) sum += s->light[i].x;
    return (float)sum;
}

/* ---- coverage ---------------------------------------------------------- */

static void raster__covers_the_area_of_a_triangle(void **state) {
    (void)state;
    for (int i = 0; i < 40; i++) {
        stage s;
        stage_open(&s);
        mien_vec p[3];
        for (uint32_t k = 0; k < 3; k++)
            p[k] = (mien_vec){50 * mien_hash_unit((uint32_t)i, k, 1) - 25,
                              50 * mien_hash_unit((uint32_t)i, k, 2) - 25, 0};
        stage_triangle(stage_thing(&s, white), p[0], p[1], p[2]);
        assert_int_equal(stage_draw(&s), MIEN_OK);
        const float area = 0.5f * mien_length(mien_cross(mien_sub(p[1], p[0]),
                                                         mien_sub(p[2], p[0])));
        float around = 0;
        for (int k = 0; k < 3; k++)
            around += mien_length(mien_sub(p[k], p[(k + 1) % 3]));
        /* The outline errs by a part of an eighth of a pixel each. */
        assert_true(fabsf(sum_of(&s) - area) < 0.04f * around);
        stage_close(&s);
    }
}

static void raster__leaves_no_gap_between_neighbours(void **state) {
    (void)state;
    stage s;
    stage_open(&s);
    mien_mesh *mesh = stage_thing(&s, white);
    const int n = 23;
    assert_int_equal(mien_mesh_grid(mesh, (mien_grid){n, n, false}, NULL),
                     MIEN_OK);
    for (int i = 0; i < n * n; i++) {
        const float x =
            (float)(i % n) + 0.4f * mien_hash_unit((uint32_t)i, 1, 1);
        const float y =
            (float)(i / n) + 0.4f * mien_hash_unit((uint32_t)i, 2, 1);
        mesh->position[i] = (mien_vec){4 * x - 48, 4 * y - 48, 0};
    }
    mien_mesh_normals(mesh);
    assert_int_equal(stage_draw(&s), MIEN_OK);
    for (int y = 2; y < STAGE_SIDE - 2; y++)
        for (int x = 2; x < STAGE_SIDE - 2; x++) {
            assert_true(fabsf(stage_light(&s, x, y).x - 1) < 1e-4f);
            assert_true(fabsf(s.depth[y * STAGE_SIDE + x] - 1000) < 0.05f);
        }
    stage_close(&s);
}

static void raster__shows_the_nearer_thing(void **state) {
    (void)state;
    for (int order = 0; order < 2; order++) {
        stage s;
        stage_open(&s);
        for (int k = 0; k < 2; k++) {
            const bool near = k == order;
            stage_card(
                stage_thing(&s, (mien_material){.look = stage_dyed,
                                                .what = near ? &red : &green}),
                -20, -20, 20, 20, near ? 50.0f : 0);
        }
        assert_int_equal(stage_draw(&s), MIEN_OK);
        const mien_vec at = stage_light(&s, 32, 32);
        assert_true(at.x > 0.9f && at.y == 0);
        assert_true(fabsf(s.depth[32 * STAGE_SIDE + 32] - 950) < 0.05f);
        assert_true(s.depth[0] == INFINITY);
        stage_close(&s);
    }
}

static void raster__mixes_what_shares_a_pixel(void **state) {
    (void)state;
    stage s;
    stage_open(&s);
    /* The left half of the pixels of column 32, over the backdrop. */
    stage_card(stage_thing(&s, white), -20, -20, 0.5f, 20, 0);
    for (int i = 0; i < STAGE_SIDE * STAGE_SIDE; i++)
        s.light[i] = (mien_vec){0, 0, 0.5f};
    assert_int_equal(mien_render(s.renderer, &s.frame, &s.scene), MIEN_OK);
    const mien_vec at = stage_light(&s, 32, 32);
    assert_true(fabsf(at.x - 0.5f) < 1e-4f);
    assert_true(fabsf(at.z - 0.75f) < 1e-4f);
    assert_true(fabsf(stage_light(&s, 31, 32).z - 1) < 1e-4f);
    assert_true(fabsf(stage_light(&s, 33, 32).z - 0.5f) < 1e-4f);
    stage_close(&s);
}

static void raster__clips_at_the_camera(void **state) {
    (void)state;
    stage s;
    stage_open(&s);
    /* A floor 20 mm below the axis, from far off to behind the camera. */
    mien_mesh *mesh = stage_thing(&s, white);
    stage_triangle(mesh, (mien_vec){-900, -20, -9000}, (mien_vec){0, -20, 3000},
                   (mien_vec){900, -20, -9000});
    assert_int_equal(stage_draw(&s), MIEN_OK);
    for (int y = 36; y < STAGE_SIDE; y++)
        assert_true(s.depth[y * STAGE_SIDE + 32] < INFINITY);
    for (int y = 0; y < 32; y++)
        assert_true(s.depth[y * STAGE_SIDE + 32] == INFINITY);
    /* 20 mm below by 20 pixels below the axis: 1000 mm off. */
    const float z = s.depth[52 * STAGE_SIDE + 32];
    assert_true(fabsf(z - 20000 / 20.5f) < 10);
    stage_close(&s);
}

static void raster__leaves_out_what_is_behind(void **state) {
    (void)state;
    stage s;
    stage_open(&s);
    stage_card(stage_thing(&s, white), -20, -20, 20, 20, 1500);
    assert_int_equal(stage_draw(&s), MIEN_OK);
    assert_true(sum_of(&s) == 0);
    stage_close(&s);
}

static void raster__leaves_out_backs_of_one_sided_things(void **state) {
    (void)state;
    stage s;
    stage_open(&s);
    mien_material m = white;
    m.one_sided = true;
    mien_mesh *mesh = stage_thing(&s, m);
    stage_card(mesh, -20, -20, -4, 20, 0);
    stage_card(mesh, 20, -20, 4, 20, 0); /* clockwise */
    assert_int_equal(stage_draw(&s), MIEN_OK);
    assert_true(stage_light(&s, 20, 32).x > 0.9f);
    assert_true(stage_light(&s, 44, 32).x == 0);
    stage_close(&s);
}

static bool left_of_3(const void *what, const mien_fragment *f) {
    (void)what;
    return f->at[0] < 3 && f->size > 0;
}

static void raster__cuts_out_by_sample(void **state) {
    (void)state;
    stage s;
    stage_open(&s);
    mien_material m = white;
    m.covers = left_of_3;
    stage_card(stage_thing(&s, m), -20, -20, 20, 20, 0);
    assert_int_equal(stage_draw(&s), MIEN_OK);
    /* x = 3 lies in the middle of column 35 - 0.5 + ... = 34.5: its edge. */
    assert_true(stage_light(&s, 34, 32).x > 0.9f);
    assert_true(stage_light(&s, 35, 32).x < 0.1f);
    assert_true(fabsf(sum_of(&s) - 23 * 40) < 25);
    stage_close(&s);
}

/* ---- sight ------------------------------------------------------------- */

static void sight__tells_clear_hidden_and_outside(void **state) {
    (void)state;
    stage s;
    stage_open(&s);
    stage_card(stage_thing(&s, white), -30, -30, 30, 30, 0);
    stage_card(stage_thing(&s, white), -10, -10, 0, 10, 20);
    assert_int_equal(mien_renderer_sees(s.renderer, (mien_vec){0, 0, 0}),
                     MIEN_SIGHT_OUTSIDE);
    assert_int_equal(stage_draw(&s), MIEN_OK);
    const struct {
        mien_vec at;
        mien_sight sight;
    } cases[] = {
        {{5, 0, 0}, MIEN_SIGHT_CLEAR},    {{-5, 0, 0}, MIEN_SIGHT_HIDDEN},
        {{-5, 0, 17}, MIEN_SIGHT_CLEAR},  {{5, 0, -9}, MIEN_SIGHT_HIDDEN},
        {{50, 0, 0}, MIEN_SIGHT_OUTSIDE}, {{0, 0, 2000}, MIEN_SIGHT_OUTSIDE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(mien_renderer_sees(s.renderer, cases[i].at),
                         cases[i].sight);
    stage_close(&s);
}

/* ---- soundness --------------------------------------------------------- */

static void broken(mien_surface *s, const void *what, const mien_fragment *f) {
    (void)what;
    (void)f;
    s->albedo = (mien_vec){NAN, 1, -5};
    s->roughness = 0;
}

static void render__comes_to_numbers_whatever_it_is_given(void **state) {
    (void)state;
    stage s;
    stage_open(&s);
    s.scene.light.colour = (mien_vec){3, 3, 3};
    mien_mesh *mesh = stage_thing(&s, white);
    stage_card(mesh, -20, -20, 20, 20, 0);
    const float odd[] = {NAN, INFINITY, -INFINITY, 3e38f, -3e38f, 1e-40f, 1000};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        stage_triangle(mesh, (mien_vec){odd[i], 0, 0}, (mien_vec){5, odd[i], 0},
                       (mien_vec){0, 9, odd[i]});
        stage_triangle(mesh, (mien_vec){0, 0, odd[i]}, (mien_vec){5, 0, 0},
                       (mien_vec){5, 0, 0});
        stage_triangle(mesh, (mien_vec){-9, 0, odd[i]},
                       (mien_vec){9, 0, odd[i]}, (mien_vec){0, 9, 0});
    }
    stage_triangle(mesh, (mien_vec){0}, (mien_vec){0}, (mien_vec){0});
    stage_card(stage_thing(&s, (mien_material){.look = broken}), -9, -9, 9, 9,
               1);
    stage_thing(&s, (mien_material){0}); /* an empty mesh */
    assert_int_equal(stage_draw(&s), MIEN_OK);
    for (int i = 0; i < STAGE_SIDE * STAGE_SIDE; i++) {
        const mien_vec v = s.light[i];
        assert_true(v.x >= 0 && v.y >= 0 && v.z >= 0);
        assert_true(v.x < INFINITY && v.y < INFINITY && v.z < INFINITY);
    }
    stage_close(&s);
}

static void render__refuses_a_camera_without_pixels(void **state) {
    (void)state;
    stage s;
    stage_open(&s);
    s.scene.camera.width = 0;
    assert_int_equal(stage_draw(&s), MIEN_EINVAL);
    s.scene.camera.width = STAGE_SIDE / 2;
    assert_int_equal(stage_draw(&s), MIEN_EINVAL);
    s.scene.camera.width = STAGE_SIDE;
    s.scene.camera.focal = 0;
    assert_int_equal(stage_draw(&s), MIEN_EINVAL);
    stage_close(&s);
}

static void render__gives_the_same_bytes_twice(void **state) {
    (void)state;
    stage s;
    static mien_vec first[STAGE_SIDE * STAGE_SIDE];
    stage_shadow(&s, 0.1f);
    memcpy(first, s.light, sizeof first);
    assert_int_equal(stage_draw(&s), MIEN_OK);
    assert_memory_equal(first, s.light, sizeof first);
    stage_close(&s);
    stage_shadow(&s, 0.1f);
    assert_memory_equal(first, s.light, sizeof first);
    stage_close(&s);
}

static void render__allocates_nothing_the_second_time(void **state) {
    (void)state;
    stage s;
    stage_shadow(&s, 0.1f);
    mien_mem_fail_after(-1);
    assert_int_equal(stage_draw(&s), MIEN_OK);
    assert_int_equal(mien_mem_fail_after(-1), 0);
    stage_close(&s);
}

static void render__fails_cleanly_without_memory(void **state) {
    (void)state;
    bool failed = true;
    for (int n = 0; failed; n++) {
        assert_true(n < 100);
        stage s;
        stage_open(&s);
        stage_card(stage_thing(&s, white), -30, -30, 30, 30, 0);
        stage_card(stage_thing(&s, (mien_material){.look = stage_half_clear,
                                                   .translucent = true,
                                                   .what = &red}),
                   -20, -20, 20, 20, 50);
        mien_mem_fail_after(n);
        const mien_status status = stage_draw(&s);
        failed = mien_mem_fail_after(-1) > n;
        assert_int_equal(status, failed ? MIEN_ENOMEM : MIEN_OK);
        assert_int_equal(stage_draw(&s), MIEN_OK); /* usable again */
        stage_close(&s);
    }
    mien_renderer *r;
    mien_mem_fail_after(0);
    assert_int_equal(mien_renderer_open(&r), MIEN_ENOMEM);
    assert_null(r);
    mien_mem_fail_after(-1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(raster__covers_the_area_of_a_triangle),
        cmocka_unit_test(raster__leaves_no_gap_between_neighbours),
        cmocka_unit_test(raster__shows_the_nearer_thing),
        cmocka_unit_test(raster__mixes_what_shares_a_pixel),
        cmocka_unit_test(raster__clips_at_the_camera),
        cmocka_unit_test(raster__leaves_out_what_is_behind),
        cmocka_unit_test(raster__leaves_out_backs_of_one_sided_things),
        cmocka_unit_test(raster__cuts_out_by_sample),
        cmocka_unit_test(sight__tells_clear_hidden_and_outside),
        cmocka_unit_test(render__comes_to_numbers_whatever_it_is_given),
        cmocka_unit_test(render__refuses_a_camera_without_pixels),
        cmocka_unit_test(render__gives_the_same_bytes_twice),
        cmocka_unit_test(render__allocates_nothing_the_second_time),
        cmocka_unit_test(render__fails_cleanly_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
