/* SPDX-License-Identifier: Apache-2.0 */
/* pair.c - two soft boxes to either side of the camera. */
#include "synth/backdrop.h"
#include "synth/lamps.h"

static void shine(mien_light *light, float heading, uint32_t seed) {
    const float second = mien_lamp_choice(seed, 0, 0.3f, 0.6f);
    const float hair = mien_lamp_choice(seed, 1, 0, 0.7f);
    mien_light_mix(
        light,
        &(mien_lamp_mix){
            .key = {{0.6f, 0.45f, 0.75f}, {0.55f, 0.55f, 0.55f}, 0.3f},
            .rim = {{-0.5f, 0.7f, -0.6f}, {hair, hair, hair}, 0.2f},
            .above = {0.12f, 0.12f, 0.12f},
            .below = {0.10f, 0.10f, 0.10f},
            .glow = {{{-0.6f, 0.4f, 0.75f}, {second, second, second}, 0.35f}},
            .level = 1.05f,
            .mirror = mien_lamp_toss(seed)},
        heading);
}

const mien_lamp mien_lamp_pair = {
    .name = "pair",
    .summary = "two soft boxes to either side of the camera",
    .often = 1,
    .shine = shine,
};
