/* SPDX-License-Identifier: Apache-2.0 */
/* deconv.c - transposed convolution: enlarges where conv reduces.
 *
 *   y[n][o][r s + j - pad][q s + k - pad] += w[i][o][j][k] x[n][i][r][q]
 *   out = (in - 1) stride - 2 pad + kernel + output_pad
 *
 * It is conv's derivative by x run forward, and the other way round, so all
 * three products are conv's with the two sides exchanged. output_pad adds
 * rows and columns below and to the right, to pick one of the sizes that conv
 * would map to the same one.
 * Source: Zeiler et al., Deconvolutional networks, CVPR 2010; Dumoulin and
 * Visin, 2016 (arXiv:1603.07285). */
#include "nn/layers/correlate.h"
#include "nn/layers/options.h"
#include "nn/layers/plan.h"

typedef mien_deconv_options config;

static const mien_param params[] = {
    {"out", "channels that come out", offsetof(config, out), 1, 65536, 1,
     .kind = MIEN_INT, .required = true},
    {"kernel", "rows and columns of the kernel", offsetof(config, kernel), 1,
     64, 2, .kind = MIEN_INT2, .required = true},
    {"stride", "step down and across in the output", offsetof(config, stride),
     1, 64, 1, .kind = MIEN_INT2},
    {"pad", "rows and columns cut off at each side of the output",
     offsetof(config, pad), 0, 63, 0, .kind = MIEN_INT2},
    {"output_pad", "rows and columns added below and to the right",
     offsetof(config, output_pad), 0, 63, 0, .kind = MIEN_INT2},
    {"groups", "parts that the channels are cut into", offsetof(config, groups),
     1, 65536, 1, .kind = MIEN_INT},
    {"bias", "add a number per channel", offsetof(config, bias), 0, 1, 1,
     .kind = MIEN_BOOL},
    {0},
};

static mien_status check(const mien_layer_plan *plan, const config *o) {
    const int in = plan->in[0].c;
    if (in % o->groups != 0 || o->out % o->groups != 0)
        return mien_fail(MIEN_ESHAPE,
                         "deconv '%s': %d channels in and %d out cannot both "
                         "be cut into %d groups",
                         plan->name, in, o->out, o->groups);
    for (int axis = 0; axis < 2; axis++)
        if (o->output_pad[axis] >= o->stride[axis])
            return mien_fail(MIEN_EINVAL,
                             "deconv '%s': output_pad %d must be less than "
                             "stride %d",
                             plan->name, o->output_pad[axis], o->stride[axis]);
    return MIEN_OK;
}

static mien_status out_extent(int *out, const mien_layer_plan *plan,
                              const config *o, int axis) {
    const int in = axis ? plan->in[0].w : plan->in[0].h;
    const long long extent = (in - 1LL) * o->stride[axis] - 2LL * o->pad[axis] +
                             o->kernel[axis] + o->output_pad[axis];
    if (extent < 1 || extent > 1 << 20)
        return mien_fail(MIEN_ESHAPE,
                         "deconv '%s': pad %dx%d makes %lld %s of its input "
                         "%dx%d",
                         plan->name, o->pad[0], o->pad[1], extent,
                         axis ? "columns" : "rows", plan->in[0].h,
                         plan->in[0].w);
    *out = (int)extent;
    return MIEN_OK;
}

/* One output meets only every stride-th tap of the kernel. */
static long long taps_met(const config *o) {
    return ((long long)o->kernel[0] + o->stride[0] - 1) / o->stride[0] *
           ((o->kernel[1] + o->stride[1] - 1) / o->stride[1]);
}

static mien_status plan(mien_layer_plan *plan, const void *options) {
    const config *o = options;
    const mien_shape in = plan->in[0];
    const int *kernel = o->kernel;
    MIEN_TRY(check(plan, o));
    mien_shape out = {.n = in.n, .c = o->out};
    MIEN_TRY(out_extent(&out.h, plan, o, 0));
    MIEN_TRY(out_extent(&out.w, plan, o, 1));
    plan->out = out;
    return mien_plan_kernel(
        plan,
        &(mien_kernel_plan){
            .kind = "deconv",
            .dims = {4, {in.c, o->out / o->groups, kernel[0], kernel[1]}},
            .fan_in = in.c / o->groups * taps_met(o),
            .fan_out = (long long)o->out / o->groups * kernel[0] * kernel[1],
            .bias = o->bias ? o->out : 0});
}

static mien_correlation correlation_of(const mien_pass *p) {
    const config *o = p->config;
    mien_correlation c = {.b = p->out, .s = p->in[0], .groups = o->groups};
    for (int axis = 0; axis < 2; axis++) {
        c.window.kernel[axis] = o->kernel[axis];
        c.window.stride[axis] = o->stride[axis];
        c.window.before[axis] = c.window.after[axis] = o->pad[axis];
    }
    return c;
}

static void forward(const mien_pass *p) {
    const config *o = p->config;
    const mien_correlation c = correlation_of(p);
    mien_bias_fill(p->y, o->bias ? p->w[1] : NULL, p->out);
    mien_correlate_spread(p->y, &c, p->w[0], p->x[0]);
}

static void backward(const mien_pass *p) {
    const config *o = p->config;
    const mien_correlation c = correlation_of(p);
    if (p->dx[0]) mien_correlate_gather(p->dx[0], &c, p->w[0], p->dy);
    if (p->dw[0]) mien_correlate_weights(p->dw[0], &c, p->x[0], p->dy);
    if (o->bias && p->dw[1]) mien_bias_gradient(p->dw[1], p->dy, p->out);
}

const mien_layer_ops MIEN_LAYER_NAME(deconv) = {
    .name = "deconv",
    .summary = "transposed convolution",
    .params = params,
    .config_size = sizeof(config),
    .reads_x = true,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
