/* SPDX-License-Identifier: Apache-2.0 */
/* embed.c - decode and align on all threads, then ask the model. */
#include "eval/embed.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/threads.h"
#include "eval/roc.h"

enum { MAX_PATH = 4096, MAX_PHOTO = 256 << 20 };

typedef struct run {
    mien_model *model;
    const mien_pairs *pairs;
    const mien_embed_plan *plan;
    mien_embeddings *out;
    mien_similarity funneled;
    float *planes, *answers; /* of a batch: pictures, then their mirrors */
    char (*hashes)[MIEN_HASH_HEX]; /* of each picture's file */
    int first, count; /* the batch: pictures first .. first+count-1 */
} run;

const char *mien_align_mode_name(mien_align_mode mode) {
    static const char *const names[] = {"auto", "funneled", "none", "points"};
    return names[mode];
}

bool mien_embedding_unit(float *x, int n) {
    double square = 0;
    for (int i = 0; i < n; i++) square += (double)x[i] * x[i];
    const double length = sqrt(square);
    const bool good = isfinite(length) && length > 0;
    for (int i = 0; i < n; i++) x[i] = good ? (float)(x[i] / length) : 0;
    return good;
}

double mien_embeddings_cosine(const mien_embeddings *e, int a, int b) {
    const float *x = e->values + (size_t)a * (size_t)e->width;
    const float *y = e->values + (size_t)b * (size_t)e->width;
    double dot = 0;
    if (e->failed[a] || e->failed[b]) return MIEN_SCORE_FAILED;
    for (int i = 0; i < e->width; i++) dot += (double)x[i] * y[i];
    return fmax(-1, fmin(1, dot));
}

/* ---- one picture ------------------------------------------------------ */

/* The messages name the line of the pairs, since the path names a person. */
static mien_status load(mien_image **out, const run *r, int i) {
    const mien_picture *p = &r->pairs->pictures[i];
    char path[MAX_PATH], where[MAX_PATH];
    mien_image_options options;
    mien_buf bytes = {.cap = MAX_PHOTO};
    mien_image_defaults(&options);
    options.channels = 3;
    snprintf(where, sizeof where, "%s:%d: a picture of this pair",
             r->pairs->path, p->line);
    mien_status status =
        mien_path_join(path, sizeof path, r->plan->folder, p->path);
    if (status == MIEN_OK) status = mien_file_read(&bytes, path);
    if (status != MIEN_OK) {
        mien_buf_close(&bytes);
        return mien_fail(status, "%s cannot be read from the folder %s: %s",
                         where, r->plan->folder, mien_status_text(status));
    }
    mien_hash_once(r->hashes[i], bytes.data, bytes.size);
    status = mien_image_decode(out, bytes.data, bytes.size, where, &options);
    mien_buf_close(&bytes);
    return status;
}

static mien_status similarity_of(mien_similarity *out, const run *r, int i,
                                 const mien_image *photo) {
    const mien_picture *p = &r->pairs->pictures[i];
    if (r->out->align == MIEN_ALIGN_BY_POINTS) {
        const mien_point *points = mien_points_find(r->plan->points, p->path);
        if (!points)
            return mien_fail(MIEN_EDATA,
                             "%s:%d: a picture of this pair has "
                             "no points",
                             r->pairs->path, p->line);
        const mien_status status = mien_align_fit(out, points);
        return status == MIEN_OK
                   ? status
                   : mien_fail_in(status, "%s:%d", r->pairs->path, p->line);
    }
    *out = r->funneled;
    if (photo->width == MIEN_FUNNELED_SIDE &&
        photo->height == MIEN_FUNNELED_SIDE)
        return MIEN_OK;
    return mien_fail(MIEN_EDATA,
                     "%s:%d: a picture of this pair is %dx%d; "
                     "deep-funneled ones have 250x250",
                     r->pairs->path, p->line, photo->width, photo->height);
}

/* Replace *photo by the aligned face. */
static mien_status align(mien_image **photo, const run *r, int i) {
    mien_similarity s;
    mien_image *face;
    if (r->out->align == MIEN_ALIGN_NONE) return MIEN_OK;
    MIEN_TRY(similarity_of(&s, r, i, *photo));
    MIEN_TRY(mien_align_warp(&face, *photo, &s));
    mien_image_free(*photo);
    *photo = face;
    return MIEN_OK;
}

static mien_status prepare(void *context, int task, int worker) {
    const run *r = context;
    const size_t plane = mien_model_plane(r->model);
    float *to = r->planes + (size_t)task * plane;
    mien_image *photo;
    (void)worker;
    MIEN_TRY(load(&photo, r, r->first + task));
    mien_status status = align(&photo, r, r->first + task);
    if (status == MIEN_OK) status = mien_model_prepare(r->model, photo, to);
    if (status == MIEN_OK && r->plan->mirror) {
        mien_image_flip_horizontal(photo);
        status =
            mien_model_prepare(r->model, photo, to + (size_t)r->count * plane);
    }
    mien_image_free(photo);
    return status;
}

/* ---- all of them ------------------------------------------------------ */

