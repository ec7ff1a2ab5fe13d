/* SPDX-License-Identifier: Apache-2.0 */
/* folded_depthwise.c - a depthwise convolution with its bn and activation, for
 * inference with weights that do not change. */
#include "base/mem.h"
#include "nn/fast/fold.h"
#include "nn/layers/options.h"

enum { LARGEST_WINDOW = 15 };

typedef struct state {
    mien_kernel_window window;
    mien_fold fold;
    float *weight; /* packed, times the fold's scale */
} state;

static mien_kernel_window window_of(const mien_step *s) {
    const mien_conv_options *o = s->graph->nodes[s->nodes[0]].config;
    const mien_window w = mien_window_planned(s->in[0], &o->window);
    return (mien_kernel_window){.in = s->in[0],
                                .out = s->graph->nodes[s->nodes[0]].plan.out,
                                .kh = w.kernel[0],
                                .kw = w.kernel[1],
                                .stride_h = w.stride[0],
                                .stride_w = w.stride[1],
                                .pad_top = w.before[0],
                                .pad_left = w.before[1]};
}

static int match(mien_step *s) {
    if (!s->frozen || !mien_step_is(s->graph, s->nodes[0], "conv") ||
        !mien_can_block(s->in[0]))
        return 0;
    const mien_conv_options *o = s->graph->nodes[s->nodes[0]].config;
    const mien_kernel_window w = window_of(s);
    if (mien_conv_groups(o, w.in.c) != w.in.c || w.out.c != w.in.c ||
        w.kh > LARGEST_WINDOW || w.kw > LARGEST_WINDOW)
        return 0;
    return mien_fold_match(s, false);
}

static int taps(const state *st) { return st->window.kh * st->window.kw; }

static mien_status plan(mien_step *s) {
    state *st = mien_alloc(1, sizeof *st);
    if (!st) return MIEN_ENOMEM;
    s->state = st;
    st->window = window_of(s);
    MIEN_TRY(mien_fold_open(&st->fold, s));
    const size_t bytes = sizeof(float) * (size_t)s->in[0].c * (size_t)taps(st);
    st->weight = mien_alloc(bytes, 1);
    if (!st->weight) return MIEN_ENOMEM;
    s->held += bytes;
    s->in_layout = s->out_layout = MIEN_BLOCKED;
    s->kernel = s->kernels->name;
    return MIEN_OK;
}

static void refresh(mien_step *s, const mien_step_pass *p) {
    state *st = s->state;
    const int n = taps(st);
    mien_fold_refresh(&st->fold, s, p);
    mien_depthwise_pack(st->weight, p->w[0][0], s->in[0].c, n);
    for (int c = 0; c < s->in[0].c; c++)
        for (int t = 0; t < n; t++)
            st->weight[(c / MIEN_BLOCK * n + t) * MIEN_BLOCK +
                       c % MIEN_BLOCK] *= st->fold.scale[c];
}

static void forward(mien_step *s, const mien_step_pass *p) {
    const state *st = s->state;
    s->kernels->depthwise_forward(
        &(mien_kernel_depthwise){.window = st->window,
                                 .unit = st->fold.unit,
                                 .slope = st->fold.slope,
                                 .x = p->x[0],
                                 .weight = st->weight,
                                 .bias = st->fold.bias,
                                 .y = p->y});
}

static void close(mien_step *s) {
    state *st = s->state;
    if (!st) return;
    mien_fold_close(&st->fold);
    mien_free(st->weight);
    mien_free(st);
}

const mien_step_ops mien_step_folded_depthwise = {
    .name = "folded_depthwise",
    .match = match,
    .plan = plan,
    .refresh = refresh,
    .forward = forward,
    .close = close,
};
