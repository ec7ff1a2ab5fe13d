/* SPDX-License-Identifier: Apache-2.0 */
/* globalpool.c - one value for each channel of each image.
 *
 *   avg   y = mean of x over the plane      dx += dy / (h w)
 *   max   y = largest of the plane          dx of the winner += dy
 *
 * The first of equal values wins, NaN beats any number.
 * Source: Lin, Chen and Yan, Network in network, ICLR 2014 (arXiv:1312.4400).
 */
#include "nn/layers/options.h"
#include "nn/layers/plan.h"

enum { MOST_OFFSETS = 1 << 24 }; /* kept as reals; float counts so far */

typedef mien_globalpool_options config;

static const mien_param params[] = {
    {"mode", "what stands for a channel", offsetof(config, mode), 0, 1,
     MIEN_GLOBALPOOL_AVG, .kind = MIEN_CHOICE, .choices = "avg|max"},
    {0},
};

static mien_status plan(mien_layer_plan *plan, const void *options) {
    const mien_shape in = plan->in[0];
    plan->out = (mien_shape){in.n, in.c, 1, 1};
    if (((const config *)options)->mode == MIEN_GLOBALPOOL_AVG) return MIEN_OK;
    if ((size_t)in.h * (size_t)in.w > MOST_OFFSETS)
        return mien_fail(MIEN_ELIMIT,
                         "globalpool '%s': its input %dx%d has more than %d "
                         "pixels",
                         plan->name, in.h, in.w, MOST_OFFSETS);
    plan->n_kept = mien_shape_count(plan->out);
    return MIEN_OK;
}

static real mean_of(const real *x, size_t plane) {
    double sum = 0;
    for (size_t i = 0; i < plane; i++) sum += x[i];
    return (real)(sum / (double)plane);
}

static size_t largest(const real *x, size_t plane) {
    size_t best = 0;
    for (size_t i = 0; i < plane; i++)
        if (x[i] > x[best] || isnan(x[i])) best = i;
    return best;
}

static void forward(const mien_pass *p) {
    const int mode = ((const config *)p->config)->mode;
    const size_t plane = (size_t)p->in[0].h * (size_t)p->in[0].w;
    const size_t planes = mien_shape_count(p->out);
    const real *x = p->x[0];
    for (size_t i = 0; i < planes; i++, x += plane) {
        if (mode == MIEN_GLOBALPOOL_AVG) {
            p->y[i] = mean_of(x, plane);
            continue;
        }
        const size_t best = largest(x, plane);
        p->y[i] = x[best];
        if (p->kept) p->kept[i] = (real)best;
    }
}

static void backward(const mien_pass *p) {
    const int mode = ((const config *)p->config)->mode;
    const size_t plane = (size_t)p->in[0].h * (size_t)p->in[0].w;
    const size_t planes = mien_shape_count(p->out);
    real *dx = p->dx[0];
    for (size_t i = 0; dx && i < planes; i++, dx += plane) {
        if (mode == MIEN_GLOBALPOOL_MAX) {
            dx[(size_t)p->kept[i]] += p->dy[i];
            continue;
        }
        const real share = p->dy[i] / (real)plane;
        for (size_t j = 0; j < plane; j++) dx[j] += share;
    }
}

const mien_layer_ops MIEN_LAYER_NAME(globalpool) = {
    .name = "globalpool",
    .summary = "mean or maximum of each channel",
    .params = params,
    .config_size = sizeof(config),
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
