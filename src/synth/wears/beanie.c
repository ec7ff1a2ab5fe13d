/* SPDX-License-Identifier: Apache-2.0 */
/* beanie.c - a knitted cap. */
#include "synth/headgear.h"
#include "synth/paint.h"

static mien_status bobble(mien_scene *scene, const mien_head *head,
                          const mien_crown *crown, uint32_t seed) {
    mien_cloth *wool = mien_cloth_new(scene, seed + 1);
    if (!wool) return MIEN_ENOMEM;
    mien_mesh *mesh;
    MIEN_TRY(mien_wear_cloth(scene, &mesh, head, wool));
    const mien_vec top = mien_hull_at(&crown->hull, 0, 1);
    enum { POINTS = 11 };
    mien_vec path[POINTS];
    float radius[POINTS];
    for (int i = 0; i < POINTS; i++) {
        const float t = 2 * (float)i / (POINTS - 1) - 1;
        path[i] = (mien_vec){top.x, top.y + crown->raise + 14 + 20 * t, top.z};
        radius[i] = 2 + 20 * sqrtf(1 - t * t);
    }
    MIEN_TRY(mien_mesh_tube(mesh, path, radius, POINTS, 16));
    for (int i = 0; i < mesh->vertices; i++)
        mesh->position[i] = mien_along(
            mesh->position[i], mesh->normal[i],
            4 * mien_noise3(mien_scale(mesh->position[i], 0.2f), seed));
    mien_wear_fix(mesh, head);
    return MIEN_OK;
}

static mien_status build(mien_scene *scene, const mien_head *head) {
    const uint32_t seed = mien_wear_seed(head);
    mien_cloth *knit = mien_cloth_new(scene, seed);
    if (!knit) return MIEN_ENOMEM;
    knit->pattern = MIEN_CLOTH_STRIPES;
    knit->colour[1] = mien_scale(knit->colour[0], 0.62f);
    knit->period = mien_chance(seed, 1, 5, 9);
    knit->share = 0.8f;
    knit->roughness = 0.95f;
    const float slack = mien_chance(seed, 2, 0, 26);
    const mien_crown crown = {.hull = {head, mien_chance(seed, 3, 42, 56), 14,
                                       -28, mien_wear_hair(scene, head)},
                              .high = 1,
                              .raise = 6 + slack,
                              .crumple = 2 + 0.1f * slack,
                              .seed = seed};
    mien_crown cuff = crown;
    cuff.high = 0.34f;
    cuff.raise *= 0.5f;
    cuff.hull.lift += 2;
    cuff.swell = 5;
    mien_hull_press(scene, &crown.hull);
    mien_mesh *mesh;
    MIEN_TRY(mien_wear_cloth(scene, &mesh, head, knit));
    MIEN_TRY(mien_crown_build(mesh, &crown));
    mien_wear_fix(mesh, head);
    MIEN_TRY(mien_wear_cloth(scene, &mesh, head, knit));
    MIEN_TRY(mien_crown_build(mesh, &cuff));
    mien_wear_fix(mesh, head);
    return mien_chance_of(seed, 4, 3) ? MIEN_OK
                                      : bobble(scene, head, &crown, seed);
}

const mien_wear mien_wear_beanie = {
    .name = "beanie",
    .summary = "a knitted cap",
    .place = MIEN_WEAR_HEAD,
    .often = 0.9f,
    .hard = false,
    .build = build,
};
