/* SPDX-License-Identifier: Apache-2.0 */
/* regulariser.h - penalties on weights, part of the loss.
 *
 * A file in regularisers/ defines one and a line in regularisers.def lists
 * it. They apply to tensors of role WEIGHT; values and gradients are Keras':
 * lambda sum |w| and lambda sum w^2 (without a half). Gradients are added
 * before clipping. */
#ifndef MIEN_OPTIM_REGULARISER_H
#define MIEN_OPTIM_REGULARISER_H

#include "optim/pick.h"
#include "optim/trained.h"

typedef struct mien_regulariser_config {
    double l1, l2;
} mien_regulariser_config;

typedef struct mien_regulariser_ops {
    mien_row row;
    /* Add the gradient to g, return the penalty. */
    double (*add)(const void *config, const float *w, float *g, size_t n);
} mien_regulariser_ops;

const mien_table *mien_regularisers(void);

/* Add the gradient of the penalty to tensor->g (unless NULL), return the
 * penalty; 0 for other roles. */
double mien_regularise(const mien_choice *choice, const mien_trained *tensor);

/* The elastic penalty that all three rows are: l1 sum |w| + l2 sum w^2. */
double mien_elastic(const void *config, const float *w, float *g, size_t n);

#endif
