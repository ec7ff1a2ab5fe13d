/* SPDX-License-Identifier: Apache-2.0 */
/* pad.c - rows and columns of one value around each plane.
 *
 *   y = value beside the image, x inside          dx = dy inside
 */
#include "nn/layers/options.h"
#include "nn/layers/plan.h"
#include "nn/layers/window.h"

typedef mien_pad_options config;

static const mien_param params[] = {
    {"sides", "N, RxC or top x left x bottom x right", offsetof(config, sides),
     .kind = MIEN_STRING, .text = "1"},
    {"value", "what is put there", offsetof(config, value), -1e30, 1e30, 0},
    {0},
};

/* A window of one pixel stops once in each place, padding included. */
static mien_window_options around(const config *o) {
    return (mien_window_options){.kernel = {1, 1}, .pad = o->sides};
}

static mien_status plan(mien_layer_plan *plan, const void *options) {
    const mien_window_options window = around(options);
    const mien_shape in = plan->in[0];
    mien_window w;
    const mien_status status = mien_window_of(&w, in, &window);
    if (status != MIEN_OK) return mien_fail_in(status, "pad '%s'", plan->name);
    plan->out = (mien_shape){in.n, in.c, w.out[0], w.out[1]};
    return MIEN_OK;
}

/* Offset in y of row `r` of plane `k` of x. */
static size_t row_at(const mien_pass *p, const mien_window *w, size_t k,
                     int r) {
    const size_t rows = k * (size_t)p->out.h + (size_t)(r + w->before[0]);
    return rows * (size_t)p->out.w + (size_t)w->before[1];
}

static void forward(const mien_pass *p) {
    const mien_window_options options = around(p->config);
    const mien_window w = mien_window_planned(p->in[0], &options);
    const size_t planes = (size_t)p->in[0].n * (size_t)p->in[0].c;
    const size_t count = mien_shape_count(p->out);
    const real value = ((const config *)p->config)->value, *x = p->x[0];
    for (size_t i = 0; i < count; i++) p->y[i] = value;
    for (size_t k = 0; k < planes; k++)
        for (int r = 0; r < p->in[0].h; r++) {
            real *y = p->y + row_at(p, &w, k, r);
            for (int q = 0; q < p->in[0].w; q++) y[q] = *x++;
        }
}

static void backward(const mien_pass *p) {
    const mien_window_options options = around(p->config);
    const mien_window w = mien_window_planned(p->in[0], &options);
    const size_t planes = (size_t)p->in[0].n * (size_t)p->in[0].c;
    real *dx = p->dx[0];
    for (size_t k = 0; dx && k < planes; k++)
        for (int r = 0; r < p->in[0].h; r++) {
            const real *dy = p->dy + row_at(p, &w, k, r);
            for (int q = 0; q < p->in[0].w; q++) *dx++ += dy[q];
        }
}

const mien_layer_ops MIEN_LAYER_NAME(pad) = {
    .name = "pad",
    .summary = "rows and columns of one value around each plane",
    .params = params,
    .config_size = sizeof(config),
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
