/* SPDX-License-Identifier: Apache-2.0 */
/* standard.c - weight standardisation: each unit has mean 0 and length 1.
 *
 *   c = v - mean(v)      r = 1 / sqrt(|c|^2 + eps)      w = r c
 *
 *   dv = r (d - mean(d) - w (w . d)),   d = dw
 *
 * (mean(w) = 0, so w . (d - mean(d)) = w . d.) Qiao et al. divide by the
 * standard deviation, which makes a unit of k values sqrt(k) long; dividing
 * by the length instead, as Brock et al. do, is the same network wherever a
 * normalisation follows and keeps the variance where none does.
 * Source: Qiao et al., Weight standardization, 2019 (arXiv:1903.10520); Brock
 * et al., ICLR 2021 (arXiv:2101.08692), equation 3. */
#include "nn/reparam.h"

#define EPS 1e-5

static double mean_of(const real *x, int size) {
    double sum = 0;
    for (int i = 0; i < size; i++) sum += x[i];
    return sum / size;
}

/* 1 / sqrt(|v - mean|^2 + eps) */
static double inverse_length(const real *v, double mean, int size) {
    double sum = 0;
    for (int i = 0; i < size; i++) sum += (v[i] - mean) * (v[i] - mean);
    return 1 / sqrt(sum + EPS);
}

static void forward(const mien_reparam_pass *p) {
    for (int u = 0; u < p->units; u++) {
        const size_t at = (size_t)u * (size_t)p->size;
        const real *v = p->v + at;
        const double mean = mean_of(v, p->size);
        const double r = inverse_length(v, mean, p->size);
        for (int i = 0; i < p->size; i++)
            p->w[at + i] = (real)((v[i] - mean) * r);
    }
}

static void backward(const mien_reparam_pass *p) {
    for (int u = 0; u < p->units; u++) {
        const size_t at = (size_t)u * (size_t)p->size;
        const real *v = p->v + at, *dw = p->dw + at;
        const double mean = mean_of(v, p->size);
        const double r = inverse_length(v, mean, p->size);
        const double mean_d = mean_of(dw, p->size);
        double dot = 0;
        for (int i = 0; i < p->size; i++) dot += (v[i] - mean) * r * dw[i];
        for (int i = 0; i < p->size; i++) {
            const double w = (v[i] - mean) * r;
            p->dv[at + i] = (real)(r * (dw[i] - mean_d - w * dot));
        }
    }
}

const mien_reparam_ops MIEN_REPARAM_NAME(standard) = {
    .name = "standard",
    .summary = "each unit shifted to mean 0 and scaled to length 1",
    .forward = forward,
    .backward = backward,
};
