/* SPDX-License-Identifier: Apache-2.0 */
/* plan.c - what the plans of several layers share, and the bias. */
#include "nn/layers/plan.h"

#include <assert.h>
#include <limits.h>

#include "nn/layers/options.h"

mien_status mien_plan_same(mien_layer_plan *plan, const void *config) {
    (void)config;
    plan->out = plan->in[0];
    return MIEN_OK;
}

static mien_weight_spec *append(mien_layer_plan *plan, mien_weight_spec spec) {
    assert(plan->n_weights < MIEN_MAX_WEIGHTS);
    plan->weights[plan->n_weights] = spec;
    return &plan->weights[plan->n_weights++];
}

mien_weight_spec *mien_plan_vector(mien_layer_plan *plan, const char *name,
                                   mien_weight_role role, int extent) {
    return append(plan, (mien_weight_spec){
                            .name = name, .dims = {1, {extent}}, .role = role});
}

mien_status mien_plan_kernel(mien_layer_plan *plan,
                             const mien_kernel_plan *kernel) {
    if (kernel->fan_in > INT_MAX || kernel->fan_out > INT_MAX)
        return mien_fail(MIEN_ELIMIT,
                         "%s '%s': %lld values meet in one output, %lld come "
                         "from one input; the most is %d",
                         kernel->kind, plan->name, kernel->fan_in,
                         kernel->fan_out, INT_MAX);
    if (kernel->norm == MIEN_NORM_STANDARD && kernel->fan_in < 2)
        return mien_fail(MIEN_EINVAL,
                         "%s '%s': norm: standard needs more than one weight "
                         "per output; one alone would always be 0",
                         kernel->kind, plan->name);
    append(plan, (mien_weight_spec){.name = "weight",
                                    .dims = kernel->dims,
                                    .role = MIEN_ROLE_WEIGHT,
                                    .fan_in = (int)kernel->fan_in,
                                    .fan_out = (int)kernel->fan_out});
    if (kernel->bias)
        mien_plan_vector(plan, "bias", MIEN_ROLE_BIAS, kernel->bias);
    plan->reparam = kernel->norm;
    return MIEN_OK;
}

mien_status mien_plan_values(int *out, const mien_layer_plan *plan,
                             const char *kind) {
    const mien_shape in = plan->in[0];
    const long long plane = (long long)in.h * in.w;
    *out = 0;
    if (plane > 0 && in.c > INT_MAX / plane)
        return mien_fail(MIEN_ELIMIT,
                         "%s '%s': its input %dx%dx%d has more than %d values",
                         kind, plan->name, in.c, in.h, in.w, INT_MAX);
    *out = (int)(in.c * plane);
    return MIEN_OK;
}

void mien_bias_fill(real *y, const real *bias, mien_shape out) {
    const size_t plane = (size_t)out.h * (size_t)out.w;
    for (int n = 0; n < out.n; n++)
        for (int c = 0; c < out.c; c++, y += plane) {
            const real b = bias ? bias[c] : 0;
            for (size_t i = 0; i < plane; i++) y[i] = b;
        }
}

void mien_bias_gradient(real *db, const real *dy, mien_shape out) {
    const size_t plane = (size_t)out.h * (size_t)out.w;
    for (int n = 0; n < out.n; n++)
        for (int c = 0; c < out.c; c++, dy += plane) {
            double sum = 0;
            for (size_t i = 0; i < plane; i++) sum += dy[i];
            db[c] += (real)sum;
        }
}
