/* SPDX-License-Identifier: Apache-2.0 */
/* hair_beard.h - beards: which parts of the face they grow on, and how long.
 *
 *   return mien_beard_grow(scene, head, &(mien_whiskers){
 *       .lip = 1, .chin = 1, .length = 12}); */
#ifndef MIEN_SYNTH_HAIR_BEARD_H
#define MIEN_SYNTH_HAIR_BEARD_H

#include "synth/hair.h"

typedef struct mien_whiskers {
    /* How dense, 0 to 1: on the upper lip, beside the mouth, below it, on the
     * chin, along the jaw, on the cheeks, on the neck. */
    float lip, beside, below, chin, jaw, cheek, neck;
    float chin_broad; /* mm of u to which the chin's part goes */
    float length;     /* mm of a beard's hair */
    float hang;       /* mm more that the chin's hangs down */
    float lip_length; /* mm of a moustache's hair */
    float lip_broad;  /* mm of u to which it goes */
} mien_whiskers;

/* Traits lengthen and thin the whiskers. Errors: MIEN_ENOMEM. */
mien_status mien_beard_grow(mien_scene *scene, const mien_head *head,
                            const mien_whiskers *whiskers);

#endif
