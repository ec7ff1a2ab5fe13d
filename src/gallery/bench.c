/* SPDX-License-Identifier: Apache-2.0 */
/* bench.c - time searches of a gallery in a temporary folder.
 *
 * People are directions drawn at random, their photos lie around them so that
 * two of them have a cosine of about .6. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/folder.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/usage.h"
#include "gallery/scan/scan.h"
#include "mien/bench.h"
#include "mien/gallery.h"

enum {
    PHOTOS = 3,
    PROBES = 128,
    PASS = 8,
    LEAST_ROUNDS = 5,
    MOST_ROUNDS = 100000,
    PORTION = 3000, /* templates a transaction */
    LANES = 16
};

typedef struct stand {
    const mien_bench_search_options *o;
    char folder[512], path[600];
    mien_gallery *gallery;
    float *x;      /* size x width */
    float *probes; /* PROBES x width */
    double *ours, *plain, *together;
    int rounds, same;
} stand;

void mien_bench_search_defaults(mien_bench_search_options *options) {
    *options = (mien_bench_search_options){
        .size = 100000, .width = 512, .threads = 1, .seconds = 3};
}

/* ---- the people ---- */

/* A photo of a person. */
static void draw(float *x, int width, uint32_t person, uint32_t photo) {
    mien_rng who = mien_rng_at(11, MIEN_RNG_EVAL, person, 0);
    mien_rng how = mien_rng_at(12, MIEN_RNG_EVAL, person, photo);
    double sum = 0;
    for (int i = 0; i < width; i++) {
        x[i] = (float)(mien_rng_normal(&who) + 0.85 * mien_rng_normal(&how));
        sum += (double)x[i] * (double)x[i];
    }
    const float scale = (float)(1 / sqrt(sum));
    for (int i = 0; i < width; i++) x[i] *= scale;
}

static void draw_all(stand *s) {
    const size_t width = (size_t)s->o->width;
    const uint32_t people = (uint32_t)(s->o->size + PHOTOS - 1) / PHOTOS;
    for (int i = 0; i < s->o->size; i++)
        draw(s->x + (size_t)i * width, s->o->width, (uint32_t)(i / PHOTOS),
             (uint32_t)(i % PHOTOS));
    for (uint32_t p = 0; p < PROBES; p++) {
        const uint32_t known = (uint32_t)((uint64_t)p * people / PROBES);
        draw(s->probes + p * width, s->o->width, p % 2 ? 1u << 30 | p : known,
             1000 + p);
    }
}

/* ---- the gallery ---- */

static mien_status enrol_some(stand *s, int first, int end) {
    mien_status status = mien_gallery_begin(s->gallery);
    for (int i = first; i < end && status == MIEN_OK; i += PHOTOS) {
        mien_template t[PHOTOS];
        char name[32];
        int n = 0;
        for (; n < PHOTOS && i + n < end; n++)
            t[n] = (mien_template){s->x + (size_t)(i + n) * (size_t)s->o->width,
                                   "", (double)NAN};
        snprintf(name, sizeof name, "person %d", i / PHOTOS);
        status = mien_gallery_enrol(s->gallery, NULL, name, t, n);
    }
    if (status == MIEN_OK) return mien_gallery_commit(s->gallery);
    mien_gallery_cancel(s->gallery);
    return status;
}

static mien_status open_gallery(stand *s, bool write) {
    static const char contract[] =
        "0000000000000000000000000000000000000000000000000000000000000000";
    mien_gallery_options o;
    mien_gallery_defaults(&o);
    o.write = o.create = write;
    o.contract = contract;
    o.width = s->o->width;
    o.threads = s->o->threads;
    return mien_gallery_open(&s->gallery, s->path, &o);
}

static mien_status make_gallery(stand *s, mien_bench_search_times *t) {
    MIEN_TRY(open_gallery(s, true));
    double begun = mien_clock();
    for (int i = 0; i < s->o->size; i += PORTION) {
        const int end = i + PORTION;
        MIEN_TRY(enrol_some(s, i, end < s->o->size ? end : s->o->size));
    }
    t->enrol_ms = 1e3 * (mien_clock() - begun);
    begun = mien_clock();
    MIEN_TRY(mien_gallery_prepare(s->gallery));
    t->prepare_ms = 1e3 * (mien_clock() - begun);
    mien_gallery_close(s->gallery);
    s->gallery = NULL;
    begun = mien_clock();
    MIEN_TRY(open_gallery(s, false));
    t->open_ms = 1e3 * (mien_clock() - begun);
    return MIEN_OK;
}

/* ---- the two ways ---- */

