/* SPDX-License-Identifier: Apache-2.0 */
/* mouth.c - what shows between parted lips: two rows of teeth, the dark. */
#include "synth/head_form.h"
#include "synth/looks.h"

enum { ALONG = 25, HEIGHT = 5, RINGS = 8, SPOKES = 20 };

/* The lips' line at rest, in the middle: the teeth are set from it. */
static mien_vec lips(const mien_form *f) {
    mien_vec p = f->head->point[51];
    p.y -= MIEN_AMOUNT(f, lip_upper);
    return p;
}

/* A row of teeth on a parabola; `up` from the biting edge, -1 the lower. */
static mien_status fill_row(mien_mesh *mesh, const mien_form *f, float up) {
    int first;
    mien_vec middle = lips(f);
    float edge = middle.y + (up > 0 ? -2.2f : -2.6f);
    float front = middle.z - (up > 0 ? 7 : 9.5f), tall = up > 0 ? 11 : 9;
    MIEN_TRY(mien_mesh_grid(mesh, (mien_grid){HEIGHT, ALONG, false}, &first));
    for (int k = 0; k < HEIGHT; k++)
        for (int j = 0; j < ALONG; j++) {
            float x = 0.45f * MIEN_AMOUNT(f, mouth_breadth) *
                      (2 * (float)j / (ALONG - 1) - 1);
            float y = tall * (float)k / (HEIGHT - 1);
            float z = front - x * x * 0.034f - 0.012f * y * y;
            mien_vec p = {x, edge + up * y, z};
            if (up < 0) p = mien_jaw_turned(f, p, 1);
            int i = first + k * ALONG + j;
            mesh->position[i] = p;
            mesh->at[i][0] = x;
            mesh->at[i][1] = y;
        }
    return MIEN_OK;
}

static mien_status add_teeth(mien_scene *scene, const mien_form *f) {
    mien_material look;
    MIEN_TRY(mien_look_teeth(&look, scene, f->head));
    look.owner = (int16_t)f->head->owner;
    mien_mesh *mesh;
    MIEN_TRY(mien_scene_thing(scene, &mesh, look));
    MIEN_TRY(fill_row(mesh, f, 1));
    MIEN_TRY(fill_row(mesh, f, -1));
    mien_mesh_normals(mesh);
    mien_mesh_rest(mesh);
    mien_mesh_move(mesh, &f->head->pose);
    return MIEN_OK;
}

/* A bag that opens forward behind the teeth. */
static mien_status add_dark(mien_scene *scene, const mien_form *f) {
    mien_material look;
    MIEN_TRY(mien_look_mouth(&look, scene, f->head));
    look.owner = (int16_t)f->head->owner;
    mien_mesh *mesh;
    int first;
    MIEN_TRY(mien_scene_thing(scene, &mesh, look));
    MIEN_TRY(mien_mesh_grid(mesh, (mien_grid){RINGS, SPOKES, true}, &first));
    mien_vec middle = lips(f);
    float open = mien_clamp(f->mood->open, 0, 1);
    for (int k = 0; k < RINGS; k++)
        for (int j = 0; j < SPOKES; j++) {
            float a = 0.5f * MIEN_PI * (float)k / (RINGS - 1);
            float turn = 2 * MIEN_PI * (float)j / SPOKES;
            float wide = 0.42f * MIEN_AMOUNT(f, mouth_breadth) * mien_sine(a),
                  high = 9 * mien_sine(a);
            mien_vec p = {wide * mien_cosine(turn), high * mien_sine(turn),
                          middle.z - 20 - 40 * mien_cosine(a)};
            float low = 0.5f - 0.5f * mien_sine(turn);
            p.y = p.y + middle.y - 13 * open * low * mien_sine(a) - 6 * open;
            int i = first + k * SPOKES + j;
            mesh->position[i] = p;
        }
    mien_mesh_normals(mesh);
    mien_mesh_rest(mesh);
    mien_mesh_move(mesh, &f->head->pose);
    return MIEN_OK;
}

mien_status mien_head_mouth(mien_scene *scene, const mien_form *f) {
    MIEN_TRY(add_teeth(scene, f));
    return add_dark(scene, f);
}
