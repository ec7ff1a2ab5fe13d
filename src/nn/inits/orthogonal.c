/* SPDX-License-Identifier: Apache-2.0 */
/* orthogonal.c - a random matrix with orthonormal rows or columns.
 *
 *   w w' = gain^2 I, or w' w = gain^2 I, whichever is possible
 *
 * The matrix has a row for each unit. A Gaussian matrix with its shorter side
 * as rows is orthonormalised in double by modified Gram-Schmidt; a row that
 * lost much of its length to the earlier ones is projected once more ("twice
 * is enough"). With the length of each row taken positive the result is
 * uniform over all such matrices.
 * Source: Saxe, McClelland and Ganguli, ICLR 2014 (arXiv:1312.6120); Daniel
 * et al., Mathematics of computation 30, 1976. */
#include "nn/inits/orthogonal.h"

#include <math.h>

#include "base/mem.h"

enum { LANES = 8 }; /* partial sums, so that the products can overlap */

static double dot(const double *a, const double *b, size_t n) {
    double lane[LANES] = {0}, sum = 0;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int k = 0; k < LANES; k++) lane[k] += a[i + k] * b[i + k];
    for (; i < n; i++) sum += a[i] * b[i];
    for (int k = 0; k < LANES; k++) sum += lane[k];
    return sum;
}

/* Take out of row `r` what lies along the rows before it; returns the length
 * that is left. */
static double project(double *q, size_t r, size_t n) {
    double *row = q + r * n;
    for (size_t k = 0; k < r; k++) {
        const double *other = q + k * n;
        const double along = dot(row, other, n);
        for (size_t i = 0; i < n; i++) row[i] -= along * other[i];
    }
    return sqrt(dot(row, row, n));
}

/* Fill `rows` orthonormal rows of n values, n >= rows. */
static void orthonormal(double *q, size_t rows, size_t n, mien_rng *rng) {
    for (size_t r = 0; r < rows; r++) {
        double *row = q + r * n, before, length;
        do {
            for (size_t i = 0; i < n; i++) row[i] = mien_rng_normal(rng);
            before = sqrt(dot(row, row, n));
            length = project(q, r, n);
        } while (length <= 1e-10 * before); /* hopeless: another draw */
        if (length < 0.7 * before) {
            for (size_t i = 0; i < n; i++) row[i] /= length;
            length = project(q, r, n);
        }
        for (size_t i = 0; i < n; i++) row[i] /= length;
    }
}

mien_status mien_fill_orthogonal(float *w, const mien_weight_spec *spec,
                                 const void *config, mien_rng *rng) {
    const double gain = ((const mien_gain_config *)config)->gain;
    const size_t units = (size_t)spec->dims.d[0];
    const size_t size = mien_dims_count(spec->dims) / units;
    const bool wide = size >= units;
    const size_t rows = wide ? units : size, n = wide ? size : units;
    double *q = mien_alloc(units * size, sizeof *q);
    if (!q) return MIEN_ENOMEM;
    orthonormal(q, rows, n, rng);
    for (size_t u = 0; u < units; u++)
        for (size_t i = 0; i < size; i++)
            w[u * size + i] =
                (float)(gain * (wide ? q[u * n + i] : q[i * n + u]));
    mien_free(q);
    return MIEN_OK;
}

const mien_init_ops mien_init_orthogonal = {
    .name = "orthogonal",
    .summary = "orthonormal rows or columns",
    .params = mien_gain_params,
    .config_size = sizeof(mien_gain_config),
    .fill = mien_fill_orthogonal,
};
