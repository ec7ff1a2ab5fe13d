/* SPDX-License-Identifier: Apache-2.0 */
/* embed_picture.c - load a picture and turn its face upright. */
#include "eval/embed_picture.h"

#include <math.h>
#include <stdio.h>

#include "base/file.h"

enum { MAX_PATH = 4096, MAX_PHOTO = 256 << 20 };

/* What begins the messages: the line and never the path, which may be a
 * person's name. */
static void write_where(char *out, size_t room, const mien_embed_source *s,
                        int i) {
    snprintf(out, room, "%s:%d: %s", s->list->name, s->list->items[i].line,
             s->list->noun);
}

static mien_status read_file(mien_buf *bytes, const mien_embed_source *s, int i,
                             const char *where) {
    char path[MAX_PATH];
    mien_status status = mien_path_join(path, sizeof path, s->plan->folder,
                                        s->list->items[i].path);
    if (status == MIEN_OK) status = mien_file_read(bytes, path);
    if (status == MIEN_OK) return status;
    return mien_fail(status, "%s cannot be read from the folder %s: %s", where,
                     s->plan->folder, mien_status_text(status));
}

mien_status mien_embed_load(mien_image **out, const mien_embed_source *s,
                            int i) {
    const mien_picture *p = &s->list->items[i];
    char where[MAX_PATH];
    mien_image_options options;
    mien_buf file = {.cap = MAX_PHOTO};
    mien_image_defaults(&options);
    options.channels = 3;
    *out = NULL;
    write_where(where, sizeof where, s, i);
    mien_status status = MIEN_OK;
    if (!p->bytes) status = read_file(&file, s, i, where);
    if (status == MIEN_OK) {
        const uint8_t *bytes = p->bytes ? p->bytes : file.data;
        const size_t size = p->bytes ? p->size : file.size;
        mien_hash_once(s->hashes[i], bytes, size);
        status = mien_image_decode(out, bytes, size, where, &options);
    }
    mien_buf_close(&file);
    return status;
}

static mien_status by_points(mien_similarity *out, const mien_embed_source *s,
                             int i, const char *where) {
    const mien_point *points =
        s->plan->each
            ? s->plan->each[i]
            : mien_points_find(s->plan->points, s->list->items[i].path);
    if (!points) return mien_fail(MIEN_EDATA, "%s has no points", where);
    const mien_status status = mien_align_fit(out, points);
    return status == MIEN_OK ? status : mien_fail_in(status, "%s", where);
}

static mien_status by_funnel(mien_similarity *out, const mien_embed_source *s,
                             const mien_image *photo, const char *where) {
    *out = s->funneled;
    if (photo->width == MIEN_FUNNELED_SIDE &&
        photo->height == MIEN_FUNNELED_SIDE)
        return MIEN_OK;
    return mien_fail(MIEN_EDATA, "%s is %dx%d; deep-funneled ones have 250x250",
                     where, photo->width, photo->height);
}

/* The face that the picture is of: large and near the middle. A face as far
 * from it as it is wide counts a third of one in the middle. */
static const mien_face *subject(const mien_faces *faces,
                                const mien_image *photo) {
    const mien_face *best = NULL;
    float most = 0;
    for (int i = 0; i < faces->count; i++) {
        const mien_face *f = &faces->face[i];
        const float dx = f->x + f->width / 2 - (float)photo->width / 2;
        const float dy = f->y + f->height / 2 - (float)photo->height / 2;
        const float area = f->width * f->height;
        const float value = area / (1 + 2 * (dx * dx + dy * dy) / area);
        if (!f->has_points || !(value > most)) continue;
        most = value;
        best = f;
    }
    return best;
}

static mien_status by_detector(mien_image **out, const mien_embed_source *s,
                               const mien_image *photo, int worker) {
    mien_faces faces;
    MIEN_TRY(mien_detector_find(s->detector[worker], &faces, photo, NULL));
    const mien_face *face = subject(&faces, photo);
    const mien_status status =
        face ? mien_face_align(out, photo, face) : MIEN_OK;
    mien_faces_free(&faces);
    return status;
}

static mien_status align(mien_image **out, const mien_embed_source *s, int i,
                         const mien_image *photo) {
    mien_similarity fit;
    char where[MAX_PATH];
    write_where(where, sizeof where, s, i);
    MIEN_TRY(s->align == MIEN_ALIGN_BY_POINTS
                 ? by_points(&fit, s, i, where)
                 : by_funnel(&fit, s, photo, where));
    return mien_align_warp(out, photo, &fit);
}

/* Whether the picture is at fault and not the machine. */
static bool of_picture(mien_status status) {
    return status == MIEN_EFORMAT || status == MIEN_EDATA ||
           status == MIEN_EINVAL || status == MIEN_ECORRUPT ||
           status == MIEN_EUNSUPPORTED || status == MIEN_ELIMIT;
}

mien_status mien_embed_face(mien_image **out, const mien_embed_source *s, int i,
                            int worker) {
    mien_image *photo;
    *out = NULL;
    mien_status status = mien_embed_load(&photo, s, i);
    if (status == MIEN_OK && s->align == MIEN_ALIGN_NONE) {
        *out = photo;
        return status;
    }
    if (status == MIEN_OK) {
        status = s->align == MIEN_ALIGN_BY_DETECTOR
                     ? by_detector(out, s, photo, worker)
                     : align(out, s, i, photo);
        mien_image_free(photo);
    }
    return s->plan->tolerant && of_picture(status) ? MIEN_OK : status;
}
