/* SPDX-License-Identifier: Apache-2.0 */
/* folds.c - accuracy with the threshold from the other folds. */
#include "eval/folds.h"

#include <math.h>

#include "base/mem.h"

/* Between two neighbouring scores; `high` itself when nothing lies between. */
static double middle(double low, double high) {
    const double m = low + (high - low) / 2;
    return m > low ? m : high;
}

double mien_threshold_best(const mien_trials *t, const int *order, int held) {
    /* Going down the scores, `gain` is how many more trials are right than
     * when nothing is accepted: genuines accepted - impostors accepted. */
    double threshold = INFINITY, last = INFINITY;
    int gain = 0, best = 0;
    for (int i = 0; i <= t->n; i++) {
        const bool end = i == t->n;
        if (!end && t->fold && t->fold[order[i]] == held) continue;
        double score = end ? last : t->score[order[i]];
        const bool failed = score <= MIEN_SCORE_FAILED;
        if (failed) score = MIEN_SCORE_FAILED;
        if (gain > best && (end || score < last)) {
            best = gain;
            threshold = middle(score, last);
        }
        if (end || failed) break;
        gain += t->same[order[i]] ? 1 : -1;
        last = score;
    }
    return threshold;
}

static mien_status check(const mien_trials *t) {
    int count[MIEN_MAX_FOLDS] = {0};
    if (t->folds < 2 || t->folds > MIEN_MAX_FOLDS)
        return mien_fail(MIEN_EINVAL, "%d folds are not 2 to %d", t->folds,
                         MIEN_MAX_FOLDS);
    for (int i = 0; i < t->n; i++) {
        count[t->fold[i]]++;
        if (isnan(t->score[i]))
            return mien_fail(MIEN_EINVAL,
                             "the score of trial %d is not a "
                             "number",
                             i);
    }
    for (int f = 0; f < t->folds; f++)
        if (!count[f])
            return mien_fail(MIEN_EDATA, "fold %d of %d has no pair", f + 1,
                             t->folds);
    return MIEN_OK;
}

static void summarise(mien_fold_report *r) {
    double sum = 0, square = 0;
    for (int f = 0; f < r->folds; f++) sum += r->accuracy[f];
    r->mean = sum / r->folds;
    for (int f = 0; f < r->folds; f++)
        square += (r->accuracy[f] - r->mean) * (r->accuracy[f] - r->mean);
    r->sd = sqrt(square / r->folds);
    r->se = sqrt(square / (r->folds - 1)) / sqrt(r->folds);
}

/* The share of a fold that is right when scores of at least `threshold` are
 * accepted. */
static double accuracy_at(const mien_trials *t, int fold, double threshold) {
    int right = 0, count = 0;
    for (int i = 0; i < t->n; i++) {
        if (t->fold[i] != fold) continue;
        count++;
        right += (t->score[i] >= threshold) == t->same[i];
    }
    return (double)right / count;
}

mien_status mien_folds_judge(mien_fold_report *out, const mien_trials *trials) {
    int *order;
    *out = (mien_fold_report){.folds = trials->folds};
    MIEN_TRY(check(trials));
    MIEN_TRY(mien_trials_sort(&order, trials));
    for (int f = 0; f < trials->folds; f++) {
        out->threshold[f] = mien_threshold_best(trials, order, f);
        out->accuracy[f] = accuracy_at(trials, f, out->threshold[f]);
    }
    mien_free(order);
    summarise(out);
    return MIEN_OK;
}

static bool within(double score, double distance) {
    return score > MIEN_SCORE_FAILED && 2 - 2 * score < distance;
}

/* right[fold * count + k]: trials of the fold that grid value k judges right;
 * total[k]: those of all folds. */
static void count_right(int *right, int *total, const mien_trials *t,
                        const mien_grid *grid) {
    for (int i = 0; i < t->n; i++)
        for (int k = 0; k < grid->count; k++) {
            const double value = grid->first + grid->step * k;
            if (within(t->score[i], value) != t->same[i]) continue;
            right[t->fold[i] * grid->count + k]++;
            total[k]++;
        }
}

mien_status mien_folds_judge_grid(mien_fold_report *out,
                                  const mien_trials *trials,
                                  const mien_grid *grid) {
    int size[MIEN_MAX_FOLDS] = {0};
    *out = (mien_fold_report){.folds = trials->folds};
    MIEN_TRY(check(trials));
    const size_t cells = (size_t)(trials->folds + 1) * (size_t)grid->count;
    int *right = mien_alloc(cells, sizeof *right);
    if (!right) return MIEN_ENOMEM;
    int *total = right + (size_t)trials->folds * (size_t)grid->count;
    count_right(right, total, trials, grid);
    for (int i = 0; i < trials->n; i++) size[trials->fold[i]]++;
    for (int f = 0; f < trials->folds; f++) {
        const int *own = right + (size_t)f * (size_t)grid->count;
        int best = 0;
        for (int k = 1; k < grid->count; k++)
            if (total[k] - own[k] > total[best] - own[best]) best = k;
        out->threshold[f] = grid->first + grid->step * best;
        out->accuracy[f] = (double)own[best] / size[f];
    }
    mien_free(right);
    summarise(out);
    return MIEN_OK;
}
