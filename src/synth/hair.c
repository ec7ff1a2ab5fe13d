/* SPDX-License-Identifier: Apache-2.0 */
/* hair.c - the tables of hairs.def and beards.def. */
#include "synth/hair.h"

#include <stddef.h>

#define MIEN_HAIR(name) extern const mien_hair mien_hair_##name;
#include "synth/hairs.def"
#undef MIEN_HAIR
#define MIEN_BEARD(name) extern const mien_beard mien_beard_##name;
#include "synth/beards.def"
#undef MIEN_BEARD

const mien_hair *const mien_hairs[] = {
#define MIEN_HAIR(name) &mien_hair_##name,
#include "synth/hairs.def"
#undef MIEN_HAIR
    NULL,
};

const mien_beard *const mien_beards[] = {
#define MIEN_BEARD(name) &mien_beard_##name,
#include "synth/beards.def"
#undef MIEN_BEARD
    NULL,
};
