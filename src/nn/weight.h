/* SPDX-License-Identifier: Apache-2.0 */
/* weight.h - what a layer or a loss says about each of its weight tensors. */
#ifndef MIEN_NN_WEIGHT_H
#define MIEN_NN_WEIGHT_H

#include <stdbool.h>

#include "tensor/shape.h"

/* What a tensor is, so that initialisers, decay, clips and constraints know
 * what to leave alone. */
typedef enum mien_weight_role {
    MIEN_ROLE_WEIGHT, /* conv, dense, class centres: decayed, initialised */
    MIEN_ROLE_BIAS,   /* starts at 0 */
    MIEN_ROLE_GAIN,   /* scale of a normalisation: starts at 1 */
    MIEN_ROLE_SHIFT,  /* shift of a normalisation: starts at 0 */
    MIEN_ROLE_SLOPE,  /* PReLU: starts at `start` */
    MIEN_ROLE_RUNNING /* a running statistic: not trained, starts at `start` */
} mien_weight_role;

enum { MIEN_MAX_WEIGHTS = 4 };

typedef struct mien_weight_spec {
    const char *name; /* "weight", "bias", "mean": static text */
    mien_dims dims;   /* slowest first; the first extent counts the units */
    mien_weight_role role;
    int fan_in, fan_out; /* of role WEIGHT: terms summed into one output, and
                            outputs that one input reaches */
    float start;         /* of SLOPE and RUNNING */
} mien_weight_spec;

#endif
