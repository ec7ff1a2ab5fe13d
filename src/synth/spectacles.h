/* SPDX-License-Identifier: Apache-2.0 */
/* spectacles.h - glasses of any shape on any nose. */
#ifndef MIEN_SYNTH_SPECTACLES_H
#define MIEN_SYNTH_SPECTACLES_H

#include "synth/wear_parts.h"

typedef struct mien_spectacles {
    float half_wide, half_high; /* of a lens, mm */
    float square;               /* 0 ellipse to 1 rectangle */
    float rim;                  /* radius, mm; 0: rimless */
    float brow;                 /* the upper rim is thicker by so many times */
    float drop;                 /* of the outer lower corner, as of aviators */
    mien_gloss frame, lens;
} mien_spectacles;

/* Rims, bridge, temples and lenses. Errors: MIEN_ENOMEM. */
mien_status mien_spectacles_build(mien_scene *scene, const mien_head *head,
                                  const mien_spectacles *shape);

#endif
