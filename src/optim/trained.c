/* SPDX-License-Identifier: Apache-2.0 */
/* trained.c - norms in double, in one fixed order. */
#include "optim/trained.h"

#include <math.h>

#include "optim/sums.h"

double mien_sum_squares(const float *x, size_t n) {
    double sum[MIEN_LANES] = {0};
    size_t i = 0;
    for (; i + MIEN_LANES <= n; i += MIEN_LANES)
        for (int k = 0; k < MIEN_LANES; k++)
            sum[k] += (double)x[i + k] * (double)x[i + k];
    for (int k = 0; i < n; i++, k++) sum[k] += (double)x[i] * (double)x[i];
    return mien_add_lanes(sum);
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
