/* SPDX-License-Identifier: Apache-2.0 */
/* lsuv.c - layer-sequential unit variance.
 *
 * From the first layer to the last, the weights of each convolution and dense
 * layer are divided by the standard deviation of what they give on a batch,
 * until that is 1. Biases and shifts start at 0.
 * Source: Mishkin & Matas, All you need is a good init, ICLR 2016
 * (arXiv:1511.06422). */
#include <math.h>
#include <string.h>

#include "nn/runner.h"
#include "nn/twin.h"

enum { ROUNDS = 10, MOST_IMAGES = 32 };
static const double tolerance = 0.02;

static double deviation(const float *y, size_t count) {
    double sum = 0, squares = 0;
    for (size_t i = 0; i < count; i++) sum += y[i];
    const double mean = sum / (double)count;
    for (size_t i = 0; i < count; i++) squares += (y[i] - mean) * (y[i] - mean);
    return sqrt(squares / (double)count);
}

/* Both copies: the twin's, which forward reads, and the net's. */
static void divide(mien_net *net, mien_twin *t, const mien_weight *weight,
                   double by) {
    for (size_t i = weight->offset; i < weight->offset + weight->count; i++)
        t->weights[i] = net->weights.values[i] =
            (float)(net->weights.values[i] / by);
}

static void fit_node(mien_net *net, mien_twin *t, int node,
                     const mien_batch *batch) {
    mien_twin_forward_node(t, node, batch);
    const int index = net->weights.of_node[node][0];
    if (index < 0 || net->weights.items[index].reparam ||
        net->weights.items[index].spec.role != MIEN_ROLE_WEIGHT)
        return;
    const size_t count = mien_shape_count(t->graph.nodes[node].plan.out);
    for (int round = 0; round < ROUNDS; round++) {
        const double sd = deviation(t->y[node], count);
        if (!(sd > 1e-12) || isinf(sd) || fabs(sd - 1) < tolerance) return;
        divide(net, t, &net->weights.items[index], sd);
        mien_twin_forward_node(t, node, batch);
    }
}

/* As initialisers leave them, whatever was done to them since. */
static void clear_biases(mien_weights *w) {
    for (int i = 0; i < w->n_trained; i++) {
        const mien_weight *item = &w->items[i];
        if (item->spec.role == MIEN_ROLE_BIAS ||
            item->spec.role == MIEN_ROLE_SHIFT)
            memset(w->values + item->offset, 0, item->count * sizeof(float));
    }
}

mien_status mien_net_lsuv(mien_net *net, const mien_batch *batch) {
    mien_twin *t;
    const int n = batch->n < MOST_IMAGES ? batch->n : MOST_IMAGES;
    clear_biases(&net->weights);
    mien_weights_apply(&net->weights);
    MIEN_TRY(mien_twin_open(&t, net, n, true));
    const size_t count = mien_shape_count(t->graph.input);
    for (size_t i = 0; i < count; i++) t->input[i] = batch->x[i];
    for (int i = 0; i < t->graph.n_nodes; i++) fit_node(net, t, i, batch);
    mien_weights_apply(&net->weights);
    mien_twin_close(t);
    return MIEN_OK;
}
