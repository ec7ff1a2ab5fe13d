/* SPDX-License-Identifier: Apache-2.0 */
/* step_table.c - the kinds of steps that steps.def lists. */
#include <string.h>

#include "nn/fast/step.h"

#define MIEN_STEP(name) extern const mien_step_ops mien_step_##name;
#include "nn/fast/steps.def"
#undef MIEN_STEP

const mien_step_ops *const *mien_steps(int *count) {
    static const mien_step_ops *const table[] = {
#define MIEN_STEP(name) &mien_step_##name,
#include "nn/fast/steps.def"
#undef MIEN_STEP
    };
    *count = (int)(sizeof table / sizeof *table);
    return table;
}

int mien_step_next(const mien_step *step, int node) {
    const mien_graph *graph = step->graph;
    int next = -1;
    for (int i = node + 1; i < graph->n_nodes; i++)
        for (int k = 0; k < graph->nodes[i].plan.n_in; k++) {
            if (graph->nodes[i].in[k] != node) continue;
            if (next >= 0) return -1;
            next = i;
        }
    return next >= 0 && !step->taken[next] ? next : -1;
}

bool mien_step_is(const mien_graph *graph, int node, const char *layer) {
    int count;
    return node >= 0 &&
           !strcmp(mien_layers(&count)[graph->nodes[node].layer]->name, layer);
}
