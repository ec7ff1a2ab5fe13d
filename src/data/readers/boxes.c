/* SPDX-License-Identifier: Apache-2.0 */
/* boxes.c - photos with the faces in them, for training detectors.
 *
 * A sample is composed anew each time: half of them of one photo, cut so that
 * a face of it comes out between 8 and 160 pixels, half of four parts that
 * meet at a random place, each of any photo or of a scene without faces. Each
 * is mirrored half of the time. Without chance, as for validation, a photo is
 * scaled to fit.
 * Source: Bochkovskiy et al., YOLOv4, 2020 (arXiv:2004.10934) for mosaics. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "data/boxes.h"
#include "data/cache.h"
#include "data/mosaic.h"
#include "data/photos.h"
#include "nn/losses/detect.h"

typedef struct config {
    const char *path, *more, *scenes;
    int faces, cache;
    float mosaic, empty;
} config;

static const mien_param params[] = {
    {"path", "the list of photos and their faces", offsetof(config, path),
     .kind = MIEN_STRING, .required = true},
    {"more", "further lists, \"a.txt, b.txt\"", offsetof(config, more),
     .kind = MIEN_STRING, .text = ""},
    {"scenes", "folder of photos without faces", offsetof(config, scenes),
     .kind = MIEN_STRING, .text = ""},
    {"faces", "at most, in a composed sample", offsetof(config, faces), 1, 1000,
     96, .kind = MIEN_INT},
    {"mosaic", "share of samples made of four parts", offsetof(config, mosaic),
     0, 1, 0.5f},
    {"empty", "share of parts that are scenes without faces",
     offsetof(config, empty), 0, 1, 0.15f},
    {"memory", "megabytes of decoded photos to keep", offsetof(config, cache),
     0, 1e6, 1024, .kind = MIEN_INT},
    {0},
};

typedef struct source {
    mien_boxes boxes;
    int scenes; /* the last so many photos have no faces */
    float mosaic, empty;
    mien_cache *cache; /* NULL: none */
} source;

/* ---- open ------------------------------------------------------------- */

static mien_status read_more(source *s, const char *lists, mien_arena *arena) {
    char *text = mien_arena_strdup(arena, lists), *rest = NULL;
    if (!text) return MIEN_ENOMEM;
    for (char *name = strtok_r(text, ", ", &rest); name;
         name = strtok_r(NULL, ", ", &rest))
        MIEN_TRY(mien_boxes_read(&s->boxes, name));
    return MIEN_OK;
}

/* Scenes stand behind the photos; their sizes are found when decoded. */
static mien_status read_scenes(source *s, const char *folder, mien_reader *r) {
    mien_photos found = {0};
    mien_status status = mien_photos_add_folder(&found, r, folder, 0, 0);
    mien_boxes *b = &s->boxes;
    const int n = b->photos + found.count;
    mien_boxed_photo *all =
        status == MIEN_OK
            ? mien_realloc(b->photo, (size_t)n + 1, sizeof *b->photo)
            : NULL;
    if (all) {
        b->photo = all;
        b->photo_room = n + 1;
        for (int i = 0; i < found.count; i++)
            b->photo[b->photos++] =
                (mien_boxed_photo){.path = found.items[i].path};
        s->scenes = found.count;
    } else if (status == MIEN_OK)
        status = MIEN_ENOMEM;
    mien_photos_close(&found);
    return status;
}

static mien_status open_boxes(mien_reader *r, const void *cfg) {
    const config *c = cfg;
    source *s = r->state = mien_arena_alloc(&r->arena, 1, sizeof *s);
    if (!s) return MIEN_ENOMEM;
    s->mosaic = c->mosaic;
    s->empty = c->empty;
    MIEN_TRY(mien_boxes_read(&s->boxes, c->path));
    MIEN_TRY(read_more(s, c->more, &r->arena));
    r->count = s->boxes.photos;
    if (!r->count) return mien_fail(MIEN_EDATA, "%s lists no photo", c->path);
    if (c->scenes[0]) MIEN_TRY(read_scenes(s, c->scenes, r));
    r->classes = 1;
    r->vector = mien_detect_row(c->faces);
    r->labels =
        mien_arena_alloc(&r->arena, (size_t)r->count, sizeof *r->labels);
    if (!r->labels) return MIEN_ENOMEM;
    if (!c->cache) return MIEN_OK;
    return mien_cache_open(&s->cache, s->boxes.photos, (size_t)c->cache << 20);
}

