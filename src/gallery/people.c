/* SPDX-License-Identifier: Apache-2.0 */
/* people.c - enrol, rename, merge, remove. */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "gallery/parts.h"

/* ---- who is there ---- */

typedef struct finding {
    const mien_gallery *g;
    mien_person_row row;
    bool there;
} finding;

static mien_status found(void *context, const mien_person_row *row) {
    finding *f = context;
    MIEN_TRY(mien_check_person(row, f->g));
    f->row = *row;
    f->row.name = NULL; /* it is the store's */
    f->there = true;
    return MIEN_OK;
}

/* *there tells; not to be there is no failure. */
static mien_status look_for(finding *f, mien_gallery *g, const char *name) {
    *f = (finding){.g = g};
    return g->store->ops->person_find(g->store, name, found, f);
}

mien_status mien_gallery_find(mien_person_row *row, mien_gallery *g,
                              const char *name) {
    finding f;
    MIEN_TRY(look_for(&f, g, name));
    if (!f.there)
        return mien_fail(MIEN_ENOTFOUND, "%s: there is nobody named '%.255s'",
                         g->path, name);
    *row = f.row;
    return MIEN_OK;
}

static mien_status check_name(const char *name) {
    if (!*name) return mien_fail(MIEN_EINVAL, "a person needs a name");
    return mien_check_text(name, MIEN_GALLERY_NAME, "the name");
}

/* Seal a person's row, account for it, store it. */
static mien_status put_person(mien_gallery *g, mien_person_row *row) {
    mien_seal_person(row, g);
    mien_head_toggle(&g->head, row->seal);
    return g->store->ops->person_put(g->store, row);
}

static mien_status put_template(mien_gallery *g, mien_template_row *row) {
    mien_seal_template(row, g);
    mien_head_toggle(&g->head, row->seal);
    return g->store->ops->template_put(g->store, row);
}

/* ---- enrol ---- */

mien_status mien_enrol_person(int64_t *id, mien_gallery *g, const char *name,
                              int64_t added) {
    finding f;
    MIEN_TRY(look_for(&f, g, name));
    *id = f.row.id;
    if (f.there) return MIEN_OK;
    mien_person_row row = {
        .id = ++g->head.last_person, .added = added, .name = name};
    *id = row.id;
    g->head.people++;
    return put_person(g, &row);
}

mien_status mien_enrol_template(int64_t *id, mien_gallery *g, int64_t person,
                                const mien_new_template *fresh) {
    const mien_template *t = &fresh->given;
    const size_t size = mien_seal_size(g->width);
    uint8_t *sealed = mien_alloc(1, size);
    if (!sealed) return MIEN_ENOMEM;
    mien_template_row row = {.id = ++g->head.last_template,
                             .person = person,
                             .added = fresh->added,
                             .quality = t->quality,
                             .source = t->source ? t->source : "",
                             .sealed = sealed,
                             .size = size};
    const mien_seal_place place = {g->id, row.id, g->width};
    mien_seal_vector(sealed, &g->keys, &place, t->values);
    g->head.templates++;
    const mien_status status = put_template(g, &row);
    mien_free(sealed);
    *id = row.id;
    return status;
}

static mien_status check_templates(const mien_gallery *g, const char *person,
                                   const mien_template *t, int n) {
    MIEN_TRY(check_name(person));
    for (int i = 0; i < n; i++) {
        const char *source = t[i].source ? t[i].source : "";
        MIEN_TRY(mien_check_text(source, MIEN_GALLERY_SOURCE, "the source"));
        const int kind = mien_vector_kind(t[i].values, g->width);
        if (kind == MIEN_VECTOR_BLANK)
            return mien_fail(MIEN_EDATA,
                             "template %d of '%s' is blank or not finite: no "
                             "face was embedded",
                             i + 1, person);
        if (kind == MIEN_VECTOR_LONG)
            return mien_fail(MIEN_EDATA,
                             "template %d of '%s' is not of unit length", i + 1,
                             person);
    }
    return MIEN_OK;
}

static mien_status enrol(mien_gallery *g, int64_t *ids, const char *person,
                         const mien_template *t, int n) {
    const int64_t now = (int64_t)mien_wall_time();
    int64_t owner, id;
    MIEN_TRY(mien_enrol_person(&owner, g, person, now));
    for (int i = 0; i < n; i++) {
        const mien_new_template fresh = {t[i], now};
        MIEN_TRY(mien_enrol_template(&id, g, owner, &fresh));
        if (ids) ids[i] = id;
    }
    return MIEN_OK;
}

