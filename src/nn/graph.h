/* SPDX-License-Identifier: Apache-2.0 */
/* graph.h - a network as a list of layers, each fed by earlier ones.
 *
 *   mien_graph graph;
 *   MIEN_TRY(mien_graph_open(&graph, model_tree,
 *                            (mien_shape){32, 3, 112, 112}, vars));
 *   mien_graph_close(&graph);
 *
 * A recipe's `model:` is a list; each item takes the output of the one above:
 *
 *   - conv: {out: 64, kernel: 3}     a layer and its options
 *   - relu                           a layer without options
 *   - {bn: {eps: 1e-3}, name: b}     ... with a name
 *   - name: skip                     names what the item above gave
 *   - add: skip                      adds a named output to the one above
 *   - {concat: [a, b]}               joins named outputs to the one above
 *   - from: skip                     goes on from a named output
 *   - repeat: {times: 4, body: [..]} the same items again and again; a name
 *                                    means its latest bearer
 *
 * `input` names the network's input. A layer without a name is called by its
 * kind and number, conv1, conv2; where a name is taken, the next bearer gets
 * a number: b, b_2, b_3. */
#ifndef MIEN_NN_GRAPH_H
#define MIEN_NN_GRAPH_H

#include "base/arena.h"
#include "base/mem.h"
#include "base/tree.h"
#include "nn/layer.h"

enum { MIEN_MAX_NODES = 4096, MIEN_GRAPH_INPUT = -1 };

typedef struct mien_graph_node {
    const char *name; /* unique in its network */
    int layer;        /* index into layers.def */
    const void *config;
    int in[MIEN_MAX_INPUTS]; /* indices of nodes, or MIEN_GRAPH_INPUT */
    mien_layer_plan plan;    /* shapes, weights, sizes */
} mien_graph_node;

typedef struct mien_graph {
    mien_arena arena;
    mien_shape input;
    bool train; /* planned for training: batch statistics must exist */
    int n_nodes;
    mien_graph_node *nodes; /* in an order in which they can run */
} mien_graph;

/* Read a `model:` list and infer every shape for a batch of input.n.
 *
 * Owns:   the graph's arena holds all; mien_graph_close() frees it.
 * Errors: MIEN_EINVAL or MIEN_ESHAPE with file, line and layer; the graph is
 *         then empty. */
mien_status mien_graph_open(mien_graph *graph, const mien_tree *model,
                            mien_shape input, const mien_var *vars);

/* Whether a batch has at least one value and its count fits an int.
 *
 * Errors: MIEN_ELIMIT. */
mien_status mien_graph_check_input(mien_shape input);

/* Infer the shape of one node whose inputs are planned. */
mien_status mien_graph_plan_node(mien_graph *graph, mien_graph_node *node);

/* The same layers planned for another input; `of` must outlive it. */
mien_status mien_graph_copy(mien_graph *graph, const mien_graph *of,
                            mien_shape input, bool train);
void mien_graph_close(mien_graph *graph);

/* The shape of what node `i` gives, or of the input. */
mien_shape mien_graph_shape(const mien_graph *graph, int node);

/* What the last node gives. */
mien_shape mien_graph_output(const mien_graph *graph);

#endif
