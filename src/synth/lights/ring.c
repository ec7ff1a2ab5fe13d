/* SPDX-License-Identifier: Apache-2.0 */
/* ring.c - a ring of light about the camera. */
#include "synth/backdrop.h"
#include "synth/lamps.h"

static void shine(mien_light *light, float heading, uint32_t seed) {
    const float rest = mien_lamp_choice(seed, 0, 0.05f, 0.14f);
    mien_light_mix(
        light,
        &(mien_lamp_mix){.key = {{0, 0.06f, 1}, {0.74f, 0.74f, 0.75f}, 0.2f},
                         .above = {rest, rest, rest},
                         .below = {0.8f * rest, 0.8f * rest, 0.8f * rest},
                         .glow = {{{0, 0, 1}, {0.30f, 0.30f, 0.30f}, 0.4f}},
                         .level = 1.08f},
        heading);
}

const mien_lamp mien_lamp_ring = {
    .name = "ring",
    .summary = "a ring of light about the camera",
    .often = 0.5f,
    .shine = shine,
};
