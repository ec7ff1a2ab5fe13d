/* SPDX-License-Identifier: Apache-2.0 */
/* gemm.c - float matrix products by oneDNN, and its threads held at one. */
#include <dnnl.h>

#include "nn/dnnl/conv.h"
#include "tensor/gemm.h"

/* Of the OpenMP runtime that oneDNN itself runs on (libgomp): <omp.h> would be
 * that of the compiler, which may be another. */
void omp_set_num_threads(int threads);

void mien_dnnl_enter(void) { omp_set_num_threads(1); }

static void product(const mien_gemm_args *g) {
    mien_dnnl_enter();
    const dnnl_status_t status =
        dnnl_sgemm(g->ta ? 'T' : 'N', g->tb ? 'T' : 'N', g->m, g->n, g->k, 1,
                   g->a, g->lda, g->b, g->ldb, g->beta, g->c, g->ldc);
    if (status != dnnl_success) mien_gemm_plain(g);
}

void mien_dnnl_use_gemm(void) { mien_gemm_use(product); }
