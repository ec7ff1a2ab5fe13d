/* SPDX-License-Identifier: Apache-2.0 */
/* confusion.h - who was taken for whom.
 *
 *   mien_confusion k;
 *   MIEN_TRY(mien_confusion_open(&k, 40));
 *   mien_confusion_add(&k, scores, n_scores, label);
 *   mien_confusion_close(&k); */
#ifndef MIEN_EVAL_CONFUSION_H
#define MIEN_EVAL_CONFUSION_H

#include <stdint.h>

#include "base/fail.h"

/* The matrix is kept up to this many classes, else only its sums. */
enum { MIEN_CONFUSION_CLASSES = 4096 };

typedef struct mien_confusion {
    int classes;
    int64_t *n, *answered, *hits; /* by class: samples, answers, both */
    int64_t *cells; /* [truth * classes + answer], or NULL: too many */
    int64_t samples, unanswered;
    int64_t hits_all, hits5; /* first, and among the first five */
} mien_confusion;

/* Errors: MIEN_EINVAL for fewer than two classes, MIEN_ENOMEM; *out is then
 *         empty. */
mien_status mien_confusion_open(mien_confusion *out, int classes);
void mien_confusion_close(mien_confusion *confusion);

/* Count one sample. With one score the answer is class 1 if it is above 0;
 * else the largest, the first of equals. Scores with a NaN among them answer
 * nothing. */
void mien_confusion_add(mien_confusion *confusion, const float *scores,
                        int n_scores, int label);

/* The answer to scores, -1 for none. */
int mien_answer_of(const float *scores, int n);

/* 0 to 1; NaN when there is nothing to divide by. Top-5 is NaN with five
 * classes or fewer, where it would always be 1. */
double mien_confusion_accuracy(const mien_confusion *confusion);
double mien_confusion_top5(const mien_confusion *confusion);
double mien_share(int64_t part, int64_t whole);

/* The 95 % interval of a share, by Wilson's score.
 *
 * Source: Wilson, Probable inference, JASA 22, 1927. */
void mien_wilson(double *low, double *high, int64_t part, int64_t whole);

#endif
