/* SPDX-License-Identifier: Apache-2.0 */
/* hat.c - a hat with a brim all round. */
#include "synth/headgear.h"
#include "synth/paint.h"

static const uint32_t felts[] = {0x2a2623, 0x4b3a2c, 0x8a7458, 0xd9c49a,
                                 0xe6dcc4, 0x5c6058, 0x23304a};

static mien_status part_of(mien_scene *scene, const mien_head *head,
                           const mien_cloth *cloth, const mien_crown *crown) {
    mien_mesh *mesh;
    MIEN_TRY(mien_wear_cloth(scene, &mesh, head, cloth));
    MIEN_TRY(mien_crown_build(mesh, crown));
    mien_wear_fix(mesh, head);
    return MIEN_OK;
}

static mien_status build(mien_scene *scene, const mien_head *head) {
    const uint32_t seed = mien_wear_seed(head);
    mien_cloth *felt = mien_cloth_new(scene, seed);
    mien_cloth *ribbon = mien_cloth_new(scene, seed + 1);
    if (!felt || !ribbon) return MIEN_ENOMEM;
    felt->colour[0] = mien_srgb(felts[mien_chance_of(seed, 1, 7)]);
    const mien_crown crown = {
        .hull = {head, 56, 44, 26, mien_wear_hair(scene, head) + 3},
        .high = 1,
        .raise = mien_chance(seed, 2, 16, 34),
        .crumple = 1.2f,
        .seed = seed};
    mien_crown band = crown;
    band.high = 0.24f;
    band.hull.lift += 1.5f;
    const mien_brim brim = {.hull = crown.hull,
                            .span = 4,
                            .front = mien_chance(seed, 3, 42, 68),
                            .side = mien_chance(seed, 4, 46, 76),
                            .droop = mien_chance(seed, 5, 0, 16),
                            .curl = mien_chance(seed, 6, -18, 14)};
    mien_hull_press(scene, &crown.hull);
    mien_mesh *mesh;
    MIEN_TRY(part_of(scene, head, felt, &crown));
    MIEN_TRY(part_of(scene, head, ribbon, &band));
    MIEN_TRY(mien_wear_cloth(scene, &mesh, head, felt));
    MIEN_TRY(mien_brim_build(mesh, &brim));
    mien_wear_fix(mesh, head);
    return MIEN_OK;
}

const mien_wear mien_wear_hat = {
    .name = "hat",
    .summary = "a hat with a brim all round",
    .place = MIEN_WEAR_HEAD,
    .often = 0.7f,
    .hard = false,
    .build = build,
};
