/* SPDX-License-Identifier: Apache-2.0 */
/* weights.h - every weight of a network and its loss, in one flat array.
 *
 * The trained tensors come first, then the running statistics. Each tensor
 * begins on a 16-value boundary, in the plain layout of its dims; gaps are
 * zero and stay so. Gradients and optimiser state use the same offsets, so
 * that a step is a walk over flat arrays.
 *
 *   mien_weights w;
 *   MIEN_TRY(mien_weights_open(&w, &graph, &loss_plan));
 *   MIEN_TRY(mien_weights_init(&w, init, config, seed)); */
#ifndef MIEN_NN_WEIGHTS_H
#define MIEN_NN_WEIGHTS_H

#include <stdint.h>

#include "nn/graph.h"
#include "nn/init.h"
#include "nn/loss.h"

enum { MIEN_OF_LOSS = -1 };

typedef struct mien_weight {
    const char *name; /* "conv1.weight"; of the loss: "loss.centre" */
    mien_weight_spec spec;
    int node;             /* whose; MIEN_OF_LOSS for the loss's */
    int reparam;          /* 0, or 1 + index into reparams.def */
    size_t offset, count; /* in values */
    size_t gain_offset;   /* of its reparametrisation's gain, if it has one */
} mien_weight;

typedef struct mien_weights {
    mien_arena arena;
    int n, n_trained; /* tensors; the trained ones come first */
    mien_weight *items;
    size_t size, size_trained; /* values, gaps included */
    float *values;
    float *effective; /* what the layers use: `values`, or a copy in which
                         the reparametrised tensors are computed */
    /* Index of each node's first weight per weight of its plan, -1: none;
     * row n_nodes is the loss's. [n_nodes + 1][MIEN_MAX_WEIGHTS] */
    int (*of_node)[MIEN_MAX_WEIGHTS];
    int n_nodes;
} mien_weights;

/* Lay out the weights of a planned graph and, if given, of its loss.
 *
 * Errors: MIEN_ENOMEM, MIEN_ELIMIT. */
mien_status mien_weights_open(mien_weights *w, const mien_graph *graph,
                              const mien_loss_plan *loss);

/* Draw role WEIGHT by the initialiser, set the others to their start, gains
 * of reparametrisations to |v|. Each tensor has a stream of its own, so a
 * tensor does not depend on the others. */
mien_status mien_weights_init(mien_weights *w, const mien_init_ops *init,
                              const void *config, uint64_t seed);

/* Compute `effective` from `values`. */
void mien_weights_apply(mien_weights *w);

/* Turn a gradient of the effective weights into one of `values`, in place. */
void mien_weights_gradient(const mien_weights *w, float *gradient);

/* The tensor called so, or NULL. */
const mien_weight *mien_weights_find(const mien_weights *w, const char *name);

void mien_weights_close(mien_weights *w);

#endif
