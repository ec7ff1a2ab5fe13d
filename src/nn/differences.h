/* SPDX-License-Identifier: Apache-2.0 */
/* differences.h - a gradient against the differences of its function.
 *
 *   df/dx_i ~ (f(x + h e_i) - f(x - h e_i)) / 2h       error O(h^2)
 *
 * First along one random direction through all values, then for some values
 * alone. Where that does not agree the step is made smaller twice; if it never
 * agrees, and the slopes to the left and to the right differ by as much, then
 * x lies on a kink (relu at 0, the seam of a maximum): no derivative is right
 * there and the value is left out. What rounding alone may do is not held
 * against a gradient. */
#ifndef MIEN_NN_DIFFERENCES_H
#define MIEN_NN_DIFFERENCES_H

#include <stddef.h>

#include "base/fail.h"
#include "base/rng.h"
#include "mien/health.h"

enum { MIEN_ABOVE, MIEN_BELOW, MIEN_HERE, MIEN_SIDES };

/* A function of n values with the gradient that somebody claims it has. */
typedef struct mien_claim {
    double *x; /* n; moved and put back */
    const double *gradient;
    size_t n;
    const double *sizes; /* n: what is a small step for each; NULL: their rms */
    void *context;
    /* Compute the function at the present x and keep it as that side's. */
    void (*evaluate)(void *context, int side);
    /* What one side has over another; *noise: what rounding may add to it. */
    double (*rise)(void *context, int side, int over, double *noise);
} mien_claim;

typedef struct mien_claim_test {
    int values;       /* to check alone; they are spread over all */
    double tolerance; /* of the relative error */
    mien_rng rng;
} mien_claim_test;

/* Test the claim: fills the row, but for its name, and adds to *kinks.
 *
 * The error is relative to the larger of both slopes, or to a thousandth of
 * the largest in the gradient: what cancels to almost nothing is not asked for
 * digits that it cannot have. A slope that is not a number is infinitely
 * wrong.
 *
 * Errors: MIEN_ENOMEM. A claim that is wrong is none. */
mien_status mien_differences(mien_gradcheck_row *row, int *kinks,
                             const mien_claim *claim,
                             const mien_claim_test *test);

#endif
