/* SPDX-License-Identifier: Apache-2.0 */
/* layernorm.c - normalise each image over all of its values.
 *
 *   u = (x - mean) r      r = 1 / sqrt(var + eps)      y = gain u + shift
 *
 *   g = dy gain      dx = r (g - mean(g) - u mean(g u))
 *   dgain = sum over n of dy u      dshift = sum over n of dy
 *
 * Mean and (population) variance are taken over c, h and w of one image; gain
 * and shift have one number for each of these places.
 * Source: Ba, Kiros and Hinton, Layer normalization, 2016 (arXiv:1607.06450).
 */
#include "nn/layers/options.h"
#include "nn/layers/plan.h"

typedef mien_layernorm_options config;

static const mien_param params[] = {
    {"eps", "added to the variance", offsetof(config, eps), 1e-12, 1e-1, 1e-5},
    {"affine", "learn a gain and a shift", offsetof(config, affine), 0, 1, 1,
     .kind = MIEN_BOOL},
    {0},
};

static mien_status plan(mien_layer_plan *plan, const void *options) {
    const mien_shape in = plan->in[0];
    const mien_dims dims = {3, {in.c, in.h, in.w}};
    int values;
    MIEN_TRY(mien_plan_values(&values, plan, "layernorm"));
    if (values < 2)
        return mien_fail(MIEN_ESHAPE,
                         "layernorm '%s': its input %dx%dx%d has one value; "
                         "it would always give its shift",
                         plan->name, in.c, in.h, in.w);
    if (((const config *)options)->affine) {
        mien_plan_vector(plan, "gain", MIEN_ROLE_GAIN, 0)->dims = dims;
        mien_plan_vector(plan, "shift", MIEN_ROLE_SHIFT, 0)->dims = dims;
    }
    plan->n_kept = 2 * (size_t)in.n; /* mean and r of each image */
    return mien_plan_same(plan, options);
}

/* moment[0] = mean, moment[1] = 1 / sqrt(var + eps) */
static void moments(real moment[2], const real *x, size_t count, real eps) {
    double mean = 0, var = 0;
    for (size_t i = 0; i < count; i++) mean += x[i];
    mean /= (double)count;
    for (size_t i = 0; i < count; i++) var += (x[i] - mean) * (x[i] - mean);
    var /= (double)count;
    moment[0] = (real)mean;
    moment[1] = (real)(1 / sqrt(var + (double)eps));
}

static void forward(const mien_pass *p) {
    const config *o = p->config;
    const real *gain = o->affine ? p->w[0] : NULL;
    const real *shift = o->affine ? p->w[1] : NULL;
    const size_t count = mien_shape_count(p->out) / (size_t)p->out.n;
    const real *x = p->x[0];
    real *y = p->y;
    for (int n = 0; n < p->out.n; n++, x += count, y += count) {
        real moment[2];
        moments(moment, x, count, o->eps);
        for (size_t i = 0; i < count; i++) {
            const real u = (x[i] - moment[0]) * moment[1];
            y[i] = gain ? gain[i] * u + shift[i] : u;
        }
        if (!p->kept) continue;
        p->kept[2 * n] = moment[0];
        p->kept[2 * n + 1] = moment[1];
    }
}

/* One image; gain is NULL without affine. */
typedef struct image {
    const real *x, *dy, *gain;
    real mean, r;
    size_t count;
} image;

static real unit(const image *m, size_t i) {
    return (m->x[i] - m->mean) * m->r;
}

static real incoming(const image *m, size_t i) {
    return m->gain ? m->dy[i] * m->gain[i] : m->dy[i];
}

static void image_backward(real *dx, const image *m) {
    double mean_g = 0, mean_gu = 0;
    for (size_t i = 0; i < m->count; i++) {
        mean_g += incoming(m, i);
        mean_gu += (double)incoming(m, i) * unit(m, i);
    }
    mean_g /= (double)m->count;
    mean_gu /= (double)m->count;
    for (size_t i = 0; i < m->count; i++)
        dx[i] +=
            m->r * (incoming(m, i) - (real)mean_g - unit(m, i) * (real)mean_gu);
}

static void backward(const mien_pass *p) {
    const config *o = p->config;
    const size_t count = mien_shape_count(p->out) / (size_t)p->out.n;
    for (int n = 0; n < p->out.n; n++) {
        const size_t at = (size_t)n * count;
        const image m = {.x = p->x[0] + at,
                         .dy = p->dy + at,
                         .gain = o->affine ? p->w[0] : NULL,
                         .mean = p->kept[2 * n],
                         .r = p->kept[2 * n + 1],
                         .count = count};
        if (p->dx[0]) image_backward(p->dx[0] + at, &m);
        for (size_t i = 0; o->affine && p->dw[0] && i < count; i++)
            p->dw[0][i] += m.dy[i] * unit(&m, i);
        for (size_t i = 0; o->affine && p->dw[1] && i < count; i++)
            p->dw[1][i] += m.dy[i];
    }
}

const mien_layer_ops MIEN_LAYER_NAME(layernorm) = {
    .name = "layernorm",
    .summary = "normalise each image over all of its values",
    .params = params,
    .config_size = sizeof(config),
    .reads_x = true,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
