/* SPDX-License-Identifier: Apache-2.0 */
/* gradcheck.c - the gradients of a network against differences. */
#define MIEN_F64 /* the reference kernels in double */
#include "nn/gradcheck.h"

#include <string.h>

#include "base/mem.h"
#include "nn/gradcheck_node.h"

typedef struct run {
    const mien_net_check *check;
    const mien_net *net;
    mien_arena *arena;
    mien_twin *twin;
    double *target;
    mien_gradcheck_row *rows;
    int n_rows;
    int *first; /* row of each node */
    int *kinks; /* of each node */
    double loss[MIEN_SIDES];
} run;

/* ---- names ------------------------------------------------------------ */

static mien_status name_tensors(run *r, int node, int *row) {
    int tensors[2 * MIEN_MAX_WEIGHTS];
    const int n = mien_node_tensors(tensors, r->net, node);
    for (int k = 0; k < n; k++) {
        const char *name =
            mien_arena_strdup(r->arena, r->net->weights.items[tensors[k]].name);
        if (!name) return MIEN_ENOMEM;
        r->rows[(*row)++].tensor = name;
    }
    return MIEN_OK;
}

static mien_status name_input(run *r, const char *of, int k, int *row) {
    const char *name = k ? mien_arena_printf(r->arena, "%s.input%d", of, k + 1)
                         : mien_arena_printf(r->arena, "%s.input", of);
    if (!name) return MIEN_ENOMEM;
    r->rows[(*row)++].tensor = name;
    return MIEN_OK;
}

/* Rows of the layers, then of the loss, then of the network. */
static mien_status lay_out(run *r) {
    const mien_graph *g = &r->twin->graph;
    const size_t nodes = (size_t)g->n_nodes;
    int tensors[2 * MIEN_MAX_WEIGHTS], row = 0;
    r->n_rows = mien_node_tensors(tensors, r->net, MIEN_OF_LOSS) + 2;
    for (int i = 0; i < g->n_nodes; i++)
        r->n_rows += mien_node_rows(r->twin, i);
    r->rows = mien_arena_alloc(r->arena, (size_t)r->n_rows, sizeof *r->rows);
    r->first = mien_arena_alloc(r->arena, nodes + 1, sizeof *r->first);
    r->kinks = mien_arena_alloc(r->arena, nodes + 1, sizeof *r->kinks);
    if (!r->rows || !r->first || !r->kinks) return MIEN_ENOMEM;
    for (int i = 0; i < g->n_nodes; i++) {
        r->first[i] = row;
        MIEN_TRY(name_tensors(r, i, &row));
        for (int k = 0; k < g->nodes[i].plan.n_in; k++)
            MIEN_TRY(name_input(r, g->nodes[i].name, k, &row));
    }
    r->first[nodes] = row;
    MIEN_TRY(name_tensors(r, MIEN_OF_LOSS, &row));
    MIEN_TRY(name_input(r, "loss", 0, &row));
    r->rows[row].tensor = "network";
    return MIEN_OK;
}

/* ---- layers ----------------------------------------------------------- */

static mien_status check_node(void *context, int task, int worker) {
    run *r = context;
    mien_node_check c = {
        .twin = r->twin,
        .batch = r->check->batch,
        .node = task,
        .rows = r->rows + r->first[task],
        .test = {.values = r->check->values, .tolerance = r->check->tolerance}};
    (void)worker;
    const mien_status status = mien_node_check_run(&c);
    r->kinks[task] = c.kinks;
    return status;
}

static mien_status check_nodes(run *r) {
    mien_pool *pool;
    MIEN_TRY(mien_pool_open(&pool, r->check->threads));
    const mien_status status =
        mien_pool_run(pool, r->twin->graph.n_nodes, check_node, r);
    mien_pool_close(pool);
    return status;
}

/* ---- the loss, and the whole network ---------------------------------- */

static void evaluate_loss(void *context, int side) {
    run *r = context;
    mien_twin_forward_loss(r->twin, r->check->batch, r->target);
    r->loss[side] = r->twin->loss;
}

static void evaluate_network(void *context, int side) {
    run *r = context;
    mien_twin_forward(r->twin, r->check->batch, r->target);
    r->loss[side] = r->twin->loss;
}

static double rise(void *context, int side, int over, double *noise) {
    const run *r = context;
    const double a = r->loss[side], b = r->loss[over];
    *noise = 4 * 2.2e-16 * (fabs(a) + fabs(b));
    return a - b;
}

static mien_status check_claim(run *r, int row, mien_claim claim, int values) {
    const mien_claim_test test = {
        .values = values,
        .tolerance = r->check->tolerance,
        .rng = mien_rng_at(0, MIEN_RNG_CHECK, (uint32_t)r->twin->graph.n_nodes,
                           (uint32_t)row)};
    claim.context = r;
    claim.rise = rise;
    return mien_differences(&r->rows[row], &r->kinks[r->twin->graph.n_nodes],
                            &claim, &test);
}

