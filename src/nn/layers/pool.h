/* SPDX-License-Identifier: Apache-2.0 */
/* pool.h - what maximum and average pooling share. */
#ifndef MIEN_NN_LAYERS_POOL_H
#define MIEN_NN_LAYERS_POOL_H

#include "nn/layers/options.h"
#include "nn/layers/plan.h"

/* Size, stride and pad. */
extern const mien_param MIEN_R(mien_pool_params)[];
#define mien_pool_params MIEN_R(mien_pool_params)

/* Sets out; every window then has a pixel inside the image.
 *
 * Errors: MIEN_ESHAPE, MIEN_EINVAL; `kind` is the layer's, for the message. */
mien_status MIEN_R(mien_pool_plan)(mien_layer_plan *plan,
                                   const mien_pool_options *options,
                                   const char *kind);
#define mien_pool_plan MIEN_R(mien_pool_plan)

/* Call `body` for each output. */
typedef struct mien_pool_place {
    size_t in;  /* offset of the image plane in x */
    size_t out; /* offset of the output in y */
    mien_span rows, columns;
    int width; /* of the plane */
} mien_pool_place;

typedef void MIEN_R(mien_pool_body)(const mien_pass *p,
                                    const mien_pool_place *at);
#define mien_pool_body MIEN_R(mien_pool_body)

void MIEN_R(mien_pool_each)(const mien_pass *p, mien_pool_body *body);
#define mien_pool_each MIEN_R(mien_pool_each)

#endif
