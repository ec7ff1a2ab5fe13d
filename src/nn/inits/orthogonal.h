/* SPDX-License-Identifier: Apache-2.0 */
/* orthogonal.h - the fill that orthogonal and LSUV share. */
#ifndef MIEN_NN_INITS_ORTHOGONAL_H
#define MIEN_NN_INITS_ORTHOGONAL_H

#include "nn/inits/variance.h"

/* `config` is a mien_gain_config. */
mien_status mien_fill_orthogonal(float *w, const mien_weight_spec *spec,
                                 const void *config, mien_rng *rng);

#endif
