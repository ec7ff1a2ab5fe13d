/* SPDX-License-Identifier: Apache-2.0 */
/* gradcheck.h - compare a gradient with central differences, in double.
 *
 *   const double worst = gradcheck(x, n, dx, loss_now, &context);
 *   assert_true(worst < 1e-6);
 *
 *   g[i] ~ (f(x + h e_i) - f(x - h e_i)) / 2h,      error O(h^2) + O(1e-16 / h)
 */
#ifndef MIEN_TESTS_GRADCHECK_H
#define MIEN_TESTS_GRADCHECK_H

#include <math.h>
#include <stddef.h>

/* The value as x now is. */
typedef double gradcheck_value(void *context);

static inline double gradcheck_largest(const double *x, size_t n) {
    double most = 0;
    for (size_t i = 0; i < n; i++)
        if (fabs(x[i]) > most) most = fabs(x[i]);
    return most;
}

/* The worst relative error over x[0..n-1], against the larger of the two
 * numbers or a thousandth of the largest gradient: entries that cancel to
 * almost nothing are not asked for digits they cannot have. NaN counts as
 * infinitely wrong. x is left as it was. */
static inline double gradcheck(double *x, size_t n, const double *gradient,
                               gradcheck_value *value, void *context) {
    const double h = 1e-5;
    const double most = gradcheck_largest(gradient, n);
    double worst = 0;
    for (size_t i = 0; i < n; i++) {
        const double at = x[i];
        x[i] = at + h;
        const double above = value(context);
        x[i] = at - h;
        const double below = value(context);
        x[i] = at;
        const double difference = (above - below) / (2 * h);
        const double size = fmax(fabs(difference), fabs(gradient[i]));
        const double error = fabs(difference - gradient[i]) /
                             fmax(fmax(size, 1e-3 * most), 1e-6);
        if (!(error <= worst)) worst = isnan(error) ? INFINITY : error;
    }
    return worst;
}

#endif
