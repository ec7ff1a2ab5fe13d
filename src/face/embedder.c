/* SPDX-License-Identifier: Apache-2.0 */
/* embedder.c - faces to embeddings of unit length. */
#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "face/align.h"
#include "face/calibration.h"
#include "face/contract.h"
#include "mien/face.h"
#include "mien/model.h"

struct mien_embedder {
    mien_model *model;
    char contract[MIEN_HASH_HEX];
    mien_calibration *calibration; /* NULL: none */
    float *planes, *answers;       /* of `room` faces and their mirror images */
    int room;
};

mien_status mien_embedder_open(mien_embedder **out, const char *path,
                               int threads) {
    *out = NULL;
    mien_embedder *e = mien_alloc(1, sizeof *e);
    if (!e) return MIEN_ENOMEM;
    mien_status status = mien_model_load(&e->model, path, threads);
    if (status == MIEN_OK &&
        mien_model_info(e->model)->kind != MIEN_MODEL_EMBEDDING)
        status = mien_fail(MIEN_EUNSUPPORTED,
                           "%s gives no embedding that faces could be "
                           "compared by",
                           path);
    if (status == MIEN_OK) {
        const char *record = mien_model_info(e->model)->calibration;
        mien_contract_hash(e->contract, e->model);
        if (*record)
            status = mien_calibration_read(&e->calibration, record, e->contract,
                                           path);
    }
    if (status != MIEN_OK) {
        mien_embedder_close(e);
        return status;
    }
    *out = e;
    return MIEN_OK;
}

void mien_embedder_close(mien_embedder *e) {
    if (!e) return;
    mien_model_free(e->model);
    mien_calibration_free(e->calibration);
    mien_free(e->planes);
    mien_free(e->answers);
    mien_free(e);
}

int mien_embedder_width(const mien_embedder *e) {
    return mien_model_width(e->model);
}

const char *mien_embedder_contract(const mien_embedder *e) {
    return e->contract;
}

const mien_calibration *mien_embedder_calibration(const mien_embedder *e) {
    return e->calibration;
}

mien_status mien_face_align(mien_image **out, const mien_image *photo,
                            const mien_face *face) {
    mien_point points[MIEN_ALIGN_POINTS];
    mien_similarity s;
    *out = NULL;
    if (!face->has_points)
        return mien_fail(MIEN_EINVAL,
                         "this face has no points to align it by: use a "
                         "detector that finds them");
    for (int k = 0; k < MIEN_ALIGN_POINTS; k++)
        points[k] = (mien_point){(double)face->points[k][0],
                                 (double)face->points[k][1]};
    MIEN_TRY(mien_align_fit(&s, points));
    return mien_align_warp(out, photo, &s);
}

static mien_status make_room(mien_embedder *e, int count) {
    if (e->room >= count) return MIEN_OK;
    const size_t n = 2 * (size_t)count;
    mien_free(e->planes);
    mien_free(e->answers);
    e->room = 0;
    e->planes = mien_alloc(n * mien_model_plane(e->model), sizeof *e->planes);
    e->answers =
        mien_alloc(n * (size_t)mien_embedder_width(e), sizeof *e->answers);
    if (!e->planes || !e->answers) return MIEN_ENOMEM;
    e->room = count;
    return MIEN_OK;
}

/* The face into plane i, its mirror image into the one `count` behind. */
static mien_status fill(mien_embedder *e, const mien_image *face, int i,
                        int count) {
    const size_t plane = mien_model_plane(e->model);
    float *to = e->planes + (size_t)i * plane;
    mien_image *mirrored;
    MIEN_TRY(mien_model_prepare(e->model, face, to));
    MIEN_TRY(mien_image_copy(&mirrored, face));
    mien_image_flip_horizontal(mirrored);
    const mien_status status =
        mien_model_prepare(e->model, mirrored, to + (size_t)count * plane);
    mien_image_free(mirrored);
    return status;
}

/* own + mirrored, of unit length; zeros if that cannot be. */
static void join(float *out, const float *own, const float *mirrored,
                 int width) {
    double square = 0;
    for (int c = 0; c < width; c++) {
        out[c] = own[c] + mirrored[c];
        square += (double)out[c] * (double)out[c];
    }
    const double length = sqrt(square);
    const bool good = isfinite(length) && length > 0;
    for (int c = 0; c < width; c++)
        out[c] = good ? (float)((double)out[c] / length) : 0;
}

static mien_status answer(mien_embedder *e, float *out, int count) {
    const int width = mien_embedder_width(e);
    MIEN_TRY(mien_model_forward(e->model, e->planes, 2 * count, e->answers));
    for (int i = 0; i < count; i++)
        join(out + (size_t)i * (size_t)width,
             e->answers + (size_t)i * (size_t)width,
             e->answers + (size_t)(count + i) * (size_t)width, width);
    return MIEN_OK;
}

mien_status mien_embedder_embed_aligned(mien_embedder *e, float *out,
                                        const mien_image *const *face,
                                        int count) {
    if (count < 1) return MIEN_OK;
    MIEN_TRY(make_room(e, count));
    for (int i = 0; i < count; i++) MIEN_TRY(fill(e, face[i], i, count));
    return answer(e, out, count);
}

mien_status mien_embedder_embed(mien_embedder *e, float *out,
                                const mien_image *photo, const mien_face *face,
                                int count) {
    if (count < 1) return MIEN_OK;
    MIEN_TRY(make_room(e, count));
    for (int i = 0; i < count; i++) {
        mien_image *aligned;
        MIEN_TRY(mien_face_align(&aligned, photo, &face[i]));
        const mien_status status = fill(e, aligned, i, count);
        mien_image_free(aligned);
        MIEN_TRY(status);
    }
    return answer(e, out, count);
}

float mien_face_similarity(const float *a, const float *b, int width) {
    double dot = 0, aa = 0, bb = 0;
    for (int c = 0; c < width; c++) {
        dot += (double)a[c] * (double)b[c];
        aa += (double)a[c] * (double)a[c];
        bb += (double)b[c] * (double)b[c];
    }
    const double size = sqrt(aa) * sqrt(bb);
    if (!(size > 0) || !isfinite(dot / size)) return -1;
    return (float)fmax(-1, fmin(1, dot / size));
}
