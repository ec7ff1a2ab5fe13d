/* SPDX-License-Identifier: Apache-2.0 */
/* look_dots.h - dots strewn over the chart: freckles, spots, stubble, pores.
 *
 *   float dark = mien_look_dots(&(mien_dots){.cell = 2.4f, .small = 0.4f,
 *                               .large = 1, .chance = 0.5f, .seed = 7},
 *                               u, v, size);
 *
 * One dot at most lies in each cell of a square grid, at a place, of a radius
 * and of a strength that follow from the cell's number. */
#ifndef MIEN_SYNTH_LOOK_DOTS_H
#define MIEN_SYNTH_LOOK_DOTS_H

#include <stdint.h>

typedef struct mien_dots {
    float cell;         /* mm */
    float small, large; /* radii, mm; at most half a cell */
    float chance;       /* of a cell to hold one */
    uint32_t seed;
} mien_dots;

/* How much of the point is covered, 0 to 1; where a pixel of `size` mm is
 * larger than the dots, their share of the area. */
float mien_look_dots(const mien_dots *d, float u, float v, float size);

#endif
