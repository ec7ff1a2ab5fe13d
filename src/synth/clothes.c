/* SPDX-License-Identifier: Apache-2.0 */
/* clothes.c - T-shirts, sweaters, blouses, hoods: what goes over the head. */
#include "synth/clothes.h"

#include "synth/paint.h"
#include "synth/waves.h"

static mien_status add(mien_scene *scene, mien_mesh **mesh, const mien_torso *t,
                       const mien_cloth *cloth) {
    return mien_scene_thing(scene, mesh,
                            mien_cloth_material(cloth, t->head->owner));
}

mien_status mien_clothes_top(mien_scene *scene, const mien_torso *t,
                             const mien_sheet *sheet, const mien_cloth *cloth,
                             float hem) {
    mien_mesh *mesh;
    MIEN_TRY(add(scene, &mesh, t, cloth));
    MIEN_TRY(mien_torso_sheet(mesh, t, sheet));
    MIEN_TRY(add(scene, &mesh, t, cloth));
    MIEN_TRY(mien_torso_sleeves(mesh, t, sheet));
    if (hem <= 0) return MIEN_OK;
    MIEN_TRY(add(scene, &mesh, t, cloth));
    return mien_torso_hem(mesh, t, sheet, hem);
}

/* ---- T-shirt, sweater -----------------------------------------------------
 */

static const mien_neckline crew = {0.5f, 0.7f, 1.05f, 1.5f, false};
static const mien_neckline vee = {0.5f, 0.8f, 3.0f, 0.95f, true};
static const mien_neckline scoop = {0.7f, 1.3f, 2.7f, 1.25f, false};

static mien_status tee(mien_scene *scene, const mien_torso *t, uint32_t seed) {
    mien_cloth *cloth = mien_cloth_new(scene, seed);
    if (!cloth) return MIEN_ENOMEM;
    mien_cloth_pattern(cloth, 1 << MIEN_CLOTH_HOOPS | 1 << MIEN_CLOTH_BADGE |
                                  1 << MIEN_CLOTH_MELANGE |
                                  1 << MIEN_CLOTH_PRINT);
    const mien_sheet sheet = {.line = mien_chance_of(seed, 50, 3) ? crew : vee,
                              .lift = 4,
                              .folds = 3.5f,
                              .down = MIEN_TORSO_DOWN,
                              .seed = seed};
    MIEN_TRY(mien_torso_skin(scene, t));
    return mien_clothes_top(scene, t, &sheet, cloth, 3.2f);
}

const mien_garment mien_garment_tee = {"T-shirt", 1.0f, 1.5f, tee};

static mien_status sweater(mien_scene *scene, const mien_torso *t,
                           uint32_t seed) {
    mien_cloth *cloth = mien_cloth_new(scene, seed);
    if (!cloth) return MIEN_ENOMEM;
    mien_cloth_pattern(cloth, 1 << MIEN_CLOTH_HOOPS | 1 << MIEN_CLOTH_RIBS |
                                  1 << MIEN_CLOTH_MELANGE);
    const bool deep = mien_chance_of(seed, 50, 3) == 0;
    const mien_sheet sheet = {.line = deep ? vee : crew,
                              .lift = 8,
                              .folds = 5.5f,
                              .down = MIEN_TORSO_DOWN,
                              .seed = seed};
    MIEN_TRY(mien_torso_skin(scene, t));
    if (mien_chance_of(seed, 51, 3) == 0) { /* over a shirt */
        mien_cloth *shirt = mien_cloth_new(scene, seed + 1);
        if (!shirt) return MIEN_ENOMEM;
        shirt->colour[0] = mien_srgb(0xe6e8ea);
        const mien_collar collar = {0.7f, 62, 4};
        MIEN_TRY(mien_clothes_collar(scene, t, &collar, shirt));
    }
    return mien_clothes_top(scene, t, &sheet, cloth, 5);
}

const mien_garment mien_garment_sweater = {"sweater", 1.0f, 1.0f, sweater};

static mien_status blouse(mien_scene *scene, const mien_torso *t,
                          uint32_t seed) {
    mien_cloth *cloth = mien_cloth_new(scene, seed);
    if (!cloth) return MIEN_ENOMEM;
    mien_cloth_pattern(cloth, 1 << MIEN_CLOTH_DOTS | 1 << MIEN_CLOTH_PRINT |
                                  1 << MIEN_CLOTH_HOOPS |
                                  1 << MIEN_CLOTH_STRIPES);
    cloth->roughness = 0.6f;
    const mien_sheet sheet = {.line = mien_chance_of(seed, 50, 2) ? scoop : vee,
                              .lift = 4,
                              .folds = 5,
                              .down = MIEN_TORSO_DOWN,
                              .seed = seed};
    MIEN_TRY(mien_torso_skin(scene, t));
    return mien_clothes_top(scene, t, &sheet, cloth, 1.6f);
}

const mien_garment mien_garment_blouse = {"blouse", 1.5f, 0, blouse};

/* ---- turtleneck -----------------------------------------------------------
 */

