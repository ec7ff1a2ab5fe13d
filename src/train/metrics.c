/* SPDX-License-Identifier: Apache-2.0 */
/* metrics.c - count hits. */
#include "train/metrics.h"

#include <math.h>

/* A NaN anywhere counts against the label: it beats and never is beaten. */
int mien_rank_of(const float *scores, int n, int label) {
    int rank = 0;
    if (n == 1) return !(label == 1 ? scores[0] > 0 : scores[0] <= 0);
    const float own = scores[label];
    for (int i = 0; i < n; i++) {
        if (i == label || scores[i] < own) continue;
        if (!(scores[i] == own && i > label)) rank++;
    }
    return rank;
}

void mien_score_add(mien_score *score, const mien_result *result,
                    const int32_t *label, int n) {
    score->loss_sum += result->loss * n;
    score->samples += n;
    if (!label || !result->scores || result->n_scores < 1) return;
    for (int i = 0; i < n; i++) {
        const float *scores = result->scores + (size_t)i * result->n_scores;
        const int rank = mien_rank_of(scores, result->n_scores, label[i]);
        score->judged++;
        score->hits += rank == 0;
        if (result->n_scores <= 5) continue; /* it would always be 1 */
        score->ranked++;
        score->hits5 += rank < 5;
    }
}

static double share(int64_t part, int64_t whole) {
    return whole ? (double)part / (double)whole : NAN;
}

double mien_score_loss(const mien_score *score) {
    return score->samples ? score->loss_sum / (double)score->samples : NAN;
}

double mien_score_accuracy(const mien_score *score) {
    return share(score->hits, score->judged);
}

double mien_score_top5(const mien_score *score) {
    return share(score->hits5, score->ranked);
}
