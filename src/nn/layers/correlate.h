/* SPDX-License-Identifier: Apache-2.0 */
/* correlate.h - the three products behind convolution and its transpose.
 *
 *   gather    s[o] += w[o][i] * b[i]      a strided correlation
 *   spread    b[i] += w[o][i]' * s[o]     its transpose
 *   weights   w[o][i] += s[o] * b[i]      its derivative by w
 *
 * b is the side that the window slides over, s the side of its stops. For a
 * convolution b is x and s is y; for a transposed one it is the reverse. All
 * three ADD. */
#ifndef MIEN_NN_LAYERS_CORRELATE_H
#define MIEN_NN_LAYERS_CORRELATE_H

#include "nn/layers/window.h"

/* w is {s.c, b.c / groups, kernel rows, kernel columns}. */
typedef struct mien_correlation {
    mien_shape b, s;
    mien_window window;
    int groups;
} mien_correlation;

void MIEN_R(mien_correlate_gather)(real *s, const mien_correlation *c,
                                   const real *w, const real *b);
void MIEN_R(mien_correlate_spread)(real *b, const mien_correlation *c,
                                   const real *w, const real *s);
void MIEN_R(mien_correlate_weights)(real *w, const mien_correlation *c,
                                    const real *s, const real *b);
#define mien_correlate_gather  MIEN_R(mien_correlate_gather)
#define mien_correlate_spread  MIEN_R(mien_correlate_spread)
#define mien_correlate_weights MIEN_R(mien_correlate_weights)

#endif
