/* SPDX-License-Identifier: Apache-2.0 */
/* lamps.h - what the files of lights/ are made of: a lamp, and glows of the
 * surroundings.
 *
 *   mien_light_key(light, (mien_glow){{0.4f, 0.6f, 0.7f}, {1, 1, 1}, 0.2f},
 *                  heading);
 *   mien_light_ambient(light, above, below);
 *   mien_light_glow(light, (mien_glow){window, blue, 0.5f}, heading);
 *
 * Directions are those of heading 0, before the light is turned about the
 * vertical: x right in the picture, y up, z to the camera; any length. */
#ifndef MIEN_SYNTH_LAMPS_H
#define MIEN_SYNTH_LAMPS_H

#include "synth/scene.h"

typedef struct mien_glow {
    mien_vec towards;
    mien_vec colour; /* of a white surface that faces it */
    float wide;      /* radius seen, radians: .005 sun, .3 soft box, 1.5 sky */
} mien_glow;

/* No light at all; each lamp starts with this. */
void mien_light_none(mien_light *light);
/* The lamp that casts the shadow; the one behind that draws an edge. */
void mien_light_key(mien_light *light, mien_glow glow, float heading);
void mien_light_rim(mien_light *light, mien_glow glow, float heading);
/* Add to the sky: even light from the upper and from the lower half. */
void mien_light_ambient(mien_light *light, mien_vec above, mien_vec below);
/* Add to the sky: a wide source. */
void mien_light_glow(mien_light *light, mien_glow glow, float heading);
/* What a white surface with this normal gets from all but the key's shadow:
 * key, rim and sky. */
mien_vec mien_light_on(const mien_light *light, mien_vec normal);

/* 0 to 1 for a photo's seed: a lamp's nth choice. */
float mien_lamp_choice(uint32_t seed, uint32_t n);

#endif
