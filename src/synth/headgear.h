/* SPDX-License-Identifier: Apache-2.0 */
/* headgear.h - crowns of cloth on a hull: caps, beanies, hats, bands. */
#ifndef MIEN_SYNTH_HEADGEAR_H
#define MIEN_SYNTH_HEADGEAR_H

#include "synth/wear_parts.h"

/* From the brim to the crown, or a band between two heights; what is higher
 * than `from` is raised by `raise`, and noise crumples it by `crumple` mm.
 * at: millimetres round and up. Errors: MIEN_ENOMEM. */
typedef struct mien_crown {
    mien_hull hull;
    float low, high; /* of 0 brim to 1 crown */
    float raise, crumple;
    float swell; /* the middle of a band stands out by so much */
    uint32_t seed;
} mien_crown;
mien_status mien_crown_build(mien_mesh *mesh, const mien_crown *crown);

/* A brim: from the hull's edge outwards; how far and how steeply by the turn.
 * Between the turns +-span. */
typedef struct mien_brim {
    mien_hull hull;
    float span;        /* pi: all round */
    float front, side; /* mm out */
    float droop, curl; /* mm down in front, at the sides */
} mien_brim;
mien_status mien_brim_build(mien_mesh *mesh, const mien_brim *brim);

#endif