static void close_boxes(mien_reader *r) {
    source *s = r->state;
    if (!s) return;
    mien_cache_close(s->cache);
    mien_boxes_close(&s->boxes);
}

/* ---- one part --------------------------------------------------------- */

/* Photo i, decoded; *own is the caller's when it is not kept. */
static mien_status fetch(const mien_image **out, mien_image **own,
                         const source *s, int i, int channels) {
    *own = NULL;
    *out = s->cache ? mien_cache_get(s->cache, i) : NULL;
    if (*out) return MIEN_OK;
    mien_sample sample;
    const mien_want want = {.channels = channels};
    MIEN_TRY(mien_photo_load(&sample, s->boxes.photo[i].path, want));
    *out = sample.image;
    if (!s->cache || !mien_cache_put(s->cache, i, sample.image))
        *own = sample.image;
    return MIEN_OK;
}

/* Scale and place by chance: a face of it, if there is one, gets a side from
 * 8 to 160 pixels, all sizes being equally likely on a log scale, and falls
 * somewhere into the window; else a part of the photo. */
static void throw_piece(mien_piece *p, mien_rng *rng) {
    const mien_image *photo = p->photo;
    float x = (float)mien_rng_uniform(rng) * (float)photo->width;
    float y = (float)mien_rng_uniform(rng) * (float)photo->height;
    p->scale = powf(2, (float)mien_rng_range(rng, -1.2, 0.8));
    p->mirrored = mien_rng_below(rng, 2);
    if (p->faces) {
        const mien_face_box *f =
            &p->face[mien_rng_below(rng, (uint32_t)p->faces)];
        const float side = sqrtf(fmaxf(f->width * f->height, 1));
        const float want = 8 * powf(20, (float)mien_rng_uniform(rng));
        p->scale = want / (side * p->face_scale);
        x = (f->x + f->width / 2) * p->face_scale;
        y = (f->y + f->height / 2) * p->face_scale;
        if (p->mirrored) x = (float)photo->width - x;
    }
    /* larger than twice is only blur; much smaller leaves an empty canvas */
    const float fit = fminf((float)p->window.width / (float)photo->width,
                            (float)p->window.height / (float)photo->height);
    p->scale = fmaxf(fminf(p->scale, 2.5f), fit * 0.6f);
    p->dx = (float)p->window.x - p->scale * x +
            (float)(p->window.width * mien_rng_range(rng, 0.2, 0.8));
    p->dy = (float)p->window.y - p->scale * y +
            (float)(p->window.height * mien_rng_range(rng, 0.2, 0.8));
}

/* All of the photo, as large as fits. */
static void fit_piece(mien_piece *p) {
    const float w = (float)p->window.width / (float)p->photo->width;
    const float h = (float)p->window.height / (float)p->photo->height;
    p->scale = fminf(w, h);
    p->dx = (float)p->window.x;
    p->dy = (float)p->window.y;
}

/* A scene behind a photo that does not fill its window. */
static mien_status lay_scene(mien_canvas *canvas, const source *s,
                             const mien_piece *before, mien_rng *rng) {
    const mien_box *w = &before->window;
    const float right = (float)before->photo->width * before->scale;
    const float bottom = (float)before->photo->height * before->scale;
    if (before->dx <= (float)w->x && before->dy <= (float)w->y &&
        before->dx + right >= (float)(w->x + w->width) &&
        before->dy + bottom >= (float)(w->y + w->height))
        return MIEN_OK;
    const int scene = s->boxes.photos - s->scenes +
                      (int)mien_rng_below(rng, (uint32_t)s->scenes);
    mien_image *own;
    mien_piece p = {.window = *w, .mirrored = mien_rng_below(rng, 2)};
    MIEN_TRY(fetch(&p.photo, &own, s, scene, canvas->image->channels));
    p.scale = fmaxf((float)w->width / (float)p.photo->width,
                    (float)w->height / (float)p.photo->height);
    p.scale *= (float)mien_rng_range(rng, 1, 1.5);
    p.dx = (float)w->x;
    p.dy = (float)w->y;
    const mien_status status = mien_canvas_lay(canvas, &p);
    mien_image_free(own);
    return status;
}

