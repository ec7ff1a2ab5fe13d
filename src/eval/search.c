/* SPDX-License-Identifier: Apache-2.0 */
/* search.c - search, then count who was missed and who was taken for whom. */
#include "eval/search.h"

#include <math.h>
#include <stdlib.h>

#include "eval/roc.h"

static double cosine(const float *x, const float *y, int n) {
    double dot = 0;
    for (int i = 0; i < n; i++) dot += (double)x[i] * y[i];
    return fmax(-1, fmin(1, dot));
}

mien_search mien_search_one(const mien_search_gallery *g, const float *probe,
                            int person, double *best) {
    mien_search s = {
        .person = person, .mate = MIEN_SCORE_FAILED, .top = MIEN_SCORE_FAILED};
    for (int p = 0; p < g->people; p++) best[p] = MIEN_SCORE_FAILED;
    for (int i = 0; i < g->n; i++) {
        s.mated |= g->person[i] == person;
        if (!probe || g->failed[i]) continue;
        const double score =
            cosine(probe, g->values + (size_t)i * (size_t)g->width, g->width);
        best[g->person[i]] = fmax(best[g->person[i]], score);
        s.top = fmax(s.top, score);
    }
    if (!s.mated) return s;
    s.mate = best[person];
    s.rank = 1;
    for (int p = 0; p < g->people; p++)
        s.rank += p != person && best[p] >= s.mate;
    return s;
}

static int compare(const void *x, const void *y) {
    const mien_search *a = x, *b = y;
    if (a->mated != b->mated) return a->mated ? -1 : 1;
    const double s = a->mated ? a->mate : a->top;
    const double t = b->mated ? b->mate : b->top;
    if (s != t) return s > t ? -1 : 1;
    return (a->person > b->person) - (a->person < b->person);
}

mien_status mien_searches_sort(mien_searches *s) {
    s->mated = s->people = 0;
    for (int i = 0; i < s->n; i++) {
        s->mated += s->item[i].mated;
        if (s->people <= s->item[i].person) s->people = s->item[i].person + 1;
    }
    if (!s->mated || s->mated == s->n)
        return mien_fail(MIEN_EDATA,
                         "%d mated and %d non-mated searches: an open set has "
                         "both",
                         s->mated, s->n - s->mated);
    qsort(s->item, (size_t)s->n, sizeof *s->item, compare);
    return MIEN_OK;
}

static double weight_of(const mien_search *s, const int *times) {
    return times ? times[s->person] : 1;
}

double mien_fnir(const mien_searches *s, int rank, double threshold,
                 const int *times) {
    double missed = 0, all = 0;
    for (int i = 0; i < s->mated; i++) {
        const mien_search *x = &s->item[i];
        const double weight = weight_of(x, times);
        all += weight;
        if ((rank && x->rank > rank) || x->mate < threshold) missed += weight;
    }
    return all > 0 ? missed / all : NAN;
}

double mien_fpir(const mien_searches *s, double threshold, const int *times) {
    double found = 0, all = 0;
    for (int i = s->mated; i < s->n; i++) {
        const double weight = weight_of(&s->item[i], times);
        all += weight;
        if (s->item[i].top >= threshold) found += weight;
    }
    return all > 0 ? found / all : NAN;
}

double mien_fpir_threshold(const mien_searches *s, double fpir,
                           const int *times) {
    double all = 0, n = 0;
    for (int i = s->mated; i < s->n; i++) all += weight_of(&s->item[i], times);
    for (int i = s->mated; i < s->n; i++) {
        n += weight_of(&s->item[i], times);
        if (n > fpir * all + 1e-9) return nextafter(s->item[i].top, INFINITY);
    }
    return MIEN_SCORE_FAILED;
}
