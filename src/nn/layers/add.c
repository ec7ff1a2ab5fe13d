/* SPDX-License-Identifier: Apache-2.0 */
/* add.c - the sum of several inputs of one shape, as in a residual net.
 *
 *   y = x0 + x1 + ...          dx0 = dx1 = ... = dy
 *
 * Source: He et al., Deep residual learning, CVPR 2016 (arXiv:1512.03385). */
#include "nn/layers/plan.h"

static mien_status plan(mien_layer_plan *plan, const void *config) {
    const mien_shape a = plan->in[0];
    for (int k = 1; k < plan->n_in; k++) {
        const mien_shape b = plan->in[k];
        if (!mien_shape_equal(a, b))
            return mien_fail(MIEN_ESHAPE,
                             "add '%s': input 1 is %dx%dx%d, input %d is "
                             "%dx%dx%d; they must be equal",
                             plan->name, a.c, a.h, a.w, k + 1, b.c, b.h, b.w);
    }
    return mien_plan_same(plan, config);
}

static void forward(const mien_pass *p) {
    const size_t count = mien_shape_count(p->out);
    for (size_t i = 0; i < count; i++) {
        real sum = p->x[0][i];
        for (int k = 1; k < p->n_in; k++) sum += p->x[k][i];
        p->y[i] = sum;
    }
}

static void backward(const mien_pass *p) {
    const size_t count = mien_shape_count(p->out);
    for (int k = 0; k < p->n_in; k++)
        for (size_t i = 0; p->dx[k] && i < count; i++) p->dx[k][i] += p->dy[i];
}

const mien_layer_ops MIEN_LAYER_NAME(add) = {
    .name = "add",
    .summary = "sum of inputs of one shape",
    .min_inputs = 2,
    .max_inputs = MIEN_MAX_INPUTS,
    .elementwise = true,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
