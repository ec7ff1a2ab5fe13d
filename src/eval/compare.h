/* SPDX-License-Identifier: Apache-2.0 */
/* compare.h - comparisons between people, and the errors of thresholds on
 * them as NIST and ISO/IEC 19795 count them.
 *
 *   FMR(T)  = impostor scores >= T / impostor comparisons
 *   FNMR(T) = genuine scores < T / genuine comparisons
 *
 * A comparison with a template that failed has the score MIEN_SCORE_FAILED
 * and so is a non-match at any threshold above it.
 *
 *   mien_comparisons c = {0};
 *   MIEN_TRY(mien_comparisons_add(&c, score, a, b));  (people a and b)
 *   MIEN_TRY(mien_comparisons_sort(&c));
 *   mien_det_at(points, levels, n, &c, NULL);
 *   mien_comparisons_close(&c); */
#ifndef MIEN_EVAL_COMPARE_H
#define MIEN_EVAL_COMPARE_H

#include <stdint.h>

#include "eval/bootstrap.h"
#include "eval/roc.h"

enum { MIEN_MAX_COMPARISONS = 1 << 26 };

/* Of templates of people a and b: genuine when a = b. */
typedef struct mien_comparison {
    double score;
    int a, b;
} mien_comparison;

typedef struct mien_comparisons {
    mien_comparison *item;
    int64_t n, room;
    int64_t genuines, impostors;
    int people; /* 1 + the largest of the numbers */
} mien_comparisons;

/* Errors: MIEN_EINVAL for a score that is not a number, MIEN_ELIMIT for too
 *         many, MIEN_ENOMEM. */
mien_status mien_comparisons_add(mien_comparisons *c, double score, int a,
                                 int b);
/* By falling score; needed before all that follows.
 *
 * Errors: MIEN_EDATA without both genuine and impostor comparisons. */
mien_status mien_comparisons_sort(mien_comparisons *c);
void mien_comparisons_close(mien_comparisons *c);

/* One threshold and its errors. */
typedef struct mien_det_point {
    double threshold, fmr, fnmr;
} mien_det_point;

/* The lowest threshold among the scores that occur with FMR <= each level;
 * INFINITY where even the highest score has more. `times` says how often each
 * person occurs (bootstrap.h), NULL: once. NaNs where no impostor or no
 * genuine comparison is left.
 *
 * Shapes: out and level have n; levels rise. */
void mien_det_at(mien_det_point *out, const double *level, int n,
                 const mien_comparisons *c, const int *times);

/* The errors of a threshold. */
mien_det_point mien_det_of(double threshold, const mien_comparisons *c,
                           const int *times);

/* Where FMR = FNMR, on the straight lines between the points. */
double mien_det_eer(const mien_comparisons *c, const int *times);

/* At most `most` points of the curve, from the strictest threshold on: those
 * that lie apart on logarithmic axes. Returns how many.
 *
 * Shapes: out takes most. */
int mien_det_curve(mien_det_point *out, int most, const mien_comparisons *c);

/* Whether so many comparisons can show the rate: at least one of them.
 *
 * Errors: MIEN_EINVAL names what can; `what` is "FMR", "FAR", ... */
mien_status mien_rate_check(double rate, int64_t n, const char *what,
                            const char *of);

/* Powers of ten from 1e-6 to .1 that n comparisons can show; returns how many.
 *
 * Shapes: level takes 6. */
int mien_rate_levels(double level[6], int64_t n);

#endif
