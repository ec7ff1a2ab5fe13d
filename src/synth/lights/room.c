/* SPDX-License-Identifier: Apache-2.0 */
/* room.c - a warm lamp in a room in the evening. */
#include "synth/backdrop.h"
#include "synth/lamps.h"

static void shine(mien_light *light, float heading, uint32_t seed) {
    const float side = mien_lamp_choice(seed, 0, 0.3f, 0.9f);
    const float high = mien_lamp_choice(seed, 1, 0.1f, 0.7f);
    mien_light_mix(
        light,
        &(mien_lamp_mix){
            .key = {{side, high, 0.7f}, {0.80f, 0.63f, 0.42f}, 0.12f},
            .above = {0.21f, 0.17f, 0.12f},
            .below = {0.13f, 0.10f, 0.07f},
            .glow = {{{-0.6f, 0.3f, 0.6f}, {0.22f, 0.18f, 0.14f}, 1}},
            .level = 0.92f,
            .mirror = mien_lamp_toss(seed)},
        heading);
}

const mien_lamp mien_lamp_room = {
    .name = "room",
    .summary = "a warm lamp in a room in the evening",
    .often = 1,
    .shine = shine,
};
