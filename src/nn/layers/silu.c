/* SPDX-License-Identifier: Apache-2.0 */
/* silu.c - sigmoid linear unit, also called swish.
 *
 *   y = x s(x)      dx = dy s(x) (1 + x (1 - s(x)))      s = sigmoid
 *
 * Under -800 both are exactly 0 in double; saying so gives -Inf its limit,
 * not NaN.
 * Source: Elfwing, Uchibe and Doya, Neural Networks 107, 2018
 * (arXiv:1702.03118). */
#include "nn/layers/plan.h"

#define LOWEST ((real)-800)

static real sigmoid(real x) { return 1 / (1 + exp(-x)); }

static void forward(const mien_pass *p) {
    const size_t count = mien_shape_count(p->out);
    const real *x = p->x[0];
    for (size_t i = 0; i < count; i++)
        p->y[i] = x[i] < LOWEST ? 0 : x[i] * sigmoid(x[i]);
}

static real slope(real x) {
    if (x < LOWEST) return 0;
    if (x > -LOWEST) return 1;
    const real s = sigmoid(x);
    return s * (1 + x * (1 - s));
}

static void backward(const mien_pass *p) {
    const size_t count = mien_shape_count(p->out);
    const real *x = p->x[0];
    real *dx = p->dx[0];
    if (!dx) return;
    for (size_t i = 0; i < count; i++) dx[i] += p->dy[i] * slope(x[i]);
}

const mien_layer_ops MIEN_LAYER_NAME(silu) = {
    .name = "silu",
    .summary = "sigmoid linear unit (swish)",
    .reads_x = true,
    .elementwise = true,
    .plan = mien_plan_same,
    .forward = forward,
    .backward = backward,
};