static mien_status check_loss(run *r, int *row) {
    const mien_twin *t = r->twin;
    const int last = t->graph.n_nodes - 1;
    int tensors[2 * MIEN_MAX_WEIGHTS];
    const int n = mien_node_tensors(tensors, r->net, MIEN_OF_LOSS);
    for (int k = 0; k < n; k++) {
        const mien_weight *w = &r->net->weights.items[tensors[k]];
        MIEN_TRY(check_claim(r, (*row)++,
                             (mien_claim){.x = t->weights + w->offset,
                                          .gradient = t->gradient + w->offset,
                                          .n = w->count,
                                          .evaluate = evaluate_loss},
                             r->check->values));
    }
    return check_claim(
        r, (*row)++,
        (mien_claim){.x = t->y[last],
                     .gradient = t->dy[last],
                     .n = mien_shape_count(t->graph.nodes[last].plan.out),
                     .evaluate = evaluate_loss},
        r->check->values);
}

/* Each tensor moves in proportion to its own values. */
static void fill_sizes(double *sizes, const run *r) {
    const mien_weights *w = &r->net->weights;
    for (int k = 0; k < w->n_trained; k++) {
        const mien_weight *t = &w->items[k];
        double *to = sizes + t->offset, sum = 0;
        for (size_t i = 0; i < t->count; i++)
            sum += r->twin->weights[t->offset + i] *
                   r->twin->weights[t->offset + i];
        const double rms = sqrt(sum / (double)t->count);
        for (size_t i = 0; i < t->count; i++) to[i] = rms > 0 ? rms : 1e-2;
    }
}

static mien_status check_network(run *r, int row) {
    const size_t n = r->net->weights.size_trained;
    double *sizes = mien_alloc(n + 1, sizeof *sizes);
    if (!sizes) return MIEN_ENOMEM;
    fill_sizes(sizes, r);
    const mien_status status =
        check_claim(r, row,
                    (mien_claim){.x = r->twin->weights,
                                 .gradient = r->twin->gradient,
                                 .n = n,
                                 .sizes = sizes,
                                 .evaluate = evaluate_network},
                    0);
    mien_free(sizes);
    return status;
}

/* ---- all -------------------------------------------------------------- */

static mien_status check_batch(const mien_net *net, const mien_batch *b) {
    if (!net->loss)
        return mien_fail(MIEN_EINVAL,
                         "a gradient needs a loss; the recipe has none");
    if ((net->loss->needs_labels && !b->label) ||
        (net->loss->needs_vector && !b->target))
        return mien_fail(MIEN_EINVAL,
                         "the loss %s needs %s; the data have none",
                         net->loss->name,
                         net->loss->needs_labels ? "labels" : "target vectors");
    return MIEN_OK;
}

static mien_status pass_batch(run *r) {
    const mien_batch *b = r->check->batch;
    const size_t count = mien_shape_count(r->twin->graph.input);
    const size_t n = (size_t)b->n * (size_t)r->net->spec.vector;
    for (size_t i = 0; i < count; i++) r->twin->input[i] = (double)b->x[i];
    if (b->target) {
        r->target = mien_arena_alloc(r->arena, n + 1, sizeof *r->target);
        if (!r->target) return MIEN_ENOMEM;
        for (size_t i = 0; i < n; i++) r->target[i] = (double)b->target[i];
    }
    mien_twin_forward(r->twin, b, r->target);
    mien_twin_backward(r->twin, b, r->target);
    return MIEN_OK;
}

static mien_status check_all(run *r, mien_gradcheck_summary *out) {
    int row;
    MIEN_TRY(pass_batch(r));
    out->loss = r->twin->loss;
    MIEN_TRY(lay_out(r));
    row = r->first[r->twin->graph.n_nodes];
    MIEN_TRY(check_nodes(r));
    MIEN_TRY(check_loss(r, &row));
    MIEN_TRY(check_network(r, row));
    out->n = r->n_rows;
    out->rows = r->rows;
    out->pass = true;
    for (int i = 0; i < r->n_rows; i++) out->pass &= r->rows[i].pass;
    for (int i = 0; i <= r->twin->graph.n_nodes; i++) out->kinks += r->kinks[i];
    return MIEN_OK;
}

mien_status mien_net_gradcheck(mien_gradcheck_summary *out, mien_arena *arena,
                               const mien_net *net,
                               const mien_net_check *check) {
    run r = {.check = check, .net = net, .arena = arena};
    *out = (mien_gradcheck_summary){0};
    MIEN_TRY(check_batch(net, check->batch));
    MIEN_TRY(mien_twin_open(&r.twin, net, check->batch->n, true));
    const mien_status status = check_all(&r, out);
    mien_twin_close(r.twin);
    return status;
}
