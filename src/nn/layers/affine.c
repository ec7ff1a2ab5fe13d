/* SPDX-License-Identifier: Apache-2.0 */
/* affine.c - a learned factor and a learned shift for each channel.
 *
 *   y = a[c] x + b[c]
 *   dx = a[c] dy       da[c] = sum of x dy       db[c] = sum of dy
 *
 * What is left of a batch normalisation whose statistics are fixed; in
 * imported networks also arithmetic with constants. */
#include "nn/layers/plan.h"

static mien_status plan(mien_layer_plan *plan, const void *options) {
    mien_plan_vector(plan, "factor", MIEN_ROLE_GAIN, plan->in[0].c);
    mien_plan_vector(plan, "shift", MIEN_ROLE_SHIFT, plan->in[0].c);
    return mien_plan_same(plan, options);
}

static void forward(const mien_pass *p) {
    const size_t plane = (size_t)p->out.h * (size_t)p->out.w;
    const real *x = p->x[0];
    real *y = p->y;
    for (int n = 0; n < p->out.n; n++)
        for (int c = 0; c < p->out.c; c++, x += plane, y += plane) {
            const real a = p->w[0][c], b = p->w[1][c];
            for (size_t i = 0; i < plane; i++) y[i] = a * x[i] + b;
        }
}

static real factor_gradient(const real *x, const real *dy, size_t plane) {
    double sum = 0;
    for (size_t i = 0; i < plane; i++) sum += (double)x[i] * dy[i];
    return (real)sum;
}

static void backward(const mien_pass *p) {
    const size_t plane = (size_t)p->out.h * (size_t)p->out.w;
    for (int n = 0; n < p->out.n; n++)
        for (int c = 0; c < p->out.c; c++) {
            const size_t at = ((size_t)n * (size_t)p->out.c + c) * plane;
            const real *x = p->x[0] + at, *dy = p->dy + at;
            if (p->dw[0]) p->dw[0][c] += factor_gradient(x, dy, plane);
            for (size_t i = 0; p->dx[0] && i < plane; i++)
                p->dx[0][at + i] += p->w[0][c] * dy[i];
        }
    if (p->dw[1]) mien_bias_gradient(p->dw[1], p->dy, p->out);
}

const mien_layer_ops MIEN_LAYER_NAME(affine) = {
    .name = "affine",
    .summary = "a learned factor and shift for each channel",
    .reads_x = true,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
