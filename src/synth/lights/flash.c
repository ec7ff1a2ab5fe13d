/* SPDX-License-Identifier: Apache-2.0 */
/* flash.c - the flash on the camera, a dim room behind. */
#include "synth/backdrop.h"
#include "synth/lamps.h"

static void shine(mien_light *light, float heading, uint32_t seed) {
    const float rest = mien_lamp_choice(seed, 0, 0.06f, 0.18f);
    mien_light_mix(light,
                   &(mien_lamp_mix){
                       .key = {{0.06f, 0.12f, 1}, {0.92f, 0.91f, 0.90f}, 0.02f},
                       .above = {rest, 0.84f * rest, 0.64f * rest},
                       .below = {0.7f * rest, 0.56f * rest, 0.42f * rest},
                       .level = 1.12f,
                       .mirror = mien_lamp_toss(seed)},
                   0.12f * heading);
}

const mien_lamp mien_lamp_flash = {
    .name = "flash",
    .summary = "the flash on the camera, a dim room behind",
    .often = 0.7f,
    .shine = shine,
};
