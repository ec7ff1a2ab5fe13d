/* SPDX-License-Identifier: Apache-2.0 */
/* test_mesh.c - grids, tubes, normals and motions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "synth/mesh.h"
#include "synth/waves.h"

static float apart(mien_vec a, mien_vec b) {
    return mien_length(mien_sub(a, b));
}

static void grid__has_its_vertices_and_triangles(void **state) {
    (void)state;
    mien_mesh mesh = {0};
    int first = -1;
    assert_int_equal(mien_mesh_grid(&mesh, (mien_grid){3, 5, false}, NULL),
                     MIEN_OK);
    assert_int_equal(mesh.vertices, 15);
    assert_int_equal(mesh.triangles, 2 * 2 * 4);
    assert_int_equal(mien_mesh_grid(&mesh, (mien_grid){2, 4, true}, &first),
                     MIEN_OK);
    assert_int_equal(first, 15);
    assert_int_equal(mesh.triangles, 16 + 2 * 4);
    for (int i = 0; i < mesh.triangles; i++)
        for (int k = 0; k < 3; k++)
            assert_true(mesh.corner[i][k] < (uint32_t)mesh.vertices);
    mien_mesh_free(&mesh);
}

static void grid__refuses_what_is_no_surface(void **state) {
    (void)state;
    mien_mesh mesh = {0};
    assert_int_equal(mien_mesh_grid(&mesh, (mien_grid){1, 5, false}, NULL),
                     MIEN_ELIMIT);
    assert_int_equal(
        mien_mesh_grid(&mesh, (mien_grid){1 << 20, 1 << 20, false}, NULL),
        MIEN_ELIMIT);
    assert_int_equal(mien_mesh_reserve(&mesh, 1 << 23, 0), MIEN_ELIMIT);
    assert_int_equal(mien_mesh_reserve(&mesh, -1, 0), MIEN_ELIMIT);
    assert_int_equal(mesh.vertices, 0);
    mien_mesh_free(&mesh);
}

/* A ball of radius 2 about (1, 2, 3). */
static void make_ball(mien_mesh *mesh) {
    const int rows = 24, columns = 48;
    assert_int_equal(
        mien_mesh_grid(mesh, (mien_grid){rows, columns, true}, NULL), MIEN_OK);
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < columns; c++) {
            const float t = MIEN_PI * ((float)r / (float)(rows - 1) - 0.5f);
            const float a = 2 * MIEN_PI * (float)c / (float)columns;
            mesh->position[r * columns + c] = (mien_vec){
                1 + 2 * mien_cosine(t) * mien_sine(a), 2 + 2 * mien_sine(t),
                3 + 2 * mien_cosine(t) * mien_cosine(a)};
        }
}

static void normals__of_a_ball_point_outward(void **state) {
    (void)state;
    mien_mesh mesh = {0};
    make_ball(&mesh);
    mien_mesh_normals(&mesh);
    for (int i = 0; i < mesh.vertices; i++) {
        const mien_vec out =
            mien_unit(mien_sub(mesh.position[i], (mien_vec){1, 2, 3}));
        if (out.y < -0.999f || out.y > 0.999f) continue; /* many at a point */
        assert_true(mien_dot(out, mesh.normal[i]) > 0.98f);
    }
    mien_mesh_free(&mesh);
}

static void tube__lies_about_its_path(void **state) {
    (void)state;
    mien_mesh mesh = {0};
    const mien_vec path[4] = {{0, 0, 0}, {0, 10, 0}, {3, 20, 0}, {8, 28, 4}};
    const float radius[4] = {2, 2, 2, 2};
    assert_int_equal(mien_mesh_tube(&mesh, path, radius, 4, 8), MIEN_OK);
    for (int i = 0; i < mesh.vertices; i++) {
        float least = 1e9f;
        for (float t = 0; t <= 3; t += 0.01f) {
            const int k = t < 3 ? (int)t : 2;
            const float far =
                apart(mesh.position[i],
                      mien_blend(path[k], path[k + 1], t - (float)k));
            if (far < least) least = far;
        }
        assert_true(least > 1.7f && least < 2.1f);
        assert_true(mesh.at[i][0] >= 0 && mesh.at[i][0] <= 1);
        assert_true(mesh.at[i][1] >= 0 && mesh.at[i][1] <= 1);
    }
    mien_mesh_free(&mesh);
}

