/* SPDX-License-Identifier: Apache-2.0 */
/* back.c - the sun or a window behind: an edge of light, a dark face. */
#include "synth/backdrop.h"
#include "synth/lamps.h"

static void shine(mien_light *light, float heading, uint32_t seed) {
    const float front = mien_lamp_choice(seed, 0, 0.10f, 0.24f);
    mien_light_mix(
        light,
        &(mien_lamp_mix){
            .key = {{0.55f, 0.6f, -0.6f}, {1.5f, 1.42f, 1.28f}, 0.02f},
            .rim = {{-0.75f, 0.3f, -0.6f}, {0.6f, 0.6f, 0.62f}, 0.2f},
            .above = {0.24f, 0.27f, 0.33f},
            .below = {0.20f, 0.18f, 0.16f},
            .glow = {{{0, 0, 1}, {front, front, front}, 1.2f}},
            .level = 0.62f,
            .mirror = mien_lamp_toss(seed)},
        0.3f * heading);
}

const mien_lamp mien_lamp_back = {
    .name = "back",
    .summary = "the sun or a window behind: an edge of light, a dark face",
    .outdoor = true,
    .often = 1,
    .hard = true,
    .shine = shine,
};
