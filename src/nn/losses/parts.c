/* SPDX-License-Identifier: Apache-2.0 */
/* parts.c - what several losses share; see parts.h. */
#include "nn/losses/parts.h"

#include <assert.h>

static const real unit_eps = (real)1e-6;

int mien_label_terms(mien_term out[2], const mien_loss_pass *p, int i) {
    const int n = p->mixed && p->share ? 2 : 1;
    const real first = n == 2 ? p->share[i] : 1;
    for (int t = 0; t < n; t++) {
        const int label = t ? p->mixed[i] : p->label[i];
        assert(label >= 0 && (p->classes == 0 || label < p->classes));
        out[t].label = label;
        out[t].share = t ? 1 - first : first;
        out[t].weight = out[t].share;
        if (p->class_weight) out[t].weight *= p->class_weight[label];
    }
    return n;
}

double mien_poison(const real *x, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += 0 * x[i];
    return sum;
}

mien_softmax mien_softmax_row(real *p, const real *z, int classes) {
    int top = 0;
    for (int c = 1; c < classes; c++)
        if (z[c] > z[top]) top = c;
    const real max = z[top];
    double others = 0;
    for (int c = 0; c < classes; c++) {
        p[c] = exp(z[c] - max);
        if (c != top) others += p[c];
    }
    const real scale = 1 / (1 + others);
    for (int c = 0; c < classes; c++) p[c] *= scale;
    return (mien_softmax){max, log1p(others)};
}

real mien_unit_scale(const real *x, int d) {
    real sum = unit_eps * unit_eps;
    for (int k = 0; k < d; k++) sum += x[k] * x[k];
    return 1 / sqrt(sum);
}

void mien_unit_rows(real *y, real *r, const real *x, int n, int d) {
    for (int i = 0; i < n; i++, x += d, y += d) {
        r[i] = mien_unit_scale(x, d);
        for (int k = 0; k < d; k++) y[k] = r[i] * x[k];
    }
}

void mien_unit_rows_back(real *dx, const real *y, const real *r, int n, int d) {
    for (int i = 0; i < n; i++, dx += d, y += d) {
        real dot = 0;
        for (int k = 0; k < d; k++) dot += y[k] * dx[k];
        for (int k = 0; k < d; k++) dx[k] = r[i] * (dx[k] - y[k] * dot);
    }
}

real mien_square_distance(const real *a, const real *b, int d) {
    real sum = 0;
    for (int k = 0; k < d; k++) sum += (a[k] - b[k]) * (a[k] - b[k]);
    return sum;
}

size_t mien_pairs_size(const mien_loss_plan *plan) {
    const size_t n = (size_t)plan->n;
    return n * (size_t)plan->d + n + n * n;
}

mien_pairs mien_pairs_of(const mien_loss_pass *p) {
    const size_t n = (size_t)p->n;
    mien_pairs s = {.y = p->kept};
    s.r = s.y + n * (size_t)p->d;
    s.g = s.r + n;
    return s;
}

mien_pairs mien_pairs_begin(const mien_loss_pass *p) {
    const mien_pair_config *cfg = p->config;
    const size_t n = (size_t)p->n, size = n * (size_t)p->d;
    const mien_pairs s = mien_pairs_of(p);
    if (cfg->normalise)
        mien_unit_rows(s.y, s.r, p->x, p->n, p->d);
    else
        for (size_t k = 0; k < size; k++) s.y[k] = p->x[k];
    for (size_t k = 0; k < n * n; k++) s.g[k] = 0;
    return s;
}

void mien_pairs_backward(mien_loss_pass *p) {
    const mien_pair_config *cfg = p->config;
    const mien_pairs s = mien_pairs_of(p);
    const int n = p->n, d = p->d;
    for (int i = 0; i < n; i++) {
        real *dx = p->dx + (size_t)i * d;
        const real *a = s.y + (size_t)i * d;
        for (int k = 0; k < d; k++) dx[k] = 0;
        for (int j = 0; j < n; j++) {
            const real *b = s.y + (size_t)j * d;
            const real g = s.g[(size_t)i * n + j] + s.g[(size_t)j * n + i];
            for (int k = 0; k < d; k++) dx[k] += 2 * g * (a[k] - b[k]);
        }
    }
    if (cfg->normalise) mien_unit_rows_back(p->dx, s.y, s.r, n, d);
}
