/* SPDX-License-Identifier: Apache-2.0 */
/* margin.c - the part that margin heads share; equations in margin.h.
 *
 * With u = x / |x|, r_j = 1 / |W_j| and g_ij = dL/dc_ij:
 *
 *   du_i = sum_j g_ij r_j W_j
 *   dW_j = sum_i g_ij r_j u_i  -  r_j^2 W_j sum_i g_ij c_ij
 *
 * so that no scaled copy of W is made: it is the largest tensor of a face
 * network, and each shard would hold one. */
#include "nn/losses/margin.h"

#include <assert.h>

#include "base/mem.h"
#include "tensor/gemm.h"

/* Where things lie in p->kept. */
typedef struct store {
    real *u;    /* n x d, unit embeddings */
    real *ur;   /* n, their scales */
    real *r;    /* rows, scales of W */
    real *cos;  /* n x rows */
    real *prob; /* n x classes */
} store;

static store store_of(const mien_loss_pass *p, int rows) {
    const size_t n = (size_t)p->n;
    store s = {.u = p->kept};
    s.ur = s.u + n * (size_t)p->d;
    s.r = s.ur + n;
    s.cos = s.r + rows;
    s.prob = s.cos + n * (size_t)rows;
    return s;
}

mien_status mien_margin_plan(mien_loss_plan *plan, const char *name,
                             int centres) {
    if (plan->classes < 2)
        return mien_fail(MIEN_ESHAPE,
                         "%s: needs at least 2 classes; the data have %d", name,
                         plan->classes);
    size_t rows, n = (size_t)plan->n;
    if (!mien_size_mul(&rows, (size_t)plan->classes, (size_t)centres) ||
        rows > INT32_MAX / (size_t)plan->d)
        return mien_fail(MIEN_ELIMIT, "%s: %d x %d centres are too many", name,
                         plan->classes, centres);
    plan->weights[0] = (mien_weight_spec){
        .name = "centre",
        .dims = {2, {(int)rows, plan->d}},
        .role = MIEN_ROLE_WEIGHT,
        .fan_in = plan->d,
        .fan_out = (int)rows,
    };
    plan->n_weights = 1;
    plan->scores = plan->classes;
    plan->n_kept =
        n * (size_t)plan->d + n + rows + n * (rows + (size_t)plan->classes);
    plan->n_scratch = n * rows + rows; /* dL/dc, and sum_i g_ij c_ij */
    return MIEN_OK;
}

/* Which of a class's centres is nearest; a NaN wins. */
static int nearest(const real *cos, int centres) {
    int best = 0;
    for (int k = 1; k < centres; k++)
        if (cos[best] == cos[best] && !(cos[k] <= cos[best])) best = k;
    return best;
}

static real margin_now(const mien_loss_pass *p) {
    const mien_margin_config *cfg = p->config;
    if (p->progress >= cfg->warmup) return cfg->m;
    return cfg->m * p->progress / cfg->warmup;
}

static void cosines(const mien_loss_pass *p, const store *s, int rows) {
    const int d = p->d;
    mien_unit_rows(s->u, s->ur, p->x, p->n, d);
    for (int j = 0; j < rows; j++)
        s->r[j] = mien_unit_scale(p->w[0] + (size_t)j * d, d);
    mien_gemm(&(mien_gemm_args){.tb = true,
                                .m = p->n,
                                .n = rows,
                                .k = d,
                                .a = s->u,
                                .lda = d,
                                .b = p->w[0],
                                .ldb = d,
                                .c = s->cos,
                                .ldc = rows});
    for (int i = 0; i < p->n; i++)
        for (int j = 0; j < rows; j++) s->cos[(size_t)i * rows + j] *= s->r[j];
}

