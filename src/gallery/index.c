/* SPDX-License-Identifier: Apache-2.0 */
/* index.c - what a search looks through, kept up with the store.
 *
 * Templates that came after the file of vectors was made are read from the
 * store; when they are 256 and an eighth of the others, the file is written
 * anew. When a row has gone or changed hands, all is read. */
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "gallery/parts.h"

enum { FEW = 256, SHARE = 8, FIRST_ROOM = 64 };

void mien_index_drop(mien_index *index) {
    const bool warned = index->warned;
    mien_vectors_close(&index->file);
    mien_segment_close(&index->base);
    mien_segment_close(&index->fresh);
    *index = (mien_index){.warned = warned};
}

/* ---- reading templates ---- */

typedef struct gathering {
    mien_gallery *g;
    mien_segment *into;
    mien_vectors_writer *writer; /* NULL: none, or it failed */
    float *x;
} gathering;

/* A search does not need the file: it is told of once, and goes on. */
static void give_up(mien_gallery *g) {
    if (!g->index.warned)
        mien_warn("%s is not kept: %s", g->vectors_path, mien_error());
    g->index.warned = true;
}

static mien_status gather_row(void *context, const mien_template_row *row) {
    gathering *w = context;
    MIEN_TRY(mien_open_template(w->x, row, w->g));
    if (w->into->n == w->into->room)
        MIEN_TRY(mien_segment_grow(w->into, 2 * w->into->room + FIRST_ROOM));
    mien_segment_put(w->into, row->id, row->person, w->x);
    if (w->writer &&
        mien_vectors_put(w->writer, w->into, row->sealed) != MIEN_OK) {
        give_up(w->g);
        mien_vectors_cancel(w->writer);
        w->writer = NULL;
    }
    return MIEN_OK;
}

/* Templates after a number go to a segment. */
static mien_status gather(gathering *w, int64_t after) {
    mien_store *store = w->g->store;
    w->x = mien_alloc((size_t)w->g->width, sizeof *w->x);
    if (!w->x) return MIEN_ENOMEM;
    const mien_status status =
        store->ops->template_each(store, after, gather_row, w);
    mien_free(w->x);
    return status;
}

static mien_status check_count(const mien_gallery *g, size_t n) {
    if (n == (size_t)g->head.templates) return MIEN_OK;
    return mien_fail(MIEN_ECORRUPT,
                     "%s: %zu templates are there, not %lld: some were removed "
                     "or put back by other means",
                     g->path, n, (long long)g->head.templates);
}

/* ---- the file ---- */

/* Take over what the file has, if it still holds; else there is none. */
static mien_status start_from_file(mien_gallery *g) {
    mien_index *ix = &g->index;
    const mien_head *h = &g->head;
    mien_status status =
        mien_vectors_open(&ix->file, g->vectors_path, h, &g->keys);
    if (status == MIEN_ENOTFOUND) return MIEN_OK;
    const bool holds = status == MIEN_OK && ix->file.layout == h->layout &&
                       ix->file.last_template <= h->last_template;
    if (holds) {
        status = mien_vectors_load(&ix->base, &ix->file, &g->keys, g->pool);
        ix->last_template = ix->file.last_template;
    }
    if (holds && status == MIEN_OK) return MIEN_OK;
    mien_vectors_close(&ix->file);
    ix->last_template = 0;
    if (status == MIEN_ENOMEM) return status;
    if (status != MIEN_OK)
        mien_warn("%s will be made anew: %s", g->vectors_path, mien_error());
    return MIEN_OK;
}

mien_status mien_index_rebuild(mien_gallery *g) {
    mien_index *ix = &g->index;
    gathering w = {.g = g, .into = &ix->base};
    mien_index_drop(ix);
    if (mien_vectors_begin(&w.writer, g->vectors_path, &g->head, &g->keys) !=
        MIEN_OK)
        give_up(g);
    mien_status status =
        mien_segment_open(&ix->base, (size_t)g->head.templates, g->width);
    if (status == MIEN_OK) status = gather(&w, 0);
    if (status == MIEN_OK) status = check_count(g, ix->base.n);
    if (status != MIEN_OK) {
        mien_vectors_cancel(w.writer);
        mien_index_drop(ix);
        return status;
    }
    if (w.writer && (mien_vectors_commit(w.writer, &ix->base) != MIEN_OK ||
                     mien_vectors_open(&ix->file, g->vectors_path, &g->head,
                                       &g->keys) != MIEN_OK))
        give_up(g);
    return MIEN_OK;
}

