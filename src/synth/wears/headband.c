/* SPDX-License-Identifier: Apache-2.0 */
/* headband.c - a band about the forehead. */
#include "synth/headgear.h"
#include "synth/paint.h"

static mien_status build(mien_scene *scene, const mien_head *head) {
    const uint32_t seed = mien_wear_seed(head);
    mien_cloth *cloth = mien_cloth_new(scene, seed);
    if (!cloth) return MIEN_ENOMEM;
    mien_cloth_pattern(cloth, 1 << MIEN_CLOTH_HOOPS | 1 << MIEN_CLOTH_DOTS);
    cloth->period = 10;
    const mien_crown band = {.hull = {head, mien_chance(seed, 1, 50, 66), 40, 8,
                                      mien_wear_hair(scene, head) - 4},
                             .high = mien_chance(seed, 2, 0.22f, 0.4f),
                             .swell = 3,
                             .crumple = 0.8f,
                             .seed = seed};
    mien_mesh *mesh;
    MIEN_TRY(mien_wear_cloth(scene, &mesh, head, cloth));
    MIEN_TRY(mien_crown_build(mesh, &band));
    mien_wear_fix(mesh, head);
    return MIEN_OK;
}

const mien_wear mien_wear_headband = {
    .name = "headband",
    .summary = "a band about the forehead",
    .place = MIEN_WEAR_HEAD,
    .often = 0.5f,
    .hard = false,
    .build = build,
};
