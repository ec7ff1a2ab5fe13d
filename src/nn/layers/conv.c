/* SPDX-License-Identifier: Apache-2.0 */
/* conv.c - two-dimensional convolution, with groups.
 *
 *   y[n][o][r][q] = bias[o] + sum over i, j, k of
 *                   w[o][i][j][k] x[n][g + i][r s + j - pad][q s + k - pad]
 *
 *   dx = the transposed correlation of dy with w
 *   dw = the correlation of dy with x,   dbias[o] = sum of dy[.][o][.][.]
 *
 * As everywhere in this field, "convolution" does not flip the kernel. A group
 * of outputs sees its own in / groups inputs, g being the first of them;
 * depthwise is the case of one input a group. Beyond the edge x is 0.
 * Source: LeCun et al., Gradient-based learning applied to document
 * recognition, Proc. IEEE 86(11), 1998; groups: Krizhevsky et al., NIPS 2012.
 */
#include "nn/layers/correlate.h"
#include "nn/layers/options.h"
#include "nn/layers/plan.h"

typedef mien_conv_options config;

static const mien_param params[] = {
    {"out", "channels that come out", offsetof(config, out), 1, 65536, 1,
     .kind = MIEN_INT, .required = true},
    {"kernel", "rows and columns of the kernel",
     offsetof(config, window.kernel), 1, 64, 3, .kind = MIEN_INT2,
     .required = true},
    {"stride", "step down and across", offsetof(config, window.stride), 1, 64,
     1, .kind = MIEN_INT2},
    {"pad", MIEN_PAD_HELP, offsetof(config, window.pad), .kind = MIEN_STRING,
     .text = "valid"},
    {"groups", "parts that the channels are cut into", offsetof(config, groups),
     1, 65536, 1, .kind = MIEN_INT},
    {"depthwise", "as many groups as channels come in",
     offsetof(config, depthwise), 0, 1, 0, .kind = MIEN_BOOL},
    {"bias", "add a number per channel", offsetof(config, bias), 0, 1, 1,
     .kind = MIEN_BOOL},
    {"norm", "reparametrisation of the weight", offsetof(config, norm), 0, 2,
     MIEN_NORM_NONE, .kind = MIEN_CHOICE, .choices = MIEN_NORM_CHOICES},
    {0},
};

static mien_status check_groups(const mien_layer_plan *plan, const config *o) {
    const int in = plan->in[0].c, groups = mien_conv_groups(o, in);
    if (o->depthwise && o->groups != 1)
        return mien_fail(MIEN_EINVAL,
                         "conv '%s': depthwise sets the groups; leave out "
                         "groups: %d",
                         plan->name, o->groups);
    if (in % groups == 0 && o->out % groups == 0) return MIEN_OK;
    return mien_fail(MIEN_ESHAPE,
                     "conv '%s': %d channels in and %d out cannot both be cut "
                     "into %d groups",
                     plan->name, in, o->out, groups);
}

static mien_status plan(mien_layer_plan *plan, const void *options) {
    const config *o = options;
    const mien_shape in = plan->in[0];
    MIEN_TRY(check_groups(plan, o));
    mien_window window;
    const mien_status status = mien_window_of(&window, in, &o->window);
    if (status != MIEN_OK) return mien_fail_in(status, "conv '%s'", plan->name);
    plan->out = (mien_shape){in.n, o->out, window.out[0], window.out[1]};
    const int groups = mien_conv_groups(o, in.c), *kernel = window.kernel;
    const long long taps = (long long)kernel[0] * kernel[1];
    return mien_plan_kernel(
        plan, &(mien_kernel_plan){
                  .kind = "conv",
                  .dims = {4, {o->out, in.c / groups, kernel[0], kernel[1]}},
                  .fan_in = in.c / groups * taps,
                  .fan_out = o->out / groups * taps,
                  .bias = o->bias ? o->out : 0,
                  .norm = o->norm});
}

static mien_correlation correlation_of(const mien_pass *p) {
    const config *o = p->config;
    return (mien_correlation){
        .b = p->in[0],
        .s = p->out,
        .window = mien_window_planned(p->in[0], &o->window),
        .groups = mien_conv_groups(o, p->in[0].c)};
}

static void forward(const mien_pass *p) {
    const config *o = p->config;
    const mien_correlation c = correlation_of(p);
    mien_bias_fill(p->y, o->bias ? p->w[1] : NULL, p->out);
    mien_correlate_gather(p->y, &c, p->w[0], p->x[0]);
}

static void backward(const mien_pass *p) {
    const config *o = p->config;
    const mien_correlation c = correlation_of(p);
    if (p->dx[0]) mien_correlate_spread(p->dx[0], &c, p->w[0], p->dy);
    if (p->dw[0]) mien_correlate_weights(p->dw[0], &c, p->dy, p->x[0]);
    if (o->bias && p->dw[1]) mien_bias_gradient(p->dw[1], p->dy, p->out);
}

const mien_layer_ops MIEN_LAYER_NAME(conv) = {
    .name = "conv",
    .summary = "two-dimensional convolution",
    .params = params,
    .config_size = sizeof(config),
    .reads_x = true,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
