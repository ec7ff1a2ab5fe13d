/* SPDX-License-Identifier: Apache-2.0 */
/* search.c - who is most like a probe. */
#include <string.h>

#include "base/mem.h"
#include "gallery/lookup.h"
#include "gallery/parts.h"

/* ---- the vectors of candidates ---- */

typedef struct fetching {
    mien_gallery *g;
    const mien_segment *segments[2];
    float *x;
    bool there;
} fetching;

static mien_status open_row(void *context, const mien_template_row *row) {
    fetching *f = context;
    f->there = true;
    return mien_open_template(f->x, row, f->g);
}

/* From the file of vectors where it has the row and the row is sound, else
 * from the store. */
static mien_status fetch(void *context, float *x, bool *there,
                         const mien_candidate *of) {
    fetching *f = context;
    mien_gallery *g = f->g;
    const mien_vectors *file = &g->index.file;
    const mien_seal_place place = {g->id, of->id, g->width};
    *there = file->map.data && f->segments[of->segment] == &g->index.base &&
             mien_unseal_vector(x, &g->keys, &place,
                                mien_vectors_sealed(file, of->row));
    if (*there) return MIEN_OK;
    f->x = x;
    f->there = false;
    pthread_mutex_lock(&g->lock);
    const mien_status status =
        g->store->ops->template_get(g->store, of->id, open_row, f);
    pthread_mutex_unlock(&g->lock);
    *there = f->there;
    return status;
}

/* ---- names ---- */

typedef struct naming {
    const mien_gallery *g;
    mien_match *match;
    bool there;
} naming;

static mien_status take_name(void *context, const mien_person_row *row) {
    naming *n = context;
    MIEN_TRY(mien_check_person(row, n->g));
    const size_t size = strlen(row->name) + 1;
    if (size > sizeof n->match->name)
        return mien_fail(MIEN_ECORRUPT, "%s: the name of person %lld",
                         n->g->path, (long long)row->id);
    memcpy(n->match->name, row->name, size);
    n->there = true;
    return MIEN_OK;
}

/* Somebody who was removed since the scan is left out. */
static mien_status name_all(mien_gallery *g, mien_match *out, int *count,
                            const mien_candidate *found) {
    int kept = 0;
    for (int i = 0; i < *count; i++) {
        naming n = {.g = g, .match = &out[kept]};
        out[kept] = (mien_match){.person = found[i].person,
                                 .template_id = found[i].id,
                                 .similarity = found[i].score};
        MIEN_TRY(g->store->ops->person_get(g->store, found[i].person, take_name,
                                           &n));
        kept += n.there;
    }
    *count = kept;
    return MIEN_OK;
}

/* ---- the search ---- */

/* The probes that can be searched for, and what was found of each. */
typedef struct hunt {
    const float **probes;
    int *place; /* of each among all probes */
    int *counts;
    mien_candidate *found;
    int n;
} hunt;

static mien_status open_hunt(hunt *h, int n, int top) {
    h->probes = mien_alloc((size_t)n, sizeof *h->probes);
    h->place = mien_alloc((size_t)n, sizeof *h->place);
    h->counts = mien_alloc((size_t)n, sizeof *h->counts);
    h->found = mien_alloc((size_t)n * (size_t)top, sizeof *h->found);
    const bool all = h->probes && h->place && h->counts && h->found;
    return all ? MIEN_OK : MIEN_ENOMEM;
}

static void close_hunt(hunt *h) {
    mien_free(h->probes);
    mien_free(h->place);
    mien_free(h->counts);
    mien_free(h->found);
}

