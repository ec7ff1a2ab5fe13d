/* SPDX-License-Identifier: Apache-2.0 */
/* lamps.h - what the files of lights/ are made of: a lamp, and glows of the
 * surroundings.
 *
 *   mien_light_mix(light, &(mien_lamp_mix){
 *       .key = {{0.4f, 0.6f, 0.7f}, {1, 1, 1}, 0.2f},
 *       .above = {0.4f, 0.4f, 0.4f}, .below = {0.2f, 0.2f, 0.2f},
 *       .level = 1}, heading);
 *
 * Directions are those of heading 0, before the light is turned about the
 * vertical: x right in the picture, y up, z to the camera; any length. Colours
 * count relative to each other: the whole is scaled to the level. */
#ifndef MIEN_SYNTH_LAMPS_H
#define MIEN_SYNTH_LAMPS_H

#include "synth/scene.h"

typedef struct mien_glow {
    mien_vec towards;
    mien_vec colour; /* of a white surface that faces it */
    float wide;      /* radius seen, radians: .005 sun, .3 soft box, 1.5 sky */
} mien_glow;

enum { MIEN_LAMP_GLOWS = 3 };

typedef struct mien_lamp_mix {
    mien_glow key;         /* casts the shadow */
    mien_glow rim;         /* from behind, without shadow; black: none */
    mien_vec above, below; /* even light of the upper and the lower half */
    mien_glow glow[MIEN_LAMP_GLOWS]; /* wide sources without shadow */
    float level; /* of the face: 1 as a camera would expose it */
    bool mirror; /* left and right change places */
} mien_lamp_mix;

/* Shapes: the light is set whole. A camera exposes for the face, but not
 * altogether: turned towards the dark side, a face stays darker. */
void mien_light_mix(mien_light *light, const mien_lamp_mix *mix, float heading);

/* What a white surface with this normal gets, nothing being in the way. */
mien_vec mien_light_on(const mien_light *light, mien_vec normal);

/* The nth choice of a lamp for a photo's seed: even between low and high. */
float mien_lamp_choice(uint32_t seed, uint32_t n, float low, float high);
bool mien_lamp_toss(uint32_t seed);

#endif
