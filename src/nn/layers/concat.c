/* SPDX-License-Identifier: Apache-2.0 */
/* concat.c - the channels of several inputs one after the other. */
#include <limits.h>
#include <string.h>

#include "nn/layers/plan.h"

static mien_status plan(mien_layer_plan *plan, const void *config) {
    (void)config;
    const mien_shape a = plan->in[0];
    plan->out = a;
    for (int k = 1; k < plan->n_in; k++) {
        const mien_shape b = plan->in[k];
        if (a.n != b.n || a.h != b.h || a.w != b.w)
            return mien_fail(MIEN_ESHAPE,
                             "concat '%s': input 1 is %dx%dx%d, input %d is "
                             "%dx%dx%d; rows and columns must be equal",
                             plan->name, a.c, a.h, a.w, k + 1, b.c, b.h, b.w);
        if (b.c > INT_MAX - plan->out.c)
            return mien_fail(MIEN_ELIMIT, "concat '%s': too many channels",
                             plan->name);
        plan->out.c += b.c;
    }
    return MIEN_OK;
}

/* Values of one image of input k. */
static size_t part(const mien_pass *p, int k) {
    return (size_t)p->in[k].c * (size_t)p->in[k].h * (size_t)p->in[k].w;
}

static void forward(const mien_pass *p) {
    real *y = p->y;
    for (int n = 0; n < p->out.n; n++)
        for (int k = 0; k < p->n_in; k++) {
            const size_t size = part(p, k);
            memcpy(y, p->x[k] + (size_t)n * size, size * sizeof *y);
            y += size;
        }
}

static void backward(const mien_pass *p) {
    const real *dy = p->dy;
    for (int n = 0; n < p->out.n; n++)
        for (int k = 0; k < p->n_in; k++) {
            const size_t size = part(p, k);
            real *dx = p->dx[k] ? p->dx[k] + (size_t)n * size : NULL;
            for (size_t i = 0; dx && i < size; i++) dx[i] += dy[i];
            dy += size;
        }
}

const mien_layer_ops MIEN_LAYER_NAME(concat) = {
    .name = "concat",
    .summary = "channels of several inputs one after the other",
    .min_inputs = 2,
    .max_inputs = MIEN_MAX_INPUTS,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
