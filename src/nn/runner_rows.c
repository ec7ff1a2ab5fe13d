/* SPDX-License-Identifier: Apache-2.0 */
/* runner_rows.c - a runner's plan as a table for people. */
#include <stdio.h>
#include <string.h>

#include "nn/runner.h"
#include "nn/runner_state.h"

static const mien_program *first_program(const mien_runner *run) {
    return run->state->workers[0].program;
}

int mien_runner_rows(const mien_runner *run) {
    return first_program(run)->n_steps;
}

/* A weight tensor meets each pixel of its output once. */
static double macs_of(const mien_layer_plan *plan) {
    double macs = 0;
    for (int k = 0; k < plan->n_weights; k++)
        if (plan->weights[k].role == MIEN_ROLE_WEIGHT)
            macs += (double)mien_dims_count(plan->weights[k].dims) *
                    plan->out.h * plan->out.w;
    return macs;
}

static void add_node(mien_plan_row *row, const mien_graph_node *node) {
    for (int k = 0; k < node->plan.n_weights; k++)
        if (node->plan.weights[k].role != MIEN_ROLE_RUNNING)
            row->weights += mien_dims_count(node->plan.weights[k].dims);
    row->macs += macs_of(&node->plan);
}

/* Backward reads dy and, if it must, x or y; it writes each dx that is not dy
 * passed on. */
static void add_traffic(mien_plan_row *row, const mien_step *s) {
    const double out = (double)row->bytes;
    row->forward_bytes = out;
    row->backward_bytes = s->reads_y ? 2 * out : out;
    for (int k = 0; k < s->n_in; k++) {
        const double in = (double)mien_shape_count(s->in[k]) * sizeof(float);
        row->forward_bytes += in;
        if (k == 0 && s->reads_x) row->backward_bytes += in;
        if (!s->passes_dy[k] && (k || s->wants_dx || !s->n_nodes))
            row->backward_bytes += in;
    }
}

mien_plan_row mien_runner_row(const mien_runner *run, int i) {
    const mien_program *p = first_program(run);
    const mien_planned_step *ps = &p->steps[i];
    const mien_step *s = &ps->step;
    mien_plan_row row = {.name = "", .kernel = s->kernel, .out = s->out};
    row.bytes = mien_shape_count(s->out) * sizeof(float);
    row.wants_dx = s->wants_dx;
    add_traffic(&row, s);
    if (!s->n_nodes) snprintf(row.group, sizeof row.group, "reorder");
    for (int k = 0; k < s->n_nodes; k++) {
        const mien_graph_node *node = &p->graph.nodes[s->nodes[k]];
        int count;
        const size_t used = strlen(row.group);
        snprintf(row.group + used, sizeof row.group - used, "%s%s",
                 k ? " + " : "", mien_layers(&count)[node->layer]->name);
        row.name = node->name;
        add_node(&row, node);
    }
    for (int t = 0; t < run->state->n_workers; t++) {
        const mien_program *q = run->state->workers[t].program;
        row.forward_s += q->steps[i].forward_s;
        row.backward_s += q->steps[i].backward_s;
    }
    return row;
}

void mien_runner_profile(mien_runner *run, bool on) {
    for (int t = 0; t < run->state->n_workers; t++) {
        mien_program *p = run->state->workers[t].program;
        p->profile = on;
        for (int i = 0; i < p->n_steps; i++)
            p->steps[i].forward_s = p->steps[i].backward_s = 0;
    }
}

size_t mien_runner_bytes(const mien_runner *run) {
    size_t bytes = 0;
    for (int t = 0; t < run->state->n_workers; t++)
        bytes += run->state->workers[t].program->memory_size +
                 run->state->workers[t].program->held;
    if (run->options.train)
        bytes += (size_t)run->options.shards * run->net->weights.size_trained *
                 sizeof(float);
    if (run->state->rounded) bytes += run->net->weights.size * sizeof(float);
    return bytes;
}
