/* SPDX-License-Identifier: Apache-2.0 */
/* avgpool.c - the mean under each window.
 *
 *   y = sum of x over the window / k          dx += dy / k
 *
 * k counts the pixels inside the image; padding is not among them (Keras'
 * convention; PyTorch's count_include_pad=False). */
#include "nn/layers/pool.h"

static mien_status plan(mien_layer_plan *plan, const void *options) {
    return mien_pool_plan(plan, options, "avgpool");
}

static int pixels(const mien_pool_place *at) {
    return (at->rows.last - at->rows.first) *
           (at->columns.last - at->columns.first);
}

static void forward_one(const mien_pass *p, const mien_pool_place *at) {
    const real *x = p->x[0] + at->in;
    double sum = 0;
    for (int r = at->rows.first; r < at->rows.last; r++)
        for (int q = at->columns.first; q < at->columns.last; q++)
            sum += x[(size_t)r * at->width + q];
    p->y[at->out] = (real)(sum / pixels(at));
}

static void backward_one(const mien_pass *p, const mien_pool_place *at) {
    real *dx = p->dx[0] + at->in;
    const real share = p->dy[at->out] / (real)pixels(at);
    for (int r = at->rows.first; r < at->rows.last; r++)
        for (int q = at->columns.first; q < at->columns.last; q++)
            dx[(size_t)r * at->width + q] += share;
}

static void forward(const mien_pass *p) { mien_pool_each(p, forward_one); }

static void backward(const mien_pass *p) {
    if (p->dx[0]) mien_pool_each(p, backward_one);
}

const mien_layer_ops MIEN_LAYER_NAME(avgpool) = {
    .name = "avgpool",
    .summary = "mean under each window",
    .params = mien_pool_params,
    .config_size = sizeof(mien_pool_options),
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
