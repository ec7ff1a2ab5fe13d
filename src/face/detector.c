/* SPDX-License-Identifier: Apache-2.0 */
/* detector.c - a photo to faces: scale, ask, decode, keep the best. */
#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "face/decoder.h"

/* Networks of three scales halve five times. */
enum { STEP = 32, SIDE = 640, GREY = 127 };

struct mien_detector {
    mien_model *model;
    const mien_decoder_ops *ops;
    float *plane, *values;
    size_t plane_room, values_room;
};

/* One look at a part of a photo. */
typedef struct look {
    mien_detector *d;
    const mien_image *photo;
    const mien_detect_options *options;
    mien_face_list found; /* in the photo's pixels */
} look;

void mien_detect_defaults(mien_detect_options *options) {
    *options = (mien_detect_options){
        .min_score = 0.5f, .overlap = 0.4f, .size = SIDE, .turn = true};
}

void mien_faces_free(mien_faces *faces) {
    mien_free(faces->face);
    *faces = (mien_faces){0};
}

static float size_of(const mien_face *f) { return sqrtf(f->width * f->height); }

static float off_centre(const mien_face *f, const mien_image *photo) {
    return hypotf(f->x + (f->width - (float)photo->width) / 2,
                  f->y + (f->height - (float)photo->height) / 2);
}

int mien_faces_main(const mien_faces *faces, const mien_image *photo) {
    const mien_face *f = faces->face;
    float largest = 0;
    int best = -1;
    for (int i = 0; i < faces->count; i++)
        largest = fmaxf(largest, size_of(&f[i]));
    for (int i = 0; i < faces->count; i++)
        if (size_of(&f[i]) >= 0.8f * largest &&
            (best < 0 ||
             off_centre(&f[i], photo) < off_centre(&f[best], photo)))
            best = i;
    return best;
}

mien_status mien_detector_open(mien_detector **out, const char *path) {
    *out = NULL;
    mien_detector *d = mien_alloc(1, sizeof *d);
    if (!d) return MIEN_ENOMEM;
    mien_status status = mien_model_load(&d->model, path, 1);
    if (status == MIEN_OK) {
        d->ops = mien_decoder_find(d->model);
        if (!d->ops)
            status = mien_fail(MIEN_EUNSUPPORTED,
                               "%s is no detector that is known: it answers "
                               "like none of mien's, YuNet, RetinaFace or "
                               "UltraLight",
                               path);
    }
    if (status == MIEN_OK)
        *out = d;
    else
        mien_detector_close(d);
    return status;
}

void mien_detector_close(mien_detector *d) {
    if (!d) return;
    mien_model_free(d->model);
    mien_free(d->plane);
    mien_free(d->values);
    mien_free(d);
}

const char *mien_detector_kind(const mien_detector *d) { return d->ops->name; }

/* ---- one look --------------------------------------------------------- */

static mien_status room_for(float **x, size_t *room, size_t wanted) {
    if (*room >= wanted) return MIEN_OK;
    mien_free(*x);
    *room = 0;
    *x = mien_alloc(wanted, sizeof **x);
    if (!*x) return MIEN_ENOMEM;
    *room = wanted;
    return MIEN_OK;
}

static int up(float x) { return ((int)ceilf(x) + STEP - 1) / STEP * STEP; }

/* Bring the network to the part's shape, or the part to the network's: pixels
 * of the input for one of the photo. */
static mien_status choose_scale(float *scale, const look *l, mien_box part) {
    const mien_model_facts *facts = mien_model_info(l->d->model);
    const float w = (float)part.width, h = (float)part.height;
    if (!l->d->ops->resizes) {
        *scale = fminf((float)facts->columns / w, (float)facts->rows / h);
        return MIEN_OK;
    }
    const int size = l->options->size ? l->options->size : facts->columns;
    *scale = fminf((float)size / fmaxf(w, h), 2);
    return mien_model_resize(l->d->model, up(h * *scale), up(w * *scale));
}

