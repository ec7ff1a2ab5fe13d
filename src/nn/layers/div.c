/* SPDX-License-Identifier: Apache-2.0 */
/* div.c - one input divided by another, that perhaps one value a channel.
 *
 *   y = a / b     da = dy / b     db = -y dy / b, summed over what b stood for
 */
#include "nn/layers/pair.h"

static mien_status plan(mien_layer_plan *plan, const void *config) {
    (void)config;
    return mien_pair_plan(plan, "div");
}

static void forward(const mien_pass *p) {
    const size_t plane = (size_t)p->out.h * (size_t)p->out.w;
    const size_t planes = (size_t)p->out.n * (size_t)p->out.c;
    const size_t step = mien_pair_step(p);
    for (size_t k = 0; k < planes; k++) {
        const real *a = p->x[0] + k * plane;
        const real *b = p->x[1] + mien_pair_plane(p, k);
        real *y = p->y + k * plane;
        for (size_t i = 0; i < plane; i++) y[i] = a[i] / b[i * step];
    }
}

static void backward(const mien_pass *p) {
    const size_t plane = (size_t)p->out.h * (size_t)p->out.w;
    const size_t planes = (size_t)p->out.n * (size_t)p->out.c;
    const size_t step = mien_pair_step(p);
    for (size_t k = 0; k < planes; k++) {
        const size_t at = k * plane, other = mien_pair_plane(p, k);
        const real *b = p->x[1] + other;
        for (size_t i = 0; i < plane; i++) {
            const real share = p->dy[at + i] / b[i * step];
            if (p->dx[0]) p->dx[0][at + i] += share;
            if (p->dx[1]) p->dx[1][other + i * step] -= p->y[at + i] * share;
        }
    }
}

const mien_layer_ops MIEN_LAYER_NAME(div) = {
    .name = "div",
    .summary = "one input divided by another",
    .min_inputs = 2,
    .max_inputs = 2,
    .reads_x = true,
    .reads_y = true,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
