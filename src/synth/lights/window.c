/* SPDX-License-Identifier: Apache-2.0 */
/* window.c - daylight from a window to one side. */
#include "synth/backdrop.h"
#include "synth/lamps.h"

static void shine(mien_light *light, float heading, uint32_t seed) {
    const float fill = mien_lamp_choice(seed, 0, 0.13f, 0.28f);
    const float before = mien_lamp_choice(seed, 1, 0.35f, 0.85f);
    mien_light_mix(
        light,
        &(mien_lamp_mix){
            .key = {{0.9f, 0.22f, before}, {0.74f, 0.77f, 0.80f}, 0.38f},
            .above = {fill, 0.96f * fill, 0.90f * fill},
            .below = {0.9f * fill, 0.82f * fill, 0.72f * fill},
            .glow = {{{0.7f, 0.1f, 0.7f}, {0.20f, 0.21f, 0.22f}, 0.9f},
                     {{-0.7f, -0.1f, 0.7f},
                      {fill, 0.94f * fill, 0.86f * fill},
                      1}},
            .level = 0.95f,
            .mirror = mien_lamp_toss(seed)},
        heading);
}

const mien_lamp mien_lamp_window = {
    .name = "window",
    .summary = "daylight from a window to one side",
    .often = 1.4f,
    .shine = shine,
};