static void tube__is_wound_as_its_normals_say(void **state) {
    (void)state;
    mien_mesh mesh = {0};
    const mien_vec path[3] = {{5, 0, 0}, {5, 4, 9}, {-3, 8, 12}};
    const float radius[3] = {1, 2, 1};
    assert_int_equal(mien_mesh_tube(&mesh, path, radius, 3, 6), MIEN_OK);
    for (int i = 0; i < mesh.triangles; i++) {
        const uint32_t *c = mesh.corner[i];
        const mien_vec *p = mesh.position;
        const mien_vec flat =
            mien_cross(mien_sub(p[c[1]], p[c[0]]), mien_sub(p[c[2]], p[c[0]]));
        if (mien_length(flat) < 1e-4f) continue; /* at the ends */
        assert_true(mien_dot(flat, mesh.normal[c[0]]) > 0);
    }
    mien_mesh_free(&mesh);
}

static void tube__survives_points_that_coincide(void **state) {
    (void)state;
    mien_mesh mesh = {0};
    const mien_vec path[3] = {{1, 1, 1}, {1, 1, 1}, {1, 1, 1}};
    const float radius[3] = {1, 1, 1};
    assert_int_equal(mien_mesh_tube(&mesh, path, radius, 3, 6), MIEN_OK);
    for (int i = 0; i < mesh.vertices; i++) {
        const mien_vec p = mesh.position[i];
        assert_true(mien_dot(p, p) < 100); /* and so is a number */
    }
    assert_int_equal(mien_mesh_tube(&mesh, path, radius, 1, 6), MIEN_ELIMIT);
    assert_int_equal(mien_mesh_tube(&mesh, path, radius, 3, 2), MIEN_ELIMIT);
    mien_mesh_free(&mesh);
}

static void motion__turns_about_the_pivot(void **state) {
    (void)state;
    const mien_motion quarter = {.turn = {{{0, -1, 0}, {1, 0, 0}, {0, 0, 1}}},
                                 .pivot = {1, 1, 0},
                                 .shift = {0, 0, 5}};
    assert_true(apart(mien_moved(&quarter, (mien_vec){2, 1, 0}),
                      (mien_vec){1, 2, 5}) < 1e-6f);
    mien_mesh mesh = {0};
    assert_int_equal(mien_mesh_reserve(&mesh, 1, 0), MIEN_OK);
    mien_mesh_vertex(&mesh, (mien_vec){2, 1, 0}, 0, 0);
    mesh.normal[0] = (mien_vec){1, 0, 0};
    mien_mesh_move(&mesh, &quarter);
    assert_true(apart(mesh.position[0], (mien_vec){1, 2, 5}) < 1e-6f);
    assert_true(apart(mesh.normal[0], (mien_vec){0, 1, 0}) < 1e-6f);
    assert_true(apart(mesh.rest[0], (mien_vec){2, 1, 0}) < 1e-6f);
    mien_mesh_rest(&mesh);
    assert_true(apart(mesh.rest[0], mesh.position[0]) == 0);
    mien_mesh_free(&mesh);
}

static void mesh__keeps_its_room_when_emptied(void **state) {
    (void)state;
    mien_mesh mesh = {0};
    assert_int_equal(mien_mesh_grid(&mesh, (mien_grid){20, 20, false}, NULL),
                     MIEN_OK);
    mien_mem_fail_after(-1);
    mien_mesh_empty(&mesh);
    assert_int_equal(mien_mesh_grid(&mesh, (mien_grid){20, 20, false}, NULL),
                     MIEN_OK);
    assert_int_equal(mien_mem_fail_after(-1), 0);
    mien_mesh_free(&mesh);
}

static void mesh__is_whole_when_memory_runs_out(void **state) {
    (void)state;
    for (int n = 0; n < 12; n++) {
        mien_mesh mesh = {0};
        assert_int_equal(mien_mesh_reserve(&mesh, 2, 1), MIEN_OK);
        mien_mesh_vertex(&mesh, (mien_vec){7, 0, 0}, 0, 0);
        mien_mem_fail_after(n);
        const mien_status status =
            mien_mesh_grid(&mesh, (mien_grid){9, 9, true}, NULL);
        const int64_t made = mien_mem_fail_after(-1);
        assert_true(mesh.position[0].x == 7);
        if (made > n)
            assert_int_equal(status, MIEN_ENOMEM);
        else
            assert_int_equal(mesh.vertices, 82);
        mien_mesh_free(&mesh);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grid__has_its_vertices_and_triangles),
        cmocka_unit_test(grid__refuses_what_is_no_surface),
        cmocka_unit_test(normals__of_a_ball_point_outward),
        cmocka_unit_test(tube__lies_about_its_path),
        cmocka_unit_test(tube__is_wound_as_its_normals_say),
        cmocka_unit_test(tube__survives_points_that_coincide),
        cmocka_unit_test(motion__turns_about_the_pivot),
        cmocka_unit_test(mesh__keeps_its_room_when_emptied),
        cmocka_unit_test(mesh__is_whole_when_memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
