/* SPDX-License-Identifier: Apache-2.0 */
/* byte_depthwise.c - a depthwise convolution in bytes, with its bn and
 * activation, for a network that was quantised. */
#include "base/mem.h"
#include "nn/fast/bytes.h"
#include "nn/layers/options.h"

typedef struct state {
    mien_kernel_window window;
    mien_fold fold;
    mien_byte_end end;
    const mien_int8 *kernels;
    int8_t *weight; /* [C/16][kh][kw][16] */
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
    if (!s->ranges || !mien_step_is(s->graph, s->nodes[0], "conv") ||
        !mien_can_block(s->in[0]))
        return 0;
    const mien_conv_options *o = s->graph->nodes[s->nodes[0]].config;
    if (mien_conv_groups(o, s->in[0].c) != s->in[0].c || o->out != s->in[0].c)
        return 0;
    return mien_fold_match(s, false);
}

static int taps(const state *st) { return st->window.kh * st->window.kw; }

static mien_status plan(mien_step *s) {
    state *st = mien_alloc(1, sizeof *st);
    if (!st) return MIEN_ENOMEM;
    s->state = st;
    st->window = window_of(s);
    st->kernels = mien_int8_best();
    MIEN_TRY(mien_fold_open(&st->fold, s));
    MIEN_TRY(mien_byte_end_open(&st->end, s, &st->fold));
    const size_t bytes = (size_t)s->in[0].c * (size_t)taps(st);
    st->weight = mien_alloc(bytes, 1);
    if (!st->weight) return MIEN_ENOMEM;
    s->held += bytes;
    s->in_layout = MIEN_BYTES;
    s->out_layout = st->end.to_float ? MIEN_PLAIN : MIEN_BYTES;
    s->kernel = st->kernels->name;
    return MIEN_OK;
}

static void refresh(mien_step *s, const mien_step_pass *p) {
    state *st = s->state;
    const int n = taps(st);
    mien_fold_refresh(&st->fold, s, p);
    for (int c = 0; c < s->in[0].c; c++) {
        const float *w = p->w[0][0] + (size_t)c * (size_t)n;
        const mien_int8_scale scale = mien_int8_scale_of(w, (size_t)n);
        int8_t *to = st->weight + c / MIEN_BLOCK * n * MIEN_BLOCK;
        int sum = 0;
        for (int t = 0; t < n; t++) {
            const int8_t q = mien_int8_weight(w[t], scale);
            to[t * MIEN_BLOCK + c % MIEN_BLOCK] = q;
            sum += q;
        }
        mien_byte_end_set(&st->end, &st->fold, c, scale.step, sum);
    }
}

static void forward(mien_step *s, const mien_step_pass *p) {
    const state *st = s->state;
    const bool to_float = st->end.to_float;
    st->kernels->depthwise(
        &(mien_int8_depthwise){.window = st->window,
                               .outside = (uint8_t)st->end.x.zero,
                               .x = (const uint8_t *)p->x[0],
                               .weight = st->weight,
                               .end = st->end.end,
                               .y = to_float ? NULL : (uint8_t *)p->y,
                               .y_float = to_float ? p->y : NULL});
}

static void close(mien_step *s) {
    state *st = s->state;
    if (!st) return;
    mien_fold_close(&st->fold);
    mien_byte_end_close(&st->end);
    mien_free(st->weight);
    mien_free(st);
}

const mien_step_ops mien_step_byte_depthwise = {
    .name = "byte_depthwise",
    .match = match,
    .plan = plan,
    .refresh = refresh,
    .forward = forward,
    .close = close,
};
