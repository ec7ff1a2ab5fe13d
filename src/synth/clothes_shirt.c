/* SPDX-License-Identifier: Apache-2.0 */
/* clothes_shirt.c - shirts: collar, band of buttons. */
#include "synth/clothes.h"
#include "synth/paint.h"
#include "synth/waves.h"

/* A collar's foot, its fold, and its edge at a turn. */
typedef struct profile {
    mien_vec foot, fold, edge;
} profile;

static profile profile_at(const mien_torso *t, float turn,
                          const mien_collar *c) {
    const mien_vec out = {mien_sine(turn), 0, mien_cosine(turn)};
    const float side = turn > 0 ? 1 : -1;
    const float front = mien_step(1.7f, 0.3f, fabsf(turn));
    const float near = fabsf(turn) - 0.5f * c->open;
    const float point = mien_step(0.75f, 0, near);
    profile p = {
        .foot = mien_along(mien_torso_at(t, turn, 0.4f), out, 3 + c->lift),
        .fold = mien_along(mien_torso_at(t, turn, 0), out, 7 + c->lift),
        .edge =
            mien_torso_at(t, turn + side * 0.34f * point,
                          mien_mix(0.85f, 1, front) + c->points / 60 * point)};
    p.fold.y += mien_mix(25, 9, front);
    p.edge = mien_along(p.edge, out, 5 + c->lift);
    p.edge.y += 6 + 0.5f * c->lift;
    return p;
}

mien_status mien_clothes_collar(mien_scene *scene, const mien_torso *t,
                                const mien_collar *collar,
                                const mien_cloth *cloth) {
    enum { SIDES = 57, LEVELS = 8 };
    mien_mesh *mesh;
    MIEN_TRY(mien_scene_thing(scene, &mesh,
                              mien_cloth_material(cloth, t->head->owner)));
    MIEN_TRY(mien_mesh_grid(mesh, (mien_grid){LEVELS, SIDES, false}, NULL));
    const float span = 2 * MIEN_PI - collar->open;
    for (int i = 0; i < mesh->vertices; i++) {
        const int level = i / SIDES;
        float turn =
            0.5f * collar->open + span * (float)(i % SIDES) / (SIDES - 1);
        if (turn > MIEN_PI) turn -= 2 * MIEN_PI;
        const profile at = profile_at(t, turn, collar);
        const mien_vec out = {mien_sine(turn), 0, mien_cosine(turn)};
        mien_vec p;
        if (level < 2) { /* the stand */
            p = mien_blend(at.foot, at.fold, 0.5f * (float)level);
        } else { /* over the fold and down to the edge */
            const float part = (float)(level - 2) / (LEVELS - 3);
            const float round = mien_sine(MIEN_PI * part);
            p = mien_along(mien_blend(at.fold, at.edge, part), out, 5 * round);
            p.y += 2 * round;
        }
        mesh->position[i] = p;
        mesh->at[i][0] = turn * 60;
        mesh->at[i][1] = 12 * (float)level;
    }
    mien_torso_place(mesh, t);
    return MIEN_OK;
}

/* Flat discs down the middle. */
static mien_status buttons(mien_mesh *mesh, const mien_torso *t, float top,
                           float lift) {
    enum { BUTTONS = 5 };
    for (int b = 0; b < BUTTONS; b++) {
        const int first = mesh->vertices;
        const mien_vec p = mien_torso_at(t, 0, top + 0.35f + 1.15f * (float)b);
        const float z = p.z + lift;
        const mien_vec path[2] = {{0, p.y, z}, {0, p.y, z + 2.5f}};
        const float radius[2] = {5, 4.8f};
        MIEN_TRY(mien_mesh_tube(mesh, path, radius, 2, 12));
        for (int i = first; i < mesh->vertices; i++)
            mesh->position[i].z = mien_clamp(mesh->position[i].z, z, z + 3);
    }
    mien_torso_place(mesh, t);
    return MIEN_OK;
}