/* ---- keeping up ---- */

static bool is_current(const mien_gallery *g) {
    return g->index.loaded && g->index.generation == g->head.generation;
}

static void mark_current(mien_gallery *g) {
    g->index.loaded = true;
    g->index.generation = g->head.generation;
    g->index.layout = g->head.layout;
    g->index.last_template = g->head.last_template;
}

static bool too_many_fresh(const mien_gallery *g) {
    const mien_index *ix = &g->index;
    return g->cache && !g->batch && !ix->warned &&
           ix->fresh.n > FEW + ix->base.n / SHARE;
}

static mien_status append(mien_gallery *g) {
    mien_index *ix = &g->index;
    gathering w = {.g = g, .into = &ix->fresh};
    if (!ix->fresh.stride)
        MIEN_TRY(mien_segment_open(&ix->fresh, FIRST_ROOM, g->width));
    MIEN_TRY(gather(&w, ix->last_template));
    return check_count(g, ix->base.n + ix->fresh.n);
}

static mien_status catch_up(mien_gallery *g, bool *wrote) {
    mien_index *ix = &g->index;
    mien_status status = MIEN_OK;
    if (is_current(g)) return MIEN_OK;
    if (!ix->loaded || ix->layout != g->head.layout) {
        mien_index_drop(ix);
        if (g->cache && !g->batch) status = start_from_file(g);
    }
    if (status == MIEN_OK) status = append(g);
    *wrote = status == MIEN_OK && too_many_fresh(g);
    if (*wrote) status = mien_index_rebuild(g);
    if (status != MIEN_OK) {
        mien_index_drop(ix);
        return status;
    }
    mark_current(g);
    return MIEN_OK;
}

/* Under `lock`: is there anything to do? */
static mien_status look(mien_gallery *g, bool *current) {
    pthread_mutex_lock(&g->lock);
    const mien_status status = g->batch ? MIEN_OK : mien_gallery_read_head(g);
    *current = status == MIEN_OK && is_current(g);
    pthread_mutex_unlock(&g->lock);
    return status;
}

static mien_status update(mien_gallery *g) {
    bool wrote = false;
    MIEN_TRY(mien_reading_begin(g));
    const mien_status status = catch_up(g, &wrote);
    mien_reading_end(g);
    /* If something was erased meanwhile, it must not be in the new file. */
    if (wrote && (mien_gallery_read_head(g) != MIEN_OK ||
                  g->head.layout != g->index.layout))
        mien_file_remove(g->vectors_path);
    return status;
}

mien_status mien_index_refresh(mien_gallery *g) {
    bool current;
    MIEN_TRY(look(g, &current));
    if (current) return MIEN_OK;
    pthread_rwlock_wrlock(&g->index_lock);
    pthread_mutex_lock(&g->lock);
    const mien_status status = update(g);
    pthread_mutex_unlock(&g->lock);
    pthread_rwlock_unlock(&g->index_lock);
    return status;
}

static mien_status write_now(mien_gallery *g) {
    if (g->batch || !g->cache)
        return mien_fail(MIEN_EINVAL, "%s: %s", g->path,
                         g->batch ? "commit the changes first"
                                  : "it was opened to keep no vectors");
    MIEN_TRY(update(g));
    if (g->index.file.map.data && g->index.fresh.n == 0) return MIEN_OK;
    MIEN_TRY(mien_reading_begin(g));
    g->index.warned = false;
    const mien_status status = mien_index_rebuild(g);
    if (status == MIEN_OK) mark_current(g);
    mien_reading_end(g);
    if (status == MIEN_OK && g->index.warned)
        return mien_fail_in(MIEN_EIO, "cannot write %s", g->vectors_path);
    return status;
}

mien_status mien_gallery_prepare(mien_gallery *gallery) {
    pthread_rwlock_wrlock(&gallery->index_lock);
    pthread_mutex_lock(&gallery->lock);
    const mien_status status = write_now(gallery);
    pthread_mutex_unlock(&gallery->lock);
    pthread_rwlock_unlock(&gallery->index_lock);
    return status;
}
