/* SPDX-License-Identifier: Apache-2.0 */
/* resize.c - each plane at another size.
 *
 *   half       place = (r + 1/2) in / out - 1/2
 *   zero       place = r in / out
 *   corners    place = r (in - 1) / (out - 1)
 *
 *   nearest    y[r] = x[place rounded], linear  the blend of both neighbours
 *
 * along each axis, clamped to the edge; `round` says how halves are rounded
 * for nearest. Backward spreads dy with the same weights. The names in ONNX:
 * half_pixel, asymmetric, align_corners. */
#include "nn/layers/options.h"
#include "nn/layers/plan.h"

enum { NEAREST, LINEAR };
enum { HALF, ZERO, CORNERS };
enum { FLOOR, CEIL, PREFER_FLOOR, PREFER_CEIL };

typedef mien_resize_options config;

static const mien_param params[] = {
    {"size", "rows and columns that come out", offsetof(config, size), 1, 16384,
     1, .kind = MIEN_INT2, .required = true},
    {"mode", "how pixels in between are made", offsetof(config, mode),
     .kind = MIEN_CHOICE, .choices = "nearest|linear"},
    {"place", "where an output pixel lies in the input",
     offsetof(config, place), .kind = MIEN_CHOICE,
     .choices = "half|zero|corners"},
    {"round", "which pixel is nearest", offsetof(config, round),
     .kind = MIEN_CHOICE, .choices = "floor|ceil|prefer_floor|prefer_ceil"},
    {0},
};

static mien_status plan(mien_layer_plan *plan, const void *options) {
    const config *o = options;
    const mien_shape in = plan->in[0];
    plan->out = (mien_shape){in.n, in.c, o->size[0], o->size[1]};
    return MIEN_OK;
}

/* The two source pixels of an output along one axis; `share` is b's. */
typedef struct pair {
    int a, b;
    real share;
} pair;

static double place_of(const config *o, int at, int in, int out) {
    const double ratio = (double)in / out;
    if (o->place == ZERO) return at * ratio;
    if (o->place == CORNERS)
        return out > 1 ? (double)at * (in - 1) / (out - 1) : 0;
    return (at + 0.5) * ratio - 0.5;
}

static int rounded(int round, double place) {
    switch (round) {
        case FLOOR: return (int)floor(place);
        case CEIL: return (int)ceil(place);
        case PREFER_FLOOR: return (int)ceil(place - 0.5);
        default: return (int)floor(place + 0.5);
    }
}

static int clamped(int at, int extent) {
    return at < 0 ? 0 : at >= extent ? extent - 1 : at;
}

static pair sources(const config *o, int at, int in, int out) {
    const double place = place_of(o, at, in, out);
    if (o->mode == NEAREST) {
        const int a = clamped(rounded(o->round, place), in);
        return (pair){a, a, 0};
    }
    if (place <= 0) return (pair){0, 0, 0};
    if (place >= in - 1) return (pair){in - 1, in - 1, 0};
    const int a = (int)place;
    return (pair){a, a + 1, (real)(place - a)};
}

static void forward(const mien_pass *p) {
    const config *o = p->config;
    const mien_shape in = p->in[0], out = p->out;
    const size_t planes = (size_t)out.n * (size_t)out.c;
    const real *x = p->x[0];
    real *y = p->y;
    for (size_t i = 0; i < planes; i++, x += (size_t)in.h * in.w)
        for (int r = 0; r < out.h; r++) {
            const pair rows = sources(o, r, in.h, out.h);
            const real *top = x + (size_t)rows.a * in.w;
            const real *low = x + (size_t)rows.b * in.w;
            for (int q = 0; q < out.w; q++) {
                const pair c = sources(o, q, in.w, out.w);
                const real upper = top[c.a] + (top[c.b] - top[c.a]) * c.share;
                const real lower = low[c.a] + (low[c.b] - low[c.a]) * c.share;
                *y++ = upper + (lower - upper) * rows.share;
            }
        }
}

static void backward(const mien_pass *p) {
    const config *o = p->config;
    const mien_shape in = p->in[0], out = p->out;
    const size_t planes = (size_t)out.n * (size_t)out.c;
    const real *dy = p->dy;
    real *dx = p->dx[0];
    for (size_t i = 0; dx && i < planes; i++, dx += (size_t)in.h * in.w)
        for (int r = 0; r < out.h; r++) {
            const pair rows = sources(o, r, in.h, out.h);
            real *top = dx + (size_t)rows.a * in.w;
            real *low = dx + (size_t)rows.b * in.w;
            for (int q = 0; q < out.w; q++, dy++) {
                const pair c = sources(o, q, in.w, out.w);
                const real upper = *dy * (1 - rows.share);
                const real lower = *dy * rows.share;
                top[c.a] += upper * (1 - c.share);
                top[c.b] += upper * c.share;
                low[c.a] += lower * (1 - c.share);
                low[c.b] += lower * c.share;
            }
        }
}

const mien_layer_ops MIEN_LAYER_NAME(resize) = {
    .name = "resize",
    .summary = "each plane at another size",
    .params = params,
    .config_size = sizeof(config),
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
