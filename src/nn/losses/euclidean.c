/* SPDX-License-Identifier: Apache-2.0 */
/* euclidean.c - the distance from a target vector.
 *
 *   r = x - t      L = sqrt(|r|^2 + e^2) - e      dL/dx = r / (L + e)
 *
 * for one sample, then the mean over samples. |r| itself has no derivative
 * at 0; this one is smooth, its gradient never longer than 1, and it differs
 * from |r| by at most e. Written L = |r|^2 / (sqrt(|r|^2 + e^2) + e), which
 * does not cancel. */
#include "nn/losses/parts.h"

typedef struct config {
    float eps;
} config;

static const mien_param params[] = {
    {"eps", "rounds the tip of the cone at distance 0", offsetof(config, eps),
     1e-9, 1, 1e-6},
    {0},
};

static mien_status plan(mien_loss_plan *plan, const void *cfg) {
    (void)cfg;
    if (plan->d != plan->vector)
        return mien_fail(MIEN_ESHAPE,
                         "euclidean: the network answers %d values a sample, "
                         "but the targets have %d",
                         plan->d, plan->vector);
    plan->n_kept = (size_t)plan->n; /* sqrt(|r|^2 + e^2) */
    return MIEN_OK;
}

static void forward(mien_loss_pass *p) {
    const real e = ((const config *)p->config)->eps;
    double sum = 0;
    for (int i = 0; i < p->n; i++) {
        const size_t at = (size_t)i * p->d;
        const real q = mien_square_distance(p->x + at, p->target + at, p->d);
        p->kept[i] = sqrt(q + e * e);
        sum += q / (p->kept[i] + e);
    }
    p->loss = sum / p->batch;
}

static void backward(mien_loss_pass *p) {
    for (int i = 0; i < p->n; i++) {
        const size_t at = (size_t)i * p->d;
        const real scale = 1 / (p->kept[i] * (real)p->batch);
        for (int k = 0; k < p->d; k++)
            p->dx[at + k] = scale * (p->x[at + k] - p->target[at + k]);
    }
}

const mien_loss_ops MIEN_LOSS_NAME(euclidean) = {
    .name = "euclidean",
    .summary = "distance from a target vector",
    .params = params,
    .config_size = sizeof(config),
    .needs_vector = true,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
