/* SPDX-License-Identifier: Apache-2.0 */
/* mul.c - the product of two inputs, the second perhaps one value a channel.
 *
 *   y = a b       da = b dy       db = a dy, summed over what b stood for
 *
 * With one value a channel it is the gate of squeeze-and-excitation.
 * Source: Hu et al., Squeeze-and-excitation networks, CVPR 2018
 * (arXiv:1709.01507). */
#include "nn/layers/pair.h"

static mien_status plan(mien_layer_plan *plan, const void *config) {
    (void)config;
    return mien_pair_plan(plan, "mul");
}

static void forward(const mien_pass *p) {
    const size_t plane = (size_t)p->out.h * (size_t)p->out.w;
    const size_t planes = (size_t)p->out.n * (size_t)p->out.c;
    const size_t step = mien_pair_step(p);
    for (size_t k = 0; k < planes; k++) {
        const real *a = p->x[0] + k * plane;
        const real *b = p->x[1] + mien_pair_plane(p, k);
        real *y = p->y + k * plane;
        for (size_t i = 0; i < plane; i++) y[i] = a[i] * b[i * step];
    }
}

static void backward(const mien_pass *p) {
    const size_t plane = (size_t)p->out.h * (size_t)p->out.w;
    const size_t planes = (size_t)p->out.n * (size_t)p->out.c;
    const size_t step = mien_pair_step(p);
    for (size_t k = 0; k < planes; k++) {
        const size_t at = k * plane, other = mien_pair_plane(p, k);
        const real *dy = p->dy + at;
        for (size_t i = 0; p->dx[0] && i < plane; i++)
            p->dx[0][at + i] += p->x[1][other + i * step] * dy[i];
        for (size_t i = 0; p->dx[1] && i < plane; i++)
            p->dx[1][other + i * step] += p->x[0][at + i] * dy[i];
    }
}

const mien_layer_ops MIEN_LAYER_NAME(mul) = {
    .name = "mul",
    .summary = "product of two inputs",
    .min_inputs = 2,
    .max_inputs = 2,
    .reads_x = true,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
