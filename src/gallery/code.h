/* SPDX-License-Identifier: Apache-2.0 */
/* code.h - a vector in 8 bits, and how much that may err.
 *
 *   x = scale c + e,   c in -127..127,   scale = max |x| / 127
 *
 * By Cauchy and Schwarz the dot product of two coded unit vectors errs by no
 * more than |e1| (1 + |e2|) + |e2|: a search that looks again at everything
 * within twice that of the best misses nothing. */
#ifndef MIEN_GALLERY_CODE_H
#define MIEN_GALLERY_CODE_H

#include <stdint.h>

typedef struct mien_code {
    float scale;
    float error; /* |e|, rounded up */
} mien_code;

/* As a template, shifted by 128; the rest of the stride is filled with 128. */
mien_code mien_code_template(uint8_t *out, const float *x, int width);

/* As a probe; *sum is 128 times the sum of its codes. */
mien_code mien_code_probe(int8_t *out, int32_t *sum, const float *x, int width);

/* The most by which a template and a probe err together. */
float mien_code_bound(float template_error, float probe_error);

/* In double, in a fixed order: the figure that a search answers with. */
float mien_code_cosine(const float *x, const float *y, int width);

#endif
