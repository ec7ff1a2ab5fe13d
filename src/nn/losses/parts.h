/* SPDX-License-Identifier: Apache-2.0 */
/* parts.h - what several losses share: labels with shares and weights, a
 * stable softmax, unit length, and distances between samples.
 *
 * Everything passes NaN on. */
#ifndef MIEN_NN_LOSSES_PARTS_H
#define MIEN_NN_LOSSES_PARTS_H

#include "nn/loss.h"

/* ---- labels ----------------------------------------------------------- */

/* One class a sample belongs to, with share times class weight. */
typedef struct MIEN_R(mien_term) {
    int label;
    real share;  /* 1, or the mixup share */
    real weight; /* share times the weight of the class */
} MIEN_R(mien_term);
#define mien_term MIEN_R(mien_term)

/* The one or, under mixup, two terms of sample i; returns how many. */
int MIEN_R(mien_label_terms)(mien_term out[2], const mien_loss_pass *p, int i);
#define mien_label_terms MIEN_R(mien_label_terms)

/* Zero, or NaN when any of the values is not finite. Losses that compare and
 * pick start from it, since a comparison with NaN would drop the sample. */
double MIEN_R(mien_poison)(const real *x, size_t n);
#define mien_poison MIEN_R(mien_poison)

/* ---- softmax ---------------------------------------------------------- */

/* -log p[c] = log_sum + (max - z[c]). The largest term is left out of the sum
 * and added by log1p, so that a loss near zero keeps its digits. */
typedef struct MIEN_R(mien_softmax) {
    real max;
    double log_sum; /* log of the sum of exp(z - max) */
} MIEN_R(mien_softmax);
#define mien_softmax MIEN_R(mien_softmax)

/* Write p = softmax(z); p may be z. */
mien_softmax MIEN_R(mien_softmax_row)(real *p, const real *z, int classes);
#define mien_softmax_row MIEN_R(mien_softmax_row)

/* ---- unit length ------------------------------------------------------ */

/* 1/sqrt(|x|^2 + 1e-12): smooth, and finite for a vector of zeros. */
real MIEN_R(mien_unit_scale)(const real *x, int d);
#define mien_unit_scale MIEN_R(mien_unit_scale)

/* y = r x with r = mien_unit_scale(x), for n rows; r keeps the n scales. */
void MIEN_R(mien_unit_rows)(real *y, real *r, const real *x, int n, int d);
#define mien_unit_rows MIEN_R(mien_unit_rows)

/* dx = r (dy - y (y.dy)), the derivative of the above; dx comes in holding dy.
 */
void MIEN_R(mien_unit_rows_back)(real *dx, const real *y, const real *r, int n,
                                 int d);
#define mien_unit_rows_back MIEN_R(mien_unit_rows_back)

/* ---- losses over pairs of samples ------------------------------------- */

/* sum of (a - b)^2, from differences: no cancellation as in |a|^2 - 2ab. */
real MIEN_R(mien_square_distance)(const real *a, const real *b, int d);
#define mien_square_distance MIEN_R(mien_square_distance)

/* The options of a loss over pairs, and what it keeps for its backward. */
typedef struct mien_pair_config {
    float margin;
    bool normalise; /* scale samples to unit length first */
} mien_pair_config;

typedef struct MIEN_R(mien_pairs) {
    real *y; /* n x d: the samples as compared */
    real *r; /* n: scales to unit length */
    real *g; /* n x n: dL/dq, q the square distance of samples i and j */
} MIEN_R(mien_pairs);
#define mien_pairs MIEN_R(mien_pairs)

size_t MIEN_R(mien_pairs_size)(const mien_loss_plan *plan); /* for n_kept */
#define mien_pairs_size MIEN_R(mien_pairs_size)

/* Find them in p->kept. */
mien_pairs MIEN_R(mien_pairs_of)(const mien_loss_pass *p);
#define mien_pairs_of MIEN_R(mien_pairs_of)

/* Fill y and r, and zero g. */
mien_pairs MIEN_R(mien_pairs_begin)(const mien_loss_pass *p);
#define mien_pairs_begin MIEN_R(mien_pairs_begin)

/* The whole backward: dy[i] = sum over j of 2 (g[i][j] + g[j][i]) (y[i] -
 * y[j]), then through the scaling. */
void MIEN_R(mien_pairs_backward)(mien_loss_pass *p);
#define mien_pairs_backward MIEN_R(mien_pairs_backward)

#endif
