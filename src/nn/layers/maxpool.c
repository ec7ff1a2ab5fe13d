/* SPDX-License-Identifier: Apache-2.0 */
/* maxpool.c - the largest value under each window.
 *
 *   y = max of x over the window          dx of the winner += dy
 *
 * Padding never wins. The first of equal values wins; a NaN beats any number,
 * so that it comes through. Forward keeps where the winner lies in its plane.
 */
#include "nn/layers/pool.h"

/* Offsets in a plane are kept as reals; float counts to 2^24. */
enum { MOST_OFFSETS = 1 << 24 };

static mien_status plan(mien_layer_plan *plan, const void *options) {
    const mien_shape in = plan->in[0];
    MIEN_TRY(mien_pool_plan(plan, options, "maxpool"));
    if ((size_t)in.h * (size_t)in.w > MOST_OFFSETS)
        return mien_fail(MIEN_ELIMIT,
                         "maxpool '%s': its input %dx%d has more than %d "
                         "pixels",
                         plan->name, in.h, in.w, MOST_OFFSETS);
    plan->n_kept = mien_shape_count(plan->out);
    return MIEN_OK;
}

static void forward_one(const mien_pass *p, const mien_pool_place *at) {
    const real *x = p->x[0] + at->in;
    size_t best = (size_t)at->rows.first * at->width + at->columns.first;
    for (int r = at->rows.first; r < at->rows.last; r++)
        for (int q = at->columns.first; q < at->columns.last; q++) {
            const size_t i = (size_t)r * at->width + q;
            if (x[i] > x[best] || isnan(x[i])) best = i;
        }
    p->y[at->out] = x[best];
    if (p->kept) p->kept[at->out] = (real)best;
}

static void backward_one(const mien_pass *p, const mien_pool_place *at) {
    p->dx[0][at->in + (size_t)p->kept[at->out]] += p->dy[at->out];
}

static void forward(const mien_pass *p) { mien_pool_each(p, forward_one); }

static void backward(const mien_pass *p) {
    if (p->dx[0]) mien_pool_each(p, backward_one);
}

const mien_layer_ops MIEN_LAYER_NAME(maxpool) = {
    .name = "maxpool",
    .summary = "largest value under each window",
    .params = mien_pool_params,
    .config_size = sizeof(mien_pool_options),
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