/* The part, scaled, at the top left of a canvas of the network's size. */
static mien_status make_input(mien_image **out, const look *l, mien_box part,
                              float scale) {
    const mien_model_facts *facts = mien_model_info(l->d->model);
    const uint8_t level = l->d->ops->resizes ? GREY : 0;
    const mien_colour ground = {level, level, level};
    const int w = (int)fmaxf(1, roundf((float)part.width * scale));
    const int h = (int)fmaxf(1, roundf((float)part.height * scale));
    mien_image *cut = NULL, *small = NULL;
    *out = NULL;
    mien_status status = mien_image_crop(&cut, l->photo, part.x, part.y,
                                         part.width, part.height);
    if (status == MIEN_OK)
        status = mien_image_resize(
            &small, cut, w, h,
            scale < 0.5f ? MIEN_FILTER_AREA : MIEN_FILTER_BILINEAR);
    if (status == MIEN_OK)
        status =
            mien_image_new(out, facts->columns, facts->rows, facts->channels);
    if (status == MIEN_OK) {
        mien_image_fill(*out, 0, 0, facts->columns, facts->rows, ground);
        mien_image_paste(*out, small, 0, 0);
    }
    mien_image_free(cut);
    mien_image_free(small);
    return status;
}

static mien_status ask(mien_face_list *out, const look *l,
                       const mien_image *input) {
    mien_detector *d = l->d;
    const mien_model_facts *facts = mien_model_info(d->model);
    mien_answer a = {.rows = facts->rows,
                     .columns = facts->columns,
                     .min_score = l->options->min_score};
    MIEN_TRY(room_for(&d->plane, &d->plane_room, mien_model_plane(d->model)));
    MIEN_TRY(room_for(&d->values, &d->values_room, (size_t)facts->width));
    MIEN_TRY(mien_model_prepare(d->model, input, d->plane));
    MIEN_TRY(mien_model_forward(d->model, d->plane, 1, d->values));
    a.values = d->values;
    a.outputs = mien_model_outputs(d->model, &a.n_outputs);
    return d->ops->decode(out, &a);
}

/* From pixels of the input to those of the photo. */
static void move_back(mien_face *f, mien_box part, float scale) {
    f->x = f->x / scale + (float)part.x;
    f->y = f->y / scale + (float)part.y;
    f->width /= scale;
    f->height /= scale;
    for (int k = 0; k < 5; k++) {
        f->points[k][0] = f->points[k][0] / scale + (float)part.x;
        f->points[k][1] = f->points[k][1] / scale + (float)part.y;
    }
}

static bool wanted(const mien_face *f, const mien_detect_options *o) {
    const float side = fmaxf(f->width, f->height);
    return isfinite(side) && isfinite(f->x) && isfinite(f->y) && side > 0 &&
           side >= (float)o->min_size &&
           (!o->max_size || side <= (float)o->max_size);
}

static mien_status look_at(look *l, mien_box part) {
    float scale;
    mien_image *input;
    mien_face_list found = {0};
    MIEN_TRY(choose_scale(&scale, l, part));
    MIEN_TRY(make_input(&input, l, part, scale));
    mien_status status = ask(&found, l, input);
    for (int i = 0; i < found.count && status == MIEN_OK; i++) {
        move_back(&found.face[i], part, scale);
        if (wanted(&found.face[i], l->options))
            status = mien_face_list_add(&l->found, &found.face[i]);
    }
    mien_face_list_close(&found);
    mien_image_free(input);
    return status;
}

/* ---- the whole photo -------------------------------------------------- */

/* Parts of the size that the network sees at full resolution, each of which
 * overlaps the next by at least a quarter. */
static mien_status look_at_tiles(look *l) {
    const int side = l->options->size ? l->options->size : SIDE;
    const int w = l->photo->width, h = l->photo->height;
    if (w <= side && h <= side) return MIEN_OK;
    const int across =
        w <= side ? 1 : 1 + (4 * (w - side) + 3 * side - 1) / (3 * side);
    const int down =
        h <= side ? 1 : 1 + (4 * (h - side) + 3 * side - 1) / (3 * side);
    const int tile_w = w < side ? w : side, tile_h = h < side ? h : side;
    for (int i = 0; i < across * down; i++) {
        const int c = i % across, r = i / across;
        const mien_box part = {
            across > 1 ? (int)((long)c * (w - tile_w) / (across - 1)) : 0,
            down > 1 ? (int)((long)r * (h - tile_h) / (down - 1)) : 0, tile_w,
            tile_h};
        MIEN_TRY(look_at(l, part));
    }
    return MIEN_OK;
}

