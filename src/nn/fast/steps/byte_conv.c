/* SPDX-License-Identifier: Apache-2.0 */
/* byte_conv.c - a dense convolution in bytes, with its bn, residual and
 * activation, for a network that was quantised.
 *
 * The layer that reads the photo turns its planes to bytes on the way into the
 * frame, the values of a pixel side by side with a byte to spare: four are
 * what the kernel multiplies at once. */
#include <limits.h>
#include <string.h>

#include "base/mem.h"
#include "nn/fast/bytes.h"
#include "nn/layers/options.h"

enum { FOUR = 4 };

typedef struct state {
    mien_window window;
    mien_fold fold;
    mien_byte_end end;
    const mien_int8 *kernels;
    bool photo;      /* x is plain, of at most four planes */
    int pixel;       /* bytes of a pixel side by side: 16 or 4 */
    int planes;      /* of such pixels */
    int rows, width; /* of the frame */
    int sources;
    int32_t *source;
    int8_t *weight; /* [O/16][sources][pixel / 4][16][4] */
} state;

static mien_window window_of(const mien_step *s) {
    const mien_conv_options *o = s->graph->nodes[s->nodes[0]].config;
    return mien_window_planned(s->in[0], &o->window);
}

static size_t frame_bytes(const state *st) {
    return (size_t)st->planes * (size_t)st->rows * (size_t)st->width *
           (size_t)st->pixel;
}

static void measure(state *st, const mien_step *s) {
    const mien_shape in = s->in[0];
    st->window = window_of(s);
    st->photo = !mien_can_block(in);
    st->pixel = st->photo ? FOUR : MIEN_BLOCK;
    st->planes = st->photo ? 1 : in.c / MIEN_BLOCK;
    st->rows = in.h + st->window.before[0] + st->window.after[0];
    st->width = in.w + st->window.before[1] + st->window.after[1];
    st->sources = st->planes * st->window.kernel[0] * st->window.kernel[1];
}

static int match(mien_step *s) {
    if (!s->ranges || !mien_step_is(s->graph, s->nodes[0], "conv")) return 0;
    const mien_conv_options *o = s->graph->nodes[s->nodes[0]].config;
    state st = {0};
    measure(&st, s);
    if (mien_conv_groups(o, s->in[0].c) != 1 || o->out % MIEN_BLOCK ||
        (st.photo && s->in[0].c > FOUR) || frame_bytes(&st) > INT32_MAX)
        return 0;
    return mien_fold_match(s, !st.photo);
}

/* Where the bytes under each tap of the first window are. */
static void place_sources(state *st) {
    int32_t *at = st->source;
    for (int plane = 0; plane < st->planes; plane++)
        for (int i = 0; i < st->window.kernel[0]; i++)
            for (int j = 0; j < st->window.kernel[1]; j++)
                *at++ = ((plane * st->rows + i) * st->width + j) * st->pixel;
}

static bool needs_frame(const state *st) {
    const mien_window *w = &st->window;
    return st->photo || w->before[0] || w->before[1] || w->after[0] ||
           w->after[1];
}

static mien_status plan(mien_step *s) {
    state *st = mien_alloc(1, sizeof *st);
    if (!st) return MIEN_ENOMEM;
    s->state = st;
    measure(st, s);
    st->kernels = mien_int8_best();
    MIEN_TRY(mien_fold_open(&st->fold, s));
    MIEN_TRY(mien_byte_end_open(&st->end, s, &st->fold));
    const size_t weights =
        (size_t)s->out.c * (size_t)st->sources * (size_t)st->pixel;
    st->source = mien_alloc((size_t)st->sources, sizeof *st->source);
    st->weight = mien_alloc(weights, 1);
    if (!st->source || !st->weight) return MIEN_ENOMEM;
    place_sources(st);
    s->held += weights;
    s->in_layout = st->photo ? MIEN_PLAIN : MIEN_BYTES;
    s->out_layout = st->end.to_float ? MIEN_PLAIN : MIEN_BYTES;
    /* The rows of a photo are turned to bytes behind the frame. */
    if (needs_frame(st))
        s->scratch = frame_bytes(st) + (size_t)(FOUR * s->in[0].w);
    s->kernel = st->kernels->name;
    return MIEN_OK;
}

/* Weights of output o, OIHW, to [O/16][source][channel / 4][o % 16][4]; gives
 * the sum of their bytes. */
static int pack_output(state *st, int o, const float *w, int in,
                       mien_int8_scale scale) {
    const int taps = st->window.kernel[0] * st->window.kernel[1];
    const int fours = st->pixel / FOUR;
    int sum = 0;
    for (int i = 0; i < in; i++)
        for (int t = 0; t < taps; t++) {
            const int8_t q = mien_int8_weight(*w++, scale);
            const int source = i / st->pixel * taps + t;
            const int four = source * fours + i % st->pixel / FOUR;
            const size_t row =
                (size_t)(o / MIEN_BLOCK * st->sources * fours + four);
            st->weight[(row * MIEN_BLOCK + (size_t)(o % MIEN_BLOCK)) * FOUR +
                       (size_t)(i % FOUR)] = q;
            sum += q;
        }
    return sum;
}

