/* SPDX-License-Identifier: Apache-2.0 */
/* cosface.c - a margin on the cosine of the right class.
 *
 *   f(c) = c - m      f'(c) = 1          (the rest is in margin.h)
 *
 * Source: Wang et al., CosFace, CVPR 2018 (arXiv:1801.09414). */
#include "nn/losses/margin.h"

static const mien_param params[] = {
    MIEN_MARGIN_PARAMS(64, 0.35, 1),
    {0},
};

static real cos_margin(real *slope, real c, real m) {
    *slope = 1;
    return c - m;
}

static mien_status plan(mien_loss_plan *plan, const void *cfg) {
    (void)cfg;
    return mien_margin_plan(plan, "cosface", 1);
}

static void forward(mien_loss_pass *p) {
    mien_margin_forward(p, cos_margin, 1);
}

static void backward(mien_loss_pass *p) {
    mien_margin_backward(p, cos_margin, 1);
}

const mien_loss_ops MIEN_LOSS_NAME(cosface) = {
    .name = "cosface",
    .summary = "softmax over cosines, a margin on the right one",
    .params = params,
    .config_size = sizeof(mien_margin_config),
    .needs_labels = true,
    .embedding = true,
    .weighs = true,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
