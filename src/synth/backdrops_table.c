/* SPDX-License-Identifier: Apache-2.0 */
/* backdrops_table.c - the backdrops that backdrops.def lists. */
#include "synth/backdrop.h"

#define MIEN_BACKDROP(name) extern const mien_backdrop mien_backdrop_##name;
#include "synth/backdrops.def"
#undef MIEN_BACKDROP
#define MIEN_BACKDROP(name) &mien_backdrop_##name,
const mien_backdrop *const mien_backdrops[] = {
#include "synth/backdrops.def"
    NULL};
