/* SPDX-License-Identifier: Apache-2.0 */
/* exp.c - the exponential of each value.
 *
 *   y = exp(x)          dx = y dy
 */
#include "nn/layers/plan.h"

static void forward(const mien_pass *p) {
    const size_t count = mien_shape_count(p->out);
    const real *x = p->x[0];
    for (size_t i = 0; i < count; i++) p->y[i] = exp(x[i]);
}

static void backward(const mien_pass *p) {
    const size_t count = mien_shape_count(p->out);
    real *dx = p->dx[0];
    if (!dx) return;
    for (size_t i = 0; i < count; i++) dx[i] += p->y[i] * p->dy[i];
}

const mien_layer_ops MIEN_LAYER_NAME(exp) = {
    .name = "exp",
    .summary = "exponential of each value",
    .reads_y = true,
    .elementwise = true,
    .plan = mien_plan_same,
    .forward = forward,
    .backward = backward,
};
