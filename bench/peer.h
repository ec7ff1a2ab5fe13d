/* SPDX-License-Identifier: Apache-2.0 */
/* peer.h - oneDNN's primitives, to measure the kernels against.
 *
 * A peer owns its buffers, laid out as oneDNN likes best with activations in
 * nChw16c, and runs on one thread. NULL where oneDNN has no such thing; every
 * function takes NULL. */
#ifndef MIEN_BENCH_PEER_H
#define MIEN_BENCH_PEER_H

#include "nn/kernels/kernels.h"

typedef struct peer peer;

typedef enum peer_pass { PEER_FORWARD, PEER_DATA, PEER_WEIGHT } peer_pass;

/* PEER_DATA is the whole backward pass, but for convolutions. */
peer *peer_bn(mien_shape shape, bool relu, peer_pass pass);
peer *peer_prelu(mien_shape shape, peer_pass pass);
peer *peer_curve(mien_shape shape, mien_kernel_curve curve, peer_pass pass);
peer *peer_relu(mien_shape shape, peer_pass pass);
peer *peer_pool(const mien_kernel_window *w, bool average, peer_pass pass);
peer *peer_depthwise(const mien_kernel_window *w, peer_pass pass);
peer *peer_conv(const mien_kernel_window *w, bool winograd, peer_pass pass);
peer *peer_reorder(mien_shape shape, bool to_blocked);
peer *peer_add(mien_shape shape);

void peer_run(peer *p);
void peer_close(peer *p);

#endif
