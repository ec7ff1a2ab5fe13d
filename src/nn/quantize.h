/* SPDX-License-Identifier: Apache-2.0 */
/* quantize.h - from float32 to bytes: ranges of activations, rounded weights.
 *
 *   mien_quantizer *q;
 *   MIEN_TRY(mien_quantizer_open(&q, net));
 *   for (each image) mien_quantizer_see(q, x);       (how far values reach)
 *   MIEN_TRY(mien_quantizer_turn(q));
 *   for (each image) mien_quantizer_see(q, x);       (where they lie)
 *   MIEN_TRY(mien_quantizer_finish(q, net));
 *   mien_quantizer_close(q);
 *
 * Of each activation the range is taken for which rounding to 256 steps and
 * cutting off what lies outside together cost least, in squares, on the images
 * seen. Weights of convolutions and dense layers become whole multiples, -127
 * to 127, of a step for each output channel; they stay float32 in memory. */
#ifndef MIEN_NN_QUANTIZE_H
#define MIEN_NN_QUANTIZE_H

#include "nn/net.h"

typedef struct mien_quantizer mien_quantizer;

/* Owns:   *out is the caller's; the net must outlive it.
 * Errors: MIEN_EINVAL for a net that is quantised already; MIEN_ENOMEM. */
mien_status mien_quantizer_open(mien_quantizer **out, mien_net *net);

/* x is one image as the network takes it, c x h x w. */
void mien_quantizer_see(mien_quantizer *quantizer, const float *x);

/* Errors: MIEN_EDATA when no image was seen, or what a layer gave was not
 *         finite. */
mien_status mien_quantizer_turn(mien_quantizer *quantizer);

/* Round the weights of `net` and set its ranges.
 *
 * Errors: MIEN_ENOMEM; the net is then as it was. */
mien_status mien_quantizer_finish(mien_quantizer *quantizer, mien_net *net);
void mien_quantizer_close(mien_quantizer *quantizer); /* NULL is fine */

/* All of it, by n images side by side. */
mien_status mien_net_quantize(mien_net *net, const float *x, int n);

/* Whether quantising rounds this tensor. */
bool mien_weight_is_rounded(const mien_net *net, const mien_weight *weight);

/* Values of an output channel of such a tensor; its first extent says how many
 * channels there are. */
size_t mien_weight_row(const mien_weight *weight);

#endif
