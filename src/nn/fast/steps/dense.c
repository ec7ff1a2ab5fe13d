/* SPDX-License-Identifier: Apache-2.0 */
/* dense.c - a fully connected layer: three matrix products on the plain layout.
 *
 * Unlike the reference kernel, which adds to gradients that somebody zeroed,
 * the products write them: one pass less over weights that are the largest of
 * many networks. The equations are in nn/layers/dense.c. */
#include "nn/fast/step.h"
#include "nn/layers/options.h"
#include "nn/layers/plan.h"
#include "tensor/gemm.h"

static int match(mien_step *s) {
    return s->kernels && mien_step_is(s->graph, s->nodes[0], "dense");
}

static mien_status plan(mien_step *s) {
    s->in_layout = s->out_layout = MIEN_PLAIN;
    s->reads_x = true;
    s->adds_dx = true;
    s->kernel = "gemm";
    return MIEN_OK;
}

static int values(mien_shape in) { return in.c * in.h * in.w; }

static void forward(mien_step *s, const mien_step_pass *p) {
    const int in = values(s->in[0]), out = s->out.c;
    const float *bias = p->w[0][1];
    if (bias) mien_bias_fill(p->y, bias, s->out);
    mien_gemm(&(mien_gemm_args){.tb = true,
                                .m = s->out.n,
                                .n = out,
                                .k = in,
                                .a = p->x[0],
                                .lda = in,
                                .b = p->w[0][0],
                                .ldb = in,
                                .beta = bias ? 1 : 0,
                                .c = p->y,
                                .ldc = out});
}

static void backward(mien_step *s, const mien_step_pass *p) {
    const int in = values(s->in[0]), out = s->out.c;
    if (p->dx[0])
        mien_gemm(&(mien_gemm_args){.m = s->out.n,
                                    .n = in,
                                    .k = out,
                                    .a = p->dy,
                                    .lda = out,
                                    .b = p->w[0][0],
                                    .ldb = in,
                                    .beta = p->add[0] ? 1 : 0,
                                    .c = p->dx[0],
                                    .ldc = in});
    mien_gemm(&(mien_gemm_args){.ta = true,
                                .m = out,
                                .n = in,
                                .k = s->out.n,
                                .a = p->dy,
                                .lda = out,
                                .b = p->x[0],
                                .ldb = in,
                                .c = p->dw[0][0],
                                .ldc = in});
    if (!p->dw[0][1]) return;
    for (int o = 0; o < out; o++) p->dw[0][1][o] = 0;
    mien_bias_gradient(p->dw[0][1], p->dy, s->out);
}

const mien_step_ops mien_step_dense = {
    .name = "dense",
    .match = match,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
