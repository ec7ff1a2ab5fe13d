/* SPDX-License-Identifier: Apache-2.0 */
/* gradients.c - gradients as a table. */
#include "train/gradients.h"

#include <math.h>

/* NaN stays: it is not <= anything. */
static double largest(const float *x, size_t n) {
    double most = 0;
    for (size_t i = 0; i < n && most == most; i++) {
        const double size = fabs((double)x[i]);
        most = size <= most ? most : size;
    }
    return most;
}

static double mean(const float *x, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += (double)x[i];
    return sum / (double)n;
}

mien_status mien_gradients_table(mien_buf *out, const mien_trained *tensors,
                                 int n) {
    double squares = 0;
    MIEN_TRY(mien_buf_printf(out, "%-28s %9s %12s %11s %11s %11s\n",
                             "gradient of", "values", "mean", "max |g|", "norm",
                             "weight norm"));
    for (int i = 0; i < n; i++) {
        const mien_trained *t = &tensors[i];
        const double sum = mien_sum_squares(t->g, t->n);
        squares += sum;
        MIEN_TRY(mien_buf_printf(
            out, "%-28s %9zu %12.3e %11.3e %11.3e %11.3e\n", t->name, t->n,
            mean(t->g, t->n), largest(t->g, t->n), sqrt(sum),
            mien_norm2(t->w, t->n)));
    }
    return mien_buf_printf(out, "%-28s %9s %12s %11s %11.3e\n", "all", "", "",
                           "", sqrt(squares));
}
