/* SPDX-License-Identifier: Apache-2.0 */
/* model.c - fuzz lists of layers: what opens can be run in order, can be
 * copied for another batch, and lays out its weights. */
#include <stdlib.h>
#include <string.h>

#include "nn/graph.h"
#include "nn/weights.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { MOST_WEIGHTS = 1 << 20 };

static void check(bool holds) {
    if (!holds) abort();
}

static void check_node(const mien_graph *g, int i) {
    const mien_graph_node *node = &g->nodes[i];
    const mien_shape out = node->plan.out;
    check(node->name && *node->name);
    check(out.n == g->input.n && out.c > 0 && out.h > 0 && out.w > 0);
    check(node->plan.n_in >= 1 && node->plan.n_in <= MIEN_MAX_INPUTS);
    for (int k = 0; k < node->plan.n_in; k++) {
        check(node->in[k] >= MIEN_GRAPH_INPUT && node->in[k] < i);
        check(mien_shape_equal(node->plan.in[k],
                               mien_graph_shape(g, node->in[k])));
    }
    for (int k = 0; i && i < 32 && k < i; k++)
        check(strcmp(node->name, g->nodes[k].name) != 0);
}

static size_t weights_of(const mien_graph *g) {
    size_t sum = 0;
    for (int i = 0; i < g->n_nodes; i++)
        for (int k = 0; k < g->nodes[i].plan.n_weights; k++) {
            size_t count = mien_dims_count(g->nodes[i].plan.weights[k].dims);
            if (count > MOST_WEIGHTS) return count;
            sum += count;
        }
    return sum;
}

static void try_copy(const mien_graph *graph) {
    mien_graph copy;
    mien_shape input = graph->input;
    input.n = 3;
    if (mien_graph_copy(&copy, graph, input, true) != MIEN_OK) return;
    check(copy.n_nodes == graph->n_nodes);
    for (int i = 0; i < copy.n_nodes; i++) check_node(&copy, i);
    mien_graph_close(&copy);
}

static void try_graph(const mien_graph *graph) {
    check(graph->n_nodes > 0 && graph->n_nodes <= MIEN_MAX_NODES);
    for (int i = 0; i < graph->n_nodes; i++) check_node(graph, i);
    try_copy(graph);
    mien_weights weights;
    if (weights_of(graph) > MOST_WEIGHTS) return;
    check(mien_weights_open(&weights, graph, NULL) == MIEN_OK);
    mien_weights_close(&weights);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static const mien_var vars[] = {{"classes", 5}, {0}};
    mien_arena arena = {0};
    mien_tree *tree;
    mien_graph graph;
    if (mien_tree_parse(&tree, &arena, (const char *)bytes, size, "fuzz") ==
            MIEN_OK &&
        mien_graph_open(&graph, tree, (mien_shape){2, 3, 16, 12}, vars) ==
            MIEN_OK) {
        try_graph(&graph);
        mien_graph_close(&graph);
    }
    mien_arena_close(&arena);
    return 0;
}
