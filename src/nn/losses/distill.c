/* SPDX-License-Identifier: Apache-2.0 */
/* distill.c - learn the embeddings of another network.
 *
 *   cosine:  L = 1 - u.v,  u = x / |x|, v = t / |t|      dL/du = u - v
 *   mse:     L = (1/d) |x - t|^2                         dL/dx = (2/d) (x - t)
 *
 * for one sample, then the mean over samples; t is the teacher's embedding.
 * 1 - u.v is computed as |u - v|^2 / 2, which keeps its digits near 0 and is
 * the same but for vectors near 1e-6.
 * Source: Hinton et al., Distilling the knowledge in a neural network,
 * arXiv:1503.02531, applied to embeddings. */
#include "nn/losses/parts.h"

typedef struct config {
    int form;
} config;

enum { COSINE, MSE };

static const mien_param params[] = {
    {"form", "what is compared: directions or values", offsetof(config, form),
     .base = COSINE, .kind = MIEN_CHOICE, .choices = "cosine|mse"},
    {0},
};

static mien_status plan(mien_loss_plan *plan, const void *cfg) {
    (void)cfg;
    if (plan->d != plan->vector)
        return mien_fail(MIEN_ESHAPE,
                         "distill: the network's embeddings have %d values, "
                         "but the teacher's have %d",
                         plan->d, plan->vector);
    const size_t size = (size_t)plan->n * plan->d;
    plan->n_kept = 2 * size + (size_t)plan->n; /* u, v, scales of x */
    return MIEN_OK;
}

static void forward(mien_loss_pass *p) {
    const bool cosine = ((const config *)p->config)->form == COSINE;
    const int n = p->n, d = p->d;
    real *u = p->kept, *v = u + (size_t)n * d, *r = v + (size_t)n * d;
    const real *a = cosine ? u : p->x, *b = cosine ? v : p->target;
    double sum = 0;
    if (cosine) {
        mien_unit_rows(v, r, p->target, n, d);
        mien_unit_rows(u, r, p->x, n, d);
    }
    for (size_t i = 0; i < (size_t)n; i++)
        sum += mien_square_distance(a + i * d, b + i * d, d);
    p->loss = sum / p->batch / (cosine ? 2 : d);
}

static void backward(mien_loss_pass *p) {
    const int n = p->n, d = p->d;
    const size_t size = (size_t)n * d;
    if (((const config *)p->config)->form == COSINE) {
        const real *u = p->kept, *v = u + size, *r = v + size;
        for (size_t k = 0; k < size; k++)
            p->dx[k] = (u[k] - v[k]) / (real)p->batch;
        mien_unit_rows_back(p->dx, u, r, n, d);
        return;
    }
    const real scale = 2 / ((real)p->batch * (real)d);
    for (size_t k = 0; k < size; k++)
        p->dx[k] = scale * (p->x[k] - p->target[k]);
}

const mien_loss_ops MIEN_LOSS_NAME(distill) = {
    .name = "distill",
    .summary = "learn the embeddings of another network",
    .params = params,
    .config_size = sizeof(config),
    .needs_vector = true,
    .embedding = true,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
