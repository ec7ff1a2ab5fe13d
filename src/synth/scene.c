/* SPDX-License-Identifier: Apache-2.0 */
/* scene.c - what the renderer sees: things, light, a camera. */
#include "synth/scene.h"

#include "base/mem.h"

/* One picture in which everything is new must not move the array often. */
#define FIRST_ROOM 32

static mien_status more_room(mien_scene *scene) {
    if (scene->room == MIEN_SCENE_MOST)
        return mien_fail(MIEN_ELIMIT, "scene: more than %d things",
                         MIEN_SCENE_MOST);
    const int room = scene->room ? 2 * scene->room : FIRST_ROOM;
    mien_thing *thing = mien_realloc(scene->thing, (size_t)room, sizeof *thing);
    if (!thing) return MIEN_ENOMEM;
    for (int i = scene->room; i < room; i++) thing[i] = (mien_thing){0};
    scene->thing = thing;
    scene->room = room;
    return MIEN_OK;
}

mien_status mien_scene_thing(mien_scene *scene, mien_mesh **mesh,
                             mien_material material) {
    *mesh = NULL;
    if (scene->things == scene->room) MIEN_TRY(more_room(scene));
    mien_thing *thing = &scene->thing[scene->things++];
    mien_mesh_empty(&thing->mesh);
    thing->material = material;
    *mesh = &thing->mesh;
    return MIEN_OK;
}

void *mien_scene_room(mien_scene *scene, size_t size) {
    return mien_arena_alloc(&scene->arena, size, 1);
}

void mien_scene_empty(mien_scene *scene) {
    scene->things = 0;
    mien_arena_close(&scene->arena);
}

void mien_scene_free(mien_scene *scene) {
    for (int i = 0; i < scene->room; i++) mien_mesh_free(&scene->thing[i].mesh);
    mien_free(scene->thing);
    mien_arena_close(&scene->arena);
    *scene = (mien_scene){0};
}

mien_vec mien_camera_project(const mien_camera *camera, mien_vec p) {
    const mien_vec c = mien_turned(&camera->turn, mien_sub(p, camera->eye));
    const float depth = -c.z;
    const float scale = camera->focal / (depth > 1e-6f ? depth : 1e-6f);
    return (mien_vec){camera->centre[0] + scale * c.x,
                      camera->centre[1] - scale * c.y, depth};
}
