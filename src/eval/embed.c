/* SPDX-License-Identifier: Apache-2.0 */
/* embed.c - decode and align on all threads, then ask the model. */
#include "eval/embed.h"

#include <math.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/threads.h"
#include "eval/embed_picture.h"
#include "eval/roc.h"

typedef struct run {
    mien_model *model;
    mien_embeddings *out;
    mien_embed_source source;
    mien_pool *pool;
    float *planes, *answers; /* of a batch: pictures, then their mirrors */
    int first, count;        /* the batch: pictures first .. first+count-1 */
} run;

const char *mien_align_mode_name(mien_align_mode mode) {
    static const char *const names[] = {"auto", "funneled", "none", "points",
                                        "detector"};
    return names[mode];
}

mien_status mien_align_mode_find(mien_align_mode *out, const char *name) {
    *out = MIEN_ALIGN_AUTO;
    if (!name) return MIEN_OK;
    for (int i = 0; i <= MIEN_ALIGN_BY_DETECTOR; i++) {
        *out = (mien_align_mode)i;
        if (!strcmp(name, mien_align_mode_name(*out))) return MIEN_OK;
    }
    return mien_fail(MIEN_EINVAL,
                     "no alignment '%s'; there are auto, "
                     "funneled, none, points and detector",
                     name);
}

static double length_of(const float *x, int n) {
    double square = 0;
    for (int i = 0; i < n; i++) square += (double)x[i] * x[i];
    return sqrt(square);
}

