/* SPDX-License-Identifier: Apache-2.0 */
/* reshape.c - the same values in the same order, counted another way. */
#include <string.h>

#include "nn/layers/plan.h"

typedef struct config {
    int to[3];
} config;

static const mien_param params[] = {
    {"to", "channels, rows and columns", offsetof(config, to), 1, 1 << 30, 1,
     .kind = MIEN_INT3, .required = true},
    {0},
};

static mien_status plan(mien_layer_plan *plan, const void *options) {
    const int *to = ((const config *)options)->to;
    int values;
    MIEN_TRY(mien_plan_values(&values, plan, "reshape"));
    const long long rows = (long long)to[1] * to[2];
    if (rows > values || rows * to[0] != values)
        return mien_fail(MIEN_ESHAPE,
                         "reshape '%s': its input has %d values, %dx%dx%d has "
                         "another number",
                         plan->name, values, to[0], to[1], to[2]);
    plan->out = (mien_shape){plan->in[0].n, to[0], to[1], to[2]};
    return MIEN_OK;
}

static void forward(const mien_pass *p) {
    memcpy(p->y, p->x[0], mien_shape_count(p->out) * sizeof *p->y);
}

static void backward(const mien_pass *p) {
    const size_t count = mien_shape_count(p->out);
    for (size_t i = 0; p->dx[0] && i < count; i++) p->dx[0][i] += p->dy[i];
}

const mien_layer_ops MIEN_LAYER_NAME(reshape) = {
    .name = "reshape",
    .summary = "the same values as other channels, rows and columns",
    .params = params,
    .config_size = sizeof(config),
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
