/* SPDX-License-Identifier: Apache-2.0 */
/* calibrate.c - photos of known people to score -> FMR.
 *
 * Photos go the way that they go in use: found, aligned, embedded. Then either
 * all pairs of photos of two people are compared, or, when these are more than
 * wanted, pairs drawn by chance: two people, each as likely as any, then a
 * photo of each. */
#include "mien/calibrate.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/threads.h"
#include "eval/pairs.h"

enum { PATH_ROOM = 4096, MAX_PHOTO = 256 << 20, ALIGNED = 112, CHUNK = 64 };

typedef struct photo {
    const char *path;
    int32_t person;
    bool used; /* it has an embedding */
    char hash[MIEN_HASH_HEX];
} photo;

typedef struct run {
    const mien_calibrate_options *o;
    mien_arena arena;
    mien_pairs pairs; /* of o->pairs */
    photo *photo;     /* those of a person side by side */
    int n, room, people;
    mien_detector **detector; /* of each worker */
    mien_embedder **embedder;
    float *vector;            /* n x width */
    int width, first, listed; /* listed: photos, before any was left out */
    float *score;             /* the comparisons */
    int32_t *a, *b;
    int64_t count;
} run;

void mien_calibrate_defaults(mien_calibrate_options *options) {
    *options = (mien_calibrate_options){
        .photos = 10, .comparisons = 2000000, .threads = 1};
}

/* ---- which photos ----------------------------------------------------- */

static mien_status add_photo(run *r, const char *path, int person) {
    if (r->n == r->room) {
        const int room = 2 * r->room + 64;
        photo *grown = mien_realloc(r->photo, (size_t)room, sizeof *grown);
        if (!grown) return MIEN_ENOMEM;
        r->photo = grown;
        r->room = room;
    }
    const char *kept = mien_arena_strdup(&r->arena, path);
    if (!kept) return MIEN_ENOMEM;
    r->photo[r->n++] = (photo){.path = kept, .person = person};
    return MIEN_OK;
}

/* At most o->photos of a person's folder, evenly chosen by name. */
static mien_status add_person(run *r, const char *folder) {
    mien_names names;
    MIEN_TRY(mien_dir_list(&names, folder));
    mien_status status = MIEN_OK;
    const size_t n = names.count, most = (size_t)r->o->photos;
    const size_t take = n < most ? n : most;
    const int before = r->n;
    for (size_t i = 0; i < take && status == MIEN_OK; i++) {
        char path[PATH_ROOM];
        status = mien_path_join(path, sizeof path, folder,
                                names.items[i * n / take]);
        if (status == MIEN_OK && mien_file_exists(path) &&
            !mien_dir_exists(path))
            status = add_photo(r, path, r->people);
    }
    r->people += r->n > before;
    mien_names_close(&names);
    return status;
}

static mien_status list_people(run *r) {
    mien_names names;
    MIEN_TRY(mien_dir_list(&names, r->o->people));
    mien_status status = MIEN_OK;
    for (size_t i = 0; i < names.count && status == MIEN_OK; i++) {
        char path[PATH_ROOM];
        status =
            mien_path_join(path, sizeof path, r->o->people, names.items[i]);
        if (status == MIEN_OK && mien_dir_exists(path))
            status = add_person(r, path);
    }
    mien_names_close(&names);
    return status;
}

/* Whether both paths lie in one folder, which is a person. */
static bool same_folder(const char *a, const char *b) {
    const char *slash = strrchr(a, '/');
    const size_t length = slash ? (size_t)(slash - a) + 1 : 0;
    return length && !strncmp(a, b, length) && !strchr(b + length, '/');
}

static mien_status list_pairs(run *r) {
    MIEN_TRY(mien_pairs_read(&r->pairs, r->o->pairs));
    for (int i = 0; i < r->pairs.n_pictures; i++) {
        char path[PATH_ROOM];
        const mien_picture *p = &r->pairs.pictures[i];
        MIEN_TRY(mien_path_join(path, sizeof path, r->o->data, p->path));
        if (!i || !same_folder(p[-1].path, p->path)) r->people++;
        MIEN_TRY(add_photo(r, path, r->people - 1));
    }
    return MIEN_OK;
}

/* ---- embeddings ------------------------------------------------------- */

/* The paths of photos name people: messages give a number. */
static mien_status load(mien_image **out, photo *p, int number) {
    char where[64];
    mien_buf bytes = {.cap = MAX_PHOTO};
    mien_image_options options;
    mien_image_defaults(&options);
    options.channels = 3;
    *out = NULL;
    snprintf(where, sizeof where, "photo %d (of person %d)", number,
             p->person + 1);
    mien_status status = mien_file_read(&bytes, p->path);
    if (status != MIEN_OK)
        status = mien_fail(status, "%s: %s", where, mien_status_text(status));
    else
        status =
            mien_image_decode(out, bytes.data, bytes.size, where, &options);
    if (status == MIEN_OK) mien_hash_once(p->hash, bytes.data, bytes.size);
    mien_buf_close(&bytes);
    return status;
}

