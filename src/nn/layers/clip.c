/* SPDX-License-Identifier: Apache-2.0 */
/* clip.c - keep values between two bounds; 0 and 6 give ReLU6.
 *
 *   y = min(max(x, min), max)          dx = dy where min < y < max, else 0
 *
 * Comparisons are written so that NaN passes.
 * Source: Krizhevsky, Convolutional deep belief networks on CIFAR-10, 2010. */
#include "nn/layers/options.h"
#include "nn/layers/plan.h"

typedef mien_clip_options config;

static const mien_param params[] = {
    {"min", "least value that comes out", offsetof(config, min), -1e30, 1e30,
     0},
    {"max", "largest value that comes out", offsetof(config, max), -1e30, 1e30,
     6},
    {0},
};

static mien_status plan(mien_layer_plan *plan, const void *options) {
    const config *o = options;
    if (o->min > o->max)
        return mien_fail(MIEN_EINVAL, "clip '%s': min %g is above max %g",
                         plan->name, (double)o->min, (double)o->max);
    return mien_plan_same(plan, options);
}

static void forward(const mien_pass *p) {
    const config *o = p->config;
    const size_t count = mien_shape_count(p->out);
    const real least = o->min, most = o->max, *x = p->x[0];
    for (size_t i = 0; i < count; i++)
        p->y[i] = x[i] < least ? least : x[i] > most ? most : x[i];
}

static void backward(const mien_pass *p) {
    const config *o = p->config;
    const size_t count = mien_shape_count(p->out);
    const real least = o->min, most = o->max;
    real *dx = p->dx[0];
    if (!dx) return;
    for (size_t i = 0; i < count; i++)
        dx[i] += p->y[i] <= least || p->y[i] >= most ? 0 : p->dy[i];
}

const mien_layer_ops MIEN_LAYER_NAME(clip) = {
    .name = "clip",
    .summary = "keep values between two bounds",
    .params = params,
    .config_size = sizeof(config),
    .reads_y = true,
    .elementwise = true,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
