/* SPDX-License-Identifier: Apache-2.0 */
/* net.h - what a network is: its layers, its loss and its weights.
 *
 *   mien_net *net;
 *   MIEN_TRY(mien_net_open(&net, &(mien_net_spec){.model = tree,
 *            .loss = loss_tree, .input = {1, 3, 112, 112}, .classes = 40}));
 *   MIEN_TRY(mien_net_init(net, init_tree, seed));
 *
 * How it is run (batch, shards, threads, fast or plain kernels) is a runner's
 * business (runner.h); several runners may share a net. */
#ifndef MIEN_NN_NET_H
#define MIEN_NN_NET_H

#include "nn/graph.h"
#include "nn/loss.h"
#include "nn/weights.h"

typedef struct mien_net_spec {
    const mien_tree *model; /* the recipe's list of layers */
    const mien_tree *loss;  /* a name, or {name: options}; NULL: no loss */
    mien_shape input;       /* c, h, w; n does not matter */
    int classes;            /* in the data; `classes` in the recipe */
    int vector;             /* values of a target vector, 0: none */
} mien_net_spec;

typedef struct mien_net {
    mien_net_spec spec;
    mien_graph graph;          /* planned for one image */
    const mien_loss_ops *loss; /* NULL: none */
    const void *loss_config;   /* lives in the graph's arena */
    mien_weights weights;
    /* Of a quantised network: the least and the most value of its input, then
     * of what each node gives; convolutions of inference compute in bytes.
     * NULL: it is not quantised. In the graph's arena. */
    const float *ranges;
} mien_net;

/* Build a network; its weights are zero until mien_net_init() or a file.
 *
 * Owns:   *out is the caller's; mien_net_close() frees it. The trees must
 *         outlive it.
 * Errors: as mien_graph_open(); an unknown loss; a network output that the
 *         loss cannot take (names both shapes). */
mien_status mien_net_open(mien_net **out, const mien_net_spec *spec);

/* Start the weights: `init` is a name or {name: options}; NULL: he_normal.
 *
 * A data-dependent initialiser only draws here; see mien_net_lsuv() in
 * runner.h. */
mien_status mien_net_init(mien_net *net, const mien_tree *init, uint64_t seed);

/* Values a sample of what the network gives: c*h*w of its output. */
int mien_net_width(const mien_net *net);
void mien_net_close(mien_net *net);

/* The index of a name in a table of ops, by its `name` member; -1: none. */
const mien_loss_ops *mien_loss_named(const char *name);
const mien_init_ops *mien_init_named(const char *name);

#endif