/* A tube of cloth about the neck, rolled over at the top. */
static mien_status roll(mien_mesh *mesh, const mien_torso *t, float high) {
    enum { SIDES = 48, LEVELS = 9 };
    MIEN_TRY(mien_mesh_grid(mesh, (mien_grid){LEVELS, SIDES, true}, NULL));
    for (int i = 0; i < mesh->vertices; i++) {
        const float part = (float)(LEVELS - 1 - i / SIDES) / (LEVELS - 1);
        const float turn = MIEN_PI * (2 * (float)(i % SIDES) / SIDES - 1);
        const mien_vec base = mien_torso_at(t, turn, 0.75f * (1 - part));
        const float bulge = 6 + 5 * mien_sine(MIEN_PI * part);
        mien_vec p = base;
        p.x += bulge * mien_sine(turn);
        p.z += bulge * mien_cosine(turn);
        p.y += high * part + 2 * mien_noise2(turn * 2, part * 3, 7);
        mesh->position[i] = p;
        mesh->at[i][0] = turn * 60;
        mesh->at[i][1] = p.y - t->base;
    }
    mien_torso_place(mesh, t);
    return MIEN_OK;
}

static mien_status turtleneck(mien_scene *scene, const mien_torso *t,
                              uint32_t seed) {
    mien_cloth *cloth = mien_cloth_new(scene, seed);
    if (!cloth) return MIEN_ENOMEM;
    mien_cloth_pattern(cloth, 1 << MIEN_CLOTH_RIBS | 1 << MIEN_CLOTH_MELANGE);
    const mien_sheet sheet = {.line = {0.4f, 0.5f, 0.6f, 1.5f, false},
                              .lift = 6,
                              .folds = 4.5f,
                              .down = MIEN_TORSO_DOWN,
                              .seed = seed};
    MIEN_TRY(mien_clothes_top(scene, t, &sheet, cloth, 0));
    mien_mesh *mesh;
    MIEN_TRY(add(scene, &mesh, t, cloth));
    return roll(mesh, t, mien_chance(seed, 50, 18, 32));
}

const mien_garment mien_garment_turtleneck = {"turtleneck", 0.6f, 0.4f,
                                              turtleneck};

/* ---- hood -----------------------------------------------------------------
 */

/* The hood lies behind the neck and comes forward to the collar bones. */
static mien_status hood(mien_mesh *mesh, const mien_torso *t, uint32_t seed) {
    enum { POINTS = 33 };
    mien_vec path[POINTS];
    float radius[POINTS];
    for (int i = 0; i < POINTS; i++) {
        const float turn =
            0.12f + (2 * MIEN_PI - 0.24f) * (float)i / (POINTS - 1);
        const float behind =
            mien_step(0.2f, 2.6f, MIEN_PI - fabsf(turn - MIEN_PI));
        path[i] = mien_torso_at(t, turn > MIEN_PI ? turn - 2 * MIEN_PI : turn,
                                mien_mix(1.15f, 0.9f, behind));
        radius[i] = mien_mix(11, 30, behind);
        path[i].x += 0.55f * radius[i] * mien_sine(turn);
        path[i].z += 0.55f * radius[i] * mien_cosine(turn);
        path[i].y += 0.45f * radius[i];
    }
    MIEN_TRY(mien_mesh_tube(mesh, path, radius, POINTS, 16));
    for (int i = 0; i < mesh->vertices; i++) {
        const mien_vec p = mesh->position[i];
        const float n = mien_noise3(mien_scale(p, 1 / 24.0f), seed);
        mesh->position[i] = mien_along(p, mesh->normal[i], 5 * n);
        mesh->at[i][0] = p.x;
        mesh->at[i][1] = p.y - t->base;
    }
    mien_torso_place(mesh, t);
    return MIEN_OK;
}

static mien_status strings(mien_mesh *mesh, const mien_torso *t, float lift) {
    enum { POINTS = 10 };
    for (int s = -1; s <= 1; s += 2) {
        mien_vec path[POINTS];
        float radius[POINTS];
        for (int i = 0; i < POINTS; i++) {
            const float part = (float)i / (POINTS - 1);
            path[i] = mien_torso_at(t, (float)s * mien_mix(0.5f, 0.26f, part),
                                    1.3f + 2.6f * part);
            path[i].z += lift + 5;
            path[i].y += 4;
            radius[i] = i == POINTS - 1 ? 3.4f : 2.4f;
        }
        MIEN_TRY(mien_mesh_tube(mesh, path, radius, POINTS, 6));
    }
    mien_torso_place(mesh, t);
    return MIEN_OK;
}

static mien_status hoodie(mien_scene *scene, const mien_torso *t,
                          uint32_t seed) {
    mien_cloth *cloth = mien_cloth_new(scene, seed);
    mien_cloth *cord = mien_cloth_new(scene, seed + 1);
    if (!cloth || !cord) return MIEN_ENOMEM;
    mien_cloth_pattern(cloth, 1 << MIEN_CLOTH_MELANGE | 1 << MIEN_CLOTH_BADGE);
    cord->colour[0] =
        mien_chance_of(seed, 50, 2) ? mien_srgb(0xe8e6e0) : cloth->colour[0];
    const mien_sheet sheet = {.line = crew,
                              .lift = 9,
                              .folds = 6,
                              .down = MIEN_TORSO_DOWN,
                              .seed = seed};
    mien_mesh *mesh;
    MIEN_TRY(mien_torso_skin(scene, t));
    MIEN_TRY(mien_clothes_top(scene, t, &sheet, cloth, 4));
    MIEN_TRY(add(scene, &mesh, t, cloth));
    MIEN_TRY(hood(mesh, t, seed));
    MIEN_TRY(add(scene, &mesh, t, cord));
    return strings(mesh, t, sheet.lift);
}

const mien_garment mien_garment_hoodie = {"hooded sweater", 0.8f, 1.2f, hoodie};
