/* SPDX-License-Identifier: Apache-2.0 */
/* glasses_rimless.c - glasses without a rim. */
#include "synth/paint.h"
#include "synth/spectacles.h"

static mien_status build(mien_scene *scene, const mien_head *head) {
    const uint32_t seed = mien_wear_own_seed(head);
    const mien_spectacles shape = {
        .half_wide = mien_chance(seed, 1, 24, 27),
        .half_high = mien_chance(seed, 2, 14, 17.5f),
        .square = mien_chance(seed, 3, 0.4f, 0.8f),
        .frame = mien_chance_of(seed, 5, 2) ? mien_gold : mien_silver,
        .lens = {{0.16f, 0.17f, 0.17f}, 0.06f, 0.06f, 0.08f}};
    return mien_spectacles_build(scene, head, &shape);
}

const mien_wear mien_wear_glasses_rimless = {
    .name = "glasses_rimless",
    .summary = "glasses without a rim",
    .place = MIEN_WEAR_EYES,
    .often = 0.5f,
    .hard = false,
    .build = build,
};
