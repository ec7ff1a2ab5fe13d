/* SPDX-License-Identifier: Apache-2.0 */
/* side.c - one hard lamp from the side, darkness on the other. */
#include "synth/backdrop.h"
#include "synth/lamps.h"

static void shine(mien_light *light, float heading, uint32_t seed) {
    const float before = mien_lamp_choice(seed, 0, -0.05f, 0.4f);
    mien_light_mix(
        light,
        &(mien_lamp_mix){
            .key = {{0.95f, 0.25f, before}, {1, 0.95f, 0.88f}, 0.03f},
            .above = {0.07f, 0.07f, 0.08f},
            .below = {0.05f, 0.05f, 0.05f},
            .glow = {{{0.4f, 0.2f, 0.8f}, {0.12f, 0.12f, 0.12f}, 1}},
            .level = 0.75f,
            .mirror = mien_lamp_toss(seed)},
        0.4f * heading);
}

const mien_lamp mien_lamp_side = {
    .name = "side",
    .summary = "one hard lamp from the side, darkness on the other",
    .often = 1,
    .hard = true,
    .shine = shine,
};
