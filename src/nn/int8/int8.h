/* SPDX-License-Identifier: Apache-2.0 */
/* int8.h - convolution in bytes: products summed in whole numbers.
 *
 *   const mien_int8 *k = mien_int8_best();
 *   k->conv(&(mien_int8_conv){...});
 *
 * A byte q stands for scale (q - zero); the code of each activation was found
 * by calibration. Weights are signed, -127..127, with a scale for each output
 * channel. Sums are exact in 32 bits; on their way back to a byte,
 *
 *   f = unit(sum scale[o] + bias[o] (+ residual residual_scale))
 *   y = least 255, at least 0 of (f rounded to the nearest even + zero)
 *
 * each operation is rounded by itself, so that all builds give the same bits.
 * The codes of x and of the residual are folded into scale and bias: the
 * kernels see bytes only.
 *
 * Layout: bytes in blocks of 16 channels, index
 *   ((n * C/16 + c/16) * H*W + h*W + w) * 16 + c%16
 *
 * Source: Jacob et al., Quantization and training of neural networks for
 * efficient integer-arithmetic-only inference, CVPR 2018 (arXiv:1712.05877). */
#ifndef MIEN_NN_INT8_H
#define MIEN_NN_INT8_H

#include <stdint.h>

#include "nn/kernels/kernels.h"

typedef struct mien_int8_code {
    float scale;
    int zero; /* 0..255: the byte of 0.0 */
} mien_int8_code;

/* The code whose bytes reach from `low` to `high`; 0 is always among them. */
mien_int8_code mien_int8_code_of(float low, float high);

/* From a sum to an output. */
typedef struct mien_int8_end {
    mien_kernel_unit unit; /* NONE, CLIP, or any other by its slopes */
    const float *scale, *bias, *slope; /* of each output channel; of CLIP two
                                          slopes: least, most */
    float residual_scale;
    int zero; /* of y */
} mien_int8_end;

/* Dense convolution of one image, as mien_kernel_conv; a source is a place
 * from which `depth` groups of four bytes are read one after another. Offsets
 * count bytes. Weights are [O/16][sources][depth][16][4]. */
typedef struct mien_int8_conv {
    mien_shape out;
    int sources, depth;
    const int32_t *source;
    int step, row_step;
    const uint8_t *x;
    const int8_t *weight;
    mien_int8_end end;
    const uint8_t *residual; /* may be NULL; not y */
    uint8_t *y;              /* one of the two */
    float *y_float;          /* f itself; nChw16c */
} mien_int8_conv;

/* Depthwise convolution. Weights are [C/16][kh][kw][16]; what lies outside of
 * the image is the byte `outside`. */
typedef struct mien_int8_depthwise {
    mien_kernel_window window;
    uint8_t outside;
    const uint8_t *x;
    const int8_t *weight;
    mien_int8_end end;
    uint8_t *y; /* one of the two */
    float *y_float;
} mien_int8_depthwise;

typedef struct mien_int8 {
    const char *name;
    void (*conv)(const mien_int8_conv *a);
    void (*depthwise)(const mien_int8_depthwise *a);
    /* y[i] = the byte of x[i]; x[i] = what y[i] stands for. */
    void (*code)(uint8_t *y, const float *x, size_t count, mien_int8_code c);
    void (*decode)(float *x, const uint8_t *y, size_t count, mien_int8_code c);
} mien_int8;

/* The fastest that this machine can run, MIEN_ISA permitting. */
const mien_int8 *mien_int8_best(void);

/* All that it can run, plainest first; ends with NULL. */
const mien_int8 *const *mien_int8_all(void);

/* What a signed byte of an output channel's weights stands for: step times
 * itself, where step is the largest of |w| / 127, or 1 if all are 0. Weights
 * that were bytes once become the same bytes again. */
typedef struct mien_int8_scale {
    float step;
} mien_int8_scale;

mien_int8_scale mien_int8_scale_of(const float *w, size_t count);
int8_t mien_int8_weight(float w, mien_int8_scale scale);

#endif
