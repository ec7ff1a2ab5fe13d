/* SPDX-License-Identifier: Apache-2.0 */
/* eye.c - eyeballs, turned by the gaze, and eyelashes along the lids. */
#include "synth/head_form.h"
#include "synth/looks.h"

enum { RINGS = 15, SPOKES = 28, ALONG = 17, LENGTH = 4 };

/* The ball is larger than a real one so that its front is as flat as lids
 * show it; its turn is less in proportion, and the pupil is where it was. */
#define TURN_SHARE 0.72f

/* Front half of a ball about its axis of sight, the cornea raised. */
static mien_status fill_ball(mien_mesh *mesh, const mien_form *f, int which) {
    int first;
    const float degree = MIEN_PI / 180;
    const mien_form_eye *e = &f->eye[which];
    mien_motion gaze =
        mien_head_motion((mien_pose){.yaw = TURN_SHARE * f->mood->gaze[0],
                                     .pitch = TURN_SHARE * f->mood->gaze[1]},
                         (mien_vec){0});
    float r = f->head->eye_radius;
    MIEN_TRY(mien_mesh_grid(mesh, (mien_grid){RINGS, SPOKES, true}, &first));
    for (int k = 0; k < RINGS; k++) {
        float angle = 84 * degree * (float)k / (RINGS - 1), mm = angle * r;
        float s = mien_sine(angle), c = mien_cosine(angle);
        float bulge = 1 + 0.055f * mien_bell(mm / 3);
        for (int j = 0; j < SPOKES; j++) {
            float turn = 2 * MIEN_PI * (float)j / SPOKES;
            float x = mien_cosine(turn), y = mien_sine(turn);
            mien_vec p = mien_vec_of(s * x, s * y, c);
            p = mien_scale(mien_turned(&gaze.turn, p), r * bulge);
            int i = first + k * SPOKES + j;
            mesh->position[i] = mien_add(e->middle, p);
            mesh->at[i][0] = mm * x;
            mesh->at[i][1] = mm * y;
        }
    }
    return MIEN_OK;
}

static mien_status add_balls(mien_scene *scene, const mien_form *f) {
    mien_material look;
    MIEN_TRY(mien_look_eye(&look, scene, f->head));
    look.owner = (int16_t)f->head->owner;
    mien_mesh *mesh;
    MIEN_TRY(mien_scene_thing(scene, &mesh, look));
    for (int i = 0; i < 2; i++) MIEN_TRY(fill_ball(mesh, f, i));
    mien_mesh_normals(mesh);
    mien_mesh_rest(mesh);
    mien_mesh_move(mesh, &f->head->pose);
    return MIEN_OK;
}

/* A fringe rooted on the outer edge of a lid's rim. */
static mien_status fill_fringe(mien_mesh *mesh, const mien_form *f, int which,
                               bool upper) {
    int first;
    const mien_form_eye *e = &f->eye[which];
    float side = which == 0 ? -1 : 1;
    float length = (upper ? 7.5f : 4) + 0.9f * MIEN_NORMAL(f, lash);
    float lift = upper ? mien_mix(0.75f, -0.8f, e->shut) : -0.8f;
    MIEN_TRY(mien_mesh_grid(mesh, (mien_grid){LENGTH, ALONG, false}, &first));
    for (int k = 0; k < LENGTH; k++)
        for (int j = 0; j < ALONG; j++) {
            float along = (float)j / (ALONG - 1), out = (float)k / (LENGTH - 1);
            float x = mien_mix(-0.86f, 0.98f, along);
            float u = side * (MIEN_CHART_EYE_U + MIEN_CHART_EYE_HALF * x);
            mien_vec p = mien_head_at(f->head, u, upper ? 0.8f : -0.8f, NULL);
            float far = length * out * (0.7f + 0.3f * (1 - x * x)) *
                        (0.85f + 0.25f * along);
            p.z += far * (0.75f - 0.25f * out);
            p.y += far * lift * out;
            p.x += side * far * (0.1f + 0.45f * x * fabsf(x));
            int i = first + k * ALONG + j;
            mesh->position[i] = p;
            mesh->at[i][0] = along;
            mesh->at[i][1] = out;
        }
    return MIEN_OK;
}

static mien_status add_lashes(mien_scene *scene, const mien_form *f) {
    mien_material look;
    MIEN_TRY(mien_look_lashes(&look, scene, f->head));
    look.owner = (int16_t)f->head->owner;
    mien_mesh *mesh;
    MIEN_TRY(mien_scene_thing(scene, &mesh, look));
    for (int i = 0; i < 2; i++) {
        MIEN_TRY(fill_fringe(mesh, f, i, true));
        MIEN_TRY(fill_fringe(mesh, f, i, false));
    }
    mien_mesh_normals(mesh);
    mien_mesh_rest(mesh);
    mien_mesh_move(mesh, &f->head->pose);
    return MIEN_OK;
}

mien_status mien_head_eyes(mien_scene *scene, const mien_form *f) {
    MIEN_TRY(add_balls(scene, f));
    return add_lashes(scene, f);
}
