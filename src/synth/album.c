/* SPDX-License-Identifier: Apache-2.0 */
/* album.c - a folder of people who do not exist.
 *
 * Pictures are made in stretches of 64 by all threads; after each stretch its
 * truth is appended in the order of the pictures, so that the files do not
 * depend on who was faster and an album that was stopped says what it has. */
#include "synth/album.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/threads.h"
#include "mien/version.h"

enum { STRETCH = 64, MOST_LINES = 1 << 20 };

/* What one picture adds to the lists. */
typedef struct slot {
    mien_buf truth, labels;
} slot;

typedef struct job {
    mien_album album;
    mien_pool *pool;
    mien_studio **studio;        /* one a thread */
    mien_album_picture *picture; /* likewise */
    slot slot[STRETCH];
    int first; /* picture of the stretch */
    FILE *truth, *labels;
    double began;
    int told; /* pictures that the caller knows of */
    atomic_int done;
    atomic_bool stopped; /* by the caller */
    atomic_bool failed;  /* somewhere: make no more */
} job;

/* ---- options ---------------------------------------------------------- */

void mien_synth_defaults(mien_synth_options *options) {
    *options = (mien_synth_options){
        .people = 20,
        .photos = 8,
        .groups = 4,
        .group_people = 6,
        .pairs = 3000,
        .size = 256,
        .seed = 1,
        .format = "jpg",
    };
}

typedef struct limit {
    const char *name;
    int value, least, most;
} limit;

static mien_status check_ranges(const mien_synth_options *o) {
    const limit limits[] = {
        {"people", o->people, 0, 99999},
        {"photos", o->photos, 1, 9999},
        {"distractors", o->distractors, 0, 999999},
        {"groups", o->groups, 0, 9999},
        {"group_people", o->group_people, 2, MIEN_ALBUM_GROUP_MOST},
        {"pairs", o->pairs, 0, 1000000},
        {"size", o->size, 32, 4096},
        {"threads", o->threads, 0, 256},
    };
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        const limit *l = &limits[i];
        if (l->value < l->least || l->value > l->most)
            return mien_fail(MIEN_EINVAL, "%s: %d is outside %d..%d", l->name,
                             l->value, l->least, l->most);
    }
    return MIEN_OK;
}

static mien_status check_options(const mien_synth_options *o) {
    MIEN_TRY(check_ranges(o));
    if (!o->format || (strcmp(o->format, "jpg") && strcmp(o->format, "png")))
        return mien_fail(MIEN_EINVAL, "format: %s is neither jpg nor png",
                         o->format ? o->format : "nothing");
    if (o->frontal && o->hard)
        return mien_fail(MIEN_EINVAL,
                         "frontal and hard: photos are one or the other");
    if (o->groups && o->people < 2)
        return mien_fail(MIEN_EINVAL, "groups: %d people make no group",
                         o->people);
    if (!o->people && !o->distractors)
        return mien_fail(MIEN_EINVAL,
                         "people: 0, and no distractors: nothing to make");
    return MIEN_OK;
}

/* A folder that is new or empty. */
static mien_status check_folder(const char *folder) {
    mien_names names;
    if (!mien_dir_exists(folder)) return mien_make_dirs(folder);
    MIEN_TRY(mien_dir_list(&names, folder));
    const size_t n = names.count;
    mien_names_close(&names);
    if (!n) return MIEN_OK;
    return mien_fail(MIEN_EINVAL,
                     "%s holds something; an album wants a folder that is new "
                     "or empty",
                     folder);
}

/* ---- pictures --------------------------------------------------------- */

/* Tell the caller, in the caller's own thread, which is worker 0. */
static void report(job *j) {
    const mien_synth_options *o = &j->album.o;
    const double seconds = mien_clock() - j->began;
    const int done = atomic_load(&j->done);
    const mien_synth_progress at = {done, j->album.pictures,
                                    seconds > 0 ? done / seconds : 0};
    if (done == j->told) return;
    j->told = done;
    mien_progress("synth", at.done, at.of, NULL);
    if (o->progress && !o->progress(o->context, &at))
        atomic_store(&j->stopped, true);
}

static mien_status make_one(void *context, int task, int worker) {
    job *j = context;
    mien_album_picture *picture = &j->picture[worker];
    slot *s = &j->slot[task];
    if (atomic_load(&j->failed)) return MIEN_OK; /* who failed says why */
    if (atomic_load(&j->stopped))
        return mien_fail(MIEN_EINTERRUPTED, "stopped after %d of %d pictures",
                         atomic_load(&j->done), j->album.pictures);
    mien_album_plan(picture, &j->album, j->first + task);
    mien_status status = mien_album_make(picture, &j->album, j->studio[worker]);
    if (status == MIEN_OK)
        status = mien_truth_lines(&s->truth, picture, &j->album);
    if (status == MIEN_OK) status = mien_truth_labels(&s->labels, picture);
    if (status != MIEN_OK)
        atomic_store(&j->failed, true);
    else
        atomic_fetch_add(&j->done, 1);
    if (worker == 0) report(j);
    return status;
}

