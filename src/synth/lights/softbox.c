/* SPDX-License-Identifier: Apache-2.0 */
/* softbox.c - a large soft box beside the camera, in a white room. */
#include "synth/backdrop.h"
#include "synth/lamps.h"

static void shine(mien_light *light, float heading, uint32_t seed) {
    const float side = mien_lamp_choice(seed, 0, 0.35f, 0.85f);
    const float fill = mien_lamp_choice(seed, 1, 0.14f, 0.34f);
    mien_light_mix(
        light,
        &(mien_lamp_mix){
            .key = {{side, 0.55f, 0.75f}, {0.72f, 0.71f, 0.69f}, 0.28f},
            .above = {0.20f, 0.20f, 0.20f},
            .below = {0.15f, 0.14f, 0.13f},
            .glow = {{{-0.8f, 0, 0.6f}, {fill, fill, fill}, 0.8f}},
            .level = 1,
            .mirror = mien_lamp_toss(seed)},
        heading);
}

const mien_lamp mien_lamp_softbox = {
    .name = "softbox",
    .summary = "a large soft box beside the camera, in a white room",
    .often = 1,
    .shine = shine,
};
