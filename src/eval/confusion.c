/* SPDX-License-Identifier: Apache-2.0 */
/* confusion.c - count answers by class.
 *
 * Wilson's interval: with p = part / whole, n = whole, z = 1.96,
 *
 *   (p + z^2 / 2n +- z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n) */
#include "eval/confusion.h"

#include <assert.h>
#include <math.h>

#include "base/mem.h"
#include "train/metrics.h"

mien_status mien_confusion_open(mien_confusion *out, int classes) {
    *out = (mien_confusion){.classes = classes};
    if (classes < 2)
        return mien_fail(MIEN_EINVAL, "%d classes cannot be told apart",
                         classes);
    const size_t n = (size_t)classes;
    const bool matrix = classes <= MIEN_CONFUSION_CLASSES;
    out->n = mien_alloc(3 * n, sizeof *out->n);
    if (out->n && matrix) out->cells = mien_alloc(n * n, sizeof *out->cells);
    if (!out->n || (matrix && !out->cells)) {
        mien_confusion_close(out);
        return MIEN_ENOMEM;
    }
    out->answered = out->n + n;
    out->hits = out->n + 2 * n;
    return MIEN_OK;
}

void mien_confusion_close(mien_confusion *confusion) {
    mien_free(confusion->n);
    mien_free(confusion->cells);
    *confusion = (mien_confusion){0};
}

int mien_answer_of(const float *scores, int n) {
    int best = 0;
    for (int i = 0; i < n; i++) {
        if (isnan(scores[i])) return -1;
        if (scores[i] > scores[best]) best = i;
    }
    return n == 1 ? scores[0] > 0 : best;
}

void mien_confusion_add(mien_confusion *k, const float *scores, int n_scores,
                        int label) {
    const int answer = mien_answer_of(scores, n_scores);
    assert(label >= 0 && label < k->classes && answer < k->classes);
    k->samples++;
    k->n[label]++;
    if (answer < 0) {
        k->unanswered++;
        return;
    }
    k->answered[answer]++;
    k->hits[label] += answer == label;
    k->hits_all += answer == label;
    k->hits5 += mien_rank_of(scores, n_scores, label) < 5;
    if (k->cells)
        k->cells[(size_t)label * (size_t)k->classes + (size_t)answer]++;
}

double mien_share(int64_t part, int64_t whole) {
    return whole ? (double)part / (double)whole : NAN;
}

double mien_confusion_accuracy(const mien_confusion *k) {
    return mien_share(k->hits_all, k->samples);
}

double mien_confusion_top5(const mien_confusion *k) {
    return k->classes > 5 ? mien_share(k->hits5, k->samples) : NAN;
}

void mien_wilson(double *low, double *high, int64_t part, int64_t whole) {
    const double z = 1.959963984540054, n = (double)whole;
    const double p = mien_share(part, whole), zz = z * z / n;
    const double centre = p + zz / 2;
    const double half = z * sqrt(p * (1 - p) / n + zz / (4 * n));
    *low = fmax(0, (centre - half) / (1 + zz));
    *high = fmin(1, (centre + half) / (1 + zz));
    if (!whole) *low = *high = NAN;
}
