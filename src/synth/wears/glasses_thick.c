/* SPDX-License-Identifier: Apache-2.0 */
/* glasses_thick.c - glasses with a thick frame of plastic. */
#include "synth/paint.h"
#include "synth/spectacles.h"

static const uint32_t colours[] = {0x1a1a1c, 0x1e1d20, 0x4a2f20,
                                   0x6b4528, 0x26324a, 0x5a2028};

static mien_status build(mien_scene *scene, const mien_head *head) {
    const uint32_t seed = mien_wear_own_seed(head);
    const mien_vec colour = mien_srgb(colours[mien_chance_of(seed, 5, 6)]);
    const mien_spectacles shape = {
        .half_wide = mien_chance(seed, 1, 24.5f, 28),
        .half_high = mien_chance(seed, 2, 16.5f, 21),
        .square = mien_chance(seed, 3, 0.35f, 0.85f),
        .rim = mien_chance(seed, 4, 1.8f, 2.7f),
        .brow = mien_chance(seed, 6, 1, 1.6f),
        .frame = {colour, 0.3f, 0.045f, 1},
        .lens = {{0.1f, 0.1f, 0.1f}, 0.06f, 0.05f, 0.05f}};
    return mien_spectacles_build(scene, head, &shape);
}

const mien_wear mien_wear_glasses_thick = {
    .name = "glasses_thick",
    .summary = "glasses with a thick frame of plastic",
    .place = MIEN_WEAR_EYES,
    .often = 1.2f,
    .hard = false,
    .build = build,
};
