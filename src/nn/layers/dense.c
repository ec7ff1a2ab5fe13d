/* SPDX-License-Identifier: Apache-2.0 */
/* dense.c - every output is a weighted sum of every input.
 *
 *   y = x w' + bias      x: n x i   w: o x i   y: n x o
 *
 *   dx = dy w      dw = dy' x      dbias = sum of dy over the samples
 *
 * An input of c x h x w is taken as the vector of its values in that order. */
#include "nn/layers/options.h"
#include "nn/layers/plan.h"
#include "tensor/gemm.h"

typedef mien_dense_options config;

static const mien_param params[] = {
    {"out", "values that come out", offsetof(config, out), 1, 1 << 24, 1,
     .kind = MIEN_INT, .required = true},
    {"bias", "add a number per output", offsetof(config, bias), 0, 1, 1,
     .kind = MIEN_BOOL},
    {"norm", "reparametrisation of the weight", offsetof(config, norm), 0, 2,
     MIEN_NORM_NONE, .kind = MIEN_CHOICE, .choices = MIEN_NORM_CHOICES},
    {0},
};

static mien_status plan(mien_layer_plan *plan, const void *options) {
    const config *o = options;
    int in;
    MIEN_TRY(mien_plan_values(&in, plan, "dense"));
    plan->out = (mien_shape){plan->in[0].n, o->out, 1, 1};
    return mien_plan_kernel(plan,
                            &(mien_kernel_plan){.kind = "dense",
                                                .dims = {2, {o->out, in}},
                                                .fan_in = in,
                                                .fan_out = o->out,
                                                .bias = o->bias ? o->out : 0,
                                                .norm = o->norm});
}

static int values(mien_shape in) { return in.c * in.h * in.w; }

static void forward(const mien_pass *p) {
    const config *o = p->config;
    const int in = values(p->in[0]);
    mien_bias_fill(p->y, o->bias ? p->w[1] : NULL, p->out);
    mien_gemm(&(mien_gemm_args){.tb = true,
                                .m = p->out.n,
                                .n = o->out,
                                .k = in,
                                .a = p->x[0],
                                .lda = in,
                                .b = p->w[0],
                                .ldb = in,
                                .beta = 1,
                                .c = p->y,
                                .ldc = o->out});
}

static void backward(const mien_pass *p) {
    const config *o = p->config;
    const int in = values(p->in[0]);
    if (p->dx[0])
        mien_gemm(&(mien_gemm_args){.m = p->out.n,
                                    .n = in,
                                    .k = o->out,
                                    .a = p->dy,
                                    .lda = o->out,
                                    .b = p->w[0],
                                    .ldb = in,
                                    .beta = 1,
                                    .c = p->dx[0],
                                    .ldc = in});
    if (p->dw[0])
        mien_gemm(&(mien_gemm_args){.ta = true,
                                    .m = o->out,
                                    .n = in,
                                    .k = p->out.n,
                                    .a = p->dy,
                                    .lda = o->out,
                                    .b = p->x[0],
                                    .ldb = in,
                                    .beta = 1,
                                    .c = p->dw[0],
                                    .ldc = in});
    if (o->bias && p->dw[1]) mien_bias_gradient(p->dw[1], p->dy, p->out);
}

const mien_layer_ops MIEN_LAYER_NAME(dense) = {
    .name = "dense",
    .summary = "fully connected",
    .params = params,
    .config_size = sizeof(config),
    .reads_x = true,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
