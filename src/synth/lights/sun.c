/* SPDX-License-Identifier: Apache-2.0 */
/* sun.c - the sun high to one side, the sky and a bright ground. */
#include "synth/backdrop.h"
#include "synth/lamps.h"

static void shine(mien_light *light, float heading, uint32_t seed) {
    const float high = mien_lamp_choice(seed, 0, 0.5f, 0.95f);
    const float side = mien_lamp_choice(seed, 1, 0.25f, 0.8f);
    mien_light_mix(
        light,
        &(mien_lamp_mix){
            .key = {{side, high, 0.7f}, {0.84f, 0.80f, 0.72f}, 0.012f},
            .above = {0.24f, 0.28f, 0.35f},
            .below = {0.24f, 0.22f, 0.19f},
            .glow = {{{0, -0.2f, 1}, {0.16f, 0.15f, 0.14f}, 1.2f}},
            .level = 1.02f,
            .mirror = mien_lamp_toss(seed)},
        heading);
}

const mien_lamp mien_lamp_sun = {
    .name = "sun",
    .summary = "the sun high to one side, the sky and a bright ground",
    .outdoor = true,
    .often = 1,
    .shine = shine,
};
