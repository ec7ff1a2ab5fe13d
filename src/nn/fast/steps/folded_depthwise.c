/* SPDX-License-Identifier: Apache-2.0 */
/* folded_depthwise.c - a depthwise convolution with its bn and activation, for
 * inference with weights that do not change. */
#include "base/mem.h"
#include "nn/fast/fold.h"
#include "nn/layers/options.h"

enum { LARGEST_WINDOW = 15, CACHED = 4 << 20 /* values in the last cache */ };

typedef struct state {
    mien_kernel_window window;
    mien_fold fold;
    bool plain;    /* channels that make no blocks */
    float *weight; /* packed unless plain, times the fold's scale */
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
    if (!s->frozen || !mien_step_is(s->graph, s->nodes[0], "conv")) return 0;
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
    st->plain = !mien_can_block(s->in[0]);
    MIEN_TRY(mien_fold_open(&st->fold, s));
    const size_t bytes = sizeof(float) * (size_t)s->in[0].c * (size_t)taps(st);
    st->weight = mien_alloc(bytes, 1);
    if (!st->weight) return MIEN_ENOMEM;
    s->held += bytes;
    s->in_layout = s->out_layout = st->plain ? MIEN_PLAIN : MIEN_BLOCKED;
    s->kernel = s->kernels->name;
    return MIEN_OK;
}

static void refresh(mien_step *s, const mien_step_pass *p) {
    state *st = s->state;
    const int n = taps(st), channels = s->in[0].c;
    const float *w = p->w[0][0];
    mien_fold_refresh(&st->fold, s, p);
    for (int c = 0; c < channels; c++)
        for (int t = 0; t < n; t++) {
            const int packed = (c / MIEN_BLOCK * n + t) * MIEN_BLOCK;
            st->weight[st->plain ? c * n + t : packed + c % MIEN_BLOCK] =
                w[c * n + t] * st->fold.scale[c];
        }
}

static void forward(mien_step *s, const mien_step_pass *p) {
    const state *st = s->state;
    const mien_kernel_depthwise a = {
        .window = st->window,
        .unit = st->fold.unit,
        .slope = st->fold.slope,
        .read_next = mien_shape_count(s->out) < CACHED,
        .x = p->x[0],
        .weight = st->weight,
        .bias = st->fold.bias,
        .y = p->y};
    if (st->plain)
        s->kernels->depthwise_plain(&a);
    else
        s->kernels->depthwise_forward(&a);
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
