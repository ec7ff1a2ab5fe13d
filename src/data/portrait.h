/* SPDX-License-Identifier: Apache-2.0 */
/* portrait.h - faces that nobody has, drawn from numbers.
 *
 *   mien_rng who = mien_rng_at(seed, MIEN_RNG_SYNTH, person, 0);
 *   mien_rng when = mien_rng_at(seed, MIEN_RNG_SYNTH, person, 1 + photo);
 *   mien_portrait p;
 *   mien_portrait_person(&p, &who);
 *   mien_portrait_photo(&p, &when, 1);
 *   mien_portrait_draw(image, &p, 0.03f, &when);
 *
 * A person is a point in the space of traits (shape of the head, where eyes,
 * brows, nose and mouth are and how large, hair, tones), a photo a point in
 * that of circumstances (where the head is and how it is held, light,
 * exposure, expression). Both are uniform. */
#ifndef MIEN_DATA_PORTRAIT_H
#define MIEN_DATA_PORTRAIT_H

#include "base/rng.h"
#include "mien/image.h"

enum { MIEN_TRAITS = 44, MIEN_CIRCUMSTANCES = 16 };

typedef struct mien_portrait {
    float trait[MIEN_TRAITS];
    float circumstance[MIEN_CIRCUMSTANCES];
} mien_portrait;

/* Draw a person. */
void mien_portrait_person(mien_portrait *p, mien_rng *rng);

/* Draw a photo's circumstances; 1 is a usual photo, 0 has none, so that all
 * photos are the same, 2 twice the range. */
void mien_portrait_photo(mien_portrait *p, mien_rng *rng, float range);

/* Fill an image, square, of 1 or 3 channels.
 *
 * Units: noise the deviation of each pixel, black to white being 1. */
void mien_portrait_draw(mien_image *image, const mien_portrait *p, float noise,
                        mien_rng *rng);

#endif
