/* SPDX-License-Identifier: Apache-2.0 */
/* sunglasses.c - dark glasses. */
#include "synth/paint.h"
#include "synth/spectacles.h"

static mien_status build(mien_scene *scene, const mien_head *head) {
    const uint32_t seed = mien_wear_seed(head);
    const bool pilot = mien_chance_of(seed, 1, 3) == 0;
    const mien_vec tint = mien_chance_of(seed, 2, 2)
                              ? mien_vec_of(0.012f, 0.012f, 0.013f)
                              : mien_vec_of(0.035f, 0.02f, 0.01f);
    const mien_spectacles shape = {
        .half_wide = mien_chance(seed, 3, 26, 29),
        .half_high = mien_chance(seed, 4, 19, 23),
        .square = pilot ? 0.1f : mien_chance(seed, 5, 0.2f, 0.75f),
        .rim = pilot ? 1 : mien_chance(seed, 6, 1.6f, 2.6f),
        .brow = pilot ? 1 : 1.4f,
        .drop = pilot ? 7 : 0,
        .frame = pilot ? mien_gold : mien_black,
        .lens = {tint, 0.08f, 0.035f, mien_chance(seed, 7, 0.82f, 0.97f)}};
    return mien_spectacles_build(scene, head, &shape);
}

const mien_wear mien_wear_sunglasses = {
    .name = "sunglasses",
    .summary = "dark glasses",
    .place = MIEN_WEAR_EYES,
    .often = 0.8f,
    .hard = true,
    .build = build,
};
