/* SPDX-License-Identifier: Apache-2.0 */
/* flatten.c - c x h x w into a vector, channel by channel, row by row.
 *
 * The order is PyTorch's for NCHW tensors; Keras, channels last, differs. */
#include <string.h>

#include "nn/layers/plan.h"

static mien_status plan(mien_layer_plan *plan, const void *config) {
    (void)config;
    int values;
    MIEN_TRY(mien_plan_values(&values, plan, "flatten"));
    plan->out = (mien_shape){plan->in[0].n, values, 1, 1};
    return MIEN_OK;
}

static void forward(const mien_pass *p) {
    memcpy(p->y, p->x[0], mien_shape_count(p->out) * sizeof *p->y);
}

static void backward(const mien_pass *p) {
    const size_t count = mien_shape_count(p->out);
    for (size_t i = 0; p->dx[0] && i < count; i++) p->dx[0][i] += p->dy[i];
}

const mien_layer_ops MIEN_LAYER_NAME(flatten) = {
    .name = "flatten",
    .summary = "an image into a vector",
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
