/* SPDX-License-Identifier: Apache-2.0 */
/* depthwise.c - each channel with its own window, by our own kernels.
 *
 * They take 3x3 windows, where backward makes both gradients while it reads
 * dy once, and windows of any size on small images, for which oneDNN's
 * gradient of the weights was not made: on the 7x7 images that end a face
 * network it runs a thousand times under the machine's peak. The rest, and
 * channels that are no multiple of a block, go to oneDNN (conv.c). */
#include "base/mem.h"
#include "nn/fast/step.h"
#include "nn/layers/options.h"

enum { SMALL_IMAGE = 7, LARGEST_WINDOW = 15 };

typedef struct state {
    mien_kernel_window window;
    float *weight; /* packed */
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

static bool suits(const mien_kernel_window *w) {
    if (w->kh == 3 && w->kw == 3) return true;
    return w->in.h <= SMALL_IMAGE && w->in.w <= SMALL_IMAGE &&
           w->kh <= LARGEST_WINDOW && w->kw <= LARGEST_WINDOW;
}

static int match(mien_step *s) {
    if (!s->kernels || !mien_step_is(s->graph, s->nodes[0], "conv") ||
        !mien_can_block(s->in[0]))
        return 0;
    const mien_conv_options *o = s->graph->nodes[s->nodes[0]].config;
    const mien_kernel_window w = window_of(s);
    return mien_conv_groups(o, w.in.c) == w.in.c && w.out.c == w.in.c &&
           suits(&w);
}

static size_t packed_bytes(const mien_kernel_window *w) {
    return sizeof(float) * (size_t)w->in.c * (size_t)(w->kh * w->kw);
}

static mien_status plan(mien_step *s) {
    state *st = mien_alloc(1, sizeof *st);
    if (!st) return MIEN_ENOMEM;
    s->state = st;
    st->window = window_of(s);
    s->held = packed_bytes(&st->window);
    st->weight = mien_alloc(s->held, 1);
    if (!st->weight) return MIEN_ENOMEM;
    s->in_layout = s->out_layout = MIEN_BLOCKED;
    s->reads_x = true;
    s->scratch = s->train ? s->held : 0; /* the packed gradient */
    s->kernel = s->kernels->name;
    return MIEN_OK;
}

static void refresh(mien_step *s, const mien_step_pass *p) {
    const state *st = s->state;
    mien_depthwise_pack(st->weight, p->w[0][0], s->in[0].c,
                        st->window.kh * st->window.kw);
}

static void forward(mien_step *s, const mien_step_pass *p) {
    const state *st = s->state;
    s->kernels->depthwise_forward(&(mien_kernel_depthwise){.window = st->window,
                                                           .x = p->x[0],
                                                           .weight = st->weight,
                                                           .bias = p->w[0][1],
                                                           .y = p->y});
}

static void backward(mien_step *s, const mien_step_pass *p) {
    const state *st = s->state;
    const mien_kernel_depthwise a = {.window = st->window,
                                     .x = p->x[0],
                                     .weight = st->weight,
                                     .dy = p->dy,
                                     .dx = p->dx[0],
                                     .dweight = p->scratch,
                                     .dbias = p->dw[0][1]};
    if (p->dx[0])
        s->kernels->depthwise_backward(&a);
    else
        s->kernels->depthwise_backward_weight(&a);
    mien_depthwise_unpack(p->dw[0][0], p->scratch, s->in[0].c,
                          st->window.kh * st->window.kw);
}

static void close(mien_step *s) {
    state *st = s->state;
    if (st) mien_free(st->weight);
    mien_free(st);
}

const mien_step_ops mien_step_depthwise = {
    .name = "depthwise",
    .match = match,
    .plan = plan,
    .refresh = refresh,
    .forward = forward,
    .backward = backward,
    .close = close,
};
