/* SPDX-License-Identifier: Apache-2.0 */
/* metrics.h - loss, accuracy and top-5 over many batches.
 *
 *   mien_score score = {0};
 *   mien_score_add(&score, &result, labels, n);
 *   printf("%g\n", mien_score_accuracy(&score)); */
#ifndef MIEN_TRAIN_METRICS_H
#define MIEN_TRAIN_METRICS_H

#include "nn/runner.h"

typedef struct mien_score {
    double loss_sum;
    int64_t samples; /* that a loss was computed for */
    int64_t judged;  /* that had scores and a label */
    int64_t ranked;  /* of those, among more than five classes */
    int64_t hits, hits5;
} mien_score;

/* Count a batch of n. A sample with one score is class 1 when it is above 0;
 * else the largest score wins, the first of equals. A score that is not a
 * number never wins. */
void mien_score_add(mien_score *score, const mien_result *result,
                    const int32_t *label, int n);

/* NaN when nothing was counted. */
double mien_score_loss(const mien_score *score);
double mien_score_accuracy(const mien_score *score);
double mien_score_top5(const mien_score *score);

/* How many scores beat that of `label`: 0 means it is the answer. */
int mien_rank_of(const float *scores, int n, int label);

#endif