/* A blank matches nobody, not even a blank. */
static mien_status sort_out(hunt *h, mien_matches *m, const float *probes,
                            int width) {
    for (int i = 0; i < m->n; i++) {
        const float *x = probes + (size_t)i * (size_t)width;
        const int kind = mien_vector_kind(x, width);
        if (kind == MIEN_VECTOR_LONG)
            return mien_fail(MIEN_EDATA, "probe %d is not of unit length",
                             i + 1);
        m->failed[i] = kind == MIEN_VECTOR_BLANK;
        if (m->failed[i]) continue;
        h->place[h->n] = i;
        h->probes[h->n++] = x;
    }
    return MIEN_OK;
}

static mien_status look_up(hunt *h, mien_gallery *g, const mien_query *query) {
    fetching f = {.g = g};
    mien_lookup how = {.segments = f.segments,
                       .probes = h->probes,
                       .n = h->n,
                       .top = query->top,
                       .floor = query->least,
                       .scan = mien_scan_best(),
                       .pool = g->pool,
                       .fetch = fetch,
                       .context = &f};
    if (g->index.base.n) f.segments[how.n_segments++] = &g->index.base;
    if (g->index.fresh.n) f.segments[how.n_segments++] = &g->index.fresh;
    return mien_lookup_run(h->found, h->counts, &how);
}

/* The pool serves one search at a time. */
static mien_status look_up_locked(hunt *h, mien_gallery *g,
                                  const mien_query *query) {
    MIEN_TRY(mien_index_refresh(g));
    if (g->pool)
        pthread_rwlock_wrlock(&g->index_lock);
    else
        pthread_rwlock_rdlock(&g->index_lock);
    const mien_status status = look_up(h, g, query);
    pthread_rwlock_unlock(&g->index_lock);
    return status;
}

static mien_status name_found(mien_matches *m, const hunt *h, mien_gallery *g) {
    mien_status status = MIEN_OK;
    pthread_mutex_lock(&g->lock);
    for (int i = 0; i < h->n && status == MIEN_OK; i++) {
        const size_t to = (size_t)h->place[i] * (size_t)m->top;
        m->count[h->place[i]] = h->counts[i];
        status = name_all(g, m->items + to, &m->count[h->place[i]],
                          h->found + (size_t)i * (size_t)m->top);
    }
    pthread_mutex_unlock(&g->lock);
    return status;
}

static mien_status open_matches(mien_matches **out, int n, int top) {
    mien_matches *m = mien_alloc(1, sizeof *m);
    *out = m;
    if (!m) return MIEN_ENOMEM;
    m->n = n;
    m->top = top;
    m->count = mien_alloc((size_t)n, sizeof *m->count);
    m->failed = mien_alloc((size_t)n, sizeof *m->failed);
    m->items = mien_alloc((size_t)n * (size_t)top, sizeof *m->items);
    return m->count && m->failed && m->items ? MIEN_OK : MIEN_ENOMEM;
}

mien_status mien_gallery_search(mien_matches **out, mien_gallery *gallery,
                                const float *probes, int n,
                                const mien_query *query) {
    mien_matches *m = NULL;
    hunt h = {0};
    *out = NULL;
    if (n < 0 || query->top < 1 || query->top > MIEN_GALLERY_TOP ||
        !(query->least >= -2 && query->least <= 2))
        return mien_fail(MIEN_EINVAL,
                         "a search is for 1 to %d people of a similarity from "
                         "-1 to 1",
                         MIEN_GALLERY_TOP);
    mien_status status = open_matches(&m, n, query->top);
    if (status == MIEN_OK) status = open_hunt(&h, n, query->top);
    if (status == MIEN_OK) status = sort_out(&h, m, probes, gallery->width);
    if (status == MIEN_OK) status = look_up_locked(&h, gallery, query);
    if (status == MIEN_OK) status = name_found(m, &h, gallery);
    close_hunt(&h);
    if (status != MIEN_OK)
        mien_matches_free(m);
    else
        *out = m;
    return status;
}

void mien_matches_free(mien_matches *matches) {
    if (!matches) return;
    mien_free(matches->count);
    mien_free(matches->failed);
    mien_free(matches->items);
    mien_free(matches);
}
