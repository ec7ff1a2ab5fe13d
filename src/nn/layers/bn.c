/* SPDX-License-Identifier: Apache-2.0 */
/* bn.c - normalise each channel over the batch.
 *
 *   u = (x - mean) r      r = 1 / sqrt(var + eps)      y = gain u + shift
 *
 *   dgain = sum of dy u      dshift = sum of dy
 *   dx = gain r (dy - dshift / m - u dgain / m)
 *
 * In training mean and (population) variance are those of the m = n h w values
 * of a channel in this shard, and depend on x: hence the two last terms. In
 * inference they are the running ones and constant: dx = gain r dy. Left
 * behind for the running statistics are the mean and the unbiased variance,
 * var m / (m - 1), blended in with weight `momentum` (PyTorch's meaning).
 * Source: Ioffe and Szegedy, Batch normalization, ICML 2015
 * (arXiv:1502.03167). */
#include "nn/layers/options.h"
#include "nn/layers/plan.h"

typedef mien_bn_options config;

static const mien_param params[] = {
    {"eps", "added to the variance", offsetof(config, eps), 1e-12, 1e-1, 1e-5},
    {"momentum", "weight of a batch in the running statistics",
     offsetof(config, momentum), 0, 1, 0.1},
    {"affine", "learn a gain and a shift", offsetof(config, affine), 0, 1, 1,
     .kind = MIEN_BOOL},
    {0},
};

static mien_status plan(mien_layer_plan *plan, const void *options) {
    const config *o = options;
    const mien_shape in = plan->in[0];
    if (plan->train && (long long)in.n * in.h * in.w < 2)
        return mien_fail(MIEN_ESHAPE,
                         "bn '%s': bn needs more than one value per channel; "
                         "its input is %d image of %dx%dx%d in each shard",
                         plan->name, in.n, in.c, in.h, in.w);
    if (o->affine) {
        mien_plan_vector(plan, "gain", MIEN_ROLE_GAIN, in.c);
        mien_plan_vector(plan, "shift", MIEN_ROLE_SHIFT, in.c);
    }
    mien_plan_vector(plan, "mean", MIEN_ROLE_RUNNING, in.c)->start = 0;
    mien_plan_vector(plan, "var", MIEN_ROLE_RUNNING, in.c)->start = 1;
    plan->n_kept = 2 * (size_t)in.c; /* mean and r of each channel */
    plan->n_stats = 2 * (size_t)in.c;
    plan->stats_rate = o->momentum;
    return mien_plan_same(plan, options);
}

/* What forward and backward need to know of one channel. */
typedef struct channel {
    real mean, r, gain, shift;
    size_t at;    /* offset of its plane in the first image */
    size_t plane; /* values of a plane */
    size_t image; /* values of an image */
    int n;
} channel;

static channel channel_of(const mien_pass *p, int c) {
    const config *o = p->config;
    const size_t plane = (size_t)p->out.h * (size_t)p->out.w;
    return (channel){.gain = o->affine ? p->w[0][c] : 1,
                     .shift = o->affine ? p->w[1][c] : 0,
                     .at = (size_t)c * plane,
                     .plane = plane,
                     .image = (size_t)p->out.c * plane,
                     .n = p->out.n};
}

static double sum_of(const channel *ch, const real *x) {
    double sum = 0;
    for (int n = 0; n < ch->n; n++) {
        const real *plane = x + ch->at + (size_t)n * ch->image;
        for (size_t i = 0; i < ch->plane; i++) sum += plane[i];
    }
    return sum;
}

static double sum_of_squares(const channel *ch, const real *x, double mean) {
    double sum = 0;
    for (int n = 0; n < ch->n; n++) {
        const real *plane = x + ch->at + (size_t)n * ch->image;
        for (size_t i = 0; i < ch->plane; i++)
            sum += (plane[i] - mean) * (plane[i] - mean);
    }
    return sum;
}

static void use_batch(channel *ch, const mien_pass *p, int c) {
    const double m = (double)ch->n * (double)ch->plane;
    const double mean = sum_of(ch, p->x[0]) / m;
    const double squares = sum_of_squares(ch, p->x[0], mean);
    const double eps = ((const config *)p->config)->eps;
    ch->mean = (real)mean;
    ch->r = (real)(1 / sqrt(squares / m + eps));
    p->kept[c] = ch->mean;
    p->kept[p->out.c + c] = ch->r;
    p->stats[c] = (real)mean;
    p->stats[p->out.c + c] = (real)(squares / (m - 1));
}

static void use_running(channel *ch, const mien_pass *p, int c) {
    const config *o = p->config;
    const int first = o->affine ? 2 : 0;
    ch->mean = p->w[first][c];
    ch->r = 1 / sqrt(p->w[first + 1][c] + (real)o->eps);
}

static void normalise(const channel *ch, real *y, const real *x) {
    const real scale = ch->gain * ch->r;
    for (int n = 0; n < ch->n; n++) {
        const size_t at = ch->at + (size_t)n * ch->image;
        for (size_t i = 0; i < ch->plane; i++)
            y[at + i] = (x[at + i] - ch->mean) * scale + ch->shift;
    }
}

static void forward(const mien_pass *p) {
    for (int c = 0; c < p->out.c; c++) {
        channel ch = channel_of(p, c);
        if (p->train)
            use_batch(&ch, p, c);
        else
            use_running(&ch, p, c);
        normalise(&ch, p->y, p->x[0]);
    }
}

/* The sum of dy u over the channel. */
static double gain_gradient(const channel *ch, const real *x, const real *dy) {
    double sum = 0;
    for (int n = 0; n < ch->n; n++) {
        const size_t at = ch->at + (size_t)n * ch->image;
        for (size_t i = 0; i < ch->plane; i++)
            sum += (double)dy[at + i] * (x[at + i] - ch->mean);
    }
    return sum * ch->r;
}

/* dx += gain r (dy - mean_dy - u mean_dyu); both means are 0 in inference. */
static void input_gradient(const channel *ch, const mien_pass *p,
                           double mean_dy, double mean_dyu) {
    const real scale = ch->gain * ch->r;
    for (int n = 0; n < ch->n; n++) {
        const size_t at = ch->at + (size_t)n * ch->image;
        const real *x = p->x[0] + at, *dy = p->dy + at;
        real *dx = p->dx[0] + at;
        for (size_t i = 0; i < ch->plane; i++) {
            const real u = (x[i] - ch->mean) * ch->r;
            dx[i] += scale * (dy[i] - (real)mean_dy - u * (real)mean_dyu);
        }
    }
}

static void backward(const mien_pass *p) {
    const bool affine = ((const config *)p->config)->affine;
    const double m = (double)p->out.n * p->out.h * p->out.w;
    for (int c = 0; c < p->out.c; c++) {
        channel ch = channel_of(p, c);
        if (p->train) {
            ch.mean = p->kept[c];
            ch.r = p->kept[p->out.c + c];
        } else {
            use_running(&ch, p, c);
        }
        const double dgain = gain_gradient(&ch, p->x[0], p->dy);
        const double dshift = sum_of(&ch, p->dy);
        if (affine && p->dw[0]) p->dw[0][c] += (real)dgain;
        if (affine && p->dw[1]) p->dw[1][c] += (real)dshift;
        if (p->dx[0])
            input_gradient(&ch, p, p->train ? dshift / m : 0,
                           p->train ? dgain / m : 0);
    }
}

const mien_layer_ops MIEN_LAYER_NAME(bn) = {
    .name = "bn",
    .summary = "normalise each channel over the batch",
    .params = params,
    .config_size = sizeof(config),
    .reads_x = true,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