static bool is_zero(const float *x, int width) {
    for (int i = 0; i < width; i++)
        if (x[i] != 0) return false;
    return true;
}

static mien_status embed_photo(run *r, const mien_image *image, int i,
                               int worker) {
    float *x = r->vector + (size_t)i * (size_t)r->width;
    mien_embedder *embedder = r->embedder[worker];
    mien_faces faces = {0};
    mien_status status = MIEN_OK;
    if (image->width == ALIGNED && image->height == ALIGNED) {
        status = mien_embedder_embed_aligned(embedder, x, &image, 1);
    } else if (!r->detector[worker]) {
        return mien_fail(MIEN_EINVAL,
                         "photo %d (of person %d) has %d x %d pixels: without "
                         "a detector all must be aligned faces of 112 x 112",
                         i + 1, r->photo[i].person + 1, image->width,
                         image->height);
    } else {
        status = mien_detector_find(r->detector[worker], &faces, image, NULL);
        const int main = mien_faces_main(&faces, image);
        if (status == MIEN_OK && main >= 0)
            status =
                mien_embedder_embed(embedder, x, image, &faces.face[main], 1);
    }
    r->photo[i].used = status == MIEN_OK && !is_zero(x, r->width);
    mien_faces_free(&faces);
    return status;
}

static mien_status embed_task(void *context, int task, int worker) {
    run *r = context;
    const int i = r->first + task;
    mien_image *image;
    MIEN_TRY(load(&image, &r->photo[i], i + 1));
    const mien_status status = embed_photo(r, image, i, worker);
    mien_image_free(image);
    return status;
}

static mien_status open_models(run *r) {
    const size_t n = (size_t)r->o->threads;
    r->detector = mien_alloc(n, sizeof *r->detector);
    r->embedder = mien_alloc(n, sizeof *r->embedder);
    if (!r->detector || !r->embedder) return MIEN_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        MIEN_TRY(mien_embedder_open(&r->embedder[i], r->o->model, 1));
        if (r->o->detector)
            MIEN_TRY(mien_detector_open(&r->detector[i], r->o->detector));
    }
    r->width = mien_embedder_width(r->embedder[0]);
    r->vector = mien_alloc((size_t)r->n * (size_t)r->width, sizeof *r->vector);
    return r->vector ? MIEN_OK : MIEN_ENOMEM;
}

static mien_status embed_all(run *r) {
    mien_pool *pool;
    MIEN_TRY(open_models(r));
    MIEN_TRY(mien_pool_open(&pool, r->o->threads));
    mien_status status = MIEN_OK;
    for (r->first = 0; r->first < r->n && status == MIEN_OK;
         r->first += CHUNK) {
        const int left = r->n - r->first;
        mien_progress("calibrate", r->first, r->n, NULL);
        status =
            mien_pool_run(pool, left < CHUNK ? left : CHUNK, embed_task, r);
    }
    mien_progress("calibrate", r->n, r->n, NULL);
    mien_pool_close(pool);
    return status;
}

/* ---- comparisons ------------------------------------------------------ */

static void compare(run *r, int i, int k) {
    const size_t width = (size_t)r->width;
    r->score[r->count] = mien_face_similarity(
        r->vector + (size_t)i * width, r->vector + (size_t)k * width, r->width);
    r->a[r->count] = r->photo[i].person;
    r->b[r->count++] = r->photo[k].person;
}

static mien_status make_room(run *r, int64_t n) {
    r->score = mien_alloc((size_t)n + 1, sizeof *r->score);
    r->a = mien_alloc((size_t)n + 1, sizeof *r->a);
    r->b = mien_alloc((size_t)n + 1, sizeof *r->b);
    return r->score && r->a && r->b ? MIEN_OK : MIEN_ENOMEM;
}

static mien_status compare_pairs(run *r) {
    MIEN_TRY(make_room(r, r->pairs.n));
    for (int i = 0; i < r->pairs.n; i++) {
        const mien_pair *p = &r->pairs.items[i];
        const int a = p->picture[0], b = p->picture[1];
        if (!p->same && r->photo[a].used && r->photo[b].used) compare(r, a, b);
    }
    return MIEN_OK;
}

/* Throw away photos without an embedding and people without photos. */
static void keep_used(run *r) {
    const size_t width = (size_t)r->width;
    int n = 0, people = 0, last = -1;
    for (int i = 0; i < r->n; i++) {
        if (!r->photo[i].used) continue;
        people += r->photo[i].person != last;
        last = r->photo[i].person;
        memmove(r->vector + (size_t)n * width, r->vector + (size_t)i * width,
                width * sizeof *r->vector);
        r->photo[n] = r->photo[i];
        r->photo[n++].person = people - 1;
    }
    r->n = n;
    r->people = people;
}

