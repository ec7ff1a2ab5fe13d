/* SPDX-License-Identifier: Apache-2.0 */
/* conv.c - convolution by oneDNN; large depthwise gradients by our own kernel.
 *
 * oneDNN's gradient of depthwise weights is made for large images: on the 7x7
 * images that end a face network it runs a thousand times under the machine's
 * peak, so there ours takes its place. */
#include <string.h>

#include "base/mem.h"
#include "nn/dnnl/conv.h"
#include "nn/fast/step.h"
#include "nn/layers/options.h"

enum { ALIGN = 64, SMALL_IMAGE = 7 };

typedef struct state {
    mien_dnnl_conv *conv;
    mien_conv_geometry g;
    bool own_gradient; /* of depthwise weights */
    size_t packed_at;  /* in the scratch: the packed gradient */
} state;

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

static bool wants_own_gradient(const mien_conv_geometry *g) {
    return g->train && g->groups == g->in.c && g->groups == g->out.c &&
           g->in_blocked && g->kernel[0] * g->kernel[1] > 9 &&
           g->in.h <= SMALL_IMAGE && g->in.w <= SMALL_IMAGE;
}

static mien_status plan(mien_step *s) {
    state *st = mien_alloc(1, sizeof *st);
    if (!st) return MIEN_ENOMEM;
    s->state = st;
    st->g = geometry_of(s);
    MIEN_TRY(mien_dnnl_conv_open(&st->conv, &st->g));
    st->own_gradient = wants_own_gradient(&st->g);
    s->in_layout = st->g.in_blocked ? MIEN_BLOCKED : MIEN_PLAIN;
    s->out_layout = st->g.out_blocked ? MIEN_BLOCKED : MIEN_PLAIN;
    s->reads_x = true;
    s->scratch = mien_dnnl_conv_scratch(st->conv);
    st->packed_at = s->scratch;
    if (st->own_gradient)
        s->scratch += sizeof(float) * (size_t)s->out.c *
                      (size_t)(st->g.kernel[0] * st->g.kernel[1]);
    s->held = mien_dnnl_conv_bytes(st->conv);
    s->kernel = mien_dnnl_conv_kernel(st->conv);
    return MIEN_OK;
}

static void refresh(mien_step *s, const mien_step_pass *p) {
    mien_dnnl_conv_pack(((state *)s->state)->conv, p->w[0][0]);
}

static void forward(mien_step *s, const mien_step_pass *p) {
    mien_dnnl_conv_forward(((state *)s->state)->conv, p->y, p->x[0], p->w[0][1],
                           p->scratch);
}

static void own_gradient(const mien_step *s, const mien_step_pass *p) {
    const state *st = s->state;
    float *packed = (float *)((char *)p->scratch + st->packed_at);
    s->kernels->depthwise_backward_weight(
        &(mien_kernel_depthwise){.window = {.in = s->in[0],
                                            .out = s->out,
                                            .kh = st->g.kernel[0],
                                            .kw = st->g.kernel[1],
                                            .stride_h = st->g.stride[0],
                                            .stride_w = st->g.stride[1],
                                            .pad_top = st->g.before[0],
                                            .pad_left = st->g.before[1]},
                                 .x = p->x[0],
                                 .dy = p->dy,
                                 .dweight = packed,
                                 .dbias = p->dw[0][1]});
    mien_depthwise_unpack(p->dw[0][0], packed, s->out.c,
                          st->g.kernel[0] * st->g.kernel[1]);
}

static void backward(mien_step *s, const mien_step_pass *p) {
    const state *st = s->state;
    if (st->own_gradient)
        own_gradient(s, p);
    else
        mien_dnnl_conv_backward_weight(st->conv, p->dw[0][0], p->dw[0][1],
                                       p->x[0], p->dy, p->scratch);
    if (p->dx[0])
        mien_dnnl_conv_backward_data(st->conv, p->dx[0], p->dy, p->scratch);
}

static void close(mien_step *s) {
    state *st = s->state;
    if (st) mien_dnnl_conv_close(st->conv);
    mien_free(st);
}

const mien_step_ops mien_step_conv = {
    .name = "conv",
    .match = match,
    .plan = plan,
    .refresh = refresh,
    .forward = forward,
    .backward = backward,
    .close = close,
};
