/* SPDX-License-Identifier: Apache-2.0 */
/* bootstrap.c - draw with replacement, read percentiles. */
#include "eval/bootstrap.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

static const double budget = 4e9;

void mien_bootstrap_draw(int *times, int units, int b) {
    mien_rng rng = mien_rng_at(0, MIEN_RNG_EVAL, (uint32_t)b, 0);
    memset(times, 0, (size_t)units * sizeof *times);
    for (int i = 0; i < units; i++)
        times[mien_rng_below(&rng, (uint32_t)units)]++;
}

static int compare(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The value at a share of the way through sorted ones, by straight lines. */
static double percentile(const double *x, int n, double share) {
    const double at = share * (n - 1);
    const int i = (int)at;
    return i + 1 < n ? x[i] + (at - i) * (x[i + 1] - x[i]) : x[n - 1];
}

mien_interval mien_bootstrap_interval(double *x, int n) {
    int kept = 0;
    for (int i = 0; i < n; i++)
        if (isfinite(x[i])) x[kept++] = x[i];
    if (kept < 10) return mien_no_interval;
    qsort(x, (size_t)kept, sizeof *x, compare);
    return (mien_interval){percentile(x, kept, 0.025),
                           percentile(x, kept, 0.975)};
}

mien_interval mien_bootstrap_share(double *x, int draws, double share, int n) {
    const double rest = n > 0 ? pow(0.05, 1.0 / n) : NAN;
    if (share == 0) return (mien_interval){0, 1 - rest};
    if (share == 1) return (mien_interval){rest, 1};
    return mien_bootstrap_interval(x, draws);
}

void mien_bootstrap_state(mien_report *r, const char *unit, int draws) {
    char text[96];
    snprintf(text, sizeof text, "95 %%, bootstrap by %s, %d draws", unit,
             draws);
    mien_report_interval(r, text);
}

int mien_bootstrap_draws(double cost) {
    const double n = budget / fmax(cost, 1);
    return n >= MIEN_DRAWS         ? MIEN_DRAWS
           : n <= MIEN_LEAST_DRAWS ? MIEN_LEAST_DRAWS
                                   : (int)n;
}
