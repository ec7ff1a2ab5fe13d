/* SPDX-License-Identifier: Apache-2.0 */
/* verify.c - look at every byte of a gallery that means something. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "gallery/code.h"
#include "gallery/parts.h"

enum { SENTENCE = 512 };

typedef struct verifying {
    mien_gallery *g;
    mien_gallery_fault fault;
    void *context;
    int faults;
    char first[SENTENCE];
    float *x;
    int64_t people, templates;
    uint8_t digest[MIEN_SEAL_BYTES];
} verifying;

/* Keep on looking, but for reasons that are not the gallery's. */
static mien_status note(verifying *v, mien_status status) {
    if (status != MIEN_ECORRUPT) return status;
    if (v->faults++ == 0)
        snprintf(v->first, sizeof v->first, "%s", mien_error());
    if (v->fault) v->fault(v->context, mien_error());
    return MIEN_OK;
}

static void toggle(verifying *v, const uint8_t *seal) {
    for (int i = 0; i < MIEN_SEAL_BYTES; i++) v->digest[i] ^= seal[i];
}

static mien_status look_at_person(void *context, const mien_person_row *row) {
    verifying *v = context;
    v->people++;
    toggle(v, row->seal);
    return note(v, mien_check_person(row, v->g));
}

static mien_status look_at_template(void *context,
                                    const mien_template_row *row) {
    verifying *v = context;
    v->templates++;
    toggle(v, row->seal);
    return note(v, mien_open_template(v->x, row, v->g));
}

static mien_status check_sums(const verifying *v) {
    const mien_head *h = &v->g->head;
    if (v->people != h->people || v->templates != h->templates)
        return mien_fail(MIEN_ECORRUPT,
                         "%s: there are %lld people and %lld templates, not "
                         "%lld and %lld",
                         v->g->path, (long long)v->people,
                         (long long)v->templates, (long long)h->people,
                         (long long)h->templates);
    if (memcmp(v->digest, h->digest, sizeof v->digest) != 0)
        return mien_fail(MIEN_ECORRUPT,
                         "%s: a record was exchanged for an older one",
                         v->g->path);
    return MIEN_OK;
}

static mien_status look_at_records(verifying *v) {
    mien_store *store = v->g->store;
    MIEN_TRY(note(v, store->ops->check(store)));
    MIEN_TRY(note(v, store->ops->person_each(store, 0, look_at_person, v)));
    MIEN_TRY(note(v, store->ops->template_each(store, 0, look_at_template, v)));
    return v->faults ? MIEN_OK : note(v, check_sums(v));
}

/* ---- the file of vectors ---- */

typedef struct comparing {
    verifying *v;
    const mien_vectors *file;
    const mien_segment *rows;
    size_t at;
    uint8_t *code;
} comparing;

static mien_status differs(const comparing *c, int64_t id) {
    return note(c->v,
                mien_fail(MIEN_ECORRUPT,
                          "%s: template %lld is not as the gallery has it",
                          c->v->g->vectors_path, (long long)id));
}

/* Both are sorted by number, and the file may lack the last ones. */
static mien_status compare_row(void *context, const mien_template_row *row) {
    comparing *c = context;
    const mien_segment *s = c->rows;
    const size_t r = c->at;
    if (row->id > c->file->last_template) return MIEN_OK;
    if (mien_open_template(c->v->x, row, c->v->g) != MIEN_OK) return MIEN_OK;
    if (r >= s->n) return differs(c, row->id);
    const mien_code code = mien_code_template(c->code, c->v->x, c->v->g->width);
    const bool same =
        s->ids[r] == row->id && s->persons[r] == row->person &&
        s->scales[r] == code.scale && s->error >= code.error &&
        !memcmp(s->codes + r * s->stride, c->code, s->stride) &&
        !memcmp(mien_vectors_sealed(c->file, r), row->sealed, row->size);
    c->at++;
    return same ? MIEN_OK : differs(c, row->id);
}

static mien_status compare_rows(verifying *v, const mien_vectors *file,
                                const mien_segment *rows) {
    mien_store *store = v->g->store;
    comparing c = {.v = v, .file = file, .rows = rows};
    c.code = mien_alloc(1, rows->stride);
    if (!c.code) return MIEN_ENOMEM;
    mien_status status = store->ops->template_each(store, 0, compare_row, &c);
    if (status == MIEN_OK && c.at < rows->n && v->faults == 0)
        status = differs(&c, rows->ids[c.at]);
    mien_free(c.code);
    return note(v, status);
}

/* One that is out of date is not wrong: the next search makes it anew. */
static mien_status look_at_vectors(verifying *v) {
    mien_gallery *g = v->g;
    mien_vectors file;
    mien_segment rows = {0};
    mien_status status =
        mien_vectors_open(&file, g->vectors_path, &g->head, &g->keys);
    if (status == MIEN_ENOTFOUND) return MIEN_OK;
    if (status != MIEN_OK) return note(v, status);
    const bool current = file.layout == g->head.layout;
    status = mien_vectors_load(&rows, &file, &g->keys, NULL);
    if (status != MIEN_OK)
        status = note(v, mien_fail_in(status, "%s", g->vectors_path));
    else if (current)
        status = compare_rows(v, &file, &rows);
    mien_segment_close(&rows);
    mien_vectors_close(&file);
    return status;
}

static mien_status conclude(const verifying *v, mien_status status) {
    if (status != MIEN_OK || v->faults == 0) return status;
    return mien_fail(MIEN_ECORRUPT, "%s%s", v->first,
                     v->faults > 1 ? ", and more" : "");
}

mien_status mien_gallery_verify(mien_gallery *gallery, mien_gallery_fault fault,
                                void *context) {
    verifying v = {.g = gallery, .fault = fault, .context = context};
    v.x = mien_alloc((size_t)gallery->width, sizeof *v.x);
    if (!v.x) return MIEN_ENOMEM;
    pthread_mutex_lock(&gallery->lock);
    mien_status status = note(&v, mien_reading_begin(gallery));
    if (status == MIEN_OK && v.faults == 0) {
        status = look_at_records(&v);
        if (status == MIEN_OK) status = look_at_vectors(&v);
        mien_reading_end(gallery);
    }
    pthread_mutex_unlock(&gallery->lock);
    mien_free(v.x);
    return conclude(&v, status);
}