static mien_status look_at_all(look *l) {
    const mien_box all = {0, 0, l->photo->width, l->photo->height};
    MIEN_TRY(look_at(l, all));
    if (l->options->tiles) MIEN_TRY(look_at_tiles(l));
    mien_face_list_suppress(&l->found, l->options->overlap);
    return MIEN_OK;
}

/* ---- photos that lie on their side ------------------------------------ */

/* EXIF's numbers: what turns the photo by 90, 270 and 180 degrees. */
static const int turns[] = {6, 8, 3};

/* A place of the turned photo in the photo of width x height. */
static void place_back(float *x, float *y, int turn, const mien_image *photo) {
    const float w = (float)photo->width - 1, h = (float)photo->height - 1;
    const float u = *x, v = *y;
    *x = turn == 6 ? v : turn == 8 ? w - v : w - u;
    *y = turn == 6 ? h - u : turn == 8 ? u : h - v;
}

static void turn_back(mien_face *f, int turn, const mien_image *photo) {
    float x1 = f->x, y1 = f->y, x2 = f->x + f->width, y2 = f->y + f->height;
    place_back(&x1, &y1, turn, photo);
    place_back(&x2, &y2, turn, photo);
    f->x = fminf(x1, x2);
    f->y = fminf(y1, y2);
    f->width = fabsf(x2 - x1);
    f->height = fabsf(y2 - y1);
    for (int k = 0; k < 5; k++)
        place_back(&f->points[k][0], &f->points[k][1], turn, photo);
}

static mien_status look_turned(look *l) {
    const mien_image *photo = l->photo;
    mien_status status = MIEN_OK;
    for (size_t i = 0; i < sizeof turns / sizeof *turns; i++) {
        mien_image *turned;
        status = mien_image_orient(&turned, photo, turns[i]);
        if (status != MIEN_OK) break;
        l->photo = turned;
        status = look_at_all(l);
        mien_image_free(turned);
        for (int k = 0; k < l->found.count; k++)
            turn_back(&l->found.face[k], turns[i], photo);
        if (status != MIEN_OK || l->found.count) break;
    }
    l->photo = photo;
    return status;
}

static mien_status check(const mien_detect_options *o) {
    if (!(o->min_score >= 0 && o->min_score <= 1))
        return mien_fail(MIEN_EINVAL, "min_score is %g; 0 to 1 is possible",
                         (double)o->min_score);
    if (!(o->overlap >= 0 && o->overlap <= 1))
        return mien_fail(MIEN_EINVAL, "overlap is %g; 0 to 1 is possible",
                         (double)o->overlap);
    if (o->min_size < 0 || o->max_size < 0 || o->most < 0)
        return mien_fail(MIEN_EINVAL,
                         "min_size, max_size and most cannot be negative");
    if (o->size && (o->size < STEP || o->size > 8192))
        return mien_fail(MIEN_EINVAL, "size is %d; %d to 8192 is possible",
                         o->size, STEP);
    return MIEN_OK;
}

mien_status mien_detector_find(mien_detector *detector, mien_faces *out,
                               const mien_image *photo,
                               const mien_detect_options *options) {
    mien_detect_options defaults;
    mien_detect_defaults(&defaults);
    look l = {detector, photo, options ? options : &defaults, {0}};
    *out = (mien_faces){0};
    MIEN_TRY(check(l.options));
    mien_status status = look_at_all(&l);
    if (status == MIEN_OK && !l.found.count && l.options->turn)
        status = look_turned(&l);
    if (status != MIEN_OK) {
        mien_face_list_close(&l.found);
        return status;
    }
    if (l.options->most && l.found.count > l.options->most)
        l.found.count = l.options->most;
    *out = (mien_faces){l.found.face, l.found.count};
    return MIEN_OK;
}
