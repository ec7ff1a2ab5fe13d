/* SPDX-License-Identifier: Apache-2.0 */
/* pair.h - what products and quotients of two activations share. */
#ifndef MIEN_NN_LAYERS_PAIR_H
#define MIEN_NN_LAYERS_PAIR_H

#include "nn/layers/plan.h"

/* out = in[0]; in[1] has its shape, or one value a channel, which then stands
 * for the channel's whole plane.
 *
 * Errors: MIEN_ESHAPE; `kind` is the layer's, for the message. */
mien_status MIEN_R(mien_pair_plan)(mien_layer_plan *plan, const char *kind);
#define mien_pair_plan MIEN_R(mien_pair_plan)

/* How far the second input moves on with each value of a plane: 1 or 0. */
static inline size_t mien_pair_step(const mien_pass *p) {
    return mien_shape_equal(p->in[0], p->in[1]) ? 1 : 0;
}

/* Where the second input's plane number `i` begins. */
static inline size_t mien_pair_plane(const mien_pass *p, size_t i) {
    return i * (size_t)p->in[1].h * (size_t)p->in[1].w;
}

#endif
