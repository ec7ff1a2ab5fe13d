/* SPDX-License-Identifier: Apache-2.0 */
/* trained.c - norms in double, in one fixed order. */
#include "optim/trained.h"

#include <math.h>

enum { LANES = 8 };

/* Eight running sums, added up in pairs at the end: the order is part of the
 * code, so vector units of any width give the same bits. */
double mien_sum_squares(const float *x, size_t n) {
    double sum[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int k = 0; k < LANES; k++)
            sum[k] += (double)x[i + k] * (double)x[i + k];
    for (int k = 0; i < n; i++, k++) sum[k] += (double)x[i] * (double)x[i];
    return ((sum[0] + sum[4]) + (sum[1] + sum[5])) +
           ((sum[2] + sum[6]) + (sum[3] + sum[7]));
}

double mien_norm2(const float *x, size_t n) {
    return sqrt(mien_sum_squares(x, n));
}

int mien_units(const mien_trained *t) {
    return t->dims.count > 0 ? t->dims.d[0] : 1;
}

size_t mien_unit_size(const mien_trained *t) {
    return t->n / (size_t)mien_units(t);
}
