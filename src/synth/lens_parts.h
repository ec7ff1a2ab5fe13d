/* SPDX-License-Identifier: Apache-2.0 */
/* lens_parts.h - the stages of the lens: four floats a pixel, of which the
 * fourth is a weight or nothing. */
#ifndef MIEN_SYNTH_LENS_PARTS_H
#define MIEN_SYNTH_LENS_PARTS_H

#include "mien/status.h"

enum { DOTS = 4 };

typedef struct plate {
    int width, height;
    float *dot;     /* [(y * width + x) * DOTS]: red, green, blue, weight */
    float *scratch; /* as large */
} plate;

/* Blur by a disc of about this radius in pixels, each pixel by its weight;
 * the weights are blurred too. Beyond the edge lies the edge's pixel. */
void mien_plate_blur(plate *p, float radius);
/* The mean along a line of (dx, dy) pixels about each pixel. */
void mien_plate_smear(plate *p, float dx, float dy);

#endif
