/* SPDX-License-Identifier: Apache-2.0 */
/* fold.h - a convolution and what follows it, as one step of inference.
 *
 *   unit(bn(conv(x)) + residual)
 *
 * Where the weights do not change, batch norm is a factor of each output
 * channel, which goes into the weights, and a number added to it:
 *
 *   scale = gain / sqrt(var + eps)     bias' = shift + (bias - mean) scale */
#ifndef MIEN_NN_FAST_FOLD_H
#define MIEN_NN_FAST_FOLD_H

#include "nn/fast/step.h"

/* Numbers of each output channel, in one block of memory. */
typedef struct mien_fold {
    mien_kernel_unit unit;
    bool residual; /* the step's last input */
    float *scale, *bias, *slope;
} mien_fold;

/* Take what can be folded after nodes[0], a convolution: bn, then an
 * activation; if `residual`, an addition of two before the activation, too.
 * Returns how many nodes the step has then. */
int mien_fold_match(mien_step *step, bool residual);

/* After a match: what was taken. The addition's other side becomes an input.
 *
 * Owns:   the fold holds memory until mien_fold_close().
 * Errors: MIEN_ENOMEM. */
mien_status mien_fold_open(mien_fold *fold, mien_step *step);
void mien_fold_refresh(mien_fold *fold, const mien_step *step,
                       const mien_step_pass *pass);
void mien_fold_close(mien_fold *fold);

#endif
