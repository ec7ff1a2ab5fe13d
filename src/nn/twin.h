/* SPDX-License-Identifier: Apache-2.0 */
/* twin.h - run a network by the reference kernels alone, in float or double.
 *
 * Everything is kept, nothing is fused and nothing is fast: this is what the
 * fast runner is tested against (float), and what finite differences check
 * (double). One thread, one shard. */
#ifndef MIEN_NN_TWIN_H
#define MIEN_NN_TWIN_H

#include "nn/net.h"
#include "nn/runner.h"

typedef struct MIEN_R(mien_twin) {
    const mien_net *net;
    mien_graph graph; /* planned for n images */
    real *weights;    /* its own copy, as net->weights.effective */
    real *gradient;   /* of the effective weights, same offsets */
    real *input;      /* n x c x h x w, to be filled by the caller */
    real *d_input;    /* gradient with respect to it */
    real **y, **dy;   /* of each node */
    real **kept;      /* of each node */
    real **stats;     /* of each node */
    real *scratch;
    real *loss_kept, *loss_scratch, *scores;
    double loss;
    int n_scores;
} MIEN_R(mien_twin);
#define mien_twin MIEN_R(mien_twin)

/* Plan `n` images and copy the net's weights.
 *
 * Owns:   *out is the caller's; mien_twin_close() frees it.
 * Errors: MIEN_ENOMEM, MIEN_ESHAPE. */
mien_status MIEN_R(mien_twin_open)(mien_twin **out, const mien_net *net, int n,
                                   bool train);
#define mien_twin_open MIEN_R(mien_twin_open)

/* Run `input` through the layers and, if the batch has labels or targets,
 * the loss. The batch's x is not looked at. */
void MIEN_R(mien_twin_forward)(mien_twin *twin, const mien_batch *batch,
                               const real *target);
#define mien_twin_forward MIEN_R(mien_twin_forward)

/* The pass of one layer, with its weights and their gradients. */
mien_pass MIEN_R(mien_twin_pass)(const mien_twin *twin, int node,
                                 const mien_batch *batch);
#define mien_twin_pass MIEN_R(mien_twin_pass)

/* One layer of it, whose inputs have been computed. */
void MIEN_R(mien_twin_forward_node)(mien_twin *twin, int node,
                                    const mien_batch *batch);
#define mien_twin_forward_node MIEN_R(mien_twin_forward_node)

/* The loss alone, when all layers have been computed. */
void MIEN_R(mien_twin_forward_loss)(mien_twin *twin, const mien_batch *batch,
                                    const real *target);
#define mien_twin_forward_loss MIEN_R(mien_twin_forward_loss)

/* After a forward: fill gradient and d_input. */
void MIEN_R(mien_twin_backward)(mien_twin *twin, const mien_batch *batch,
                                const real *target);
#define mien_twin_backward MIEN_R(mien_twin_backward)

/* The same in parts: clear all gradients and go back through the loss, then
 * through one layer after the other, the last one first. */
void MIEN_R(mien_twin_backward_loss)(mien_twin *twin, const mien_batch *batch,
                                     const real *target);
#define mien_twin_backward_loss MIEN_R(mien_twin_backward_loss)
void MIEN_R(mien_twin_backward_node)(mien_twin *twin, int node,
                                     const mien_batch *batch);
#define mien_twin_backward_node MIEN_R(mien_twin_backward_node)

/* After a forward: the loss of sample `i` as if it were alone; NaN when the
 * loss cannot judge one. Spoils what the loss kept for its backward. */
double MIEN_R(mien_twin_sample_loss)(mien_twin *twin, const mien_batch *batch,
                                     const real *target, int i);
#define mien_twin_sample_loss MIEN_R(mien_twin_sample_loss)

void MIEN_R(mien_twin_close)(mien_twin *twin);
#define mien_twin_close MIEN_R(mien_twin_close)

#endif