mien_status mien_gallery_enrol(mien_gallery *gallery, int64_t *ids,
                               const char *person,
                               const mien_template *templates, int n) {
    MIEN_TRY(check_templates(gallery, person, templates, n));
    if (n < 1)
        return mien_fail(MIEN_EINVAL, "'%s' needs at least one template",
                         person);
    pthread_mutex_lock(&gallery->lock);
    mien_status status = mien_change_begin(gallery);
    if (status == MIEN_OK) {
        status = enrol(gallery, ids, person, templates, n);
        status = mien_change_end(gallery, status);
    }
    pthread_mutex_unlock(&gallery->lock);
    return status;
}

/* ---- rename ---- */

static mien_status rename_person(mien_gallery *g, const char *from,
                                 const char *to) {
    mien_person_row row;
    finding other;
    MIEN_TRY(mien_gallery_find(&row, g, from));
    MIEN_TRY(look_for(&other, g, to));
    if (other.there && other.row.id != row.id)
        return mien_fail(MIEN_EINVAL,
                         "%s: there is a '%s' already; merge the two instead",
                         g->path, to);
    mien_head_toggle(&g->head, row.seal);
    row.name = to;
    return put_person(g, &row);
}

mien_status mien_gallery_rename(mien_gallery *gallery, const char *person,
                                const char *name) {
    MIEN_TRY(check_name(name));
    pthread_mutex_lock(&gallery->lock);
    mien_status status = mien_change_begin(gallery);
    if (status == MIEN_OK)
        status = mien_change_end(gallery, rename_person(gallery, person, name));
    pthread_mutex_unlock(&gallery->lock);
    return status;
}

/* ---- the templates of a person ---- */

typedef struct numbers {
    int64_t *items;
    size_t n, room;
} numbers;

static mien_status note_number(void *context, const mien_template_row *row) {
    numbers *list = context;
    if (list->n == list->room) {
        const size_t room = list->room ? 2 * list->room : 16;
        int64_t *more = mien_realloc(list->items, room, sizeof *more);
        if (!more) return MIEN_ENOMEM;
        list->items = more;
        list->room = room;
    }
    list->items[list->n++] = row->id;
    return MIEN_OK;
}

/* One row, its vector with it, out of the store's hands. */
typedef struct held {
    const mien_gallery *g;
    mien_template_row row;
    uint8_t *sealed; /* of the gallery's size, the holder's */
    char source[MIEN_GALLERY_SOURCE + 1];
    bool there;
} held;

static mien_status hold(void *context, const mien_template_row *row) {
    held *h = context;
    MIEN_TRY(mien_check_template(row, h->g));
    if (strlen(row->source) >= sizeof h->source)
        return mien_fail(MIEN_ECORRUPT, "%s: the source of template %lld",
                         h->g->path, (long long)row->id);
    h->row = *row;
    memcpy(h->sealed, row->sealed, row->size);
    memcpy(h->source, row->source, strlen(row->source) + 1);
    h->row.sealed = h->sealed;
    h->row.source = h->source;
    h->there = true;
    return MIEN_OK;
}

/* What is done with each template of somebody. */
typedef mien_status (*template_work)(mien_gallery *g, held *h, int64_t into);

static mien_status work_on_one(mien_gallery *g, int64_t id, template_work work,
                               int64_t into) {
    held h = {.g = g};
    h.sealed = mien_alloc(1, mien_seal_size(g->width));
    if (!h.sealed) return MIEN_ENOMEM;
    mien_status status = g->store->ops->template_get(g->store, id, hold, &h);
    if (status == MIEN_OK && !h.there)
        status = mien_fail(MIEN_ENOTFOUND, "%s: there is no template %lld",
                           g->path, (long long)id);
    if (status == MIEN_OK) {
        mien_head_toggle(&g->head, h.row.seal);
        status = work(g, &h, into);
    }
    mien_free(h.sealed);
    return status;
}

/* First the numbers, since a row must not change while rows are read. */
static mien_status work_on_all(mien_gallery *g, int64_t person,
                               template_work work, int64_t into) {
    numbers list = {0};
    mien_status status =
        g->store->ops->template_each_of(g->store, person, note_number, &list);
    for (size_t i = 0; i < list.n && status == MIEN_OK; i++)
        status = work_on_one(g, list.items[i], work, into);
    mien_free(list.items);
    return status;
}

