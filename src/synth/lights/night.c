/* SPDX-License-Identifier: Apache-2.0 */
/* night.c - coloured lights of a street or a stage at night. */
#include "synth/backdrop.h"
#include "synth/lamps.h"

static void shine(mien_light *light, float heading, uint32_t seed) {
    static const mien_vec hue[] = {{0.95f, 0.42f, 0.30f},
                                   {0.90f, 0.60f, 0.25f},
                                   {0.40f, 0.80f, 0.55f},
                                   {0.32f, 0.55f, 0.98f},
                                   {0.85f, 0.35f, 0.80f}};
    const int one = (int)mien_lamp_choice(seed, 0, 0, 4.99f);
    const int two = (int)mien_lamp_choice(seed, 1, 0, 4.99f);
    const float dim = mien_lamp_choice(seed, 2, 0.15f, 0.5f);
    mien_light_mix(
        light,
        &(mien_lamp_mix){
            .key = {{0.6f, 0.4f, 0.6f}, hue[one], 0.06f},
            .rim = {{-0.8f, 0.3f, -0.3f}, hue[two], 0.1f},
            .above = {0.09f, 0.09f, 0.11f},
            .below = {0.07f, 0.07f, 0.07f},
            .glow = {{{-0.8f, 0, 0.4f}, mien_scale(hue[two], dim), 0.7f}},
            .level = 0.6f,
            .mirror = mien_lamp_toss(seed)},
        heading);
}

const mien_lamp mien_lamp_night = {
    .name = "night",
    .summary = "coloured lights of a street or a stage at night",
    .outdoor = true,
    .often = 1,
    .hard = true,
    .shine = shine,
};
