/* SPDX-License-Identifier: Apache-2.0 */
/* stage.h - a small scene before a camera, for tests of the renderer.
 *
 * The camera stands at z = 1000 and a pixel spans a millimetre at z = 0; the
 * point (0, 0, 0) falls on the middle of the picture. */
#ifndef MIEN_TESTS_SYNTH_STAGE_H
#define MIEN_TESTS_SYNTH_STAGE_H

#include <string.h>

#include "synth/render.h"

enum { STAGE_SIDE = 64 };

typedef struct stage {
    mien_scene scene;
    mien_renderer *renderer;
    mien_frame frame;
    mien_vec light[STAGE_SIDE * STAGE_SIDE];
    float depth[STAGE_SIDE * STAGE_SIDE];
} stage;

/* No lamp, a white sky: a white surface comes out as 1. */
static inline void stage_open(stage *s) {
    memset(s, 0, sizeof *s);
    assert_int_equal(mien_renderer_open(&s->renderer), MIEN_OK);
    s->scene.camera = (mien_camera){
        .eye = {0, 0, 1000},
        .turn = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
        .focal = 1000,
        .centre = {(STAGE_SIDE - 1) / 2.0f, (STAGE_SIDE - 1) / 2.0f},
        .width = STAGE_SIDE,
        .height = STAGE_SIDE};
    s->scene.light.towards = (mien_vec){0, 0, 1};
    s->scene.light.sky[0] = (mien_vec){1, 1, 1};
    s->frame = (mien_frame){STAGE_SIDE, STAGE_SIDE, s->light, s->depth};
}

static inline void stage_close(stage *s) {
    mien_scene_free(&s->scene);
    mien_renderer_close(s->renderer);
}

/* Render over a backdrop of 0. */
static inline mien_status stage_draw(stage *s) {
    memset(s->light, 0, sizeof s->light);
    return mien_render(s->renderer, &s->frame, &s->scene);
}

static inline mien_vec stage_light(const stage *s, int x, int y) {
    return s->light[y * STAGE_SIDE + x];
}

/* A surface that sends as much as it gets, and mirrors nothing. */
static inline void stage_white(mien_surface *s, const void *what,
                               const mien_fragment *f) {
    (void)what;
    (void)f;
    s->albedo = (mien_vec){1, 1, 1};
    s->specular = 0;
}

/* As white, but its albedo is the colour in `what`. */
static inline void stage_dyed(mien_surface *s, const void *what,
                              const mien_fragment *f) {
    stage_white(s, what, f);
    memcpy(&s->albedo, what, sizeof s->albedo);
}

static inline mien_mesh *stage_thing(stage *s, mien_material m) {
    mien_mesh *mesh;
    assert_int_equal(mien_scene_thing(&s->scene, &mesh, m), MIEN_OK);
    return mesh;
}

static inline void stage_triangle(mien_mesh *mesh, mien_vec a, mien_vec b,
                                  mien_vec c) {
    assert_int_equal(mien_mesh_reserve(mesh, 3, 1), MIEN_OK);
    const int i = mien_mesh_vertex(mesh, a, a.x, a.y);
    mien_mesh_vertex(mesh, b, b.x, b.y);
    mien_mesh_vertex(mesh, c, c.x, c.y);
    mien_mesh_triangle(mesh, i, i + 1, i + 2);
    mien_mesh_normals(mesh);
}

/* A rectangle at a height z, facing the camera. */
static inline void stage_card(mien_mesh *mesh, float x0, float y0, float x1,
                              float y1, float z) {
    stage_triangle(mesh, (mien_vec){x0, y0, z}, (mien_vec){x1, y0, z},
                   (mien_vec){x1, y1, z});
    stage_triangle(mesh, (mien_vec){x0, y0, z}, (mien_vec){x1, y1, z},
                   (mien_vec){x0, y1, z});
}

/* As dyed, but half of what is behind shows through. */
static inline void stage_half_clear(mien_surface *s, const void *what,
                                    const mien_fragment *f) {
    stage_dyed(s, what, f);
    s->opacity = 0.5f;
}

/* A card of 10 mm, 20 mm above the ground; the lamp at 45 degrees from the
 * left: its shadow lies 20 mm to the right. */
static inline void stage_shadow(stage *s, float size) {
    stage_open(s);
    s->scene.light = (mien_light){.towards = mien_unit((mien_vec){-1, 0, 1}),
                                  .colour = {1, 1, 1},
                                  .size = size};
    stage_card(stage_thing(s, (mien_material){.look = stage_white}), -60, -60,
               60, 60, 0);
    stage_card(stage_thing(s, (mien_material){.look = stage_white}), -10, -5, 0,
               5, 20);
    assert_int_equal(stage_draw(s), MIEN_OK);
}

#endif