/* The band that the buttons sit on. */
static mien_status band(mien_mesh *mesh, const mien_torso *t, float top,
                        float lift) {
    enum { ROWS = 24, COLUMNS = 4 };
    MIEN_TRY(mien_mesh_grid(mesh, (mien_grid){ROWS, COLUMNS, false}, NULL));
    for (int i = 0; i < mesh->vertices; i++) {
        const float part = (float)(i / COLUMNS) / (ROWS - 1);
        const float across = (float)(i % COLUMNS) / (COLUMNS - 1) - 0.5f;
        mien_vec p = mien_torso_at(t, 0, mien_mix(top, 7.5f, part));
        p.x = 30 * across;
        p.z += lift + (fabsf(across) < 0.4f ? 1.6f : 0);
        mesh->position[i] = p;
        mesh->at[i][0] = p.x;
        mesh->at[i][1] = p.y - t->base;
    }
    mien_torso_place(mesh, t);
    return MIEN_OK;
}

static mien_status fastening(mien_scene *scene, const mien_torso *t,
                             const mien_cloth *cloth, float top, float lift) {
    const int owner = t->head->owner;
    mien_cloth *horn = mien_cloth_new(scene, cloth->seed + 5);
    if (!horn) return MIEN_ENOMEM;
    horn->colour[0] = mien_chance_of(cloth->seed, 60, 2)
                          ? mien_srgb(0xe2dfd6)
                          : mien_scale(cloth->colour[0], 0.4f);
    horn->roughness = 0.3f;
    mien_mesh *mesh;
    MIEN_TRY(mien_scene_thing(scene, &mesh, mien_cloth_material(cloth, owner)));
    MIEN_TRY(band(mesh, t, top, lift));
    MIEN_TRY(mien_scene_thing(scene, &mesh, mien_cloth_material(horn, owner)));
    return buttons(mesh, t, top, lift + 1);
}

mien_status mien_clothes_shirt_front(mien_scene *scene, const mien_torso *t,
                                     const mien_cloth *cloth, bool open) {
    const mien_sheet sheet = {
        .line = {0.4f, 0.5f, open ? 1.7f : 0.5f, 0.6f, true},
        .lift = 3.5f,
        .folds = 2,
        .down = 6,
        .seed = cloth->seed};
    const mien_collar collar = {open ? 0.75f : 0.12f, open ? 62 : 54, 0};
    mien_mesh *mesh;
    MIEN_TRY(mien_scene_thing(scene, &mesh,
                              mien_cloth_material(cloth, t->head->owner)));
    MIEN_TRY(mien_torso_sheet(mesh, t, &sheet));
    MIEN_TRY(fastening(scene, t, cloth, open ? 1.6f : 0.6f, sheet.lift + 1));
    return mien_clothes_collar(scene, t, &collar, cloth);
}

static mien_status shirt(mien_scene *scene, const mien_torso *t,
                         uint32_t seed) {
    mien_cloth *cloth = mien_cloth_new(scene, seed);
    if (!cloth) return MIEN_ENOMEM;
    mien_cloth_pattern(cloth, 1 << MIEN_CLOTH_STRIPES | 1 << MIEN_CLOTH_CHECKS |
                                  1 << MIEN_CLOTH_DOTS);
    cloth->roughness = 0.7f;
    const bool open = mien_chance_of(seed, 50, 4) != 0;
    const mien_sheet sheet = {
        .line = {0.4f, 0.5f, open ? 1.7f : 0.5f, 0.6f, true},
        .lift = 5,
        .folds = 4.5f,
        .down = MIEN_TORSO_DOWN,
        .seed = seed};
    const mien_collar collar = {open ? 0.75f : 0.15f,
                                mien_chance(seed, 51, 54, 70), 1};
    MIEN_TRY(mien_torso_skin(scene, t));
    MIEN_TRY(mien_clothes_top(scene, t, &sheet, cloth, 0));
    MIEN_TRY(fastening(scene, t, cloth, open ? 1.6f : 0.6f, sheet.lift + 2));
    return mien_clothes_collar(scene, t, &collar, cloth);
}

const mien_garment mien_garment_shirt = {"shirt", 0.7f, 1.5f, shirt};
