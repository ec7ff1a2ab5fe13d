/* SPDX-License-Identifier: Apache-2.0 */
/* paint.h - brushes for backdrops: washes, boxes, discs, outlines, skylines.
 *
 *   mien_paint_wash(frame, (mien_wash){.tint = sky, .what = &day, .cells =
 * 32}); mien_paint_box(frame, (mien_box){-0.4f, 0, 0.1f, 0.6f},
 *                  (mien_brush){door, 0.002f, 1});
 *
 * Places: x = 0 is the middle of the picture, y = 0 its lower edge; the unit
 * is the height of the picture, so a painting looks the same at any size and
 * mien_paint_side() says how far it goes to the right. Edges are soft over a
 * pixel at least. Nothing is allocated. */
#ifndef MIEN_SYNTH_PAINT_H
#define MIEN_SYNTH_PAINT_H

#include <stdint.h>

#include "synth/render.h"
#include "synth/waves.h"

/* x of the right edge of the picture. */
float mien_paint_side(const mien_frame *frame);

typedef mien_vec (*mien_tint)(const void *what, float x, float y);

typedef enum mien_mode {
    MIEN_PAINT_OVER, /* replaces what was there */
    MIEN_PAINT_TIMES,
    MIEN_PAINT_PLUS
} mien_mode;

/* The whole picture by a function, taken at `cells` places to the height and
 * interpolated between; 0: at every pixel. */
typedef struct mien_wash {
    mien_tint tint;
    const void *what;
    int cells;
    mien_mode mode;
} mien_wash;
void mien_paint_wash(mien_frame *frame, mien_wash wash);

/* A colour, the breadth of its edge, and how much of what lies below it
 * covers. */
typedef struct mien_brush {
    mien_vec colour;
    float soft, cover;
} mien_brush;

typedef struct mien_box {
    float left, bottom, right, top;
} mien_box;
void mien_paint_box(mien_frame *frame, mien_box box, mien_brush brush);

/* An ellipse; `plus` adds light instead of covering. */
typedef struct mien_disc {
    float x, y, across, up; /* radii */
    bool plus;
} mien_disc;
void mien_paint_disc(mien_frame *frame, mien_disc disc, mien_brush brush);

/* A convex outline of four corners, anticlockwise as seen. */
void mien_paint_quad(mien_frame *frame, const float corner[4][2],
                     mien_brush brush);
/* A straight stroke. */
typedef struct mien_stroke {
    float x0, y0, x1, y1, breadth;
} mien_stroke;
void mien_paint_stroke(mien_frame *frame, mien_stroke stroke, mien_brush brush);

/* All that lies below a height that depends on x: hills, roofs, hedges. */
typedef float (*mien_skyline)(const void *what, float x);
void mien_paint_below(mien_frame *frame, mien_skyline height, const void *what,
                      mien_brush brush);

/* Light that falls off from a place: the picture is multiplied by 1 at
 * (x, y) and by `far` at the distance `reach` and beyond. */
typedef struct mien_fall {
    float x, y, reach, far;
} mien_fall;
void mien_paint_fall(mien_frame *frame, mien_fall fall);

/* Grain: brightness varies by `depth` over patches of `patch`. */
typedef struct mien_grain {
    float patch, depth;
    uint32_t seed;
} mien_grain;
void mien_paint_grain(mien_frame *frame, mien_grain grain);

/* ---- chance ------------------------------------------------------------- */

/* low to high, by a seed and the number of the choice. */
float mien_chance(uint32_t seed, uint32_t choice, float low, float high);
/* 0 to n - 1. */
int mien_chance_of(uint32_t seed, uint32_t choice, int n);
/* A colour, lighter or darker and a little to the side, by `much`. */
mien_vec mien_chance_vary(mien_vec colour, uint32_t seed, uint32_t choice,
                          float much);
/* From 8-bit sRGB written 0xRRGGBB, to linear light. */
mien_vec mien_srgb(uint32_t rgb);

#endif
