/* SPDX-License-Identifier: Apache-2.0 */
/* distill.c - learn the embeddings of another network.
 *
 *   y = x, or y = W x where the teacher's embeddings have another length
 *   cosine:  L = 1 - u.v,  u = y / |y|, v = t / |t|      dL/du = u - v
 *   mse:     L = (1/d) |y - t|^2                         dL/dy = (2/d) (y - t)
 *   dL/dx = W' dL/dy                                     dL/dW = dL/dy x'
 *
 * for one sample, then the mean over samples; t is the teacher's embedding. W,
 * the head, belongs to the loss: whoever embeds later does without it.
 * 1 - u.v is computed as |u - v|^2 / 2, which keeps its digits near 0 and is
 * the same but for vectors near 1e-6.
 * Source: Hinton et al., Distilling the knowledge in a neural network,
 * arXiv:1503.02531, applied to embeddings; Romero et al., FitNets, ICLR 2015
 * (arXiv:1412.6550) for the head. */
#include "nn/losses/parts.h"

#include "tensor/gemm.h"

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
    const size_t n = (size_t)plan->n, v = (size_t)plan->vector;
    if (plan->vector < 1)
        return mien_fail(MIEN_ESHAPE,
                         "distill: there is no embedding to learn: it wants "
                         "a teacher, or data.targets");
    if (plan->d != plan->vector) {
        if (v > (size_t)(INT32_MAX / plan->d))
            return mien_fail(MIEN_ELIMIT,
                             "distill: a head of %d x %d is too large",
                             plan->vector, plan->d);
        plan->weights[0] = (mien_weight_spec){
            .name = "head",
            .dims = {2, {plan->vector, plan->d}},
            .role = MIEN_ROLE_WEIGHT,
            .fan_in = plan->d,
            .fan_out = plan->vector,
        };
        plan->n_weights = 1;
    }
    plan->n_kept = 3 * n * v + n; /* y, u, v, scales of y */
    plan->n_scratch = n * v;      /* dL/dy */
    return MIEN_OK;
}

typedef struct store {
    real *y, *u, *v, *r;
} store;

static store store_of(const mien_loss_pass *p) {
    const size_t size = (size_t)p->n * (size_t)p->vector;
    store s = {.y = p->kept};
    s.u = s.y + size;
    s.v = s.u + size;
    s.r = s.v + size;
    return s;
}

static bool has_head(const mien_loss_pass *p) { return p->d != p->vector; }

static void project(const mien_loss_pass *p, real *y) {
    const size_t size = (size_t)p->n * (size_t)p->vector;
    if (!has_head(p)) {
        for (size_t k = 0; k < size; k++) y[k] = p->x[k];
        return;
    }
    mien_gemm(&(mien_gemm_args){.tb = true,
                                .m = p->n,
                                .n = p->vector,
                                .k = p->d,
                                .a = p->x,
                                .lda = p->d,
                                .b = p->w[0],
                                .ldb = p->d,
                                .c = y,
                                .ldc = p->vector});
}

static void forward(mien_loss_pass *p) {
    const bool cosine = ((const config *)p->config)->form == COSINE;
    const int n = p->n, d = p->vector;
    const store s = store_of(p);
    const real *a = cosine ? s.u : s.y, *b = cosine ? s.v : p->target;
    double sum = 0;
    project(p, s.y);
    if (cosine) {
        mien_unit_rows(s.v, s.r, p->target, n, d);
        mien_unit_rows(s.u, s.r, s.y, n, d);
    }
    for (size_t i = 0; i < (size_t)n; i++)
        sum += mien_square_distance(a + i * d, b + i * d, d);
    p->loss = sum / p->batch / (cosine ? 2 : d);
}

/* dL/dy */
static void difference(const mien_loss_pass *p, const store *s, real *dy) {
    const int n = p->n, d = p->vector;
    const size_t size = (size_t)n * (size_t)d;
    if (((const config *)p->config)->form == COSINE) {
        for (size_t k = 0; k < size; k++)
            dy[k] = (s->u[k] - s->v[k]) / (real)p->batch;
        mien_unit_rows_back(dy, s->u, s->r, n, d);
        return;
    }
    const real scale = 2 / ((real)p->batch * (real)d);
    for (size_t k = 0; k < size; k++) dy[k] = scale * (s->y[k] - p->target[k]);
}

static void head_back(mien_loss_pass *p, const real *dy) {
    mien_gemm(&(mien_gemm_args){.m = p->n,
                                .n = p->d,
                                .k = p->vector,
                                .a = dy,
                                .lda = p->vector,
                                .b = p->w[0],
                                .ldb = p->d,
                                .c = p->dx,
                                .ldc = p->d});
    if (!p->dw[0]) return;
    mien_gemm(&(mien_gemm_args){.ta = true,
                                .m = p->vector,
                                .n = p->d,
                                .k = p->n,
                                .a = dy,
                                .lda = p->vector,
                                .b = p->x,
                                .ldb = p->d,
                                .beta = 1,
                                .c = p->dw[0],
                                .ldc = p->d});
}

static void backward(mien_loss_pass *p) {
    const store s = store_of(p);
    real *dy = has_head(p) ? p->scratch : p->dx;
    difference(p, &s, dy);
    if (has_head(p)) head_back(p, dy);
}

const mien_loss_ops MIEN_LOSS_NAME(distill) = {
    .name = "distill",
    .summary = "learn the embeddings of another network",
    .params = params,
    .config_size = sizeof(config),
    .needs_vector = true,
    .embedding = true,
    .mixes = true,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
