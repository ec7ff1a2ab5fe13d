/* SPDX-License-Identifier: Apache-2.0 */
/* shade.c - open shade under a blue sky. */
#include "synth/backdrop.h"
#include "synth/lamps.h"

static void shine(mien_light *light, float heading, uint32_t seed) {
    const float warm = mien_lamp_choice(seed, 0, 0.15f, 0.4f);
    mien_light_mix(
        light,
        &(mien_lamp_mix){
            .key = {{0.45f, 0.5f, 0.75f}, {0.36f, 0.39f, 0.44f}, 0.55f},
            .above = {0.36f, 0.40f, 0.48f},
            .below = {0.20f, 0.18f, 0.15f},
            .glow = {{{-0.8f, -0.1f, 0.6f},
                      {warm, 0.93f * warm, 0.8f * warm},
                      1}},
            .level = 1,
            .mirror = mien_lamp_toss(seed)},
        heading);
}

const mien_lamp mien_lamp_shade = {
    .name = "shade",
    .summary = "open shade under a blue sky",
    .outdoor = true,
    .often = 1.2f,
    .shine = shine,
};
