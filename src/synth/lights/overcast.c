/* SPDX-License-Identifier: Apache-2.0 */
/* overcast.c - a grey sky: light from all above, hardly a shadow. */
#include "synth/backdrop.h"
#include "synth/lamps.h"

static void shine(mien_light *light, float heading, uint32_t seed) {
    float bright = 0.9f + 0.2f * mien_lamp_choice(seed, 0);
    mien_light_none(light);
    mien_light_key(
        light,
        (mien_glow){{0.2f, 0.75f, 0.65f},
                    mien_scale(mien_vec_of(0.36f, 0.37f, 0.39f), bright),
                    0.6f},
        heading);
    mien_light_ambient(light, mien_vec_of(0.50f, 0.52f, 0.56f),
                       mien_vec_of(0.20f, 0.19f, 0.17f));
    mien_light_glow(
        light, (mien_glow){{0, 0.3f, 1}, {0.26f, 0.26f, 0.27f}, 1.2f}, heading);
}

const mien_lamp mien_lamp_overcast = {
    .name = "overcast",
    .summary = "a grey sky",
    .outdoor = true,
    .often = 1,
    .shine = shine,
};
