/* SPDX-License-Identifier: Apache-2.0 */
/* test_scene.c - things in a scene, and where the camera sees a place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "synth/scene.h"

static void things__keep_their_meshes(void **state) {
    (void)state;
    mien_scene scene = {0};
    mien_mesh *mesh;
    for (int i = 0; i < 100; i++) {
        assert_int_equal(mien_scene_thing(&scene, &mesh,
                                          (mien_material){.owner = (int16_t)i}),
                         MIEN_OK);
        assert_int_equal(mien_mesh_reserve(mesh, i + 1, 0), MIEN_OK);
        for (int k = 0; k <= i; k++)
            mien_mesh_vertex(mesh, (mien_vec){0}, 0, 0);
    }
    for (int i = 0; i < 100; i++) {
        assert_int_equal(scene.thing[i].mesh.vertices, i + 1);
        assert_int_equal(scene.thing[i].material.owner, i);
    }
    mien_scene_empty(&scene);
    assert_int_equal(scene.things, 0);
    mien_mem_fail_after(-1);
    assert_int_equal(mien_scene_thing(&scene, &mesh, (mien_material){0}),
                     MIEN_OK);
    assert_int_equal(mesh->vertices, 0);
    assert_true(mesh->vertex_room > 0);
    assert_int_equal(mien_mem_fail_after(-1), 0);
    mien_scene_free(&scene);
}

static void things__are_limited(void **state) {
    (void)state;
    mien_scene scene = {0};
    mien_mesh *mesh;
    for (int i = 0; i < MIEN_SCENE_MOST; i++)
        assert_int_equal(mien_scene_thing(&scene, &mesh, (mien_material){0}),
                         MIEN_OK);
    assert_int_equal(mien_scene_thing(&scene, &mesh, (mien_material){0}),
                     MIEN_ELIMIT);
    assert_null(mesh);
    mien_scene_free(&scene);
}

static void things__fail_cleanly_without_memory(void **state) {
    (void)state;
    mien_scene scene = {0};
    mien_mesh *mesh;
    mien_mem_fail_after(0);
    assert_int_equal(mien_scene_thing(&scene, &mesh, (mien_material){0}),
                     MIEN_ENOMEM);
    assert_null(mesh);
    assert_int_equal(scene.things, 0);
    mien_mem_fail_after(0);
    assert_null(mien_scene_room(&scene, 64));
    mien_mem_fail_after(-1);
    assert_non_null(mien_scene_room(&scene, 64));
    mien_scene_free(&scene);
}

static void camera__projects_as_a_pinhole(void **state) {
    (void)state;
    const mien_camera camera = {.eye = {0, 0, 100},
                                .turn = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
                                .focal = 200,
                                .centre = {50, 40}};
    const mien_vec at = mien_camera_project(&camera, (mien_vec){10, 5, 0});
    assert_true(at.x == 70 && at.y == 30 && at.z == 100);
    const mien_vec behind = mien_camera_project(&camera, (mien_vec){0, 0, 200});
    assert_true(behind.z < 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(things__keep_their_meshes),
        cmocka_unit_test(things__are_limited),
        cmocka_unit_test(things__fail_cleanly_without_memory),
        cmocka_unit_test(camera__projects_as_a_pinhole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
