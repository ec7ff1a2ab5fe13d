/* SPDX-License-Identifier: Apache-2.0 */
/* transpose.c - channels, rows and columns in another order.
 *
 *   extent k of y = extent order[k] of x; 0 channels, 1 rows, 2 columns
 *
 * [1, 2, 0] gives channels last. Backward goes the same way back. */
#include "nn/layers/options.h"
#include "nn/layers/plan.h"

typedef mien_transpose_options config;

static const mien_param params[] = {
    {"order", "which extent comes first, second, third",
     offsetof(config, order), 0, 2, 0, .kind = MIEN_INT3, .required = true},
    {0},
};

static mien_status plan(mien_layer_plan *plan, const void *options) {
    const int *order = ((const config *)options)->order;
    const mien_shape in = plan->in[0];
    const int extent[3] = {in.c, in.h, in.w};
    if ((1 << order[0] | 1 << order[1] | 1 << order[2]) != 7)
        return mien_fail(MIEN_EINVAL,
                         "transpose '%s': order: [%d, %d, %d] must name each "
                         "of 0, 1 and 2 once",
                         plan->name, order[0], order[1], order[2]);
    plan->out = (mien_shape){in.n, extent[order[0]], extent[order[1]],
                             extent[order[2]]};
    return MIEN_OK;
}

/* Steps in x along the extents of y. */
static void steps_of(size_t step[3], const mien_pass *p) {
    const int *order = ((const config *)p->config)->order;
    const mien_shape in = p->in[0];
    const size_t plain[3] = {(size_t)in.h * (size_t)in.w, (size_t)in.w, 1};
    for (int k = 0; k < 3; k++) step[k] = plain[order[k]];
}

static void forward(const mien_pass *p) {
    size_t step[3];
    steps_of(step, p);
    const mien_shape out = p->out;
    const size_t image = (size_t)out.c * (size_t)out.h * (size_t)out.w;
    real *y = p->y;
    for (int n = 0; n < out.n; n++)
        for (int c = 0; c < out.c; c++)
            for (int h = 0; h < out.h; h++) {
                const real *x = p->x[0] + n * image + c * step[0] + h * step[1];
                for (int w = 0; w < out.w; w++) *y++ = x[w * step[2]];
            }
}

static void backward(const mien_pass *p) {
    size_t step[3];
    steps_of(step, p);
    const mien_shape out = p->out;
    const size_t image = (size_t)out.c * (size_t)out.h * (size_t)out.w;
    const real *dy = p->dy;
    for (int n = 0; p->dx[0] && n < out.n; n++)
        for (int c = 0; c < out.c; c++)
            for (int h = 0; h < out.h; h++) {
                real *dx = p->dx[0] + n * image + c * step[0] + h * step[1];
                for (int w = 0; w < out.w; w++) dx[w * step[2]] += *dy++;
            }
}

const mien_layer_ops MIEN_LAYER_NAME(transpose) = {
    .name = "transpose",
    .summary = "channels, rows and columns in another order",
    .params = params,
    .config_size = sizeof(config),
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
