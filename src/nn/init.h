/* SPDX-License-Identifier: Apache-2.0 */
/* init.h - initialisers: how weights start.
 *
 * A file in inits/ defines one and a line in inits.def lists it. Only tensors
 * of role WEIGHT are drawn; the others start at the value of their role. */
#ifndef MIEN_NN_INIT_H
#define MIEN_NN_INIT_H

#include "base/fail.h"
#include "base/param.h"
#include "base/rng.h"
#include "nn/weight.h"

typedef struct mien_init_ops {
    const char *name, *summary;
    const mien_param *params;
    size_t config_size;
    /* Uses the data: filled like `orthogonal`, then rescaled layer by layer
     * from a batch by the network (LSUV). */
    bool data_dependent;
    mien_status (*fill)(float *w, const mien_weight_spec *spec,
                        const void *config, mien_rng *rng);
} mien_init_ops;

const mien_init_ops *const *mien_inits(int *count);

#endif
