/* SPDX-License-Identifier: Apache-2.0 */
/* glasses_round.c - round glasses. */
#include "synth/paint.h"
#include "synth/spectacles.h"

static mien_status build(mien_scene *scene, const mien_head *head) {
    const uint32_t seed = mien_wear_own_seed(head);
    const float radius = mien_chance(seed, 1, 20.5f, 24);
    const bool plastic = mien_chance_of(seed, 2, 2);
    const mien_gloss horn = {mien_srgb(0x3a2418), 0.3f, 0.045f, 1};
    const mien_spectacles shape = {
        .half_wide = radius,
        .half_high = radius * mien_chance(seed, 3, 0.92f, 1),
        .square = 0,
        .rim = plastic ? 2 : 1,
        .brow = 1,
        .frame = plastic ? horn : mien_gold,
        .lens = {{0.1f, 0.1f, 0.1f}, 0.06f, 0.05f, 0.05f}};
    return mien_spectacles_build(scene, head, &shape);
}

const mien_wear mien_wear_glasses_round = {
    .name = "glasses_round",
    .summary = "round glasses",
    .place = MIEN_WEAR_EYES,
    .often = 0.6f,
    .hard = false,
    .build = build,
};
