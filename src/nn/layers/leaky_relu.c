/* SPDX-License-Identifier: Apache-2.0 */
/* leaky_relu.c - a rectifier that lets a little through below zero.
 *
 *   y = x where x > 0, else slope x      dx = dy, or slope dy, likewise
 *
 * The slope is not negative, so y has the sign of x and backward needs y only.
 * Source: Maas, Hannun and Ng, Rectifier nonlinearities improve neural network
 * acoustic models, ICML 2013. */
#include "nn/layers/options.h"
#include "nn/layers/plan.h"

typedef mien_leaky_relu_options config;

static const mien_param params[] = {
    {"slope", "slope below zero", offsetof(config, slope), 0, 1, 0.01},
    {0},
};

static void forward(const mien_pass *p) {
    const size_t count = mien_shape_count(p->out);
    const real slope = ((const config *)p->config)->slope;
    const real *x = p->x[0];
    for (size_t i = 0; i < count; i++)
        p->y[i] = x[i] <= 0 ? slope * x[i] : x[i];
}

static void backward(const mien_pass *p) {
    const size_t count = mien_shape_count(p->out);
    const real slope = ((const config *)p->config)->slope;
    real *dx = p->dx[0];
    if (!dx) return;
    for (size_t i = 0; i < count; i++)
        dx[i] += p->y[i] <= 0 ? slope * p->dy[i] : p->dy[i];
}

const mien_layer_ops MIEN_LAYER_NAME(leaky_relu) = {
    .name = "leaky_relu",
    .summary = "rectifier with a fixed slope below zero",
    .params = params,
    .config_size = sizeof(config),
    .reads_y = true,
    .elementwise = true,
    .plan = mien_plan_same,
    .forward = forward,
    .backward = backward,
};
