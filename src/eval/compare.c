/* SPDX-License-Identifier: Apache-2.0 */
/* compare.c - sort once, then walk from the highest score down. */
#include "eval/compare.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

/* So that 0.001 of 1000 is one. */
static const double slack = 1e-9;

mien_status mien_comparisons_add(mien_comparisons *c, double score, int a,
                                 int b) {
    if (isnan(score))
        return mien_fail(MIEN_EINVAL, "the score of comparison %lld is none",
                         (long long)c->n + 1);
    if (c->n == c->room) {
        const int64_t room = c->room ? 2 * c->room : 1024;
        if (room > MIEN_MAX_COMPARISONS)
            return mien_fail(MIEN_ELIMIT,
                             "over %d comparisons; take fewer pictures",
                             MIEN_MAX_COMPARISONS / 2);
        void *more = mien_realloc(c->item, (size_t)room, sizeof *c->item);
        if (!more) return MIEN_ENOMEM;
        c->item = more;
        c->room = room;
    }
    assert(a >= 0 && b >= 0);
    c->item[c->n++] = (mien_comparison){score, a, b};
    if (a == b)
        c->genuines++;
    else
        c->impostors++;
    const int larger = a > b ? a : b;
    if (c->people <= larger) c->people = larger + 1;
    return MIEN_OK;
}

static int compare(const void *x, const void *y) {
    const mien_comparison *a = x, *b = y;
    if (a->score != b->score) return a->score > b->score ? -1 : 1;
    if (a->a != b->a) return a->a < b->a ? -1 : 1;
    return (a->b > b->b) - (a->b < b->b);
}

mien_status mien_comparisons_sort(mien_comparisons *c) {
    if (!c->genuines || !c->impostors)
        return mien_fail(MIEN_EDATA,
                         "%lld comparisons of the same and %lld of different "
                         "people: errors of both kinds need both",
                         (long long)c->genuines, (long long)c->impostors);
    qsort(c->item, (size_t)c->n, sizeof *c->item, compare);
    return MIEN_OK;
}

void mien_comparisons_close(mien_comparisons *c) {
    mien_free(c->item);
    *c = (mien_comparisons){0};
}

/* ---- walking ---------------------------------------------------------- */

/* How far a walk is: what has been accepted so far, of what. */
typedef struct walk {
    const mien_comparisons *c;
    const int *times;
    int64_t at;
    double genuine, impostor, genuines, impostors;
    double score; /* of what was accepted last */
} walk;

static double weight_of(const walk *w, const mien_comparison *i) {
    if (!w->times) return 1;
    const double a = w->times[i->a];
    return i->a == i->b ? a : a * w->times[i->b];
}

static walk begin(const mien_comparisons *c, const int *times) {
    walk w = {.c = c,
              .times = times,
              .genuines = (double)c->genuines,
              .impostors = (double)c->impostors,
              .score = INFINITY};
    if (!times) return w;
    w.genuines = w.impostors = 0;
    for (int64_t i = 0; i < c->n; i++) {
        const double weight = weight_of(&w, &c->item[i]);
        if (c->item[i].a == c->item[i].b)
            w.genuines += weight;
        else
            w.impostors += weight;
    }
    return w;
}

/* Accept all of the next score; false at the end. */
static bool step(walk *w) {
    const mien_comparisons *c = w->c;
    if (w->at == c->n) return false;
    w->score = c->item[w->at].score;
    for (; w->at < c->n && c->item[w->at].score == w->score; w->at++) {
        const double weight = weight_of(w, &c->item[w->at]);
        if (c->item[w->at].a == c->item[w->at].b)
            w->genuine += weight;
        else
            w->impostor += weight;
    }
    return true;
}

static mien_det_point here(const walk *w) {
    return (mien_det_point){
        w->score, w->impostors > 0 ? w->impostor / w->impostors : NAN,
        w->genuines > 0 ? 1 - w->genuine / w->genuines : NAN};
}

void mien_det_at(mien_det_point *out, const double *level, int n,
                 const mien_comparisons *c, const int *times) {
    walk w = begin(c, times);
    const bool some = w.genuines > 0 && w.impostors > 0;
    for (int k = 0; k < n; k++)
        out[k] = some ? here(&w) : (mien_det_point){NAN, NAN, NAN};
    for (int first = 0; some && first < n && step(&w);) {
        const mien_det_point p = here(&w);
        const double room = slack / w.impostors;
        while (first < n && p.fmr > level[first] + room) first++;
        for (int k = first; k < n; k++) out[k] = p;
    }
}

mien_det_point mien_det_of(double threshold, const mien_comparisons *c,
                           const int *times) {
    walk w = begin(c, times);
    while (w.at < c->n && c->item[w.at].score >= threshold) step(&w);
    mien_det_point p = here(&w);
    p.threshold = threshold;
    return p;
}

double mien_det_eer(const mien_comparisons *c, const int *times) {
    walk w = begin(c, times);
    if (!(w.genuines > 0 && w.impostors > 0)) return NAN;
    mien_det_point a = here(&w);
    while (step(&w)) {
        const mien_det_point b = here(&w);
        const double before = a.fmr - a.fnmr, after = b.fmr - b.fnmr;
        if (after >= 0)
            return a.fmr + before / (before - after) * (b.fmr - a.fmr);
        a = b;
    }
    return NAN; /* not reached: at the end FMR is 1 and FNMR 0 */
}

/* ---- the curve -------------------------------------------------------- */

static bool apart(double a, double b) {
    const double step = 0.01;
    if (a == b) return false;
    return !(a > 0 && b > 0) || fabs(log10(a / b)) > step;
}

int mien_det_curve(mien_det_point *out, int most, const mien_comparisons *c) {
    walk w = begin(c, NULL);
    int n = 0;
    if (most > 0) out[n++] = here(&w);
    while (n < most && step(&w)) {
        const mien_det_point p = here(&w), *last = &out[n - 1];
        if (apart(p.fmr, last->fmr) || apart(p.fnmr, last->fnmr)) out[n++] = p;
    }
    return n;
}

/* ---- rates ------------------------------------------------------------ */

mien_status mien_rate_check(double rate, int64_t n, const char *what,
                            const char *of) {
    if (rate * (double)n >= 1 - slack && rate <= 1) return MIEN_OK;
    return mien_fail(MIEN_EINVAL,
                     "%s %g cannot be shown by %lld %s; from 1/%lld to 1 can",
                     what, rate, (long long)n, of, (long long)n);
}

int mien_rate_levels(double level[6], int64_t n) {
    static const double all[] = {1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1};
    int count = 0;
    for (int i = 0; i < 6; i++)
        if (all[i] * (double)n >= 1 - slack) level[count++] = all[i];
    return count;
}
