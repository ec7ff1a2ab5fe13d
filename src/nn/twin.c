/* SPDX-License-Identifier: Apache-2.0 */
/* twin.c - run a network by the reference kernels alone. */
#include "nn/twin.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

static size_t max_size(size_t a, size_t b) { return a > b ? a : b; }

static mien_status allocate_nodes(mien_twin *t) {
    const size_t n = (size_t)t->graph.n_nodes;
    size_t scratch = 1;
    t->y = mien_alloc(n, sizeof *t->y);
    t->dy = mien_alloc(n, sizeof *t->dy);
    t->kept = mien_alloc(n, sizeof *t->kept);
    t->stats = mien_alloc(n, sizeof *t->stats);
    if (!t->y || !t->dy || !t->kept || !t->stats) return MIEN_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        const mien_layer_plan *p = &t->graph.nodes[i].plan;
        const size_t count = mien_shape_count(p->out);
        scratch = max_size(scratch, p->n_scratch);
        t->y[i] = mien_alloc(count, sizeof(real));
        t->dy[i] = mien_alloc(count, sizeof(real));
        t->kept[i] = mien_alloc(p->n_kept + 1, sizeof(real));
        t->stats[i] = mien_alloc(p->n_stats + 1, sizeof(real));
        if (!t->y[i] || !t->dy[i] || !t->kept[i] || !t->stats[i])
            return MIEN_ENOMEM;
    }
    t->scratch = mien_alloc(scratch, sizeof(real));
    return t->scratch ? MIEN_OK : MIEN_ENOMEM;
}

static mien_loss_plan plan_loss(const mien_twin *t) {
    return (mien_loss_plan){.n = t->graph.input.n,
                            .d = mien_net_width(t->net),
                            .classes = t->net->spec.classes,
                            .vector = t->net->spec.vector};
}

static mien_status allocate_loss(mien_twin *t) {
    if (!t->net->loss) return MIEN_OK;
    mien_loss_plan plan = plan_loss(t);
    MIEN_TRY(t->net->loss->plan(&plan, t->net->loss_config));
    t->n_scores = plan.scores;
    t->loss_kept = mien_alloc(plan.n_kept + 1, sizeof(real));
    t->loss_scratch = mien_alloc(plan.n_scratch + 1, sizeof(real));
    t->scores =
        mien_alloc((size_t)plan.n * (size_t)plan.scores + 1, sizeof(real));
    return t->loss_kept && t->loss_scratch && t->scores ? MIEN_OK : MIEN_ENOMEM;
}

static mien_status allocate(mien_twin *t) {
    const mien_weights *w = &t->net->weights;
    const size_t count = mien_shape_count(t->graph.input);
    t->weights = mien_alloc(w->size + 1, sizeof(real));
    t->gradient = mien_alloc(w->size + 1, sizeof(real));
    t->input = mien_alloc(count, sizeof(real));
    t->d_input = mien_alloc(count, sizeof(real));
    if (!t->weights || !t->gradient || !t->input || !t->d_input)
        return MIEN_ENOMEM;
    for (size_t i = 0; i < w->size; i++) t->weights[i] = w->effective[i];
    MIEN_TRY(allocate_nodes(t));
    return allocate_loss(t);
}

mien_status mien_twin_open(mien_twin **out, const mien_net *net, int n,
                           bool train) {
    *out = NULL;
    mien_twin *t = mien_alloc(1, sizeof *t);
    if (!t) return MIEN_ENOMEM;
    t->net = net;
    mien_shape input = net->graph.input;
    input.n = n;
    mien_status status = mien_graph_copy(&t->graph, &net->graph, input, train);
    if (status == MIEN_OK) status = allocate(t);
    if (status != MIEN_OK) {
        mien_twin_close(t);
        return status;
    }
    *out = t;
    return MIEN_OK;
}

mien_pass mien_twin_pass(const mien_twin *t, int i, const mien_batch *batch) {
    const mien_graph_node *node = &t->graph.nodes[i];
    const mien_weights *w = &t->net->weights;
    mien_pass p = {.config = node->config,
                   .n_in = node->plan.n_in,
                   .out = node->plan.out,
                   .y = t->y[i],
                   .dy = t->dy[i],
                   .kept = t->kept[i],
                   .scratch = t->scratch,
                   .stats = t->stats[i],
                   .train = t->graph.train,
                   .seed = batch->seed,
                   .step = batch->step,
                   .layer = (uint32_t)i};
    for (int k = 0; k < node->plan.n_in; k++) {
        const int from = node->in[k];
        p.in[k] = node->plan.in[k];
        p.x[k] = from < 0 ? t->input : t->y[from];
        p.dx[k] = from < 0 ? t->d_input : t->dy[from];
    }
    for (int k = 0; k < node->plan.n_weights; k++) {
        const mien_weight *weight = &w->items[w->of_node[i][k]];
        p.w[k] = t->weights + weight->offset;
        if (weight->spec.role != MIEN_ROLE_RUNNING)
            p.dw[k] = t->gradient + weight->offset;
    }
    return p;
}

