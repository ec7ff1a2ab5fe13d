/* SPDX-License-Identifier: Apache-2.0 */
/* wears_table.c - what can be worn or held, as wears.def lists it. */
#include "synth/wear.h"

#define MIEN_WEAR(name) extern const mien_wear mien_wear_##name;
#include "synth/wears.def"
#undef MIEN_WEAR
#define MIEN_WEAR(name) &mien_wear_##name,
const mien_wear *const mien_wears[] = {
#include "synth/wears.def"
    NULL};
