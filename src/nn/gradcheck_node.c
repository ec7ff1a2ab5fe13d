/* SPDX-License-Identifier: Apache-2.0 */
/* gradcheck_node.c - the gradients of one layer against differences.
 *
 *   f(w, x) = sum of dy y(w, x)
 *
 * The layer runs on copies of its weights and inputs. A reparametrised weight
 * is computed anew from what is trained, so that those gradients are checked
 * too. The difference of two f is summed over dy (y - y'), which loses fewer
 * digits than f - f'. */
#define MIEN_F64 /* the reference kernels in double */
#include "nn/gradcheck_node.h"

#include <string.h>

#include "base/mem.h"
#include "nn/reparam.h"

typedef struct node {
    const mien_layer_ops *ops;
    mien_pass pass;
    size_t n_y;
    double *y[MIEN_SIDES];
    double *w[MIEN_MAX_WEIGHTS], *dw[MIEN_MAX_WEIGHTS];
    double *x[MIEN_MAX_INPUTS], *dx[MIEN_MAX_INPUTS];
    double *kept, *scratch, *stats;
    /* of w[0]: what it is computed from, or NULL */
    const mien_reparam_ops *reparam;
    mien_reparam_pass from;
    double *v, *g, *dv, *dg;
    mien_arena arena;
    size_t n_w[MIEN_MAX_WEIGHTS], n_x[MIEN_MAX_INPUTS];
} node;

int mien_node_tensors(int out[2 * MIEN_MAX_WEIGHTS], const mien_net *net,
                      int i) {
    int n = 0;
    for (int k = 0; k < net->weights.n_trained; k++)
        if (net->weights.items[k].node == i && n < 2 * MIEN_MAX_WEIGHTS)
            out[n++] = k;
    return n;
}

int mien_node_rows(const mien_twin *twin, int i) {
    int tensors[2 * MIEN_MAX_WEIGHTS];
    return mien_node_tensors(tensors, twin->net, i) +
           twin->graph.nodes[i].plan.n_in;
}

/* n zeros, or a copy; *failed when out of memory. */
static double *take(node *o, const double *from, size_t n, bool *failed) {
    double *out = mien_arena_alloc(&o->arena, n + 1, sizeof *out);
    if (!out)
        *failed = true;
    else if (from)
        memcpy(out, from, n * sizeof *out);
    return out;
}

static double *take_trained(node *o, const float *from, size_t n,
                            bool *failed) {
    double *out = take(o, NULL, n, failed);
    for (size_t i = 0; out && i < n; i++) out[i] = (double)from[i];
    return out;
}

static void open_reparam(node *o, const mien_weights *w, const mien_weight *t,
                         bool *failed) {
    const size_t units = (size_t)t->spec.dims.d[0];
    int count;
    o->reparam = mien_reparams(&count)[t->reparam - 1];
    o->v = take_trained(o, w->values + t->offset, t->count, failed);
    o->dv = take(o, NULL, t->count, failed);
    if (o->reparam->has_gain) {
        o->g = take_trained(o, w->values + t->gain_offset, units, failed);
        o->dg = take(o, NULL, units, failed);
    }
    o->from = (mien_reparam_pass){.units = (int)units,
                                  .size = (int)(t->count / units),
                                  .v = o->v,
                                  .g = o->g,
                                  .w = o->w[0],
                                  .dw = o->dw[0],
                                  .dv = o->dv,
                                  .dg = o->dg};
}

static void open_weights(node *o, const mien_node_check *c, bool *failed) {
    const mien_weights *w = &c->twin->net->weights;
    for (int k = 0; k < c->twin->graph.nodes[c->node].plan.n_weights; k++) {
        const mien_weight *t = &w->items[w->of_node[c->node][k]];
        if (!o->pass.dw[k]) continue;
        o->n_w[k] = t->count;
        o->w[k] = take(o, o->pass.w[k], t->count, failed);
        o->dw[k] = take(o, NULL, t->count, failed);
        o->pass.w[k] = o->w[k];
        o->pass.dw[k] = o->dw[k];
        if (t->reparam) open_reparam(o, w, t, failed);
    }
}

