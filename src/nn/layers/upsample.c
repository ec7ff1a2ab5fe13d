/* SPDX-License-Identifier: Apache-2.0 */
/* upsample.c - enlarge by a whole factor.
 *
 *   nearest    y[r][q] = x[r / f][q / f]
 *   bilinear   y[r][q] = the blend of the four pixels around
 *              ((r + 1/2) / f - 1/2, (q + 1/2) / f - 1/2), clamped to the edge
 *
 * Backward spreads dy with the same weights. Pixel centres lie at halves:
 * PyTorch's align_corners=False. */
#include <limits.h>

#include "nn/layers/options.h"
#include "nn/layers/plan.h"

enum { NEAREST, BILINEAR };
typedef mien_upsample_options config;

static const mien_param params[] = {
    {"factor", "how many times as many rows and columns",
     offsetof(config, factor), 1, 16, 2, .kind = MIEN_INT2},
    {"mode", "how pixels in between are made", offsetof(config, mode), 0, 1,
     NEAREST, .kind = MIEN_CHOICE, .choices = "nearest|bilinear"},
    {0},
};

static mien_status plan(mien_layer_plan *plan, const void *options) {
    const config *o = options;
    const mien_shape in = plan->in[0];
    if (in.h > INT_MAX / o->factor[0] || in.w > INT_MAX / o->factor[1])
        return mien_fail(MIEN_ELIMIT,
                         "upsample '%s': %dx%d times %dx%d is too large",
                         plan->name, in.h, in.w, o->factor[0], o->factor[1]);
    plan->out =
        (mien_shape){in.n, in.c, in.h * o->factor[0], in.w * o->factor[1]};
    return MIEN_OK;
}

/* The two source pixels of output `at` along one axis; they are the same
 * one where nothing is blended. `share` is the second's. */
typedef struct pair {
    int a, b;
    real share;
} pair;

static pair sources(int mode, int at, int factor, int extent) {
    if (mode == NEAREST) return (pair){at / factor, at / factor, 0};
    const real place = ((real)at + (real)0.5) / (real)factor - (real)0.5;
    if (place <= 0) return (pair){0, 0, 0};
    const int a = (int)place;
    if (a + 1 >= extent || place == (real)a) return (pair){a, a, 0};
    return (pair){a, a + 1, place - (real)a};
}

/* a and b are equal when share is 0: then nothing is multiplied, so that Inf
 * stays Inf. */
static real blend(real a, real b, real share) {
    return share == 0 ? a : a * (1 - share) + b * share;
}

static void forward(const mien_pass *p) {
    const config *o = p->config;
    const int h = p->in[0].h, w = p->in[0].w;
    const size_t planes = (size_t)p->out.n * (size_t)p->out.c;
    const real *x = p->x[0];
    real *y = p->y;
    for (size_t i = 0; i < planes; i++, x += (size_t)h * w)
        for (int r = 0; r < p->out.h; r++) {
            const pair rows = sources(o->mode, r, o->factor[0], h);
            const real *top = x + (size_t)rows.a * w;
            const real *low = x + (size_t)rows.b * w;
            for (int q = 0; q < p->out.w; q++) {
                const pair c = sources(o->mode, q, o->factor[1], w);
                *y++ = blend(blend(top[c.a], top[c.b], c.share),
                             blend(low[c.a], low[c.b], c.share), rows.share);
            }
        }
}

static void backward(const mien_pass *p) {
    const config *o = p->config;
    const int h = p->in[0].h, w = p->in[0].w;
    const size_t planes = (size_t)p->out.n * (size_t)p->out.c;
    const real *dy = p->dy;
    real *dx = p->dx[0];
    for (size_t i = 0; dx && i < planes; i++, dx += (size_t)h * w)
        for (int r = 0; r < p->out.h; r++) {
            const pair rows = sources(o->mode, r, o->factor[0], h);
            real *top = dx + (size_t)rows.a * w;
            real *low = dx + (size_t)rows.b * w;
            for (int q = 0; q < p->out.w; q++, dy++) {
                const pair c = sources(o->mode, q, o->factor[1], w);
                const real upper = *dy * (1 - rows.share);
                const real lower = *dy * rows.share;
                top[c.a] += upper * (1 - c.share);
                top[c.b] += upper * c.share;
                low[c.a] += lower * (1 - c.share);
                low[c.b] += lower * c.share;
            }
        }
}

const mien_layer_ops MIEN_LAYER_NAME(upsample) = {
    .name = "upsample",
    .summary = "enlarge by a whole factor",
    .params = params,
    .config_size = sizeof(config),
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
