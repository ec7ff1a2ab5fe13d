/* SPDX-License-Identifier: Apache-2.0 */
/* overcast.c - a grey sky. */
#include "synth/backdrop.h"
#include "synth/lamps.h"

static void shine(mien_light *light, float heading, uint32_t seed) {
    const float ground = mien_lamp_choice(seed, 0, 0.15f, 0.34f);
    mien_light_mix(
        light,
        &(mien_lamp_mix){
            .key = {{0.2f, 0.75f, 0.65f}, {0.34f, 0.35f, 0.36f}, 0.6f},
            .above = {0.52f, 0.54f, 0.57f},
            .below = {ground, 0.96f * ground, 0.88f * ground},
            .glow = {{{0, 0.3f, 1}, {0.28f, 0.28f, 0.29f}, 1.2f}},
            .level = 1,
            .mirror = mien_lamp_toss(seed)},
        heading);
}

const mien_lamp mien_lamp_overcast = {
    .name = "overcast",
    .summary = "a grey sky",
    .outdoor = true,
    .often = 1.4f,
    .shine = shine,
};
