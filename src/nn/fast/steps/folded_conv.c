/* SPDX-License-Identifier: Apache-2.0 */
/* folded_conv.c - a dense convolution with its bn, residual and activation, for
 * inference with weights that do not change.
 *
 * Any window over blocks of channels, or over the few planes of a photo; the
 * kernel knows no padding, so that an image that needs it is copied into a
 * frame of zeros first, a band at a time that stays in the second cache. 3x3
 * windows that Winograd computes with fewer multiplications are left to oneDNN
 * (conv.c). */
#include <limits.h>
#include <string.h>

#include "base/mem.h"
#include "nn/fast/fold.h"
#include "nn/layers/options.h"

enum { FEW_PLANES = 4, WINOGRAD_CHANNELS = 32, BAND = 1 << 16 /* floats */ };

typedef struct state {
    mien_window window;
    mien_fold fold;
    mien_shape framed; /* what one band of outputs reads, with its frame */
    int band; /* rows of outputs: all of them where nothing is framed */
    int depth, sources;
    int32_t *source;
    float *weight; /* [O/16][sources][depth][16], times the fold's scale */
} state;

static mien_window window_of(const mien_step *s) {
    const mien_conv_options *o = s->graph->nodes[s->nodes[0]].config;
    return mien_window_planned(s->in[0], &o->window);
}

static mien_shape framed_of(const mien_step *s, const mien_window *w) {
    return (mien_shape){1, s->in[0].c, s->in[0].h + w->before[0] + w->after[0],
                        s->in[0].w + w->before[1] + w->after[1]};
}

static bool winograd_is_faster(const mien_window *w, int in, int out) {
    return w->kernel[0] == 3 && w->kernel[1] == 3 && w->stride[0] == 1 &&
           w->stride[1] == 1 && in >= WINOGRAD_CHANNELS &&
           out >= WINOGRAD_CHANNELS;
}

static int match(mien_step *s) {
    if (!s->frozen || !mien_step_is(s->graph, s->nodes[0], "conv")) return 0;
    const mien_conv_options *o = s->graph->nodes[s->nodes[0]].config;
    const mien_shape in = s->in[0];
    const mien_window w = window_of(s);
    if (mien_conv_groups(o, in.c) != 1 || o->out % MIEN_BLOCK ||
        !(mien_can_block(in) || in.c <= FEW_PLANES) ||
        winograd_is_faster(&w, in.c, o->out) ||
        mien_shape_count(framed_of(s, &w)) > INT32_MAX)
        return 0;
    return mien_fold_match(s, mien_can_block(in)); /* a residual is blocked */
}

/* Where the values under each tap of the first window are. */
static void place_sources(state *st) {
    const mien_shape f = st->framed;
    const int kh = st->window.kernel[0], kw = st->window.kernel[1];
    int32_t *at = st->source;
    for (int plane = 0; plane < f.c / st->depth; plane++)
        for (int i = 0; i < kh; i++)
            for (int j = 0; j < kw; j++)
                *at++ = ((plane * f.h + i) * f.w + j) * st->depth;
}

static bool has_frame(const mien_window *w) {
    return w->before[0] || w->before[1] || w->after[0] || w->after[1];
}

/* As many rows of outputs as read no more than a band. */
static void choose_band(state *st, const mien_step *s) {
    const mien_window *w = &st->window;
    const int row = s->in[0].c * st->framed.w;
    int rows = (BAND / row - w->kernel[0]) / w->stride[0] + 1;
    st->band = s->out.h;
    if (!has_frame(w)) return;
    if (rows < 1) rows = 1;
    if (rows < st->band) st->band = rows;
    st->framed.h = (st->band - 1) * w->stride[0] + w->kernel[0];
}

static mien_status plan(mien_step *s) {
    state *st = mien_alloc(1, sizeof *st);
    if (!st) return MIEN_ENOMEM;
    s->state = st;
    st->window = window_of(s);
    st->framed = framed_of(s, &st->window);
    choose_band(st, s);
    st->depth = mien_can_block(s->in[0]) ? MIEN_BLOCK : 1;
    st->sources =
        s->in[0].c / st->depth * st->window.kernel[0] * st->window.kernel[1];
    MIEN_TRY(mien_fold_open(&st->fold, s));
    const size_t weights =
        (size_t)s->out.c * (size_t)st->sources * (size_t)st->depth;
    st->source = mien_alloc((size_t)st->sources, sizeof *st->source);
    st->weight = mien_alloc(weights, sizeof *st->weight);
    if (!st->source || !st->weight) return MIEN_ENOMEM;
    place_sources(st);
    s->held += weights * sizeof *st->weight;
    s->in_layout = st->depth == 1 ? MIEN_PLAIN : MIEN_BLOCKED;
    s->out_layout = MIEN_BLOCKED;
    s->scratch = has_frame(&st->window)
                     ? mien_shape_count(st->framed) * sizeof(float)
                     : 0;
    s->kernel = s->kernels->name;
    return MIEN_OK;
}

