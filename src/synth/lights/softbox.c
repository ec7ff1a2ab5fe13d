/* SPDX-License-Identifier: Apache-2.0 */
/* softbox.c - one large soft box beside the camera and a white room. */
#include "synth/backdrop.h"
#include "synth/lamps.h"

static void shine(mien_light *light, float heading, uint32_t seed) {
    float side = mien_lamp_choice(seed, 0) < 0.5f ? -1 : 1;
    mien_light_none(light);
    mien_light_key(
        light,
        (mien_glow){{0.55f * side, 0.55f, 0.75f}, {0.62f, 0.61f, 0.60f}, 0.28f},
        heading);
    mien_light_ambient(light, mien_vec_of(0.24f, 0.24f, 0.24f),
                       mien_vec_of(0.17f, 0.16f, 0.15f));
    mien_light_glow(
        light,
        (mien_glow){{-0.8f * side, 0, 0.6f}, {0.24f, 0.24f, 0.24f}, 0.8f},
        heading);
}

const mien_lamp mien_lamp_softbox = {
    .name = "softbox",
    .summary = "a soft box beside the camera, a white room",
    .often = 1,
    .shine = shine,
};
