/* SPDX-License-Identifier: Apache-2.0 */
/* bn_act.c - batch norm with the activation or the addition after it.
 *
 * bn, bn + relu, bn + leaky_relu, bn + prelu, and bn + add of two (the end of
 * a residual block) each become one pass over the data. Backward computes the
 * normalised values again instead of keeping them. */
#include <string.h>

#include "nn/fast/step.h"
#include "nn/layers/options.h"

/* Kept: the shard's mean and 1/deviation, one per channel each. */
static mien_kernel_unit unit_of(const mien_step *s) {
    if (s->n_nodes < 2) return MIEN_UNIT_NONE;
    const int node = s->nodes[1];
    if (mien_step_is(s->graph, node, "relu")) return MIEN_UNIT_RELU;
    if (mien_step_is(s->graph, node, "leaky_relu")) return MIEN_UNIT_LEAKY;
    if (mien_step_is(s->graph, node, "prelu")) return MIEN_UNIT_PRELU;
    return MIEN_UNIT_NONE;
}

static bool adds_two(const mien_graph *g, int node) {
    return mien_step_is(g, node, "add") && g->nodes[node].plan.n_in == 2;
}

static int match(mien_step *s) {
    if (!s->kernels || !mien_step_is(s->graph, s->nodes[0], "bn") ||
        !mien_can_block(s->in[0]))
        return 0;
    const int next = mien_step_next(s, s->nodes[0]);
    if (mien_step_is(s->graph, next, "relu") ||
        mien_step_is(s->graph, next, "leaky_relu") ||
        mien_step_is(s->graph, next, "prelu") || adds_two(s->graph, next)) {
        s->nodes[1] = next;
        return 2;
    }
    return 1;
}

static mien_status plan(mien_step *s) {
    s->in_layout = s->out_layout = MIEN_BLOCKED;
    s->reads_x = true;
    s->in_place_dx = s->adds_dx = true;
    s->kept = 2 * sizeof(float) * (size_t)s->in[0].c;
    s->scratch = sizeof(float) * (size_t)s->in[0].c; /* the variance */
    s->kernel = s->kernels->name;
    if (s->n_nodes < 2 || !adds_two(s->graph, s->nodes[1])) return MIEN_OK;
    const int *in = s->graph->nodes[s->nodes[1]].in;
    s->n_in = 2;
    s->from[1] = in[0] == s->nodes[0] ? in[1] : in[0];
    s->in[1] = s->in[0];
    s->passes_dy[1] = true;
    return MIEN_OK;
}

static mien_kernel_bn args_of(const mien_step *s, const mien_step_pass *p) {
    const mien_bn_options *o = s->graph->nodes[s->nodes[0]].config;
    float *kept = p->kept;
    mien_kernel_bn a = {.shape = s->in[0],
                        .unit = unit_of(s),
                        .epsilon = o->eps,
                        .x = p->x[0],
                        .residual = s->n_in == 2 ? p->x[1] : NULL,
                        .y = p->y,
                        .dy = p->dy,
                        .dx = p->dx[0],
                        .accumulate = p->add[0]};
    const int running = o->affine ? 2 : 0;
    a.gamma = o->affine ? p->w[0][0] : NULL;
    a.beta = o->affine ? p->w[0][1] : NULL;
    a.dgamma = o->affine ? p->dw[0][0] : NULL;
    a.dbeta = o->affine ? p->dw[0][1] : NULL;
    a.running_mean = p->w[0][running];
    a.running_var = p->w[0][running + 1];
    a.mean = kept;
    a.istd = kept ? kept + s->in[0].c : NULL;
    a.var = p->scratch;
    return a;
}

/* prelu's slopes are weights; leaky_relu has one, in its options. */
static void set_slope(mien_kernel_bn *a, const mien_step *s,
                      const mien_step_pass *p) {
    if (a->unit == MIEN_UNIT_PRELU) {
        a->slope = p->w[1][0];
        a->dslope = p->dw[1][0];
    } else if (a->unit == MIEN_UNIT_LEAKY) {
        const mien_leaky_relu_options *o = s->graph->nodes[s->nodes[1]].config;
        a->slope = &o->slope;
    }
}

static void forward(mien_step *s, const mien_step_pass *p) {
    mien_kernel_bn a = args_of(s, p);
    set_slope(&a, s, p);
    if (!s->train) {
        s->kernels->bn_infer(&a);
        return;
    }
    s->kernels->bn_forward(&a);
    const int c = s->in[0].c;
    const float n = (float)(s->in[0].n * s->in[0].h * s->in[0].w);
    memcpy(p->stats[0], a.mean, (size_t)c * sizeof(float));
    for (int i = 0; i < c; i++) p->stats[0][c + i] = a.var[i] * n / (n - 1);
}

static void backward(mien_step *s, const mien_step_pass *p) {
    mien_kernel_bn a = args_of(s, p);
    set_slope(&a, s, p);
    s->kernels->bn_backward(&a);
}

const mien_step_ops mien_step_bn_act = {
    .name = "bn_act",
    .match = match,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
