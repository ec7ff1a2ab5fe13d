/* SPDX-License-Identifier: Apache-2.0 */
/* hand.h - a hand with its forearm, in any pose of the fingers.
 *
 * Its own space: the wrist is the origin, y runs along the fingers, x to the
 * thumb, z out of the back of the hand; millimetres. */
#ifndef MIEN_SYNTH_HAND_H
#define MIEN_SYNTH_HAND_H

#include "synth/wear_parts.h"

enum { MIEN_FINGERS = 4 };

typedef struct mien_hand {
    mien_vec wrist, along, back; /* head space; made orthogonal */
    bool left;                   /* a left hand: the thumb is mirrored */
    float curl[MIEN_FINGERS];    /* radians at each joint; index first */
    float spread;                /* radians between fingers */
    float thumb[2];              /* radians: away from the palm, bent */
    mien_vec arm;                /* where the forearm goes, head space */
} mien_hand;

/* Skin of the person, sleeve of the photo's cloth. Errors: MIEN_ENOMEM. */
mien_status mien_hand_build(mien_scene *scene, const mien_head *head,
                            const mien_hand *hand);

#endif
