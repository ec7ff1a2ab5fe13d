/* SPDX-License-Identifier: Apache-2.0 */
/* l2norm.c - scale each embedding to unit length.
 *
 *   y = x / max(|x|, eps)          dx = (dy - y (y . dy)) / |x|
 *
 * The backward is the part of dy tangent to the unit sphere; at the eps floor
 * the divisor is constant and nothing is projected away. A NaN length is not
 * below eps, so it reaches every value.
 * Source: Wang et al., NormFace, ACM MM 2017 (arXiv:1704.06369). */
#include "nn/layers/options.h"
#include "nn/layers/plan.h"

typedef mien_l2norm_options config;

static const mien_param params[] = {
    {"eps", "least divisor", offsetof(config, eps), 1e-12, 1e-2, 1e-6},
    {0},
};

static mien_status plan(mien_layer_plan *plan, const void *options) {
    const mien_shape in = plan->in[0];
    if (in.h != 1 || in.w != 1)
        return mien_fail(MIEN_ESHAPE,
                         "l2norm '%s': its input %dx%dx%d is not 1x1; put "
                         "flatten, dense or globalpool before it",
                         plan->name, in.c, in.h, in.w);
    plan->n_kept = (size_t)in.n; /* the divisors */
    return mien_plan_same(plan, options);
}

static real divisor(const real *x, int c, real eps) {
    double sum = 0;
    for (int i = 0; i < c; i++) sum += (double)x[i] * x[i];
    const real length = (real)sqrt(sum);
    return length < eps ? eps : length;
}

static void forward(const mien_pass *p) {
    const real eps = ((const config *)p->config)->eps;
    const int c = p->out.c;
    const real *x = p->x[0];
    real *y = p->y;
    for (int n = 0; n < p->out.n; n++, x += c, y += c) {
        const real length = divisor(x, c, eps);
        if (p->kept) p->kept[n] = length;
        for (int i = 0; i < c; i++) y[i] = x[i] / length;
    }
}

static void backward(const mien_pass *p) {
    const real eps = ((const config *)p->config)->eps;
    const int c = p->out.c;
    const real *y = p->y, *dy = p->dy;
    real *dx = p->dx[0];
    for (int n = 0; dx && n < p->out.n; n++, y += c, dy += c, dx += c) {
        const real length = p->kept[n];
        double dot = 0;
        for (int i = 0; i < c; i++) dot += (double)y[i] * dy[i];
        if (length <= eps) dot = 0;
        for (int i = 0; i < c; i++)
            dx[i] += (dy[i] - y[i] * (real)dot) / length;
    }
}

const mien_layer_ops MIEN_LAYER_NAME(l2norm) = {
    .name = "l2norm",
    .summary = "scale each embedding to unit length",
    .params = params,
    .config_size = sizeof(config),
    .reads_y = true,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
