/* SPDX-License-Identifier: Apache-2.0 */
/* folds.h - cross-validated accuracy: choose the threshold on all folds but
 * one, apply it to that one, in turn.
 *
 *   mien_fold_report report;
 *   MIEN_TRY(mien_folds_judge(&report, &trials));
 *   printf("%g +- %g\n", report.mean, report.se); */
#ifndef MIEN_EVAL_FOLDS_H
#define MIEN_EVAL_FOLDS_H

#include "eval/roc.h"

enum { MIEN_MAX_FOLDS = 100 };

typedef struct mien_fold_report {
    int folds;
    double accuracy[MIEN_MAX_FOLDS];
    double threshold[MIEN_MAX_FOLDS]; /* chosen on the other folds */
    double mean;
    double se; /* sd(n - 1) / sqrt(folds) */
    double sd; /* sd(n), as the papers with the common variant print */
} mien_fold_report;

/* Judge by score >= threshold, every threshold being tried.
 *
 * Those between two scores that occur in the other folds judge them alike and
 * their middle stands for all; among equally good ones the highest wins, which
 * accepts the fewest. MIEN_SCORE_FAILED is never accepted.
 *
 * Errors: MIEN_EINVAL for a NaN or a number of folds outside 2 to 100;
 *         MIEN_EDATA for an empty fold; MIEN_ENOMEM. */
mien_status mien_folds_judge(mien_fold_report *out, const mien_trials *trials);

/* Thresholds that may be chosen: count of them, first, first + step, ... */
typedef struct mien_grid {
    double first, step;
    int count;
} mien_grid;

/* Judge by the squared distance of unit vectors, 2 - 2 score, accepted when
 * below one of the grid's values; among equally good ones the first wins. The
 * report's thresholds are squared distances. MIEN_SCORE_FAILED is never
 * accepted.
 *
 * Errors: as above. */
mien_status mien_folds_judge_grid(mien_fold_report *out,
                                  const mien_trials *trials,
                                  const mien_grid *grid);

/* The threshold that mien_folds_judge() chooses when `held` is held out; -1
 * holds out nothing. INFINITY when accepting nothing is best.
 *
 * Shapes: order as mien_trials_sort() gives it. */
double mien_threshold_best(const mien_trials *trials, const int *order,
                           int held);

#endif
