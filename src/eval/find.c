/* SPDX-License-Identifier: Apache-2.0 */
/* find.c - one detector a thread, photo by photo. */
#include "eval/find.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/folder.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/threads.h"
#include "data/photos.h"

enum { MAX_PHOTO = 256 << 20, CHUNK = 16 };

typedef struct run {
    const mien_find_plan *plan;
    mien_finds *out;
    mien_detector **detector; /* of each worker */
    char (*hash)[MIEN_HASH_HEX];
    int first;
} run;

static mien_status load(mien_image **out, const run *r, int i) {
    char where[512];
    mien_image_options options;
    mien_buf bytes = {.cap = MAX_PHOTO};
    mien_image_defaults(&options);
    options.channels = 3;
    snprintf(where, sizeof where, "%s %d", r->plan->label, i + 1);
    mien_status status = mien_file_read(&bytes, r->plan->path[i]);
    if (status != MIEN_OK)
        status = mien_fail(status, "%s: %s", where, mien_status_text(status));
    else {
        mien_hash_once(r->hash[i], bytes.data, bytes.size);
        status =
            mien_image_decode(out, bytes.data, bytes.size, where, &options);
    }
    mien_buf_close(&bytes);
    return status;
}

static mien_status find_one(void *context, int task, int worker) {
    const run *r = context;
    const int i = r->first + task;
    mien_image *photo;
    MIEN_TRY(load(&photo, r, i));
    r->out->size[i][0] = photo->width;
    r->out->size[i][1] = photo->height;
    const mien_status status = mien_detector_find(
        r->detector[worker], &r->out->photo[i], photo, &r->plan->detect);
    mien_image_free(photo);
    return status;
}

static mien_status find_all(run *r, mien_pool *pool) {
    const int n = r->plan->n;
    for (r->first = 0; r->first < n; r->first += CHUNK) {
        const int left = n - r->first;
        mien_progress("detect", r->first, n, NULL);
        MIEN_TRY(mien_pool_run(pool, left < CHUNK ? left : CHUNK, find_one, r));
    }
    mien_progress("detect", n, n, NULL);
    mien_hash_once(r->out->hash, r->hash, (size_t)n * sizeof *r->hash);
    return MIEN_OK;
}

static mien_status open_detectors(run *r) {
    for (int t = 0; t < r->plan->threads; t++)
        MIEN_TRY(mien_detector_open(&r->detector[t], r->plan->model));
    return MIEN_OK;
}

mien_status mien_find_all(mien_finds *out, const mien_find_plan *plan) {
    const size_t n = (size_t)plan->n, threads = (size_t)plan->threads;
    run r = {.plan = plan, .out = out};
    mien_pool *pool = NULL;
    *out = (mien_finds){.n = plan->n};
    mien_status status = mien_pool_open(&pool, plan->threads);
    if (status == MIEN_OK) {
        out->photo = mien_alloc(n, sizeof *out->photo);
        out->size = mien_alloc(n, sizeof *out->size);
        r.hash = mien_alloc(n, sizeof *r.hash);
        r.detector = mien_alloc(threads, sizeof(mien_detector *));
        if (!out->photo || !out->size || !r.hash || !r.detector)
            status = MIEN_ENOMEM;
    }
    if (status == MIEN_OK) status = open_detectors(&r);
    if (status == MIEN_OK) status = find_all(&r, pool);
    for (size_t t = 0; t < threads && r.detector; t++)
        mien_detector_close(r.detector[t]);
    mien_free(r.detector);
    mien_free(r.hash);
    mien_pool_close(pool);
    if (status != MIEN_OK) mien_finds_close(out);
    return status;
}

void mien_finds_close(mien_finds *f) {
    for (int i = 0; i < f->n && f->photo; i++) mien_faces_free(&f->photo[i]);
    mien_free(f->photo);
    mien_free(f->size);
    *f = (mien_finds){0};
}

/* ---- folders ---------------------------------------------------------- */

/* Which files are taken: photos, or those of a suffix. */
typedef struct taking {
    mien_photo_paths *to;
    const char *suffix;
} taking;

static bool wanted(const char *path, const char *suffix) {
    if (!suffix) return mien_photo_named(path);
    const size_t n = strlen(path), end = strlen(suffix);
    return n > end && !strcmp(path + n - end, suffix);
}

static mien_status take(void *context, const char *path) {
    const taking *t = context;
    mien_photo_paths *p = t->to;
    if (!wanted(path, t->suffix)) return MIEN_OK;
    if (p->n == p->room) {
        const int room = p->room ? 2 * p->room : 256;
        void *more = mien_realloc(p->path, (size_t)room, sizeof *p->path);
        if (!more) return MIEN_ENOMEM;
        p->path = more;
        p->room = room;
    }
    p->path[p->n] = mien_arena_strdup(&p->arena, path);
    return p->path[p->n++] ? MIEN_OK : MIEN_ENOMEM;
}

static int compare(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

mien_status mien_paths_read(mien_photo_paths *out, const char *folder,
                            const char *suffix) {
    *out = (mien_photo_paths){0};
    taking t = {out, suffix};
    const mien_status status = mien_folder_walk(folder, take, &t);
    if (status != MIEN_OK) {
        mien_photo_paths_close(out);
        return status;
    }
    if (out->n) qsort(out->path, (size_t)out->n, sizeof *out->path, compare);
    return MIEN_OK;
}

mien_status mien_photo_paths_read(mien_photo_paths *out, const char *folder) {
    MIEN_TRY(mien_paths_read(out, folder, NULL));
    if (out->n) return MIEN_OK;
    mien_photo_paths_close(out);
    return mien_fail(MIEN_ENOTFOUND, "%s: no photos in it", folder);
}

void mien_photo_paths_close(mien_photo_paths *p) {
    mien_free(p->path);
    mien_arena_close(&p->arena);
    *p = (mien_photo_paths){0};
}
