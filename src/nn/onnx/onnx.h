/* SPDX-License-Identifier: Apache-2.0 */
/* onnx.h - a network from an ONNX file, and an ONNX file from a network.
 *
 *   mien_onnx onnx;
 *   MIEN_TRY(mien_onnx_open(&onnx, bytes, size, "yunet.onnx", NULL));
 *   ... onnx.net runs like any other; onnx.model is its recipe ...
 *   mien_onnx_close(&onnx);
 *
 * The file's graph becomes layers of layers.def. What only computes shapes is
 * computed once, batch normalisation is folded into the convolution before
 * it, and where several outputs are named, the network answers with all of
 * them one after the other (mien_onnx_output says where each begins).
 *
 * Everything is read as for one image: the network that comes out treats each
 * image of a batch as the file treats a batch of one. */
#ifndef MIEN_NN_ONNX_ONNX_H
#define MIEN_NN_ONNX_ONNX_H

#include "nn/net.h"

enum { MIEN_ONNX_RANK = 8, MIEN_ONNX_OPSET_MIN = 9, MIEN_ONNX_OPSET_MAX = 17 };

/* One of the file's outputs among the values that the network answers with. */
typedef struct mien_onnx_output {
    const char *name;
    int rank, d[MIEN_ONNX_RANK]; /* as the file has them, for one image */
    int first, count;
} mien_onnx_output;

typedef struct mien_onnx_options {
    int rows, columns; /* of the input; 0: as the file says */
} mien_onnx_options;

typedef struct mien_onnx {
    mien_arena arena;
    mien_net *net;
    const char *model; /* its layers, YAML */
    const char *input; /* the name of the file's input */
    int n_outputs;
    const mien_onnx_output *outputs;
    const char *producer; /* "" if the file does not say */
    int opset;
} mien_onnx;

/* Read a file that lies in memory. `name` begins the messages.
 *
 * Owns:   mien_onnx_close() frees all of it; the bytes are not kept.
 * Errors: MIEN_EFORMAT (no ONNX file, or one that contradicts itself),
 *         MIEN_EUNSUPPORTED with the operator, its node and the opset,
 *         MIEN_ESHAPE, MIEN_ELIMIT, MIEN_ENOMEM; *out is then empty. */
mien_status mien_onnx_open(mien_onnx *out, const void *bytes, size_t size,
                           const char *name, const mien_onnx_options *options);
void mien_onnx_close(mien_onnx *onnx);

/* What an exported file says beside the network. */
typedef struct mien_onnx_card {
    const char *version;           /* of mien */
    const char *const (*facts)[2]; /* keys and values, n_facts of them */
    int n_facts;
    const mien_onnx_output *outputs; /* what the answer is cut into */
    int n_outputs;                   /* 0: one output, "output" */
} mien_onnx_card;

/* Write a network as an ONNX file of opset 13, input "input", any batch.
 *
 * Owns:   *bytes is the caller's; mien_free() frees it.
 * Errors: MIEN_EUNSUPPORTED for a kind of layer without a counterpart,
 *         MIEN_ELIMIT over 2 GiB, MIEN_ENOMEM. */
mien_status mien_onnx_write(uint8_t **bytes, size_t *size, const mien_net *net,
                            const mien_onnx_card *card);

#endif
