/* SPDX-License-Identifier: Apache-2.0 */
/* office.c - rows of lamps in a ceiling. */
#include "synth/backdrop.h"
#include "synth/lamps.h"

static void shine(mien_light *light, float heading, uint32_t seed) {
    const float green = mien_lamp_choice(seed, 0, 1, 1.04f);
    mien_light_mix(
        light,
        &(mien_lamp_mix){
            .key = {{0.15f, 0.85f, 0.55f}, {0.46f, 0.46f * green, 0.43f}, 0.4f},
            .above = {0.44f, 0.44f * green, 0.41f},
            .below = {0.20f, 0.19f, 0.17f},
            .glow = {{{0, 0.5f, 0.9f}, {0.30f, 0.30f * green, 0.28f}, 1}},
            .level = 0.97f,
            .mirror = mien_lamp_toss(seed)},
        heading);
}

const mien_lamp mien_lamp_office = {
    .name = "office",
    .summary = "rows of lamps in a ceiling",
    .often = 1.3f,
    .shine = shine,
};
