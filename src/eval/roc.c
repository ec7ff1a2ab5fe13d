/* SPDX-License-Identifier: Apache-2.0 */
/* roc.c - sort once, then read everything off the curve. */
#include "eval/roc.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

typedef struct item {
    double score;
    int trial;
} item;

/* Falling score; equal ones by their number, so that the order is one. */
static int compare(const void *a, const void *b) {
    const item *x = a, *y = b;
    if (x->score != y->score) return x->score > y->score ? -1 : 1;
    return (x->trial > y->trial) - (x->trial < y->trial);
}

mien_status mien_trials_sort(int **order, const mien_trials *trials) {
    const size_t n = (size_t)trials->n;
    *order = NULL;
    for (int i = 0; i < trials->n; i++)
        if (isnan(trials->score[i]))
            return mien_fail(MIEN_EINVAL,
                             "the score of trial %d is not a "
                             "number",
                             i);
    item *items = mien_alloc(n, sizeof *items);
    int *out = mien_alloc(n, sizeof *out);
    if (!items || !out) {
        mien_free(items);
        mien_free(out);
        return MIEN_ENOMEM;
    }
    for (int i = 0; i < trials->n; i++) items[i] = (item){trials->score[i], i};
    qsort(items, n, sizeof *items, compare);
    for (size_t i = 0; i < n; i++) out[i] = items[i].trial;
    mien_free(items);
    *order = out;
    return MIEN_OK;
}

static mien_status count_sides(mien_roc *roc, const mien_trials *trials) {
    for (int i = 0; i < trials->n; i++)
        trials->same[i] ? roc->genuines++ : roc->impostors++;
    if (roc->genuines && roc->impostors) return MIEN_OK;
    return mien_fail(MIEN_EDATA,
                     "%d pairs of the same and %d of different "
                     "people: a curve needs both",
                     roc->genuines, roc->impostors);
}

static void walk(mien_roc *roc, const mien_trials *trials, const int *order) {
    int genuine = 0, impostor = 0;
    roc->points[roc->n++] = (mien_roc_point){INFINITY, 0, 0};
    for (int i = 0; i < trials->n; i++) {
        const double score = trials->score[order[i]];
        trials->same[order[i]] ? genuine++ : impostor++;
        if (i + 1 < trials->n && trials->score[order[i + 1]] == score) continue;
        roc->points[roc->n++] =
            (mien_roc_point){score, (double)impostor / roc->impostors,
                             (double)genuine / roc->genuines};
    }
}

mien_status mien_roc_make(mien_roc *out, const mien_trials *trials) {
    int *order;
    *out = (mien_roc){0};
    MIEN_TRY(count_sides(out, trials));
    MIEN_TRY(mien_trials_sort(&order, trials));
    out->points = mien_alloc((size_t)trials->n + 1, sizeof *out->points);
    if (out->points) walk(out, trials, order);
    mien_free(order);
    return out->points ? MIEN_OK : MIEN_ENOMEM;
}

void mien_roc_close(mien_roc *roc) {
    mien_free(roc->points);
    *roc = (mien_roc){0};
}

double mien_roc_auc(const mien_roc *roc) {
    double area = 0;
    for (int i = 1; i < roc->n; i++) {
        const mien_roc_point *a = &roc->points[i - 1], *b = a + 1;
        area += (b->fmr - a->fmr) * (a->tmr + b->tmr) / 2;
    }
    return area;
}

/* On a line from a to b, FMR - FNMR = fmr + tmr - 1 goes from below zero to
 * zero or above. */
double mien_roc_eer(const mien_roc *roc) {
    for (int i = 1; i < roc->n; i++) {
        const mien_roc_point *a = &roc->points[i - 1], *b = a + 1;
        const double before = a->fmr + a->tmr - 1, after = b->fmr + b->tmr - 1;
        if (after < 0) continue;
        const double t = before / (before - after);
        return a->fmr + t * (b->fmr - a->fmr);
    }
    return NAN; /* not reached: the last point has fmr = tmr = 1 */
}

mien_status mien_roc_at(mien_roc_point *out, const mien_roc *roc, double fmr) {
    /* A hair of slack, so that 0.001 of 1000 is one impostor. */
    const double slack = 1e-9;
    if (!(fmr * roc->impostors >= 1 - slack) || fmr > 1)
        return mien_fail(MIEN_EINVAL,
                         "a FAR of %g cannot be shown by %d "
                         "pairs of different people; from 1/%d to 1 can",
                         fmr, roc->impostors, roc->impostors);
    *out = roc->points[0];
    for (int i = 1; i < roc->n; i++)
        if (roc->points[i].fmr <= fmr + slack / roc->impostors)
            *out = roc->points[i];
    return MIEN_OK;
}
