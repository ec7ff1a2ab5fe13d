/* SPDX-License-Identifier: Apache-2.0 */
/* draw.h - random numbers for people and photos, the same bits everywhere.
 *
 *   mien_rng rng = mien_rng_at(seed, MIEN_RNG_SYNTH, number, DRAW_POSE);
 *   float yaw = mien_draw_between(&rng, -30, 30);
 *
 * base/rng.h gives normal numbers by logarithm and cosine of libm, whose last
 * bits differ between machines; these come from sums. */
#ifndef MIEN_SYNTH_DRAW_H
#define MIEN_SYNTH_DRAW_H

#include <stdbool.h>

#include "base/rng.h"

float mien_draw_unit(mien_rng *rng); /* 0 <= x < 1, 24 bits */
float mien_draw_between(mien_rng *rng, float low, float high);
bool mien_draw_chance(mien_rng *rng, float chance);

/* Mean 0, deviation about 1, at most `most` from 0. */
float mien_draw_normal(mien_rng *rng, float most);

/* An index below n, in proportion to its weight; negative weights count as
 * none; -1 when there is no weight at all. Takes one number. */
int mien_draw_weighted(mien_rng *rng, const float *weight, int n);

/* The most entries of a table that can be chosen from. */
enum { MIEN_DRAW_MOST = 64 };

#endif
