/* SPDX-License-Identifier: Apache-2.0 */
/* gemm.h - matrix product, row major.
 *
 *   C = beta C + A' B'      A' is m x k, B' is k x n, C is m x n
 *
 * A' is A, or A transposed when `ta`; lda, ldb, ldc are the row strides of
 * the matrices as stored. Beta is 0 (C need not be initialised) or 1. */
#ifndef MIEN_TENSOR_GEMM_H
#define MIEN_TENSOR_GEMM_H

#include <stdbool.h>

#include "tensor/real.h"

typedef struct MIEN_R(mien_gemm_args) {
    bool ta, tb;
    int m, n, k;
    const real *a;
    int lda;
    const real *b;
    int ldb;
    real beta;
    real *c;
    int ldc;
} MIEN_R(mien_gemm_args);
#define mien_gemm_args MIEN_R(mien_gemm_args)

/* The product. In float it goes to the kernel set by mien_gemm_use(), when
 * one is set; in double it is always the plain loop. NaN and Inf in A or B
 * reach C: nothing is skipped for being zero. */
void MIEN_R(mien_gemm)(const mien_gemm_args *args);
#define mien_gemm MIEN_R(mien_gemm)

/* The plain loop, always. */
void MIEN_R(mien_gemm_plain)(const mien_gemm_args *args);
#define mien_gemm_plain MIEN_R(mien_gemm_plain)

#ifndef MIEN_F64
/* Install a faster float product (src/nn/dnnl does); NULL removes it. */
void mien_gemm_use(void (*product)(const mien_gemm_args *args));
#endif

#endif
