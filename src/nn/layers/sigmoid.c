/* SPDX-License-Identifier: Apache-2.0 */
/* sigmoid.c - the logistic function.
 *
 *   y = 1 / (1 + exp(-x))          dx = dy y (1 - y) */
#include "nn/layers/plan.h"

static void forward(const mien_pass *p) {
    const size_t count = mien_shape_count(p->out);
    const real *x = p->x[0];
    for (size_t i = 0; i < count; i++) p->y[i] = 1 / (1 + exp(-x[i]));
}

static void backward(const mien_pass *p) {
    const size_t count = mien_shape_count(p->out);
    const real *y = p->y;
    real *dx = p->dx[0];
    if (!dx) return;
    for (size_t i = 0; i < count; i++) dx[i] += p->dy[i] * y[i] * (1 - y[i]);
}

const mien_layer_ops MIEN_LAYER_NAME(sigmoid) = {
    .name = "sigmoid",
    .summary = "logistic function, 0 to 1",
    .reads_y = true,
    .elementwise = true,
    .plan = mien_plan_same,
    .forward = forward,
    .backward = backward,
};
