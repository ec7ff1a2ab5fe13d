/* SPDX-License-Identifier: Apache-2.0 */
/* tanh.c - hyperbolic tangent.
 *
 *   y = tanh(x)          dx = dy (1 - y^2) */
#include "nn/layers/plan.h"

static void forward(const mien_pass *p) {
    const size_t count = mien_shape_count(p->out);
    const real *x = p->x[0];
    for (size_t i = 0; i < count; i++) p->y[i] = tanh(x[i]);
}

static void backward(const mien_pass *p) {
    const size_t count = mien_shape_count(p->out);
    const real *y = p->y;
    real *dx = p->dx[0];
    if (!dx) return;
    for (size_t i = 0; i < count; i++) dx[i] += p->dy[i] * (1 - y[i] * y[i]);
}

const mien_layer_ops MIEN_LAYER_NAME(tanh) = {
    .name = "tanh",
    .summary = "hyperbolic tangent, -1 to 1",
    .reads_y = true,
    .elementwise = true,
    .plan = mien_plan_same,
    .forward = forward,
    .backward = backward,
};