bool mien_embedding_unit(float *x, int n) {
    const double length = length_of(x, n);
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

/* ---- a batch ---------------------------------------------------------- */

static mien_status prepare(void *context, int task, int worker) {
    const run *r = context;
    const mien_embed_plan *plan = r->source.plan;
    const size_t plane = mien_model_plane(r->model);
    float *to = r->planes + (size_t)task * plane;
    float *mirrored = to + (size_t)r->count * plane;
    mien_image *face;
    MIEN_TRY(mien_embed_face(&face, &r->source, r->first + task, worker));
    r->out->failed[r->first + task] = !face;
    if (!face) {
        memset(to, 0, plane * sizeof *to);
        if (plan->mirror) memset(mirrored, 0, plane * sizeof *to);
        return MIEN_OK;
    }
    mien_status status = mien_model_prepare(r->model, face, to);
    if (status == MIEN_OK && plan->mirror) {
        mien_image_flip_horizontal(face);
        status = mien_model_prepare(r->model, face, mirrored);
    }
    mien_image_free(face);
    return status;
}

static void keep(run *r) {
    mien_embeddings *e = r->out;
    const mien_embed_plan *plan = r->source.plan;
    const size_t width = (size_t)e->width;
    for (int k = 0; k < r->count; k++) {
        float *to = e->values + (size_t)(r->first + k) * width;
        bool *failed = &e->failed[r->first + k];
        const float *own = r->answers + (size_t)k * width;
        const float *mirrored = own + (size_t)r->count * width;
        for (size_t c = 0; c < width && !*failed; c++)
            to[c] = plan->mirror ? own[c] + mirrored[c] : own[c];
        const double length = length_of(to, e->width);
        if (!(isfinite(length) && length > 0)) *failed = true;
        if (*failed || !plan->raw) mien_embedding_unit(to, e->width);
        if (*failed) memset(to, 0, width * sizeof *to);
        e->n_failed += *failed;
    }
}

static mien_status embed_all(run *r) {
    const mien_embed_plan *plan = r->source.plan;
    const int n = r->out->n;
    for (r->first = 0; r->first < n; r->first += r->count) {
        const int left = n - r->first;
        r->count = left < plan->batch ? left : plan->batch;
        mien_progress("embed", r->first, n, NULL);
        MIEN_TRY(mien_pool_run(r->pool, r->count, prepare, r));
        MIEN_TRY(mien_model_forward(r->model, r->planes,
                                    r->count * (plan->mirror ? 2 : 1),
                                    r->answers));
        keep(r);
    }
    mien_progress("embed", n, n, NULL);
    return MIEN_OK;
}

/* ---- before and after ------------------------------------------------- */

/* What was asked for is done; but a model trained otherwise is worth a word. */
static void compare_contract(const run *r) {
    const char *contract = mien_model_info(r->model)->alignment;
    const bool aligned = strcmp(contract, "none") != 0;
    if (aligned && r->source.plan->align == MIEN_ALIGN_NONE &&
        !r->source.plan->aligned)
        mien_warn(
            "the model expects faces aligned by %s: pictures that are "
            "taken whole must be so already",
            contract);
    if (!aligned && r->source.align != MIEN_ALIGN_NONE)
        mien_warn("the model was trained on pictures that nobody aligned");
}

static mien_status choose_align(run *r) {
    const mien_embed_plan *plan = r->source.plan;
    mien_image *photo;
    r->source.align = plan->align;
    if (plan->align != MIEN_ALIGN_AUTO) return MIEN_OK;
    if (plan->points || plan->detector) {
        r->source.align =
            plan->points ? MIEN_ALIGN_BY_POINTS : MIEN_ALIGN_BY_DETECTOR;
        return MIEN_OK;
    }
    MIEN_TRY(mien_embed_load(&photo, &r->source, 0));
    const int width = photo->width, height = photo->height;
    mien_image_free(photo);
    r->source.align =
        width == MIEN_FUNNELED_SIDE ? MIEN_ALIGN_FUNNELED : MIEN_ALIGN_NONE;
    if (width == height &&
        (width == MIEN_FUNNELED_SIDE || width == MIEN_ALIGN_SIDE))
        return MIEN_OK;
    return mien_fail(MIEN_EINVAL,
                     "the pictures are %dx%d, neither deep-"
                     "funneled (250x250) nor aligned (112x112): say whether "
                     "to take them whole, or give their points or a detector",
                     width, height);
}

static mien_status check_align(const mien_embed_plan *plan) {
    const mien_align_mode mode = plan->align;
    if (mode == MIEN_ALIGN_BY_POINTS && !plan->points && !plan->each)
        return mien_fail(MIEN_EINVAL,
                         "alignment by points needs a file of points");
    if (mode == MIEN_ALIGN_BY_DETECTOR && !plan->detector)
        return mien_fail(MIEN_EINVAL,
                         "alignment by a detector needs its model file");
    if (plan->points && plan->detector)
        return mien_fail(MIEN_EINVAL,
                         "give a file of points or a detector, not both");
    const mien_align_mode given =
        plan->points ? MIEN_ALIGN_BY_POINTS : MIEN_ALIGN_BY_DETECTOR;
    if ((plan->points || plan->detector) && mode != MIEN_ALIGN_AUTO &&
        mode != given)
        return mien_fail(
            MIEN_EINVAL, "%s goes with the alignment '%s', not with '%s'",
            plan->points ? "a file of points" : "a detector",
            mien_align_mode_name(given), mien_align_mode_name(mode));
    return MIEN_OK;
}

static mien_status make_room(run *r) {
    mien_embeddings *e = r->out;
    const mien_embed_plan *plan = r->source.plan;
    const size_t n = (size_t)e->n, width = (size_t)e->width;
    const size_t batch = (size_t)plan->batch * (plan->mirror ? 2 : 1);
    size_t values, planes;
    if (!mien_size_mul(&values, n, width) ||
        !mien_size_mul(&planes, batch, mien_model_plane(r->model)))
        return mien_fail(MIEN_ELIMIT, "%zu pictures are too many", n);
    e->values = mien_alloc(values, sizeof *e->values);
    e->failed = mien_alloc(n, sizeof *e->failed);
    r->source.hashes = mien_alloc(n, sizeof *r->source.hashes);
    r->planes = mien_alloc(planes, sizeof *r->planes);
    r->answers = mien_alloc(batch * width, sizeof *r->answers);
    return e->values && e->failed && r->source.hashes && r->planes && r->answers
               ? MIEN_OK
               : MIEN_ENOMEM;
}

static mien_status open_detectors(run *r) {
    const mien_embed_plan *plan = r->source.plan;
    if (r->source.align != MIEN_ALIGN_BY_DETECTOR) return MIEN_OK;
    r->source.detector =
        mien_alloc((size_t)plan->threads, sizeof *r->source.detector);
    if (!r->source.detector) return MIEN_ENOMEM;
    for (int t = 0; t < plan->threads; t++)
        MIEN_TRY(mien_detector_open(&r->source.detector[t], plan->detector));
    return MIEN_OK;
}

static mien_status open_all(run *r) {
    const mien_embed_plan *plan = r->source.plan;
    if (mien_model_info(r->model)->kind != MIEN_MODEL_EMBEDDING)
        return mien_fail(MIEN_EINVAL,
                         "this model tells classes apart; to "
                         "compare faces takes one that gives embeddings");
    MIEN_TRY(check_align(plan));
    MIEN_TRY(make_room(r));
    MIEN_TRY(choose_align(r));
    r->out->align = r->source.align;
    compare_contract(r);
    MIEN_TRY(mien_align_fit(&r->source.funneled, mien_align_funneled));
    MIEN_TRY(open_detectors(r));
    return mien_pool_open(&r->pool, plan->threads);
}

static void hash_all(const run *r) {
    mien_hash hash;
    mien_hash_begin(&hash);
    mien_hash_add(&hash, r->source.list->hash, MIEN_HASH_HEX);
    for (int i = 0; i < r->out->n; i++)
        mien_hash_add(&hash, r->source.hashes[i], MIEN_HASH_HEX);
    mien_hash_end(&hash, r->out->hash);
}

mien_status mien_embed_pictures(mien_embeddings *out, mien_model *model,
                                const mien_picture_list *list,
                                const mien_embed_plan *plan) {
    run r = {
        .model = model, .source = {.list = list, .plan = plan}, .out = out};
    *out = (mien_embeddings){.n = list->n, .width = mien_model_width(model)};
    mien_status status = open_all(&r);
    if (status == MIEN_OK) status = embed_all(&r);
    if (status == MIEN_OK) hash_all(&r);
    mien_pool_close(r.pool);
    for (int t = 0; t < plan->threads && r.source.detector; t++)
        mien_detector_close(r.source.detector[t]);
    mien_free(r.source.detector);
    mien_free(r.source.hashes);
    mien_free(r.planes);
    mien_free(r.answers);
    if (status != MIEN_OK) mien_embeddings_close(out);
    return status;
}

mien_status mien_embed_pairs(mien_embeddings *out, mien_model *model,
                             const mien_pairs *pairs,
                             const mien_embed_plan *plan) {
    const mien_picture_list list = {.name = pairs->path,
                                    .noun = "a picture of this pair",
                                    .items = pairs->pictures,
                                    .n = pairs->n_pictures,
                                    .hash = pairs->hash};
    return mien_embed_pictures(out, model, &list, plan);
}

void mien_embeddings_close(mien_embeddings *e) {
    mien_free(e->values);
    mien_free(e->failed);
    *e = (mien_embeddings){0};
}