static int scan_plainly(const stand *s, const float *probe) {
    const size_t width = (size_t)s->o->width;
    float best = -2;
    int at = 0;
    for (int i = 0; i < s->o->size; i++) {
        const float *x = s->x + (size_t)i * width;
        float sum[LANES] = {0}, total = 0;
        size_t k = 0;
        for (; k + LANES <= width; k += LANES)
            for (size_t l = 0; l < LANES; l++)
                sum[l] += x[k + l] * probe[k + l];
        for (; k < width; k++) total += x[k] * probe[k];
        for (size_t l = 0; l < LANES; l++) total += sum[l];
        if (total > best) best = total, at = i;
    }
    return at;
}

/* Seconds of one search; *nearest is the row of the first probe's best. */
static mien_status search(double *seconds, int *nearest, const stand *s,
                          int first, int n) {
    const mien_query query = {.top = 1, .least = -1};
    const float *probe = s->probes + (size_t)first * (size_t)s->o->width;
    mien_matches *m;
    const double begun = mien_clock();
    MIEN_TRY(mien_gallery_search(&m, s->gallery, probe, n, &query));
    *seconds = mien_clock() - begun;
    *nearest = m->count[0] ? (int)m->items[0].template_id - 1 : -1;
    mien_matches_free(m);
    return MIEN_OK;
}

static bool more(const stand *s, double begun) {
    if (s->rounds == MOST_ROUNDS) return false;
    if (s->o->rounds) return s->rounds < s->o->rounds;
    return s->rounds < LEAST_ROUNDS || mien_clock() - begun < s->o->seconds;
}

static mien_status time_rounds(stand *s, mien_bench_search_times *t) {
    int nearest;
    double seconds;
    MIEN_TRY(search(&seconds, &nearest, s, 0, 1));
    t->first_ms = 1e3 * seconds;
    scan_plainly(s, s->probes);
    for (const double begun = mien_clock(); more(s, begun); s->rounds++) {
        const int probe = s->rounds % PROBES;
        const int group = s->rounds % (PROBES / PASS) * PASS;
        MIEN_TRY(search(&s->together[s->rounds], &nearest, s, group, PASS));
        MIEN_TRY(search(&s->ours[s->rounds], &nearest, s, probe, 1));
        const double start = mien_clock();
        const int want =
            scan_plainly(s, s->probes + (size_t)probe * (size_t)s->o->width);
        s->plain[s->rounds] = mien_clock() - start;
        s->same += nearest == want;
    }
    return MIEN_OK;
}

static int ascending(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Milliseconds; sorts. */
static double median(double *seconds, int n) {
    qsort(seconds, (size_t)n, sizeof *seconds, ascending);
    return 500 * (seconds[(n - 1) / 2] + seconds[n / 2]);
}

static void sum_up(mien_bench_search_times *t, stand *s) {
    const int n = s->rounds;
    t->rounds = n;
    t->ms = median(s->ours, n);
    t->min_ms = 1e3 * s->ours[0];
    t->max_ms = 1e3 * s->ours[n - 1];
    t->batch_ms = median(s->together, n) / PASS;
    t->plain_ms = median(s->plain, n);
    t->ratio = t->plain_ms / t->ms;
    t->agreement = (double)s->same / n;
    t->peak_mb = mien_peak_bytes() * 1e-6;
}

static mien_status prepare(stand *s) {
    const mien_bench_search_options *o = s->o;
    if (o->size < 1 || o->width < 1 || o->width > MIEN_GALLERY_WIDTH ||
        o->threads < 1)
        return mien_fail(MIEN_EINVAL,
                         "a search is of at least 1 template of 1 to %d values",
                         MIEN_GALLERY_WIDTH);
    const size_t row = (size_t)o->width * sizeof(float);
    s->x = mien_alloc((size_t)o->size, row);
    s->probes = mien_alloc(PROBES, row);
    s->ours = mien_alloc(MOST_ROUNDS, sizeof *s->ours);
    s->plain = mien_alloc(MOST_ROUNDS, sizeof *s->plain);
    s->together = mien_alloc(MOST_ROUNDS, sizeof *s->together);
    if (!s->x || !s->probes || !s->ours || !s->plain || !s->together)
        return MIEN_ENOMEM;
    draw_all(s);
    MIEN_TRY(mien_folder_temporary(s->folder, sizeof s->folder));
    return mien_path_join(s->path, sizeof s->path, s->folder, "bench.mien");
}

mien_status mien_bench_search(mien_bench_search_times *out,
                              const mien_bench_search_options *options) {
    stand s = {.o = options};
    *out = (mien_bench_search_times){.scan = mien_scan_best()->name,
                                     .size = options->size,
                                     .width = options->width,
                                     .threads = options->threads};
    mien_status status = prepare(&s);
    if (status == MIEN_OK) status = make_gallery(&s, out);
    if (status == MIEN_OK) status = time_rounds(&s, out);
    if (status == MIEN_OK) sum_up(out, &s);
    mien_gallery_close(s.gallery);
    if (*s.folder) mien_folder_remove(s.folder);
    mien_free(s.x);
    mien_free(s.probes);
    mien_free(s.ours);
    mien_free(s.plain);
    mien_free(s.together);
    return status;
}
