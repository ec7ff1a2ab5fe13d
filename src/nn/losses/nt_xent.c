/* SPDX-License-Identifier: Apache-2.0 */
/* nt_xent.c - tell the other view of a photo from all other photos.
 *
 *   u_i = x_i / |x_i|     s_ij = u_i.u_j / temperature
 *   L_i = -log( exp(s_ij) / sum_{k != i} exp(s_ik) ),  j the other view of i
 *   dL/ds_ik = p_ik - [k = j],  p_i = softmax of s_i without s_ii
 *
 * and the mean over samples. No labels: samples 2a and 2a+1 are two views of
 * one photo. All others in the shard are negatives. When the last shard is
 * odd, its last sample has no other view and serves only as a negative.
 * Source: Chen et al., SimCLR, ICML 2020 (arXiv:2002.05709), algorithm 1. */
#include "nn/losses/parts.h"

#include "tensor/gemm.h"

typedef struct config {
    float temperature;
} config;

static const mien_param params[] = {
    {"temperature", "divides the cosines", offsetof(config, temperature), 1e-3,
     10, 0.5},
    {0},
};

static mien_status plan(mien_loss_plan *plan, const void *cfg) {
    (void)cfg;
    const size_t n = (size_t)plan->n;
    if (plan->n % 2 != 0)
        return mien_fail(MIEN_ESHAPE,
                         "nt_xent: takes two views of each photo side by "
                         "side, so a shard must be even, not %d",
                         plan->n);
    /* u, scales, dL/ds */
    plan->n_kept = n * plan->d + n + n * n;
    plan->n_scratch = n * n; /* dL/ds of both directions */
    return MIEN_OK;
}

typedef struct store {
    real *u, *r, *g;
} store;

static store store_of(const mien_loss_pass *p) {
    store s = {.u = p->kept};
    s.r = s.u + (size_t)p->n * p->d;
    s.g = s.r + p->n;
    return s;
}

/* The loss of sample i; its row of s becomes its row of dL/ds. */
static double row(real *s, int n, int i) {
    const int other = i ^ 1;
    if (other >= n) { /* no other view */
        for (int k = 0; k < n; k++) s[k] = 0;
        return 0;
    }
    const real right = s[other];
    s[i] = -INFINITY; /* exp of it is 0: itself does not count */
    const mien_softmax soft = mien_softmax_row(s, s, n);
    s[other] -= 1;
    return soft.log_sum + (soft.max - right);
}

static void forward(mien_loss_pass *p) {
    const real temperature = ((const config *)p->config)->temperature;
    const int n = p->n, d = p->d;
    const store s = store_of(p);
    double sum = mien_poison(p->x, (size_t)n * d);
    mien_unit_rows(s.u, s.r, p->x, n, d);
    mien_gemm(&(mien_gemm_args){.tb = true,
                                .m = n,
                                .n = n,
                                .k = d,
                                .a = s.u,
                                .lda = d,
                                .b = s.u,
                                .ldb = d,
                                .c = s.g,
                                .ldc = n});
    for (size_t k = 0; k < (size_t)n * n; k++) s.g[k] /= temperature;
    for (int i = 0; i < n; i++) sum += row(s.g + (size_t)i * n, n, i);
    p->loss = sum / p->batch;
}

/* du = (G + G') u / temperature, then through the scaling. */
static void backward(mien_loss_pass *p) {
    const real temperature = ((const config *)p->config)->temperature;
    const real scale = 1 / (temperature * (real)p->batch);
    const int n = p->n, d = p->d;
    const store s = store_of(p);
    real *both = p->scratch;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            both[(size_t)i * n + j] =
                scale * (s.g[(size_t)i * n + j] + s.g[(size_t)j * n + i]);
    mien_gemm(&(mien_gemm_args){.m = n,
                                .n = d,
                                .k = n,
                                .a = both,
                                .lda = n,
                                .b = s.u,
                                .ldb = d,
                                .c = p->dx,
                                .ldc = d});
    mien_unit_rows_back(p->dx, s.u, s.r, n, d);
}

const mien_loss_ops MIEN_LOSS_NAME(nt_xent) = {
    .name = "nt_xent",
    .summary = "tell the other view of a photo from all other photos",
    .params = params,
    .config_size = sizeof(config),
    .embedding = true,
    .twins = true,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
