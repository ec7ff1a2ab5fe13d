/* SPDX-License-Identifier: Apache-2.0 */
/* pool.c - average pooling, of windows or of the whole image. */
#include "nn/fast/step.h"
#include "nn/layers/options.h"

static bool is_global(const mien_step *s) {
    return mien_step_is(s->graph, s->nodes[0], "globalpool");
}

static int match(mien_step *s) {
    if (!s->kernels || !mien_can_block(s->in[0])) return 0;
    if (mien_step_is(s->graph, s->nodes[0], "avgpool")) return 1;
    if (!is_global(s)) return 0;
    const mien_globalpool_options *o = s->graph->nodes[s->nodes[0]].config;
    return o->mode == MIEN_GLOBALPOOL_AVG;
}

static mien_status plan(mien_step *s) {
    s->in_layout = s->out_layout = MIEN_BLOCKED;
    s->kernel = s->kernels->name;
    return MIEN_OK;
}

static mien_kernel_avgpool args_of(const mien_step *s,
                                   const mien_step_pass *p) {
    mien_kernel_avgpool a = {.window = {.in = s->in[0],
                                        .out = s->out,
                                        .kh = s->in[0].h,
                                        .kw = s->in[0].w,
                                        .stride_h = 1,
                                        .stride_w = 1},
                             .x = p->x[0],
                             .y = p->y,
                             .dy = p->dy,
                             .dx = p->dx[0]};
    if (is_global(s)) return a;
    const mien_pool_options *o = s->graph->nodes[s->nodes[0]].config;
    const mien_window w = mien_window_planned(s->in[0], &o->window);
    a.window.kh = w.kernel[0];
    a.window.kw = w.kernel[1];
    a.window.stride_h = w.stride[0];
    a.window.stride_w = w.stride[1];
    a.window.pad_top = w.before[0];
    a.window.pad_left = w.before[1];
    return a;
}

static void forward(mien_step *s, const mien_step_pass *p) {
    const mien_kernel_avgpool a = args_of(s, p);
    s->kernels->avgpool_forward(&a);
}

static void backward(mien_step *s, const mien_step_pass *p) {
    if (!p->dx[0]) return;
    const mien_kernel_avgpool a = args_of(s, p);
    s->kernels->avgpool_backward(&a);
}

const mien_step_ops mien_step_pool = {
    .name = "pool",
    .match = match,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
