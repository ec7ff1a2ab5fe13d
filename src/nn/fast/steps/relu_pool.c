/* SPDX-License-Identifier: Apache-2.0 */
/* relu_pool.c - relu and the max-pool after it, or a max-pool alone.
 *
 * max(relu(x)) over a window: forward keeps one byte per output, which one
 * won; backward needs neither x nor y. */
#include "nn/fast/step.h"
#include "nn/layers/options.h"

static int pool_node(const mien_step *s) { return s->nodes[s->n_nodes - 1]; }

static mien_kernel_window window_of(const mien_step *s) {
    const mien_pool_options *o = s->graph->nodes[pool_node(s)].config;
    const mien_window w = mien_window_planned(s->in[0], &o->window);
    return (mien_kernel_window){.in = s->in[0],
                                .out = s->out,
                                .kh = w.kernel[0],
                                .kw = w.kernel[1],
                                .stride_h = w.stride[0],
                                .stride_w = w.stride[1],
                                .pad_top = w.before[0],
                                .pad_left = w.before[1]};
}

/* The winner's place must fit a byte. */
static bool small_window(const mien_graph *g, int node) {
    const mien_pool_options *o = g->nodes[node].config;
    return o->window.kernel[0] * o->window.kernel[1] < MIEN_INDEX_NONE;
}

static int match(mien_step *s) {
    if (!s->kernels || !mien_can_block(s->in[0])) return 0;
    const int node = s->nodes[0];
    if (mien_step_is(s->graph, node, "maxpool"))
        return small_window(s->graph, node);
    if (!mien_step_is(s->graph, node, "relu")) return 0;
    const int next = mien_step_next(s, node);
    if (!mien_step_is(s->graph, next, "maxpool") ||
        !small_window(s->graph, next))
        return 0;
    s->nodes[1] = next;
    return 2;
}

static mien_status plan(mien_step *s) {
    s->in_layout = s->out_layout = MIEN_BLOCKED;
    s->kept = s->train ? mien_shape_count(s->out) : 0;
    s->scratch = s->train ? 0 : mien_shape_count(s->out);
    s->kernel = s->kernels->name;
    return MIEN_OK;
}

static mien_kernel_maxpool args_of(const mien_step *s,
                                   const mien_step_pass *p) {
    return (mien_kernel_maxpool){.window = window_of(s),
                                 .relu = s->n_nodes == 2,
                                 .x = p->x[0],
                                 .y = p->y,
                                 .index = s->train ? p->kept : p->scratch,
                                 .dy = p->dy,
                                 .dx = p->dx[0]};
}

static void forward(mien_step *s, const mien_step_pass *p) {
    const mien_kernel_maxpool a = args_of(s, p);
    s->kernels->maxpool_forward(&a);
}

static void backward(mien_step *s, const mien_step_pass *p) {
    if (!p->dx[0]) return;
    const mien_kernel_maxpool a = args_of(s, p);
    s->kernels->maxpool_backward(&a);
}

const mien_step_ops mien_step_relu_pool = {
    .name = "relu_pool",
    .match = match,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
