/* SPDX-License-Identifier: Apache-2.0 */
/* elu.c - exponential linear unit.
 *
 *   y = x where x > 0, else alpha (exp(x) - 1)
 *   dx = dy where y > 0, else dy (y + alpha)
 *
 * Source: Clevert, Unterthiner and Hochreiter, ICLR 2016 (arXiv:1511.07289).
 */
#include "nn/layers/options.h"
#include "nn/layers/plan.h"

typedef mien_elu_options config;

static const mien_param params[] = {
    {"alpha", "-alpha is the limit far below zero", offsetof(config, alpha), 0,
     10, 1},
    {0},
};

static void forward(const mien_pass *p) {
    const size_t count = mien_shape_count(p->out);
    const real alpha = ((const config *)p->config)->alpha;
    const real *x = p->x[0];
    for (size_t i = 0; i < count; i++)
        p->y[i] = x[i] > 0 ? x[i] : alpha * expm1(x[i]);
}

static void backward(const mien_pass *p) {
    const size_t count = mien_shape_count(p->out);
    const real alpha = ((const config *)p->config)->alpha;
    const real *y = p->y;
    real *dx = p->dx[0];
    if (!dx) return;
    for (size_t i = 0; i < count; i++)
        dx[i] += y[i] > 0 ? p->dy[i] : p->dy[i] * (y[i] + alpha);
}

const mien_layer_ops MIEN_LAYER_NAME(elu) = {
    .name = "elu",
    .summary = "exponential linear unit",
    .params = params,
    .config_size = sizeof(config),
    .reads_y = true,
    .elementwise = true,
    .plan = mien_plan_same,
    .forward = forward,
    .backward = backward,
};
