/* SPDX-License-Identifier: Apache-2.0 */
/* bytes.h - what the steps that compute in bytes share. */
#ifndef MIEN_NN_FAST_BYTES_H
#define MIEN_NN_FAST_BYTES_H

#include "nn/fast/fold.h"
#include "nn/int8/int8.h"

/* The end of a convolution, in memory of its own. */
typedef struct mien_byte_end {
    mien_int8_end end;
    float *scale, *bias, *slope; /* of each output channel */
    mien_int8_code x, y, residual;
    bool to_float; /* a vector: it stays float32 */
} mien_byte_end;

/* The code of what a node, or MIEN_GRAPH_INPUT, gives. */
mien_int8_code mien_byte_code(const mien_step *step, int node);

/* After mien_fold_open(). A step that gives one pixel gives floats: what ends
 * a network is a vector, and bytes would cost it precision for nothing.
 *
 * Owns:   the end holds memory until mien_byte_end_close().
 * Errors: MIEN_ENOMEM. */
mien_status mien_byte_end_open(mien_byte_end *end, mien_step *step,
                               const mien_fold *fold);

/* Channel c, whose weights have the scale and the sum (of their signed bytes)
 * given, after mien_fold_refresh(). */
void mien_byte_end_set(mien_byte_end *end, const mien_fold *fold, int c,
                       float scale, int sum);
void mien_byte_end_close(mien_byte_end *end);

#endif
