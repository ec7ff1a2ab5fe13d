/* SPDX-License-Identifier: Apache-2.0 */
/* conv.c - convolution by oneDNN. */
#include <string.h>

#include "nn/dnnl/conv.h"
#include "nn/fast/step.h"
#include "nn/layers/options.h"

static int match(mien_step *s) {
    return s->kernels && mien_step_is(s->graph, s->nodes[0], "conv");
}

/* oneDNN is fast where both ends are blocked, and where few colour planes
 * come in; a convolution with another number of channels is plain. */
static mien_conv_geometry geometry_of(const mien_step *s) {
    const bool blocked = mien_can_block(s->in[0]) && mien_can_block(s->out);
    const bool first = s->in[0].c <= 3 && mien_can_block(s->out);
    const mien_conv_options *o = s->graph->nodes[s->nodes[0]].config;
    const mien_window w = mien_window_planned(s->in[0], &o->window);
    mien_conv_geometry g = {.in = s->in[0],
                            .out = s->out,
                            .groups = mien_conv_groups(o, s->in[0].c),
                            .bias = o->bias,
                            .in_blocked = blocked,
                            .out_blocked = blocked || first,
                            .train = s->train,
                            .wants_dx = s->wants_dx};
    memcpy(g.kernel, w.kernel, sizeof g.kernel);
    memcpy(g.stride, w.stride, sizeof g.stride);
    memcpy(g.before, w.before, sizeof g.before);
    memcpy(g.after, w.after, sizeof g.after);
    return g;
}

static mien_status plan(mien_step *s) {
    const mien_conv_geometry g = geometry_of(s);
    mien_dnnl_conv *conv;
    MIEN_TRY(mien_dnnl_conv_open(&conv, &g));
    s->state = conv;
    s->in_layout = g.in_blocked ? MIEN_BLOCKED : MIEN_PLAIN;
    s->out_layout = g.out_blocked ? MIEN_BLOCKED : MIEN_PLAIN;
    s->reads_x = true;
    s->scratch = mien_dnnl_conv_scratch(conv);
    s->held = mien_dnnl_conv_bytes(conv);
    s->kernel = mien_dnnl_conv_kernel(conv);
    return MIEN_OK;
}

static void refresh(mien_step *s, const mien_step_pass *p) {
    mien_dnnl_conv_pack(s->state, p->w[0][0]);
}

static void forward(mien_step *s, const mien_step_pass *p) {
    mien_dnnl_conv_forward(s->state, p->y, p->x[0], p->w[0][1], p->scratch);
}

static void backward(mien_step *s, const mien_step_pass *p) {
    mien_dnnl_conv_backward_weight(s->state, p->dw[0][0], p->dw[0][1], p->x[0],
                                   p->dy, p->scratch);
    if (p->dx[0])
        mien_dnnl_conv_backward_data(s->state, p->dx[0], p->dy, p->scratch);
}

static void close(mien_step *s) { mien_dnnl_conv_close(s->state); }

const mien_step_ops mien_step_conv = {
    .name = "conv",
    .match = match,
    .plan = plan,
    .refresh = refresh,
    .forward = forward,
    .backward = backward,
    .close = close,
};
