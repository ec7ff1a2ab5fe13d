/* SPDX-License-Identifier: Apache-2.0 */
/* wear.h - what is worn or held before the face: a file in wears/ and a line
 * in wears.def each: glasses, sunglasses, cap, hat, scarf, mask, hand... */
#ifndef MIEN_SYNTH_WEAR_H
#define MIEN_SYNTH_WEAR_H

#include "synth/head.h"

typedef enum mien_wear_place {
    MIEN_WEAR_EYES, /* glasses */
    MIEN_WEAR_HEAD, /* hats */
    MIEN_WEAR_NECK, /* scarves: below the mouth */
    MIEN_WEAR_FACE, /* what hides a part of the face: mask, hand, phone */
    MIEN_WEAR_EARS  /* earrings, headphones: small */
} mien_wear_place;

typedef struct mien_wear {
    const char *name, *summary;
    mien_wear_place place; /* one thing a place */
    float often;           /* relative to the others of the place */
    bool hard;             /* only in hard photos */
    /* Colours and sizes come from the person's seed for what people keep
     * (glasses), from the photo's for the rest. */
    mien_status (*build)(mien_scene *scene, const mien_head *head);
} mien_wear;

extern const mien_wear *const mien_wears[]; /* ends with NULL */

#endif
