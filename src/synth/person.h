/* SPDX-License-Identifier: Apache-2.0 */
/* person.h - somebody who does not exist, as numbers.
 *
 *   mien_person p;
 *   mien_person_draw(&p, seed, number);
 *   float breadth = p.trait[MIEN_TRAIT_face_breadth];
 *
 * A person is the same for the same seed and number, whatever else is made.
 * Traits go together as they do in people: heavy ones have full cheeks, old
 * ones wrinkles, grey hair and thin lips, dark skin dark hair and eyes. */
#ifndef MIEN_SYNTH_PERSON_H
#define MIEN_SYNTH_PERSON_H

#include <stdint.h>

#include "synth/vec.h"

typedef enum mien_trait {
#define MIEN_TRAIT(name, mean, deviation, meaning, sex) MIEN_TRAIT_##name,
#include "synth/traits.def"
#undef MIEN_TRAIT
    MIEN_TRAIT_COUNT
} mien_trait;

typedef struct mien_person {
    uint32_t seed;                 /* of noise that belongs to the person */
    float trait[MIEN_TRAIT_COUNT]; /* traits.def */
    const struct mien_hair *hair;  /* hairs.def */
    const struct mien_beard *beard; /* beards.def; NULL: none */
    const struct mien_wear *glasses; /* worn in most photos; NULL: none */
    mien_vec skin;       /* albedo, linear: of tone and undertone */
    mien_vec hair_colour, brow_colour, beard_colour, iris_colour;
    mien_vec lip_colour;
} mien_person;

/* The trait as deviations from its mean: -2.5 to 2.5. */
float mien_person_normal(const mien_person *p, mien_trait trait);

typedef struct mien_trait_info {
    const char *name, *meaning;
    float mean, deviation, sex;
} mien_trait_info;
extern const mien_trait_info mien_traits[MIEN_TRAIT_COUNT];

void mien_person_draw(mien_person *p, uint64_t seed, uint32_t number);

#endif
