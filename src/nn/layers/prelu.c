/* SPDX-License-Identifier: Apache-2.0 */
/* prelu.c - a rectifier that learns its slope below zero, one a channel.
 *
 *   y = x where x > 0, else a[c] x       dx = dy, or a[c] dy, likewise
 *   da[c] = sum of x dy where x <= 0
 *
 * A slope may become negative, so backward goes by x and not by y.
 * Source: He et al., Delving deep into rectifiers, ICCV 2015
 * (arXiv:1502.01852). */
#include "nn/layers/options.h"
#include "nn/layers/plan.h"

typedef mien_prelu_options config;

static const mien_param params[] = {
    {"start", "slope below zero at the start", offsetof(config, start), -1, 1,
     0.25},
    {0},
};

static mien_status plan(mien_layer_plan *plan, const void *options) {
    const config *o = options;
    plan->out = plan->in[0];
    mien_plan_vector(plan, "slope", MIEN_ROLE_SLOPE, plan->in[0].c)->start =
        o->start;
    return MIEN_OK;
}

static void forward(const mien_pass *p) {
    const size_t plane = (size_t)p->out.h * (size_t)p->out.w;
    const real *x = p->x[0];
    real *y = p->y;
    for (int n = 0; n < p->out.n; n++)
        for (int c = 0; c < p->out.c; c++, x += plane, y += plane) {
            const real a = p->w[0][c];
            for (size_t i = 0; i < plane; i++)
                y[i] = x[i] <= 0 ? a * x[i] : x[i];
        }
}

static void plane_backward(real *dx, const real *x, const real *dy, real a,
                           size_t plane) {
    for (size_t i = 0; i < plane; i++) dx[i] += x[i] <= 0 ? a * dy[i] : dy[i];
}

static real slope_gradient(const real *x, const real *dy, size_t plane) {
    double sum = 0;
    for (size_t i = 0; i < plane; i++)
        sum += x[i] > 0 ? 0 : (double)x[i] * dy[i];
    return (real)sum;
}

static void backward(const mien_pass *p) {
    const size_t plane = (size_t)p->out.h * (size_t)p->out.w;
    for (int n = 0; n < p->out.n; n++)
        for (int c = 0; c < p->out.c; c++) {
            const size_t at = ((size_t)n * (size_t)p->out.c + c) * plane;
            const real *x = p->x[0] + at, *dy = p->dy + at;
            if (p->dx[0])
                plane_backward(p->dx[0] + at, x, dy, p->w[0][c], plane);
            if (p->dw[0]) p->dw[0][c] += slope_gradient(x, dy, plane);
        }
}

const mien_layer_ops MIEN_LAYER_NAME(prelu) = {
    .name = "prelu",
    .summary = "rectifier with a learned slope below zero",
    .params = params,
    .config_size = sizeof(config),
    .reads_x = true,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
