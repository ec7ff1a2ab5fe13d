/* SPDX-License-Identifier: Apache-2.0 */
/* lists.c - who is in a gallery, and by which templates. */
#include <limits.h>

#include "base/mem.h"
#include "gallery/parts.h"

#define FULL MIEN_NOMATCH /* ends a walk that has enough */

typedef struct listing {
    const mien_gallery *g;
    mien_people *people;
    mien_template_notes *notes;
    int room, most;
} listing;

static mien_status add_person(void *context, const mien_person_row *row) {
    listing *l = context;
    mien_people *p = l->people;
    if (p->count == l->most) return FULL;
    MIEN_TRY(mien_check_person(row, l->g));
    if (p->count == l->room) {
        const int room = l->room ? 2 * l->room : 16;
        mien_person *more = mien_realloc(p->items, (size_t)room, sizeof *more);
        if (!more) return MIEN_ENOMEM;
        p->items = more;
        l->room = room;
    }
    char *name = mien_strdup(row->name);
    if (!name) return MIEN_ENOMEM;
    p->items[p->count++] =
        (mien_person){row->id, row->templates, row->added, name};
    return MIEN_OK;
}

mien_status mien_gallery_list(mien_people *out, mien_gallery *gallery,
                              int64_t after, int most) {
    listing l = {.g = gallery, .people = out, .most = most > 0 ? most : 0};
    *out = (mien_people){0};
    pthread_mutex_lock(&gallery->lock);
    mien_status status =
        gallery->store->ops->person_each(gallery->store, after, add_person, &l);
    pthread_mutex_unlock(&gallery->lock);
    if (status == FULL) status = MIEN_OK;
    if (status != MIEN_OK) mien_people_free(out);
    return status;
}

void mien_people_free(mien_people *people) {
    for (int i = 0; i < people->count; i++) mien_free(people->items[i].name);
    mien_free(people->items);
    *people = (mien_people){0};
}

static mien_status add_note(void *context, const mien_template_row *row) {
    listing *l = context;
    mien_template_notes *n = l->notes;
    MIEN_TRY(mien_check_template(row, l->g));
    if (n->count == l->room) {
        if (l->room > INT_MAX / 2)
            return mien_fail(MIEN_ELIMIT, "too many templates of a person");
        const int room = l->room ? 2 * l->room : 16;
        mien_template_note *more =
            mien_realloc(n->items, (size_t)room, sizeof *more);
        if (!more) return MIEN_ENOMEM;
        n->items = more;
        l->room = room;
    }
    char *source = mien_strdup(row->source);
    if (!source) return MIEN_ENOMEM;
    n->items[n->count++] =
        (mien_template_note){row->id, row->added, row->quality, source};
    return MIEN_OK;
}

mien_status mien_gallery_templates(mien_template_notes *out,
                                   mien_gallery *gallery, const char *person) {
    listing l = {.g = gallery, .notes = out};
    mien_person_row row;
    *out = (mien_template_notes){0};
    pthread_mutex_lock(&gallery->lock);
    mien_status status = mien_gallery_find(&row, gallery, person);
    if (status == MIEN_OK)
        status = gallery->store->ops->template_each_of(gallery->store, row.id,
                                                       add_note, &l);
    pthread_mutex_unlock(&gallery->lock);
    if (status != MIEN_OK) mien_templates_free(out);
    return status;
}

void mien_templates_free(mien_template_notes *notes) {
    for (int i = 0; i < notes->count; i++) mien_free(notes->items[i].source);
    mien_free(notes->items);
    *notes = (mien_template_notes){0};
}
