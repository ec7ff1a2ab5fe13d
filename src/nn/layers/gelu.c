/* SPDX-License-Identifier: Apache-2.0 */
/* gelu.c - Gaussian error linear unit, exact.
 *
 *   y = x P(x)      dx = dy (P(x) + x p(x))
 *   P(x) = erfc(-x / sqrt 2) / 2      p(x) = exp(-x^2 / 2) / sqrt(2 pi)
 *
 * By erfc, which keeps its digits far below zero where 1 + erf cancels. Under
 * -40 both are exactly 0 in double; saying so gives -Inf its limit, not NaN.
 * Source: Hendrycks and Gimpel, 2016 (arXiv:1606.08415). */
#include "nn/layers/plan.h"

#define LOWEST       ((real)-40)
#define ROOT_HALF    ((real)0.70710678118654752440)
#define DENSITY_AT_0 ((real)0.39894228040143267794)

static real probability(real x) { return erfc(-x * ROOT_HALF) / 2; }

static void forward(const mien_pass *p) {
    const size_t count = mien_shape_count(p->out);
    const real *x = p->x[0];
    for (size_t i = 0; i < count; i++)
        p->y[i] = x[i] < LOWEST ? 0 : x[i] * probability(x[i]);
}

static real slope(real x) {
    if (x < LOWEST) return 0;
    if (x > -LOWEST) return 1;
    return probability(x) + x * DENSITY_AT_0 * exp(-x * x / 2);
}

static void backward(const mien_pass *p) {
    const size_t count = mien_shape_count(p->out);
    const real *x = p->x[0];
    real *dx = p->dx[0];
    if (!dx) return;
    for (size_t i = 0; i < count; i++) dx[i] += p->dy[i] * slope(x[i]);
}

const mien_layer_ops MIEN_LAYER_NAME(gelu) = {
    .name = "gelu",
    .summary = "Gaussian error linear unit",
    .reads_x = true,
    .elementwise = true,
    .plan = mien_plan_same,
    .forward = forward,
    .backward = backward,
};
