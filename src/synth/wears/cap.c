/* SPDX-License-Identifier: Apache-2.0 */
/* cap.c - a cap with a peak. */
#include "synth/headgear.h"
#include "synth/paint.h"
#include "synth/waves.h"

/* A patch on the front: a block of another colour. */
static mien_status patch(mien_mesh *mesh, const mien_crown *crown) {
    enum { SIDE = 6 };
    MIEN_TRY(mien_mesh_grid(mesh, (mien_grid){SIDE, SIDE, false}, NULL));
    for (int i = 0; i < SIDE * SIDE; i++) {
        const float turn = 0.24f * (2 * (float)(i % SIDE) / (SIDE - 1) - 1);
        const float up = mien_mix(0.14f, 0.42f, (float)(i / SIDE) / (SIDE - 1));
        mien_hull hull = crown->hull;
        hull.lift += 1.5f;
        mesh->position[i] = mien_hull_at(&hull, turn, up);
        mesh->position[i].y += crown->raise * mien_step(0, 0.8f, up);
    }
    return MIEN_OK;
}

static mien_status build(mien_scene *scene, const mien_head *head) {
    const uint32_t seed = mien_wear_seed(head);
    mien_cloth *cloth = mien_cloth_new(scene, seed);
    mien_cloth *trim = mien_cloth_new(scene, seed + 1);
    if (!cloth || !trim) return MIEN_ENOMEM;
    const float low = mien_chance(seed, 1, 44, 54);
    const mien_crown crown = {
        .hull = {head, low, 34, 4, mien_wear_hair(scene, head)},
        .high = 1,
        .raise = 8,
        .crumple = 1,
        .seed = seed};
    mien_hull edge = crown.hull;
    edge.lift -= 2;
    const mien_brim peak = {.hull = edge,
                            .span = 1.15f,
                            .front = mien_chance(seed, 2, 58, 72),
                            .droop = mien_chance(seed, 3, 4, 18),
                            .curl = 20};
    mien_hull_press(scene, &crown.hull);
    mien_mesh *mesh;
    MIEN_TRY(mien_wear_cloth(scene, &mesh, head, cloth));
    MIEN_TRY(mien_crown_build(mesh, &crown));
    mien_wear_fix(mesh, head);
    MIEN_TRY(mien_wear_cloth(scene, &mesh, head,
                             mien_chance_of(seed, 4, 3) ? cloth : trim));
    MIEN_TRY(mien_brim_build(mesh, &peak));
    mien_wear_fix(mesh, head);
    if (mien_chance_of(seed, 5, 2)) return MIEN_OK;
    MIEN_TRY(mien_wear_cloth(scene, &mesh, head, trim));
    MIEN_TRY(patch(mesh, &crown));
    mien_wear_fix(mesh, head);
    return MIEN_OK;
}

const mien_wear mien_wear_cap = {
    .name = "cap",
    .summary = "a cap with a peak",
    .place = MIEN_WEAR_HEAD,
    .often = 1.2f,
    .hard = false,
    .build = build,
};
