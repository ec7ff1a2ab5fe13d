/* SPDX-License-Identifier: Apache-2.0 */
/* scale.c - a learned factor for each channel.
 *
 *   y = a[c] x       dx = a[c] dy       da[c] = sum of x dy
 *
 * At the end of a residual branch with `start: 0` the block begins as the
 * identity, whatever its depth, and learns how much of itself to add.
 * Source: Bachlechner et al., ReZero, UAI 2021 (arXiv:2003.04887); Touvron et
 * al., LayerScale, ICCV 2021 (arXiv:2103.17239). */
#include "nn/layers/plan.h"

typedef struct config {
    float start;
} config;

static const mien_param params[] = {
    {"start", "the factors at the start", offsetof(config, start), -1e3, 1e3,
     1},
    {0},
};

static mien_status plan(mien_layer_plan *plan, const void *options) {
    const config *o = options;
    plan->out = plan->in[0];
    mien_plan_vector(plan, "factor", MIEN_ROLE_SLOPE, plan->in[0].c)->start =
        o->start;
    return MIEN_OK;
}

static void forward(const mien_pass *p) {
    const size_t plane = (size_t)p->out.h * (size_t)p->out.w;
    const real *x = p->x[0];
    real *y = p->y;
    for (int n = 0; n < p->out.n; n++)
        for (int c = 0; c < p->out.c; c++, x += plane, y += plane)
            for (size_t i = 0; i < plane; i++) y[i] = p->w[0][c] * x[i];
}

static void plane_backward(const mien_pass *p, size_t at, int c,
                           size_t plane) {
    const real *x = p->x[0] + at, *dy = p->dy + at;
    double sum = 0;
    for (size_t i = 0; i < plane; i++) sum += (double)x[i] * dy[i];
    if (p->dw[0]) p->dw[0][c] += (real)sum;
    if (!p->dx[0]) return;
    real *dx = p->dx[0] + at;
    for (size_t i = 0; i < plane; i++) dx[i] += p->w[0][c] * dy[i];
}

static void backward(const mien_pass *p) {
    const size_t plane = (size_t)p->out.h * (size_t)p->out.w;
    for (int n = 0; n < p->out.n; n++)
        for (int c = 0; c < p->out.c; c++)
            plane_backward(p, ((size_t)n * (size_t)p->out.c + c) * plane, c,
                           plane);
}

const mien_layer_ops MIEN_LAYER_NAME(scale) = {
    .name = "scale",
    .summary = "a learned factor for each channel",
    .params = params,
    .config_size = sizeof(config),
    .reads_x = true,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