static mien_status draw_pairs(run *r, const int *begin) {
    mien_rng rng = mien_rng_at(0, MIEN_RNG_EVAL, 0x70616972, 0);
    const uint32_t people = (uint32_t)r->people;
    while (r->count < r->o->comparisons) {
        const uint32_t p = mien_rng_below(&rng, people);
        const uint32_t q = mien_rng_below(&rng, people);
        if (p == q) continue;
        const int i = begin[p] + (int)mien_rng_below(
                                     &rng, (uint32_t)(begin[p + 1] - begin[p]));
        const int k = begin[q] + (int)mien_rng_below(
                                     &rng, (uint32_t)(begin[q + 1] - begin[q]));
        compare(r, i, k);
    }
    return MIEN_OK;
}

static mien_status compare_people(run *r) {
    int64_t all = 0;
    keep_used(r);
    int *begin = mien_alloc((size_t)r->people + 2, sizeof *begin);
    if (!begin) return MIEN_ENOMEM;
    for (int i = 0; i < r->n; i++) {
        const int p = r->photo[i].person;
        all += begin[p]; /* photos of those before */
        begin[p + 1] = i + 1;
    }
    mien_status status =
        make_room(r, all < r->o->comparisons ? all : r->o->comparisons);
    if (status == MIEN_OK && all > r->o->comparisons)
        status = draw_pairs(r, begin);
    else if (status == MIEN_OK)
        for (int i = 0; i < r->n; i++)
            for (int k = 0; k < begin[r->photo[i].person]; k++)
                compare(r, i, k);
    mien_free(begin);
    return status;
}

/* ---- all together ----------------------------------------------------- */

static mien_status check(const mien_calibrate_options *o) {
    if (!o->model || !o->people == !(o->data && o->pairs))
        return mien_fail(MIEN_EINVAL,
                         "a calibration needs a model, and either a folder of "
                         "people or data and pairs");
    if (o->photos < 1 || o->comparisons < 1 || o->threads < 1 ||
        o->threads > 256)
        return mien_fail(MIEN_EINVAL,
                         "photos and comparisons must be 1 or more, threads "
                         "1 to 256");
    return MIEN_OK;
}

static mien_status fit(mien_calibration **out, const run *r) {
    char hex[MIEN_HASH_HEX], source[160];
    mien_hash hash;
    mien_hash_begin(&hash);
    for (int i = 0; i < r->n; i++)
        mien_hash_add(&hash, r->photo[i].hash, MIEN_HASH_HEX);
    mien_hash_end(&hash, hex);
    snprintf(source, sizeof source, "%d photos of %d people, BLAKE2b %.32s",
             r->n, r->people, hex);
    const mien_impostors impostors = {.score = r->score,
                                      .a = r->a,
                                      .b = r->b,
                                      .n = r->count,
                                      .people = r->people};
    return mien_calibration_fit(out, &impostors,
                                mien_embedder_contract(r->embedder[0]), source);
}

static mien_status work(mien_calibration **out, run *r) {
    MIEN_TRY(r->o->people ? list_people(r) : list_pairs(r));
    if (r->people < 2)
        return mien_fail(MIEN_EDATA,
                         "photos of %d people: two at least, a folder each",
                         r->people);
    r->listed = r->n;
    MIEN_TRY(embed_all(r));
    MIEN_TRY(r->o->people ? compare_people(r) : compare_pairs(r));
    return fit(out, r);
}

static void close_run(run *r) {
    for (int i = 0; i < r->o->threads; i++) {
        if (r->detector) mien_detector_close(r->detector[i]);
        if (r->embedder) mien_embedder_close(r->embedder[i]);
    }
    mien_free(r->detector);
    mien_free(r->embedder);
    mien_free(r->vector);
    mien_free(r->score);
    mien_free(r->a);
    mien_free(r->b);
    mien_free(r->photo);
    mien_pairs_close(&r->pairs);
    mien_arena_close(&r->arena);
}

mien_status mien_calibrate(mien_calibration **out,
                           mien_calibrate_summary *summary,
                           const mien_calibrate_options *options) {
    run r = {.o = options};
    *out = NULL;
    MIEN_TRY(check(options));
    const mien_status status = work(out, &r);
    if (summary) {
        int used = 0;
        for (int i = 0; i < r.n; i++) used += r.photo[i].used;
        *summary = (mien_calibrate_summary){.photos = used,
                                            .people = r.people,
                                            .without_face = r.listed - used,
                                            .comparisons = r.count};
    }
    close_run(&r);
    return status;
}
