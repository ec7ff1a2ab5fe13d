/* SPDX-License-Identifier: Apache-2.0 */
/* low_sun.c - a low, golden sun from the side. */
#include "synth/backdrop.h"
#include "synth/lamps.h"

static void shine(mien_light *light, float heading, uint32_t seed) {
    const float before = mien_lamp_choice(seed, 0, 0.2f, 0.8f);
    mien_light_mix(
        light,
        &(mien_lamp_mix){
            .key = {{0.85f, 0.22f, before}, {0.86f, 0.66f, 0.42f}, 0.02f},
            .above = {0.24f, 0.27f, 0.34f},
            .below = {0.19f, 0.16f, 0.13f},
            .glow = {{{-0.5f, 0.2f, 0.8f}, {0.20f, 0.20f, 0.22f}, 1.2f}},
            .level = 0.97f,
            .mirror = mien_lamp_toss(seed)},
        heading);
}

const mien_lamp mien_lamp_low_sun = {
    .name = "low_sun",
    .summary = "a low, golden sun from the side",
    .outdoor = true,
    .often = 0.7f,
    .shine = shine,
};
