/* SPDX-License-Identifier: Apache-2.0 */
/* lookup.c - the people nearest to each of some probes, exactly. */
#include "gallery/lookup.h"

#include <stdlib.h>

#include "base/mem.h"
#include "gallery/code.h"

enum { CHUNK = 256 }; /* rows whose sums are looked at together */

/* One pass: up to MIEN_SCAN_PROBES probes over all rows. */
typedef struct pass {
    const mien_lookup *how;
    int n, tasks;
    int8_t *probes; /* n x stride */
    int32_t sums[MIEN_SCAN_PROBES];
    float scales[MIEN_SCAN_PROBES];
    mien_picks *picks; /* tasks x MIEN_SCAN_PROBES */
} pass;

static mien_status look_at(mien_picks *picks, const mien_segment *s,
                           int segment, size_t first, const float *scores,
                           size_t n) {
    for (size_t r = 0; r < n; r++) {
        if (scores[r] < mien_picks_least(picks)) continue;
        const size_t row = first + r;
        MIEN_TRY(mien_picks_offer(
            picks, &(mien_candidate){s->ids[row], s->persons[row], scores[r],
                                     segment, row}));
    }
    return MIEN_OK;
}

static mien_status scan_chunk(const pass *p, mien_picks *picks, int segment,
                              size_t first, size_t n) {
    const mien_segment *s = p->how->segments[segment];
    int32_t dots[MIEN_SCAN_PROBES * CHUNK];
    float scores[CHUNK];
    p->how->scan->dots(dots, s->codes + first * s->stride, n, s->stride,
                       p->probes, p->n);
    for (int i = 0; i < p->n; i++) {
        const int32_t *dot = dots + (size_t)i * n;
        float best = -2;
        for (size_t r = 0; r < n; r++) {
            scores[r] = (float)(dot[r] - p->sums[i]) * s->scales[first + r] *
                        p->scales[i];
            best = scores[r] > best ? scores[r] : best;
        }
        if (best >= mien_picks_least(&picks[i]))
            MIEN_TRY(look_at(&picks[i], s, segment, first, scores, n));
    }
    return MIEN_OK;
}

/* A task takes the same share of the chunks of each segment. */
static mien_status scan_share(void *context, int task, int worker) {
    const pass *p = context;
    (void)worker;
    mien_picks *picks = p->picks + (size_t)task * MIEN_SCAN_PROBES;
    for (int k = 0; k < p->how->n_segments; k++) {
        const size_t rows = p->how->segments[k]->n;
        const size_t chunks = (rows + CHUNK - 1) / CHUNK;
        const size_t tasks = (size_t)p->tasks, t = (size_t)task;
        for (size_t c = chunks * t / tasks; c < chunks * (t + 1) / tasks; c++) {
            const size_t first = c * CHUNK, left = rows - first;
            MIEN_TRY(
                scan_chunk(p, picks, k, first, left < CHUNK ? left : CHUNK));
        }
    }
    return MIEN_OK;
}

static int best_first(const void *x, const void *y) {
    const mien_candidate *a = x, *b = y;
    if (a->score != b->score) return a->score > b->score ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
}

/* Replace coded scores by true ones and each person by the best of theirs. */
static mien_status rank(mien_candidate *out, int *count, const mien_lookup *how,
                        const float *probe, mien_picks *picks) {
    const int width = how->segments[0]->width;
    float *x = mien_alloc((size_t)width, sizeof *x);
    if (!x) return MIEN_ENOMEM;
    mien_status status = MIEN_OK;
    size_t kept = 0;
    for (size_t i = 0; i < picks->n && status == MIEN_OK; i++) {
        mien_candidate c = picks->items[i];
        bool there;
        status = how->fetch(how->context, x, &there, &c);
        if (status != MIEN_OK || !there) continue;
        c.score = mien_code_cosine(x, probe, width);
        if (c.score < how->floor) continue;
        if (kept == 0 || picks->items[kept - 1].person != c.person)
            picks->items[kept++] = c;
        else if (best_first(&c, &picks->items[kept - 1]) < 0)
            picks->items[kept - 1] = c;
    }
    mien_free(x);
    if (status != MIEN_OK) return status;
    if (kept) qsort(picks->items, kept, sizeof *picks->items, best_first);
    *count = kept < (size_t)how->top ? (int)kept : how->top;
    for (int i = 0; i < *count; i++) out[i] = picks->items[i];
    return MIEN_OK;
}

/* What the shares found of each probe goes together, and is ranked. */
static mien_status conclude(mien_candidate *out, int *counts, const pass *p,
                            int first) {
    for (int i = 0; i < p->n; i++) {
        mien_picks *picks = &p->picks[i];
        for (int t = 1; t < p->tasks; t++)
            MIEN_TRY(mien_picks_join(
                picks, &p->picks[(size_t)t * MIEN_SCAN_PROBES + (size_t)i]));
        mien_picks_settle(picks);
        MIEN_TRY(rank(out + (size_t)i * (size_t)p->how->top, &counts[i], p->how,
                      p->how->probes[first + i], picks));
    }
    return MIEN_OK;
}

static mien_status prepare(pass *p, int first) {
    const mien_lookup *how = p->how;
    const mien_segment *s = how->segments[0];
    float error = 0;
    for (int k = 0; k < how->n_segments; k++)
        if (how->segments[k]->error > error) error = how->segments[k]->error;
    for (int i = 0; i < p->n; i++) {
        const mien_code code =
            mien_code_probe(p->probes + (size_t)i * s->stride, &p->sums[i],
                            how->probes[first + i], s->width);
        p->scales[i] = code.scale;
        const float margin = 2 * mien_code_bound(error, code.error);
        for (int t = 0; t < p->tasks; t++)
            MIEN_TRY(mien_picks_open(
                &p->picks[(size_t)t * MIEN_SCAN_PROBES + (size_t)i], how->top,
                how->floor, margin));
    }
    return MIEN_OK;
}

static mien_status run_pass(mien_candidate *out, int *counts, pass *p,
                            int first) {
    const size_t n_picks = (size_t)p->tasks * MIEN_SCAN_PROBES;
    const int left = p->how->n - first;
    p->n = left < MIEN_SCAN_PROBES ? left : MIEN_SCAN_PROBES;
    p->picks = mien_alloc(n_picks, sizeof *p->picks);
    if (!p->picks) return MIEN_ENOMEM;
    mien_status status = prepare(p, first);
    if (status == MIEN_OK)
        status = p->tasks == 1
                     ? scan_share(p, 0, 0)
                     : mien_pool_run(p->how->pool, p->tasks, scan_share, p);
    if (status == MIEN_OK) status = conclude(out, counts, p, first);
    for (size_t i = 0; i < n_picks; i++) mien_picks_close(&p->picks[i]);
    mien_free(p->picks);
    return status;
}

mien_status mien_lookup_run(mien_candidate *out, int *counts,
                            const mien_lookup *how) {
    pass p = {.how = how,
              .tasks = how->pool ? mien_pool_threads(how->pool) : 1};
    mien_status status = MIEN_OK;
    for (int i = 0; i < how->n; i++) counts[i] = 0;
    if (how->n_segments == 0 || how->n == 0) return MIEN_OK;
    p.probes = mien_alloc(MIEN_SCAN_PROBES, how->segments[0]->stride);
    if (!p.probes) return MIEN_ENOMEM;
    for (int i = 0; i < how->n && status == MIEN_OK; i += MIEN_SCAN_PROBES)
        status =
            run_pass(out + (size_t)i * (size_t)how->top, counts + i, &p, i);
    mien_free(p.probes);
    return status;
}