static mien_status lay(mien_canvas *canvas, const source *s, int i,
                       mien_box window, mien_rng *rng) {
    const mien_boxed_photo *of = &s->boxes.photo[i];
    mien_image *own;
    mien_piece p = {.face = s->boxes.face + of->first,
                    .faces = of->count,
                    .window = window};
    MIEN_TRY(fetch(&p.photo, &own, s, i, canvas->image->channels));
    p.face_scale = of->width ? (float)p.photo->width / (float)of->width : 1;
    if (rng)
        throw_piece(&p, rng);
    else
        fit_piece(&p);
    mien_status status = MIEN_OK;
    if (rng && s->scenes) status = lay_scene(canvas, s, &p, rng);
    if (status == MIEN_OK) status = mien_canvas_lay(canvas, &p);
    mien_image_free(own);
    return status;
}

/* ---- one sample ------------------------------------------------------- */

static int any_photo(const source *s, mien_rng *rng) {
    const int photos = s->boxes.photos - s->scenes;
    if (s->scenes && mien_rng_uniform(rng) < (double)s->empty)
        return photos + (int)mien_rng_below(rng, (uint32_t)s->scenes);
    return (int)mien_rng_below(rng, (uint32_t)photos);
}

/* Four parts that meet at a place near the middle; the first is photo i. */
static mien_status lay_four(mien_canvas *canvas, const source *s, int i,
                            mien_rng *rng) {
    const int w = canvas->image->width, h = canvas->image->height;
    const int x = (int)(w * mien_rng_range(rng, 0.3, 0.7));
    const int y = (int)(h * mien_rng_range(rng, 0.3, 0.7));
    const mien_box windows[4] = {
        {0, 0, x, y}, {x, 0, w - x, y}, {0, y, x, h - y}, {x, y, w - x, h - y}};
    const int first = (int)mien_rng_below(rng, 4);
    for (int k = 0; k < 4; k++)
        MIEN_TRY(lay(canvas, s, k == first ? i : any_photo(s, rng), windows[k],
                     rng));
    return MIEN_OK;
}

static mien_status compose(mien_sample *out, float *target,
                           const mien_reader *r, int i,
                           const mien_composing *how) {
    const source *s = r->state;
    mien_canvas canvas;
    *out = (mien_sample){0};
    MIEN_TRY(mien_canvas_open(&canvas, how->want, target, r->vector));
    const mien_box all = {0, 0, how->want.width, how->want.height};
    mien_status status;
    if (how->rng && mien_rng_uniform(how->rng) < (double)s->mosaic)
        status = lay_four(&canvas, s, i, how->rng);
    else
        status = lay(&canvas, s, i, all, how->rng);
    if (status == MIEN_OK)
        out->image = canvas.image;
    else
        mien_image_free(canvas.image);
    return status;
}

static mien_status decode(mien_sample *out, const mien_reader *r, int i,
                          mien_want want) {
    const source *s = r->state;
    return mien_photo_load(out, s->boxes.photo[i].path, want);
}

static mien_status digest(mien_hash *hash, const mien_reader *r, int i) {
    const source *s = r->state;
    const mien_boxed_photo *photo = &s->boxes.photo[i];
    for (int k = 0; k < photo->count; k++) {
        const mien_face_box *f = &s->boxes.face[photo->first + k];
        const float box[4] = {f->x, f->y, f->width, f->height};
        mien_hash_add(hash, box, sizeof box);
        mien_hash_add(hash, f->point, sizeof f->point);
    }
    return mien_photo_digest(hash, photo->path);
}

const mien_reader_ops mien_reader_boxes = {
    .name = "boxes",
    .summary = "photos with boxes of faces, for detectors",
    .params = params,
    .config_size = sizeof(config),
    .open = open_boxes,
    .decode = decode,
    .compose = compose,
    .digest = digest,
    .close = close_boxes,
};
