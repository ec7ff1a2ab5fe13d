/* SPDX-License-Identifier: Apache-2.0 */
/* glasses_metal.c - glasses with a thin frame of metal. */
#include "synth/paint.h"
#include "synth/spectacles.h"

static mien_status build(mien_scene *scene, const mien_head *head) {
    const uint32_t seed = mien_wear_own_seed(head);
    const mien_gloss *const metals[] = {&mien_gold, &mien_silver, &mien_black};
    const mien_spectacles shape = {
        .half_wide = mien_chance(seed, 1, 23.5f, 27),
        .half_high = mien_chance(seed, 2, 15, 20),
        .square = mien_chance(seed, 3, 0.2f, 0.7f),
        .rim = mien_chance(seed, 4, 0.8f, 1.2f),
        .brow = 1.2f,
        .frame = *metals[mien_chance_of(seed, 5, 3)],
        .lens = {{0.1f, 0.1f, 0.1f}, 0.06f, 0.05f, 0.05f}};
    return mien_spectacles_build(scene, head, &shape);
}

const mien_wear mien_wear_glasses_metal = {
    .name = "glasses_metal",
    .summary = "glasses with a thin frame of metal",
    .place = MIEN_WEAR_EYES,
    .often = 1.0f,
    .hard = false,
    .build = build,
};
