/* SPDX-License-Identifier: Apache-2.0 */
/* weight.c - weight normalisation: length and direction trained apart.
 *
 *   w = g v / |v|      u = v / |v|      one g for each output unit
 *
 *   dg = dw . u        dv = g / |v| (dw - u dg)
 *
 * A v of zeros gives w = 0 and dv = 0.
 * Source: Salimans and Kingma, Weight normalization, NIPS 2016
 * (arXiv:1602.07868), equations 2 and 3. */
#include "nn/reparam.h"

static double length(const real *v, int size) {
    double sum = 0;
    for (int i = 0; i < size; i++) sum += (double)v[i] * v[i];
    return sqrt(sum);
}

/* 1 / |v|, 0 for |v| = 0, NaN for NaN. */
static double inverse_length(const real *v, int size) {
    const double l = length(v, size);
    return l <= 0 ? 0 : 1 / l;
}

static void forward(const mien_reparam_pass *p) {
    for (int u = 0; u < p->units; u++) {
        const size_t at = (size_t)u * (size_t)p->size;
        const real *v = p->v + at;
        const real scale = (real)(p->g[u] * inverse_length(v, p->size));
        for (int i = 0; i < p->size; i++) p->w[at + i] = scale * v[i];
    }
}

static void backward(const mien_reparam_pass *p) {
    for (int u = 0; u < p->units; u++) {
        const size_t at = (size_t)u * (size_t)p->size;
        const real *v = p->v + at, *dw = p->dw + at;
        const double inverse = inverse_length(v, p->size);
        double dg = 0;
        for (int i = 0; i < p->size; i++) dg += (double)dw[i] * v[i] * inverse;
        const double scale = p->g[u] * inverse;
        p->dg[u] = (real)dg;
        for (int i = 0; i < p->size; i++)
            p->dv[at + i] = (real)(scale * (dw[i] - v[i] * inverse * dg));
    }
}

const mien_reparam_ops MIEN_REPARAM_NAME(weight) = {
    .name = "weight",
    .summary = "length and direction of each unit trained apart",
    .has_gain = true,
    .forward = forward,
    .backward = backward,
};
