/* SPDX-License-Identifier: Apache-2.0 */
/* input.h - from a decoded photo to the numbers a network sees.
 *
 *   mien_input input;
 *   MIEN_TRY(mien_input_read(&input, tree, &arena));
 *   MIEN_TRY(mien_input_fit(&image, &input));
 *   mien_input_fill(x, &input, image);
 *
 *   x[c][row][column] = (pixel / scale - mean[c]) / std[c]
 *
 * Training and inference both go through here: what it does to pixels is part
 * of a model's contract. */
#ifndef MIEN_DATA_INPUT_H
#define MIEN_DATA_INPUT_H

#include "data/reader.h"
#include "mien/image.h"
#include "tensor/shape.h"

typedef enum mien_fit {
    MIEN_FIT_STRETCH, /* each axis for itself */
    MIEN_FIT_CROP,    /* the largest centred part of the right shape */
    MIEN_FIT_PAD      /* all of it, black beside it */
} mien_fit;

typedef struct mien_input {
    int height, width, channels;
    int fit;    /* of mien_fit */
    int filter; /* of mien_filter */
    float scale, mean[3], std[3];
} mien_input;

/* The options of a recipe's `input:`, for help and reference pages. */
extern const mien_param mien_input_params[];

/* Errors: MIEN_EINVAL with file and line. */
mien_status mien_input_read(mien_input *out, const mien_tree *tree,
                            mien_arena *arena);

/* One sample: 1 x channels x height x width. */
mien_shape mien_input_shape(const mien_input *input);

/* What to ask a reader for. */
mien_want mien_input_want(const mien_input *input);

/* Bring *image to the network's size and channels; it is replaced, unless it
 * has them already.
 *
 * Errors: MIEN_ENOMEM; *image is then still the caller's. */
mien_status mien_input_fit(mien_image **image, const mien_input *input);

/* Shapes: x channels x height x width; the image as fitted. */
void mien_input_fill(float *x, const mien_input *input,
                     const mien_image *image);

/* The same from a sample of floats, which must have the network's height and
 * width: floats are not resampled.
 *
 * Errors: MIEN_ESHAPE. */
mien_status mien_input_fill_floats(float *x, const mien_input *input,
                                   const mien_sample *sample);

/* Back to an image, rounded and clipped, to look at. */
mien_status mien_input_image(mien_image **out, const mien_input *input,
                             const float *x);

#endif
