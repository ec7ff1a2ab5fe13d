/* SPDX-License-Identifier: Apache-2.0 */
/* graph.c - shapes through a network. */
#include "nn/graph.h"

#include <limits.h>
#include <string.h>

mien_shape mien_graph_shape(const mien_graph *graph, int node) {
    return node == MIEN_GRAPH_INPUT ? graph->input
                                    : graph->nodes[node].plan.out;
}

mien_shape mien_graph_output(const mien_graph *graph) {
    return mien_graph_shape(graph, graph->n_nodes - 1);
}

/* Values of a shape, or 0 when they are none or have no room in an int. */
static int count_of(mien_shape s) {
    size_t count;
    if (s.n < 1 || s.c < 1 || s.h < 1 || s.w < 1) return 0;
    if (!mien_size_mul(&count, (size_t)s.n, (size_t)s.c) ||
        !mien_size_mul(&count, count, (size_t)s.h) ||
        !mien_size_mul(&count, count, (size_t)s.w) || count > INT_MAX)
        return 0;
    return (int)count;
}

mien_status mien_graph_check_input(mien_shape s) {
    if (count_of(s)) return MIEN_OK;
    return mien_fail(MIEN_ELIMIT,
                     "a batch of %d images of %dx%dx%d: it must have 1 to %d "
                     "values",
                     s.n, s.c, s.h, s.w, INT_MAX);
}

static mien_status check_output(const mien_graph_node *node) {
    const mien_shape s = node->plan.out;
    if (count_of(s)) return MIEN_OK;
    if (s.n < 1 || s.c < 1 || s.h < 1 || s.w < 1)
        return mien_fail(MIEN_ESHAPE, "layer '%s' would give %dx%dx%d values",
                         node->name, s.c, s.h, s.w);
    return mien_fail(MIEN_ELIMIT,
                     "layer '%s' would give %dx%dx%dx%d values; the most is "
                     "%d%s",
                     node->name, s.n, s.c, s.h, s.w, INT_MAX,
                     s.n > 1 ? ": try fewer images a batch" : "");
}

mien_status mien_graph_plan_node(mien_graph *graph, mien_graph_node *node) {
    int count;
    const mien_layer_ops *ops = mien_layers(&count)[node->layer];
    mien_layer_plan *plan = &node->plan;
    const int n_in = plan->n_in;
    *plan = (mien_layer_plan){
        .name = node->name, .train = graph->train, .n_in = n_in};
    for (int i = 0; i < n_in; i++)
        plan->in[i] = mien_graph_shape(graph, node->in[i]);
    MIEN_TRY(ops->plan(plan, node->config));
    return check_output(node);
}

mien_status mien_graph_copy(mien_graph *graph, const mien_graph *of,
                            mien_shape input, bool train) {
    *graph = (mien_graph){0};
    MIEN_TRY(mien_graph_check_input(input));
    *graph =
        (mien_graph){.input = input, .train = train, .n_nodes = of->n_nodes};
    graph->nodes = mien_arena_alloc(&graph->arena, (size_t)of->n_nodes,
                                    sizeof *graph->nodes);
    mien_status status = graph->nodes ? MIEN_OK : MIEN_ENOMEM;
    for (int i = 0; status == MIEN_OK && i < of->n_nodes; i++) {
        graph->nodes[i] = of->nodes[i];
        status = mien_graph_plan_node(graph, &graph->nodes[i]);
    }
    if (status != MIEN_OK) mien_graph_close(graph);
    return status;
}

void mien_graph_close(mien_graph *graph) {
    mien_arena_close(&graph->arena);
    *graph = (mien_graph){0};
}