static void refresh(mien_step *s, const mien_step_pass *p) {
    state *st = s->state;
    const int in = s->in[0].c;
    const size_t count =
        (size_t)(in * st->window.kernel[0]) * (size_t)st->window.kernel[1];
    mien_fold_refresh(&st->fold, s, p);
    for (int o = 0; o < s->out.c; o++) {
        const float *w = p->w[0][0] + (size_t)o * count;
        const mien_int8_scale scale = mien_int8_scale_of(w, count);
        const int sum = pack_output(st, o, w, in, scale);
        mien_byte_end_set(&st->end, &st->fold, o, scale.step, sum);
    }
}

/* One row of a photo to bytes, side by side; `rows` is room for them. */
static void code_pixels(uint32_t *to, uint8_t *rows, const float *x,
                        const state *st, mien_shape in) {
    const size_t plane = (size_t)in.h * (size_t)in.w, w = (size_t)in.w;
    memset(rows, 0, FOUR * w);
    for (int c = 0; c < in.c; c++)
        st->kernels->code(rows + (size_t)c * w, x + (size_t)c * plane, w,
                          st->end.x);
    const uint8_t *a = rows, *b = a + w, *c = b + w, *d = c + w;
    for (size_t j = 0; j < w; j++)
        to[j] = a[j] | (uint32_t)b[j] << 8 | (uint32_t)c[j] << 16 |
                (uint32_t)d[j] << 24;
}

/* One image into the middle of a frame; `x` is floats of a photo or bytes. */
static void frame(uint8_t *to, const void *x, const state *st, mien_shape in) {
    const int zero = st->end.x.zero;
    const size_t row = (size_t)st->width * (size_t)st->pixel;
    const size_t inside = (size_t)in.w * (size_t)st->pixel;
    const size_t left = (size_t)(st->window.before[1] * st->pixel);
    uint8_t *const room = to + frame_bytes(st);
    memset(to, zero, frame_bytes(st));
    for (int plane = 0; plane < st->planes; plane++) {
        uint8_t *at =
            to + (size_t)(plane * st->rows + st->window.before[0]) * row + left;
        for (int i = 0; i < in.h; i++, at += row) {
            const size_t from = (size_t)(plane * in.h + i);
            if (st->photo)
                code_pixels((uint32_t *)at, room,
                            (const float *)x + (size_t)i * (size_t)in.w, st,
                            in);
            else
                memcpy(at, (const uint8_t *)x + from * inside, inside);
        }
    }
}

static mien_int8_conv args_of(const mien_step *s) {
    const state *st = s->state;
    mien_int8_conv a = {
        .out = s->out,
        .sources = st->sources,
        .depth = st->pixel / FOUR,
        .source = st->source,
        .step = st->window.stride[1] * st->pixel,
        .row_step = st->window.stride[0] * st->width * st->pixel,
        .weight = st->weight,
        .end = st->end.end};
    a.out.n = 1;
    if (a.row_step != a.step * a.out.w) return a;
    a.out.w *= a.out.h; /* rows follow each other: one long row */
    a.out.h = 1;
    return a;
}

static const uint8_t *framed(const mien_step *s, const mien_step_pass *p,
                             int n) {
    const state *st = s->state;
    mien_shape in = s->in[0];
    in.n = 1;
    const size_t at = (size_t)n * mien_shape_count(in);
    const uint8_t *bytes = (const uint8_t *)p->x[0] + at;
    if (!needs_frame(st)) return bytes;
    frame(p->scratch, st->photo ? (const void *)(p->x[0] + at) : bytes, st, in);
    return p->scratch;
}

static void forward(mien_step *s, const mien_step_pass *p) {
    const state *st = s->state;
    mien_shape out = s->out;
    mien_int8_conv a = args_of(s);
    out.n = 1;
    const size_t y = mien_shape_count(out);
    for (int n = 0; n < s->in[0].n; n++) {
        a.x = framed(s, p, n);
        if (st->fold.residual)
            a.residual = (const uint8_t *)p->x[1] + (size_t)n * y;
        a.y = st->end.to_float ? NULL : (uint8_t *)p->y + (size_t)n * y;
        a.y_float = st->end.to_float ? p->y + (size_t)n * y : NULL;
        st->kernels->conv(&a);
    }
}

static void close(mien_step *s) {
    state *st = s->state;
    if (!st) return;
    mien_fold_close(&st->fold);
    mien_byte_end_close(&st->end);
    mien_free(st->source);
    mien_free(st->weight);
    mien_free(st);
}

const mien_step_ops mien_step_byte_conv = {
    .name = "byte_conv",
    .match = match,
    .plan = plan,
    .refresh = refresh,
    .forward = forward,
    .close = close,
};
