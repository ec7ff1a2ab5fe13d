/* SPDX-License-Identifier: Apache-2.0 */
/* roc.h - what a threshold would let through, for every threshold at once.
 *
 *   mien_roc roc;
 *   MIEN_TRY(mien_roc_make(&roc, &trials));
 *   printf("%g %g\n", mien_roc_auc(&roc), mien_roc_eer(&roc));
 *   mien_roc_close(&roc);
 *
 * A trial is accepted when its score >= the threshold. FMR is the share of
 * impostor trials accepted (FAR in the older words of LFW), TMR that of the
 * genuine ones (VAL, TAR); FNMR = 1 - TMR. */
#ifndef MIEN_EVAL_ROC_H
#define MIEN_EVAL_ROC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fail.h"

/* Comparisons and what they should have said. A higher score means more
 * alike; a comparison that failed has the score MIEN_SCORE_FAILED. */
#define MIEN_SCORE_FAILED (-1.0)

typedef struct mien_trials {
    const double *score; /* n, none of them NaN */
    const bool *same;    /* n: whether both are of one person */
    const int *fold;     /* n: 0..folds-1; NULL where there are no folds */
    int n, folds;
} mien_trials;

/* The numbers of trials, ordered by falling score.
 *
 * Owns:   *order is the caller's, mien_free() it.
 * Errors: MIEN_EINVAL for a NaN, MIEN_ENOMEM. */
mien_status mien_trials_sort(int **order, const mien_trials *trials);

/* One point for each score that occurs, falling, behind a first point that
 * accepts nothing: threshold infinity, fmr 0, tmr 0. */
typedef struct mien_roc_point {
    double threshold, fmr, tmr;
} mien_roc_point;

typedef struct mien_roc {
    mien_roc_point *points;
    int n;
    int genuines, impostors;
} mien_roc;

/* Errors: MIEN_EDATA without both genuine and impostor trials; MIEN_EINVAL
 *         for a NaN; MIEN_ENOMEM. */
mien_status mien_roc_make(mien_roc *out, const mien_trials *trials);
void mien_roc_close(mien_roc *roc);

/* The area under TMR over FMR by trapezoids: how often a random genuine score
 * is above a random impostor's, ties counted half. */
double mien_roc_auc(const mien_roc *roc);

/* Where FMR = FNMR, on the straight lines between the points. */
double mien_roc_eer(const mien_roc *roc);

/* The point with the largest TMR among those with FMR <= fmr.
 *
 * Errors: MIEN_EINVAL for an fmr below 1 / impostors: fewer than one impostor
 *         says nothing; or above 1. */
mien_status mien_roc_at(mien_roc_point *out, const mien_roc *roc, double fmr);

#endif