static mien_loss_pass loss_pass(const mien_twin *t, const mien_batch *batch,
                                const real *target) {
    const int last = t->graph.n_nodes - 1;
    const mien_weights *w = &t->net->weights;
    mien_loss_pass p = {.config = t->net->loss_config,
                        .n = batch->n,
                        .batch = batch->n,
                        .d = mien_net_width(t->net),
                        .classes = t->net->spec.classes,
                        .x = t->y[last],
                        .label = batch->label,
                        .mixed = batch->mixed,
                        .share = batch->share,
                        .vector = t->net->spec.vector,
                        .target = target,
                        .class_weight = batch->class_weight,
                        .scores = t->n_scores ? t->scores : NULL,
                        .dx = t->dy[last],
                        .kept = t->loss_kept,
                        .scratch = t->loss_scratch,
                        .progress = batch->progress,
                        .seed = batch->seed,
                        .step = batch->step};
    for (int k = 0; k < MIEN_MAX_WEIGHTS; k++) {
        const int index = w->of_node[w->n_nodes][k];
        if (index < 0) continue;
        p.w[k] = t->weights + w->items[index].offset;
        p.dw[k] = t->gradient + w->items[index].offset;
    }
    return p;
}

/* The loss in this file's number type; a net names it in float. */
static const mien_loss_ops *loss_of(const mien_net *net) {
    int count;
    const mien_loss_ops *const *table = mien_losses(&count);
    for (int i = 0; net->loss && i < count; i++)
        if (!strcmp(table[i]->name, net->loss->name)) return table[i];
    return NULL;
}

void mien_twin_forward_node(mien_twin *t, int node, const mien_batch *batch) {
    int count;
    const mien_pass p = mien_twin_pass(t, node, batch);
    mien_layers(&count)[t->graph.nodes[node].layer]->forward(&p);
}

void mien_twin_forward(mien_twin *t, const mien_batch *batch,
                       const real *target) {
    for (int i = 0; i < t->graph.n_nodes; i++)
        mien_twin_forward_node(t, i, batch);
    mien_twin_forward_loss(t, batch, target);
}

void mien_twin_forward_loss(mien_twin *t, const mien_batch *batch,
                            const real *target) {
    if (!t->net->loss || (!batch->label && !target)) return;
    mien_loss_pass p = loss_pass(t, batch, target);
    loss_of(t->net)->forward(&p);
    t->loss = p.loss;
}

static void clear_gradients(mien_twin *t) {
    memset(t->gradient, 0, t->net->weights.size * sizeof(real));
    memset(t->d_input, 0, mien_shape_count(t->graph.input) * sizeof(real));
    for (int i = 0; i < t->graph.n_nodes; i++)
        memset(t->dy[i], 0,
               mien_shape_count(t->graph.nodes[i].plan.out) * sizeof(real));
}

void mien_twin_backward_loss(mien_twin *t, const mien_batch *batch,
                             const real *target) {
    clear_gradients(t);
    mien_loss_pass loss = loss_pass(t, batch, target);
    loss_of(t->net)->backward(&loss);
}

void mien_twin_backward_node(mien_twin *t, int node, const mien_batch *batch) {
    int count;
    const mien_pass p = mien_twin_pass(t, node, batch);
    mien_layers(&count)[t->graph.nodes[node].layer]->backward(&p);
}

void mien_twin_backward(mien_twin *t, const mien_batch *batch,
                        const real *target) {
    mien_twin_backward_loss(t, batch, target);
    for (int i = t->graph.n_nodes - 1; i >= 0; i--)
        mien_twin_backward_node(t, i, batch);
}

double mien_twin_sample_loss(mien_twin *t, const mien_batch *batch,
                             const real *target, int i) {
    mien_loss_plan plan = plan_loss(t);
    mien_loss_pass p = loss_pass(t, batch, target);
    plan.n = p.n = p.batch = 1;
    if (t->net->loss->plan(&plan, t->net->loss_config) != MIEN_OK) return NAN;
    p.x += (size_t)i * (size_t)p.d;
    if (p.label) p.label += i;
    if (p.mixed) p.mixed += i;
    if (p.share) p.share += i;
    if (p.target) p.target += (size_t)i * (size_t)plan.vector;
    p.scores = NULL;
    loss_of(t->net)->forward(&p);
    return p.loss;
}

static void free_rows(real **rows, int n) {
    for (int i = 0; rows && i < n; i++) mien_free(rows[i]);
    mien_free(rows);
}

void mien_twin_close(mien_twin *t) {
    if (!t) return;
    free_rows(t->y, t->graph.n_nodes);
    free_rows(t->dy, t->graph.n_nodes);
    free_rows(t->kept, t->graph.n_nodes);
    free_rows(t->stats, t->graph.n_nodes);
    mien_free(t->weights);
    mien_free(t->gradient);
    mien_free(t->input);
    mien_free(t->d_input);
    mien_free(t->scratch);
    mien_free(t->loss_kept);
    mien_free(t->loss_scratch);
    mien_free(t->scores);
    mien_graph_close(&t->graph);
    mien_free(t);
}