static mien_status open_node(node *o, const mien_node_check *c) {
    const mien_graph_node *g = &c->twin->graph.nodes[c->node];
    bool failed = false;
    int count;
    *o = (node){.ops = mien_layers(&count)[g->layer],
                .pass = mien_twin_pass(c->twin, c->node, c->batch),
                .n_y = mien_shape_count(g->plan.out)};
    for (int s = 0; s < MIEN_SIDES; s++)
        o->y[s] = take(o, NULL, o->n_y, &failed);
    for (int k = 0; k < g->plan.n_in; k++) {
        o->n_x[k] = mien_shape_count(g->plan.in[k]);
        o->x[k] = take(o, o->pass.x[k], o->n_x[k], &failed);
        o->dx[k] = take(o, NULL, o->n_x[k], &failed);
        o->pass.x[k] = o->x[k];
        o->pass.dx[k] = o->dx[k];
    }
    open_weights(o, c, &failed);
    o->pass.kept = o->kept = take(o, NULL, g->plan.n_kept, &failed);
    o->pass.scratch = o->scratch = take(o, NULL, g->plan.n_scratch, &failed);
    o->pass.stats = o->stats = take(o, NULL, g->plan.n_stats, &failed);
    return failed ? MIEN_ENOMEM : MIEN_OK;
}

static void evaluate(void *context, int side) {
    node *o = context;
    if (o->reparam) o->reparam->forward(&o->from);
    o->pass.y = o->y[side];
    o->ops->forward(&o->pass);
}

static double rise(void *context, int side, int over, double *noise) {
    const node *o = context;
    double sum = 0, size = 0;
    for (size_t i = 0; i < o->n_y; i++) {
        const double a = o->y[side][i], b = o->y[over][i], dy = o->pass.dy[i];
        sum += dy * (a - b);
        size += fabs(dy) * (fabs(a) + fabs(b));
    }
    *noise = 4 * 2.2e-16 * size;
    return sum;
}

static mien_status check_values(mien_node_check *c, node *o, int row, double *x,
                                const double *gradient, size_t n) {
    const mien_claim claim = {.x = x,
                              .gradient = gradient,
                              .n = n,
                              .context = o,
                              .evaluate = evaluate,
                              .rise = rise};
    c->test.rng =
        mien_rng_at(0, MIEN_RNG_CHECK, (uint32_t)c->node, (uint32_t)row);
    return mien_differences(&c->rows[row], &c->kinks, &claim, &c->test);
}

/* In the order of mien_node_tensors(): a gain follows its directions. */
static mien_status check_weights(mien_node_check *c, node *o, int *row) {
    for (int k = 0; k < MIEN_MAX_WEIGHTS; k++) {
        if (!o->w[k]) continue;
        const bool made = k == 0 && o->reparam;
        MIEN_TRY(check_values(c, o, (*row)++, made ? o->v : o->w[k],
                              made ? o->dv : o->dw[k], o->n_w[k]));
        if (made && o->g)
            MIEN_TRY(check_values(c, o, (*row)++, o->g, o->dg,
                                  (size_t)o->from.units));
    }
    return MIEN_OK;
}

mien_status mien_node_check_run(mien_node_check *c) {
    node o;
    int row = 0;
    mien_status status = open_node(&o, c);
    if (status != MIEN_OK) goto out;
    evaluate(&o, MIEN_HERE);
    o.ops->backward(&o.pass);
    if (o.reparam) o.reparam->backward(&o.from);
    status = check_weights(c, &o, &row);
    for (int k = 0; k < o.pass.n_in && status == MIEN_OK; k++)
        status = check_values(c, &o, row++, o.x[k], o.dx[k], o.n_x[k]);
out:
    mien_arena_close(&o.arena);
    return status;
}
