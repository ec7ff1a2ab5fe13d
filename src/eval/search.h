/* SPDX-License-Identifier: Apache-2.0 */
/* search.h - one-to-many: searches of a gallery in which the person may be or
 * not, and their errors as NIST counts them.
 *
 *   FNIR(N, R, T) = mated searches whose mate is outside the top R or below T
 *                   / mated searches
 *   FPIR(N, T)    = non-mated searches with a candidate >= T
 *                   / non-mated searches
 *
 * A person's score is the best of their templates. People of equal score go
 * before the mate, so that a template that failed, which is as far from all,
 * finds nobody.
 * Source: ISO/IEC 19795-1:2021; Grother, Ngan, Hanaoka, Face Recognition
 *         Vendor Test part 2: identification, NIST IR 8271. */
#ifndef MIEN_EVAL_SEARCH_H
#define MIEN_EVAL_SEARCH_H

#include "eval/bootstrap.h"

/* Templates of unit length; failed ones are never found. */
typedef struct mien_search_gallery {
    const float *values; /* n x width */
    const bool *failed;  /* n */
    const int *person;   /* n: below people */
    int n, width, people;
} mien_search_gallery;

typedef struct mien_search {
    int person;  /* of the probe; people not in the gallery have numbers too */
    bool mated;  /* the person is in the gallery */
    double mate; /* the mate's score */
    int rank;    /* 1 + people who go before the mate; 0: not mated */
    double top;  /* of anybody */
} mien_search;

/* Search for one probe.
 *
 * Shapes: probe has width values; NULL: it failed. best has gallery->people
 *         scores to work with; those of people without templates stay -1. */
mien_search mien_search_one(const mien_search_gallery *gallery,
                            const float *probe, int person, double *best);

typedef struct mien_searches {
    mien_search *item; /* mated ones first, non-mated by falling score */
    int n, mated;
    int people; /* numbers of people that occur are below it */
} mien_searches;

/* Put them in order; needed before all that follows.
 *
 * Errors: MIEN_EDATA without both kinds. */
mien_status mien_searches_sort(mien_searches *s);

/* `times` says how often each person occurs; NULL: once. rank 0 is any. */
double mien_fnir(const mien_searches *s, int rank, double threshold,
                 const int *times);
double mien_fpir(const mien_searches *s, double threshold, const int *times);

/* The lowest threshold with FPIR <= fpir: a hair above the first score that is
 * too many; -1 when none is. */
double mien_fpir_threshold(const mien_searches *s, double fpir,
                           const int *times);

/* Tables "ranks" and "levels", the charts, with intervals by person. `fpir` 0:
 * powers of ten that the searches can show.
 *
 * Errors: MIEN_EINVAL for an FPIR that they cannot show; MIEN_ENOMEM. */
mien_status mien_searches_report(const mien_searches *s, double fpir,
                                 int gallery, mien_report *r);

#endif