static void keep(run *r) {
    mien_embeddings *e = r->out;
    const size_t width = (size_t)e->width;
    for (int k = 0; k < r->count; k++) {
        float *to = e->values + (size_t)(r->first + k) * width;
        const float *own = r->answers + (size_t)k * width;
        const float *mirrored = own + (size_t)r->count * width;
        for (size_t c = 0; c < width; c++)
            to[c] = r->plan->mirror ? own[c] + mirrored[c] : own[c];
        e->failed[r->first + k] = !mien_embedding_unit(to, e->width);
        e->n_failed += e->failed[r->first + k];
    }
}

static mien_status embed_all(run *r, mien_pool *pool) {
    const int n = r->out->n;
    for (r->first = 0; r->first < n; r->first += r->count) {
        const int left = n - r->first;
        r->count = left < r->plan->batch ? left : r->plan->batch;
        mien_progress("embed", r->first, n, NULL);
        MIEN_TRY(mien_pool_run(pool, r->count, prepare, r));
        MIEN_TRY(mien_model_forward(r->model, r->planes,
                                    r->count * (r->plan->mirror ? 2 : 1),
                                    r->answers));
        keep(r);
    }
    mien_progress("embed", n, n, NULL);
    return MIEN_OK;
}

/* What was asked for is done; but a model trained otherwise is worth a word. */
static void compare_contract(const run *r) {
    const char *contract = mien_model_info(r->model)->alignment;
    const bool aligned = strcmp(contract, "none") != 0;
    if (aligned && r->plan->align == MIEN_ALIGN_NONE)
        mien_warn(
            "the model expects faces aligned by %s: pictures that are "
            "taken whole must be so already",
            contract);
    if (!aligned && r->out->align != MIEN_ALIGN_NONE)
        mien_warn("the model was trained on pictures that nobody aligned");
}

static mien_status choose_align(run *r) {
    mien_image *photo;
    r->out->align = r->plan->align;
    if (r->plan->align != MIEN_ALIGN_AUTO) return MIEN_OK;
    if (r->plan->points) {
        r->out->align = MIEN_ALIGN_BY_POINTS;
        return MIEN_OK;
    }
    MIEN_TRY(load(&photo, r, 0));
    const int width = photo->width, height = photo->height;
    mien_image_free(photo);
    r->out->align =
        width == MIEN_FUNNELED_SIDE ? MIEN_ALIGN_FUNNELED : MIEN_ALIGN_NONE;
    if (width == height &&
        (width == MIEN_FUNNELED_SIDE || width == MIEN_ALIGN_SIDE))
        return MIEN_OK;
    return mien_fail(MIEN_EINVAL,
                     "the pictures are %dx%d, neither deep-"
                     "funneled (250x250) nor aligned (112x112): say whether "
                     "to take them whole, or give their points",
                     width, height);
}

static mien_status make_room(run *r) {
    mien_embeddings *e = r->out;
    const size_t n = (size_t)e->n, width = (size_t)e->width;
    const size_t batch = (size_t)r->plan->batch * (r->plan->mirror ? 2 : 1);
    size_t values, planes;
    if (!mien_size_mul(&values, n, width) ||
        !mien_size_mul(&planes, batch, mien_model_plane(r->model)))
        return mien_fail(MIEN_ELIMIT, "%zu pictures are too many", n);
    e->values = mien_alloc(values, sizeof *e->values);
    e->failed = mien_alloc(n, sizeof *e->failed);
    r->hashes = mien_alloc(n, sizeof *r->hashes);
    r->planes = mien_alloc(planes, sizeof *r->planes);
    r->answers = mien_alloc(batch * width, sizeof *r->answers);
    return e->values && e->failed && r->hashes && r->planes && r->answers
               ? MIEN_OK
               : MIEN_ENOMEM;
}

static void hash_all(const run *r) {
    mien_hash hash;
    mien_hash_begin(&hash);
    mien_hash_add(&hash, r->pairs->hash, sizeof r->pairs->hash);
    for (int i = 0; i < r->out->n; i++)
        mien_hash_add(&hash, r->hashes[i], sizeof r->hashes[i]);
    mien_hash_end(&hash, r->out->hash);
}

mien_status mien_embed_pairs(mien_embeddings *out, mien_model *model,
                             const mien_pairs *pairs,
                             const mien_embed_plan *plan) {
    run r = {.model = model, .pairs = pairs, .plan = plan, .out = out};
    mien_pool *pool = NULL;
    *out = (mien_embeddings){.n = pairs->n_pictures,
                             .width = mien_model_width(model)};
    if (mien_model_info(model)->kind != MIEN_MODEL_EMBEDDING)
        return mien_fail(MIEN_EINVAL,
                         "this model tells classes apart; to "
                         "compare faces takes one that gives embeddings");
    mien_status status = make_room(&r);
    if (status == MIEN_OK) status = choose_align(&r);
    if (status == MIEN_OK) {
        compare_contract(&r);
        status = mien_align_fit(&r.funneled, mien_align_funneled);
    }
    if (status == MIEN_OK) status = mien_pool_open(&pool, plan->threads);
    if (status == MIEN_OK) status = embed_all(&r, pool);
    if (status == MIEN_OK) hash_all(&r);
    mien_pool_close(pool);
    mien_free(r.hashes);
    mien_free(r.planes);
    mien_free(r.answers);
    if (status != MIEN_OK) mien_embeddings_close(out);
    return status;
}

void mien_embeddings_close(mien_embeddings *e) {
    mien_free(e->values);
    mien_free(e->failed);
    *e = (mien_embeddings){0};
}
