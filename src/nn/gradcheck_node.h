/* SPDX-License-Identifier: Apache-2.0 */
/* gradcheck_node.h - one layer of gradcheck.h, in double. */
#ifndef MIEN_NN_GRADCHECK_NODE_H
#define MIEN_NN_GRADCHECK_NODE_H

#include "nn/differences.h"
#include "nn/twin.h"

/* A layer of a twin that went forward and backward. */
typedef struct mien_node_check {
    const mien_twin *twin;
    const mien_batch *batch;
    int node;
    mien_gradcheck_row *rows; /* of its tensors, then of its inputs */
    int kinks;
    mien_claim_test test; /* each row draws from a stream of its own */
} mien_node_check;

/* Rows that it has, and the index in net->weights of each tensor's. */
int mien_node_rows(const mien_twin *twin, int node);
int mien_node_tensors(int out[2 * MIEN_MAX_WEIGHTS], const mien_net *net,
                      int node);

/* Fill the rows, but for their names. Touches nothing of the twin.
 *
 * Errors: MIEN_ENOMEM. */
mien_status mien_node_check_run(mien_node_check *check);

#endif
