/* SPDX-License-Identifier: Apache-2.0 */
/* slice.c - some of the channels, rows or columns.
 *
 *   y[i] = x[first + i step],  i = 0 .. count - 1, along one axis
 *
 * Backward adds dy where y came from. */
#include "nn/layers/options.h"
#include "nn/layers/plan.h"

typedef mien_slice_options config;

static const mien_param params[] = {
    {"axis", "what is cut", offsetof(config, axis), .kind = MIEN_CHOICE,
     .choices = "channel|row|column"},
    {"first", "the first one kept, from 0", offsetof(config, first), 0, 1 << 30,
     0, .kind = MIEN_INT},
    {"count", "how many are kept", offsetof(config, count), 1, 1 << 30, 1,
     .kind = MIEN_INT, .required = true},
    {"step", "from one kept to the next; below 0 goes back",
     offsetof(config, step), -(1 << 30), 1 << 30, 1, .kind = MIEN_INT},
    {0},
};

static mien_status plan(mien_layer_plan *plan, const void *options) {
    const config *o = options;
    mien_shape out = plan->in[0];
    int *extent = o->axis == 0 ? &out.c : o->axis == 1 ? &out.h : &out.w;
    const long long last = o->first + (o->count - 1LL) * o->step;
    if (o->step == 0)
        return mien_fail(MIEN_EINVAL, "slice '%s': step must not be 0",
                         plan->name);
    if (o->first >= *extent || last < 0 || last >= *extent)
        return mien_fail(MIEN_ESHAPE,
                         "slice '%s': %d to %lld are not all among 0 to %d",
                         plan->name, o->first, last, *extent - 1);
    *extent = o->count;
    plan->out = out;
    return MIEN_OK;
}

/* The input as outer x extent x inner values. */
typedef struct cut {
    size_t outer, extent, inner;
} cut;

static cut cut_of(const mien_pass *p) {
    const mien_shape in = p->in[0];
    const size_t n = in.n, c = in.c, h = in.h, w = in.w;
    switch (((const config *)p->config)->axis) {
        case 0: return (cut){n, c, h * w};
        case 1: return (cut){n * c, h, w};
        default: return (cut){n * c * h, w, 1};
    }
}

/* Where the values of kept number `i` of block `k` begin. */
static size_t source(const config *o, const cut *u, size_t k, int i) {
    const size_t at = (size_t)(o->first + (long long)i * o->step);
    return (k * u->extent + at) * u->inner;
}

static void forward(const mien_pass *p) {
    const config *o = p->config;
    const cut u = cut_of(p);
    real *y = p->y;
    for (size_t k = 0; k < u.outer; k++)
        for (int i = 0; i < o->count; i++) {
            const real *x = p->x[0] + source(o, &u, k, i);
            for (size_t j = 0; j < u.inner; j++) *y++ = x[j];
        }
}

static void backward(const mien_pass *p) {
    const config *o = p->config;
    const cut u = cut_of(p);
    const real *dy = p->dy;
    for (size_t k = 0; p->dx[0] && k < u.outer; k++)
        for (int i = 0; i < o->count; i++) {
            real *dx = p->dx[0] + source(o, &u, k, i);
            for (size_t j = 0; j < u.inner; j++) dx[j] += *dy++;
        }
}

const mien_layer_ops MIEN_LAYER_NAME(slice) = {
    .name = "slice",
    .summary = "some of the channels, rows or columns",
    .params = params,
    .config_size = sizeof(config),
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
