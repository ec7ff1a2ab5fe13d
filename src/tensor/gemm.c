/* SPDX-License-Identifier: Apache-2.0 */
/* gemm.c - matrix product, row major: the plain loops and the switch.
 *
 * The innermost loop runs along a row of C, so that the compiler vectorises
 * it without reordering any sum: each C[i][j] adds its k terms in order. */
#include "tensor/gemm.h"

#include <stddef.h>
#include <string.h>

static inline real at(const real *x, int stride, bool transposed, int row,
                      int column) {
    return transposed ? x[(size_t)column * (size_t)stride + (size_t)row]
                      : x[(size_t)row * (size_t)stride + (size_t)column];
}

/* c[j] += sum over p of a'[i][p] b'[p][j], for one row i. */
static void row_times_matrix(const mien_gemm_args *g, int i, real *c) {
    for (int p = 0; p < g->k; p++) {
        const real a = at(g->a, g->lda, g->ta, i, p);
        const real *b = g->b + (size_t)p * (size_t)g->ldb;
        for (int j = 0; j < g->n; j++) c[j] += a * b[j];
    }
}

static void row_times_transposed(const mien_gemm_args *g, int i, real *c) {
    for (int j = 0; j < g->n; j++) {
        const real *b = g->b + (size_t)j * (size_t)g->ldb;
        real sum = 0;
        for (int p = 0; p < g->k; p++)
            sum += at(g->a, g->lda, g->ta, i, p) * b[p];
        c[j] += sum;
    }
}

void mien_gemm_plain(const mien_gemm_args *g) {
    for (int i = 0; i < g->m; i++) {
        real *c = g->c + (size_t)i * (size_t)g->ldc;
        if (g->beta == 0) memset(c, 0, (size_t)g->n * sizeof *c);
        if (g->tb)
            row_times_transposed(g, i, c);
        else
            row_times_matrix(g, i, c);
    }
}

#ifdef MIEN_F64
void mien_gemm(const mien_gemm_args *args) { mien_gemm_plain(args); }
#else
static void (*installed)(const mien_gemm_args *);

void mien_gemm_use(void (*product)(const mien_gemm_args *args)) {
    installed = product;
}

void mien_gemm(const mien_gemm_args *args) {
    if (installed)
        installed(args);
    else
        mien_gemm_plain(args);
}
#endif