void mien_margin_forward(mien_loss_pass *p, mien_margin_fn f, int centres) {
    const real scale = ((const mien_margin_config *)p->config)->s;
    const real m = margin_now(p);
    const int classes = p->classes, rows = classes * centres;
    const store s = store_of(p, rows);
    double sum = 0;
    cosines(p, &s, rows);
    for (int i = 0; i < p->n; i++) {
        const real *cos = s.cos + (size_t)i * rows;
        real *z = s.prob + (size_t)i * classes, slope;
        for (int c = 0; c < classes; c++)
            z[c] =
                scale * cos[c * centres + nearest(cos + c * centres, centres)];
        if (p->scores)
            for (int c = 0; c < classes; c++)
                p->scores[(size_t)i * classes + c] = z[c];
        const int y = p->label[i];
        assert(y >= 0 && y < classes);
        z[y] = scale * f(&slope, z[y] / scale, m);
        const real right = z[y];
        const mien_softmax soft = mien_softmax_row(z, z, classes);
        const double loss = soft.log_sum + (soft.max - right);
        sum += p->class_weight ? loss * p->class_weight[y] : loss;
    }
    p->loss = sum / p->batch;
}

/* g[j] = dL/dc_ij of sample i: softmax minus one-hot, times the slope of f on
 * the right class, on the nearest centre of each class. */
static void slopes(real *g, const mien_loss_pass *p, mien_margin_fn f, int i,
                   int centres) {
    const int classes = p->classes, rows = classes * centres, y = p->label[i];
    const store s = store_of(p, rows);
    const real *cos = s.cos + (size_t)i * rows;
    const real *prob = s.prob + (size_t)i * classes;
    real scale = ((const mien_margin_config *)p->config)->s;
    scale /= (real)p->batch;
    if (p->class_weight) scale *= p->class_weight[y];
    for (int j = 0; j < rows; j++) g[j] = 0;
    for (int c = 0; c < classes; c++) {
        const int j = c * centres + nearest(cos + c * centres, centres);
        real slope = 1;
        if (c == y) f(&slope, cos[j], margin_now(p));
        g[j] = scale * slope * (prob[c] - (c == y ? 1 : 0));
    }
}

/* dW += ..., once g holds dL/dc times r. */
static void centres_back(mien_loss_pass *p, const store *s, const real *g,
                         const real *along, int rows) {
    const int d = p->d;
    mien_gemm(&(mien_gemm_args){.ta = true,
                                .m = rows,
                                .n = d,
                                .k = p->n,
                                .a = g,
                                .lda = rows,
                                .b = s->u,
                                .ldb = d,
                                .beta = 1,
                                .c = p->dw[0],
                                .ldc = d});
    for (int j = 0; j < rows; j++) {
        const real back = s->r[j] * s->r[j] * along[j];
        const real *w = p->w[0] + (size_t)j * d;
        real *dw = p->dw[0] + (size_t)j * d;
        for (int k = 0; k < d; k++) dw[k] -= back * w[k];
    }
}

void mien_margin_backward(mien_loss_pass *p, mien_margin_fn f, int centres) {
    const int rows = p->classes * centres, d = p->d;
    const store s = store_of(p, rows);
    real *g = p->scratch, *along = g + (size_t)p->n * rows;
    for (int j = 0; j < rows; j++) along[j] = 0;
    for (int i = 0; i < p->n; i++) {
        real *gi = g + (size_t)i * rows;
        const real *cos = s.cos + (size_t)i * rows;
        slopes(gi, p, f, i, centres);
        for (int j = 0; j < rows; j++) {
            along[j] += gi[j] * cos[j];
            gi[j] *= s.r[j];
        }
    }
    mien_gemm(&(mien_gemm_args){.m = p->n,
                                .n = d,
                                .k = rows,
                                .a = g,
                                .lda = rows,
                                .b = p->w[0],
                                .ldb = d,
                                .c = p->dx,
                                .ldc = d});
    mien_unit_rows_back(p->dx, s.u, s.ur, p->n, d);
    if (p->dw[0]) centres_back(p, &s, g, along, rows);
}
