/* SPDX-License-Identifier: Apache-2.0 */
/* relu.c - rectified linear unit.
 *
 *   y = max(x, 0)          dx = dy where y > 0, else 0
 *
 * Written as x <= 0 ? 0 : x, so that NaN is not below zero and passes.
 * Source: Nair and Hinton, Rectified linear units improve restricted
 * Boltzmann machines, ICML 2010. */
#include "nn/layers/plan.h"

static void forward(const mien_pass *p) {
    const size_t count = mien_shape_count(p->out);
    const real *x = p->x[0];
    for (size_t i = 0; i < count; i++) p->y[i] = x[i] <= 0 ? 0 : x[i];
}

static void backward(const mien_pass *p) {
    const size_t count = mien_shape_count(p->out);
    real *dx = p->dx[0];
    if (!dx) return;
    for (size_t i = 0; i < count; i++) dx[i] += p->y[i] <= 0 ? 0 : p->dy[i];
}

const mien_layer_ops MIEN_LAYER_NAME(relu) = {
    .name = "relu",
    .summary = "rectified linear unit",
    .reads_y = true,
    .elementwise = true,
    .plan = mien_plan_same,
    .forward = forward,
    .backward = backward,
};