static mien_status append(FILE *file, mien_buf *text, const char *name) {
    const size_t n = text->size;
    text->size = 0;
    if (n && fwrite(text->data, 1, n, file) != n)
        return mien_fail_errno("cannot write", name);
    return MIEN_OK;
}

static mien_status make_stretch(job *j, int first) {
    const int left = j->album.pictures - first;
    const int n = left < STRETCH ? left : STRETCH;
    j->first = first;
    mien_status status = mien_pool_run(j->pool, n, make_one, j);
    for (int i = 0; i < n; i++) {
        mien_status put = append(j->truth, &j->slot[i].truth, "truth.jsonl");
        if (status == MIEN_OK) status = put;
        put = append(j->labels, &j->slot[i].labels, "labels.txt");
        if (status == MIEN_OK) status = put;
    }
    return status;
}

/* ---- the other files -------------------------------------------------- */

static mien_status write_options(const mien_album *a) {
    const mien_synth_options *o = &a->o;
    char path[MIEN_ALBUM_MOST_PATH], text[512];
    const int n = snprintf(
        text, sizeof text,
        "{\"version\": \"%s\", \"people\": %d, \"photos\": %d, "
        "\"distractors\": %d, \"groups\": %d, \"group_people\": %d, "
        "\"pairs\": %d, \"size\": %d, \"seed\": \"%llu\", \"grey\": %s, "
        "\"kind\": \"%s\", \"format\": \"%s\", \"pictures\": %d}\n",
        MIEN_VERSION, o->people, o->photos, o->distractors, o->groups,
        o->group_people, o->pairs, o->size, (unsigned long long)o->seed,
        o->grey ? "true" : "false", mien_album_kind(a), o->format, a->pictures);
    MIEN_TRY(mien_path_join(path, sizeof path, a->folder, "synth.json"));
    return mien_file_write(path, text, (size_t)n);
}

static mien_status open_list(FILE **out, const char *folder, const char *name) {
    char path[MIEN_ALBUM_MOST_PATH];
    MIEN_TRY(mien_path_join(path, sizeof path, folder, name));
    *out = fopen(path, "wbe");
    return *out ? MIEN_OK : mien_fail_errno("cannot open", path);
}

static mien_status close_list(FILE *file, const char *name) {
    if (!file || fclose(file) == 0) return MIEN_OK;
    return mien_fail_errno("cannot write", name);
}

/* ---- a job ------------------------------------------------------------ */

static mien_status open_job(job *j) {
    int threads = j->album.o.threads;
    if (!threads) threads = mien_cpu_count();
    if (threads > j->album.pictures) threads = j->album.pictures;
    MIEN_TRY(mien_pool_open(&j->pool, threads));
    j->studio = mien_alloc((size_t)threads, sizeof(mien_studio *));
    j->picture = mien_alloc((size_t)threads, sizeof *j->picture);
    if (!j->studio || !j->picture) return MIEN_ENOMEM;
    for (int i = 0; i < threads; i++) MIEN_TRY(mien_studio_open(&j->studio[i]));
    for (int i = 0; i < STRETCH; i++)
        j->slot[i].truth.cap = j->slot[i].labels.cap = MOST_LINES;
    MIEN_TRY(open_list(&j->truth, j->album.folder, "truth.jsonl"));
    return open_list(&j->labels, j->album.folder, "labels.txt");
}

static mien_status close_job(job *j) {
    const int threads = j->pool ? mien_pool_threads(j->pool) : 0;
    for (int i = 0; j->studio && i < threads; i++)
        mien_studio_close(j->studio[i]);
    for (int i = 0; i < STRETCH; i++) {
        mien_buf_close(&j->slot[i].truth);
        mien_buf_close(&j->slot[i].labels);
    }
    mien_free(j->studio);
    mien_free(j->picture);
    mien_pool_close(j->pool);
    const mien_status truth = close_list(j->truth, "truth.jsonl");
    const mien_status labels = close_list(j->labels, "labels.txt");
    return truth != MIEN_OK ? truth : labels;
}

static mien_status run(job *j) {
    MIEN_TRY(open_job(j));
    MIEN_TRY(write_options(&j->album));
    MIEN_TRY(mien_album_pairs(&j->album));
    j->began = mien_clock();
    for (int i = 0; i < j->album.pictures; i += STRETCH)
        MIEN_TRY(make_stretch(j, i));
    report(j);
    return MIEN_OK;
}

static void lay_out(mien_album *album, const char *folder,
                    const mien_synth_options *o) {
    album->folder = folder;
    album->o = *o;
    album->kind = o->frontal ? MIEN_SHOT_FRONTAL
                  : o->hard  ? MIEN_SHOT_HARD
                             : MIEN_SHOT_USUAL;
    album->portraits = o->people * o->photos;
    album->pictures = album->portraits + o->distractors + o->groups;
}

mien_status mien_synth_album(const char *folder,
                             const mien_synth_options *options) {
    MIEN_TRY(check_options(options));
    MIEN_TRY(check_folder(folder));
    job *j = mien_alloc(1, sizeof *j);
    if (!j) return MIEN_ENOMEM;
    lay_out(&j->album, folder, options);
    mien_status status = run(j);
    const mien_status closed = close_job(j);
    mien_free(j);
    return status != MIEN_OK ? status : closed;
}
