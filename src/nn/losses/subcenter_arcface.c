/* SPDX-License-Identifier: Apache-2.0 */
/* subcenter_arcface.c - ArcFace with several centres a class.
 *
 * The cosine of a class is the greatest of those with its k centres, so that
 * wrong labels and hard poses gather at centres of their own instead of
 * pulling the main one; the margin is arcface.c's, bounded or not. The gradient
 * goes to the nearest centre alone.
 * Source: Deng et al., Sub-center ArcFace, ECCV 2020. */
#include "nn/losses/margin.h"

static const mien_param params[] = {
    MIEN_ARC_PARAMS,
    {"centres", "centres a class", offsetof(mien_margin_config, centres), 1, 64,
     3, .kind = MIEN_INT},
    {0},
};

static int centres_of(const void *cfg) {
    return ((const mien_margin_config *)cfg)->centres;
}

static mien_status plan(mien_loss_plan *plan, const void *cfg) {
    return mien_margin_plan(plan, "subcenter_arcface", centres_of(cfg));
}

static void forward(mien_loss_pass *p) {
    mien_margin_forward(p, mien_arc_of(p->config), centres_of(p->config));
}

static void backward(mien_loss_pass *p) {
    mien_margin_backward(p, mien_arc_of(p->config), centres_of(p->config));
}

const mien_loss_ops MIEN_LOSS_NAME(subcenter_arcface) = {
    .name = "subcenter_arcface",
    .summary = "arcface with several centres a class, for noisy labels",
    .params = params,
    .config_size = sizeof(mien_margin_config),
    .needs_labels = true,
    .embedding = true,
    .weighs = true,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