/* Weight (o, i, tap) of OIHW goes to block o / 16, source (i / depth, tap). */
static void refresh(mien_step *s, const mien_step_pass *p) {
    state *st = s->state;
    const int taps = st->window.kernel[0] * st->window.kernel[1];
    const int in = s->in[0].c, depth = st->depth;
    const float *w = p->w[0][0];
    mien_fold_refresh(&st->fold, s, p);
    for (int o = 0; o < s->out.c; o++)
        for (int i = 0; i < in; i++)
            for (int t = 0; t < taps; t++, w++) {
                const int source = i / depth * taps + t;
                const size_t row =
                    (size_t)(o / MIEN_BLOCK * st->sources + source) *
                        (size_t)depth +
                    (size_t)(i % depth);
                st->weight[row * MIEN_BLOCK + (size_t)(o % MIEN_BLOCK)] =
                    *w * st->fold.scale[o];
            }
}

/* Copy what the band of outputs from row `first` on reads into a frame of
 * zeros. */
static void frame(float *to, const float *x, const state *st, mien_shape in,
                  int first) {
    const mien_shape f = st->framed;
    const size_t d = (size_t)st->depth, row = (size_t)in.w * d;
    const size_t left = (size_t)st->window.before[1] * d;
    const size_t right = (size_t)f.w * d - row - left;
    const int top = first * st->window.stride[0] - st->window.before[0];
    for (int plane = 0; plane < in.c / st->depth; plane++)
        for (int i = 0; i < f.h; i++, to += (size_t)f.w * d) {
            const int at = top + i;
            if (at < 0 || at >= in.h) {
                memset(to, 0, (size_t)f.w * d * sizeof *to);
                continue;
            }
            memset(to, 0, left * sizeof *to);
            memcpy(to + left, x + (size_t)(plane * in.h + at) * row,
                   row * sizeof *to);
            memset(to + left + row, 0, right * sizeof *to);
        }
}

static mien_kernel_conv args_of(const mien_step *s) {
    const state *st = s->state;
    const int d = st->depth;
    mien_kernel_conv a = {.out = s->out,
                          .unit = st->fold.unit,
                          .sources = st->sources,
                          .depth = d,
                          .source = st->source,
                          .step = st->window.stride[1] * d,
                          .row_step = st->window.stride[0] * st->framed.w * d,
                          .weight = st->weight,
                          .bias = st->fold.bias,
                          .slope = st->fold.slope};
    a.out.n = 1;
    a.plane = mien_plane_count(s->out);
    return a;
}

/* Where rows follow each other without a gap they are one long row. */
static mien_kernel_conv joined(mien_kernel_conv a) {
    if (a.row_step != a.step * a.out.w) return a;
    a.out.w *= a.out.h;
    a.out.h = 1;
    return a;
}

/* One image, band by band. */
static void run_image(const mien_step *s, mien_kernel_conv whole,
                      float *scratch) {
    const state *st = s->state;
    const size_t row = (size_t)s->out.w * MIEN_BLOCK;
    for (int first = 0; first < s->out.h; first += st->band) {
        mien_kernel_conv a = whole;
        const int left = s->out.h - first;
        a.out.h = left < st->band ? left : st->band;
        a.y += (size_t)first * row;
        if (a.residual) a.residual += (size_t)first * row;
        if (s->scratch) {
            frame(scratch, whole.x, st, s->in[0], first);
            a.x = scratch;
        }
        a = joined(a);
        s->kernels->conv(&a);
    }
}

static void forward(mien_step *s, const mien_step_pass *p) {
    const state *st = s->state;
    mien_shape in = s->in[0], out = s->out;
    mien_kernel_conv a = args_of(s);
    in.n = out.n = 1;
    const size_t x = mien_shape_count(in), y = mien_shape_count(out);
    for (int n = 0; n < s->in[0].n; n++) {
        a.x = p->x[0] + (size_t)n * x;
        a.residual = st->fold.residual ? p->x[1] + (size_t)n * y : NULL;
        a.y = p->y + (size_t)n * y;
        run_image(s, a, p->scratch);
    }
}

static void close(mien_step *s) {
    state *st = s->state;
    if (!st) return;
    mien_fold_close(&st->fold);
    mien_free(st->source);
    mien_free(st->weight);
    mien_free(st);
}

const mien_step_ops mien_step_folded_conv = {
    .name = "folded_conv",
    .match = match,
    .plan = plan,
    .refresh = refresh,
    .forward = forward,
    .close = close,
};
