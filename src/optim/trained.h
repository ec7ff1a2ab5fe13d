/* SPDX-License-Identifier: Apache-2.0 */
/* trained.h - a trained tensor, as clips, optimisers and constraints see it,
 * and norms whose bits depend on nothing but the numbers. */
#ifndef MIEN_OPTIM_TRAINED_H
#define MIEN_OPTIM_TRAINED_H

#include <stddef.h>

#include "nn/weight.h"

typedef struct mien_trained {
    const char *name; /* "conv1.weight" */
    mien_weight_role role;
    mien_dims dims;
    size_t n; /* values */
    float *w, *g;
    size_t offset; /* of w in the network's flat array */
} mien_trained;

/* Sum of squares in double, in one fixed order whatever the machine; finite
 * exactly when all of x is. */
double mien_sum_squares(const float *x, size_t n);
double mien_norm2(const float *x, size_t n);

/* Rows of a weight, one a unit: its first extent; and values a row. */
int mien_units(const mien_trained *t);
size_t mien_unit_size(const mien_trained *t);

#endif
