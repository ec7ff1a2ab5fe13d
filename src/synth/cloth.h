/* SPDX-License-Identifier: Apache-2.0 */
/* cloth.h - woven and knitted stuff: colours, patterns, sheen.
 *
 *   mien_cloth *cloth = mien_cloth_new(scene, seed);
 *   if (!cloth) return MIEN_ENOMEM;
 *   cloth->pattern = MIEN_CLOTH_STRIPES;
 *   mien_material m = mien_cloth_material(cloth, head->owner);
 *
 * A mesh's at[]: millimetres across and up the stuff. */
#ifndef MIEN_SYNTH_CLOTH_H
#define MIEN_SYNTH_CLOTH_H

#include "synth/scene.h"

typedef enum mien_pattern {
    MIEN_CLOTH_PLAIN,
    MIEN_CLOTH_HOOPS,   /* stripes across */
    MIEN_CLOTH_STRIPES, /* stripes along */
    MIEN_CLOTH_CHECKS,
    MIEN_CLOTH_DOTS,
    MIEN_CLOTH_PRINT, /* large leaves and blots */
    MIEN_CLOTH_BADGE, /* a bar and a square on the chest */
    MIEN_CLOTH_RIBS,  /* knitted */
    MIEN_CLOTH_MELANGE
} mien_pattern;

typedef struct mien_cloth {
    mien_pattern pattern;
    mien_vec colour[3]; /* ground, pattern, a third */
    float period;       /* mm of the pattern */
    float share;        /* of the period that is colour[1] */
    float roughness, specular;
    uint32_t seed;
} mien_cloth;

/* Plain, of a natural colour; in the scene's arena. NULL: out of memory, with
 * mien_error() set. */
mien_cloth *mien_cloth_new(mien_scene *scene, uint32_t seed);
/* Choose a pattern among those of the mask (1 << MIEN_CLOTH_...); plain more
 * often than the others. */
void mien_cloth_pattern(mien_cloth *cloth, unsigned mask);
/* A colour of clothes. */
mien_vec mien_cloth_colour(uint32_t seed, uint32_t choice);
mien_material mien_cloth_material(const mien_cloth *cloth, int owner);

#endif