static mien_status drop_template(mien_gallery *g, held *h, int64_t into) {
    (void)into;
    g->head.templates--;
    return g->store->ops->template_remove(g->store, h->row.id);
}

static mien_status move_template(mien_gallery *g, held *h, int64_t into) {
    h->row.person = into;
    return put_template(g, &h->row);
}

static mien_status drop_person(mien_gallery *g, const mien_person_row *row) {
    mien_head_toggle(&g->head, row->seal);
    g->head.people--;
    return g->store->ops->person_remove(g->store, row->id);
}

/* ---- merge and remove ---- */

static mien_status merge(mien_gallery *g, const char *from, const char *into) {
    mien_person_row a, b;
    MIEN_TRY(mien_gallery_find(&a, g, from));
    MIEN_TRY(mien_gallery_find(&b, g, into));
    if (a.id == b.id)
        return mien_fail(MIEN_EINVAL, "%s: '%s' cannot be merged with itself",
                         g->path, from);
    MIEN_TRY(work_on_all(g, a.id, move_template, b.id));
    return drop_person(g, &a);
}

static mien_status drop(mien_gallery *g, const char *person) {
    mien_person_row row;
    MIEN_TRY(mien_gallery_find(&row, g, person));
    MIEN_TRY(work_on_all(g, row.id, drop_template, 0));
    return drop_person(g, &row);
}

/* A change after which the file of vectors is wrong: it goes at once. Searches
 * that have it open go on with it until they notice. */
static mien_status end_and_forget(mien_gallery *g, mien_status status) {
    if (status == MIEN_OK) g->head.layout++;
    MIEN_TRY(mien_change_end(g, status));
    return g->batch ? MIEN_OK : mien_file_remove(g->vectors_path);
}

mien_status mien_gallery_merge(mien_gallery *gallery, const char *from,
                               const char *into) {
    pthread_mutex_lock(&gallery->lock);
    mien_status status = mien_change_begin(gallery);
    if (status == MIEN_OK)
        status = end_and_forget(gallery, merge(gallery, from, into));
    pthread_mutex_unlock(&gallery->lock);
    return status;
}

mien_status mien_gallery_remove(mien_gallery *gallery, const char *person) {
    pthread_mutex_lock(&gallery->lock);
    mien_status status = mien_change_begin(gallery);
    if (status == MIEN_OK)
        status = end_and_forget(gallery, drop(gallery, person));
    pthread_mutex_unlock(&gallery->lock);
    return status;
}

mien_status mien_gallery_remove_template(mien_gallery *gallery, int64_t id) {
    pthread_mutex_lock(&gallery->lock);
    mien_status status = mien_change_begin(gallery);
    if (status == MIEN_OK)
        status =
            end_and_forget(gallery, work_on_one(gallery, id, drop_template, 0));
    pthread_mutex_unlock(&gallery->lock);
    return status;
}

static mien_status check_wipe(const mien_gallery *g) {
    if (g->write && !g->batch) return MIEN_OK;
    return mien_fail(MIEN_EINVAL,
                     g->batch ? "%s: commit the changes before a wipe"
                              : "%s is open to read only",
                     g->path);
}

static mien_status wipe(mien_gallery *g) {
    MIEN_TRY(check_wipe(g));
    MIEN_TRY(mien_file_remove(g->vectors_path));
    MIEN_TRY(mien_gallery_sweep(g->path));
    return g->store->ops->wipe(g->store);
}

mien_status mien_gallery_wipe(mien_gallery *gallery) {
    pthread_rwlock_wrlock(&gallery->index_lock);
    pthread_mutex_lock(&gallery->lock);
    const mien_status status = wipe(gallery);
    mien_index_drop(&gallery->index);
    pthread_mutex_unlock(&gallery->lock);
    pthread_rwlock_unlock(&gallery->index_lock);
    return status;
}

mien_status mien_gallery_erase(mien_gallery *gallery, const char *person) {
    pthread_mutex_lock(&gallery->lock);
    const mien_status status = check_wipe(gallery);
    pthread_mutex_unlock(&gallery->lock);
    MIEN_TRY(status);
    MIEN_TRY(mien_gallery_remove(gallery, person));
    return mien_gallery_wipe(gallery);
}
