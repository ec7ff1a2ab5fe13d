/* SPDX-License-Identifier: Apache-2.0 */
/* ijb_templates.c - sum pictures into media and media into templates.
 *
 * Source: Whitelam et al., IARPA Janus Benchmark-B, CVPR workshops 2017; Maze
 *         et al., IARPA Janus Benchmark-C, ICB 2018. */
#include "eval/ijb_templates.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "eval/embed.h"
#include "eval/roc.h"

/* A picture's place among the sorted ones. */
typedef struct place {
    int template, media, picture;
} place;

static int compare(const void *a, const void *b) {
    const place *x = a, *y = b;
    if (x->template != y->template) return x->template <y->template ? -1 : 1;
    if (x->media != y->media) return x->media < y->media ? -1 : 1;
    return (x->picture > y->picture) - (x->picture < y->picture);
}

static mien_status make_room(mien_ijb_templates *t, const place *places,
                             int pictures) {
    for (int i = 0; i < pictures; i++)
        t->n += !i || places[i].template != places[i - 1].template;
    const size_t n = (size_t)t->n;
    size_t values;
    if (!mien_size_mul(&values, n, (size_t)t->width))
        return mien_fail(MIEN_ELIMIT, "%zu templates are too many", n);
    t->id = mien_alloc(n, sizeof *t->id);
    t->values = mien_alloc(values, sizeof *t->values);
    t->failed = mien_alloc(n, sizeof *t->failed);
    return t->id && t->values && t->failed ? MIEN_OK : MIEN_ENOMEM;
}

/* What a run needs beside its result. */
typedef struct job {
    const mien_ijb_lists *lists;
    const float *feature;
    const place *places;
    double *media, *sum; /* width of each */
    bool use_score;
} job;

/* Add the mean of the pictures of one media to the sum; returns the place
 * behind them. */
static int add_media(const job *j, int first, int width) {
    const place *p = &j->places[first];
    int i = first;
    memset(j->media, 0, (size_t)width * sizeof *j->media);
    for (; i < j->lists->pictures && j->places[i].template == p->template &&
           j->places[i].media == p->media;
         i++) {
        const int picture = j->places[i].picture;
        const float *x = j->feature + (size_t)picture * (size_t)width;
        const double weight =
            j->use_score ? (double)j->lists->picture[picture].score : 1;
        for (int c = 0; c < width; c++) j->media[c] += weight * (double)x[c];
    }
    for (int c = 0; c < width; c++) j->sum[c] += j->media[c] / (i - first);
    return i;
}

static void make_all(mien_ijb_templates *t, const job *j) {
    const int width = t->width;
    int at = 0;
    for (int k = 0; k < t->n; k++) {
        const int id = j->places[at].template;
        memset(j->sum, 0, (size_t)width * sizeof *j->sum);
        while (at < j->lists->pictures && j->places[at].template == id)
            at = add_media(j, at, width);
        float *to = t->values + (size_t)k * (size_t)width;
        for (int c = 0; c < width; c++) to[c] = (float)j->sum[c];
        t->id[k] = id;
        t->failed[k] = !mien_embedding_unit(to, width);
        t->n_failed += t->failed[k];
    }
}

mien_status mien_ijb_templates_make(mien_ijb_templates *t,
                                    const mien_ijb_lists *lists,
                                    const float *feature, int width,
                                    bool use_score) {
    const size_t n = (size_t)lists->pictures;
    place *places = mien_alloc(n, sizeof *places);
    double *work = mien_alloc(2 * (size_t)width, sizeof *work);
    *t = (mien_ijb_templates){.width = width};
    mien_status status = places && work ? MIEN_OK : MIEN_ENOMEM;
    for (size_t i = 0; i < n && places; i++)
        places[i] = (place){lists->picture[i].template, lists->picture[i].media,
                            (int)i};
    if (status == MIEN_OK) {
        qsort(places, n, sizeof *places, compare);
        status = make_room(t, places, lists->pictures);
    }
    if (status == MIEN_OK)
        make_all(t,
                 &(job){lists, feature, places, work, work + width, use_score});
    mien_free(places);
    mien_free(work);
    if (status != MIEN_OK) mien_ijb_templates_close(t);
    return status;
}

void mien_ijb_templates_close(mien_ijb_templates *t) {
    mien_free(t->id);
    mien_free(t->values);
    mien_free(t->failed);
    *t = (mien_ijb_templates){0};
}

static int compare_ids(const void *a, const void *b) {
    const int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

int mien_ijb_templates_find(const mien_ijb_templates *t, int id) {
    const int *at = bsearch(&id, t->id, (size_t)t->n, sizeof id, compare_ids);
    return at ? (int)(at - t->id) : -1;
}

double mien_ijb_templates_cosine(const mien_ijb_templates *t, int a, int b) {
    const float *x = t->values + (size_t)a * (size_t)t->width;
    const float *y = t->values + (size_t)b * (size_t)t->width;
    double dot = 0;
    if (t->failed[a] || t->failed[b]) return MIEN_SCORE_FAILED;
    for (int i = 0; i < t->width; i++) dot += (double)x[i] * y[i];
    return fmax(-1, fmin(1, dot));
}
