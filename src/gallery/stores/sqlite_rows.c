/* SPDX-License-Identifier: Apache-2.0 */
/* sqlite_rows.c - rows of the tables person and template.
 *
 * What a row says is checked for its shape here; whether it is true is for the
 * seals. */
#include <math.h>
#include <string.h>

#include "gallery/stores/sqlite.h"

static const sqlite_store *own(const mien_store *store) {
    return (const sqlite_store *)store;
}

static mien_status damaged(const mien_store *store, const char *what,
                           int64_t id) {
    return mien_fail(MIEN_ECORRUPT, "%s: %s %lld is damaged", own(store)->path,
                     what, (long long)id);
}

/* The seal in a column; false: there is none. */
static bool read_seal(uint8_t out[MIEN_SEAL_BYTES], sqlite3_stmt *s, int i) {
    const void *seal = sqlite3_column_blob(s, i);
    if (!seal || sqlite3_column_bytes(s, i) != MIEN_SEAL_BYTES) return false;
    memcpy(out, seal, MIEN_SEAL_BYTES);
    return true;
}

/* A text without a NUL inside; NULL: there is none. */
static const char *read_text(sqlite3_stmt *s, int i) {
    const char *text = (const char *)sqlite3_column_text(s, i);
    const int size = sqlite3_column_bytes(s, i);
    return text && strlen(text) == (size_t)size ? text : NULL;
}

/* ---- people ---- */

typedef struct person_walk {
    mien_person_visit visit;
    void *context;
} person_walk;

/* All rows of a statement whose values are bound. */
static mien_status walk_people(sqlite3_stmt *s, mien_store *store,
                               person_walk walk) {
    mien_status status = MIEN_OK;
    for (bool row = true; status == MIEN_OK;) {
        status = sqlite_step(s, own(store), &row);
        if (status != MIEN_OK || !row) break;
        mien_person_row r = {.id = sqlite3_column_int64(s, 0),
                             .name = read_text(s, 1),
                             .added = sqlite3_column_int64(s, 2),
                             .templates = sqlite3_column_int64(s, 4)};
        status = r.name && read_seal(r.seal, s, 3)
                     ? walk.visit(walk.context, &r)
                     : damaged(store, "person", r.id);
    }
    sqlite_done(s);
    return status;
}

mien_status sqlite_person_put(mien_store *store, const mien_person_row *row) {
    sqlite3_stmt *s;
    MIEN_TRY(sqlite_ask(&s, store, SQL_PERSON_PUT));
    sqlite3_bind_int64(s, 1, row->id);
    sqlite3_bind_text(s, 2, row->name, -1, SQLITE_STATIC);
    sqlite3_bind_int64(s, 3, row->added);
    sqlite3_bind_blob(s, 4, row->seal, MIEN_SEAL_BYTES, SQLITE_STATIC);
    return sqlite_finish(s, own(store));
}

mien_status sqlite_person_get(mien_store *store, int64_t id,
                              mien_person_visit visit, void *context) {
    sqlite3_stmt *s;
    MIEN_TRY(sqlite_ask(&s, store, SQL_PERSON_GET));
    sqlite3_bind_int64(s, 1, id);
    return walk_people(s, store, (person_walk){visit, context});
}

mien_status sqlite_person_find(mien_store *store, const char *name,
                               mien_person_visit visit, void *context) {
    sqlite3_stmt *s;
    MIEN_TRY(sqlite_ask(&s, store, SQL_PERSON_FIND));
    sqlite3_bind_text(s, 1, name, -1, SQLITE_STATIC);
    return walk_people(s, store, (person_walk){visit, context});
}

mien_status sqlite_person_remove(mien_store *store, int64_t id) {
    sqlite3_stmt *s;
    MIEN_TRY(sqlite_ask(&s, store, SQL_PERSON_REMOVE));
    sqlite3_bind_int64(s, 1, id);
    return sqlite_finish(s, own(store));
}

mien_status sqlite_person_each(mien_store *store, int64_t after,
                               mien_person_visit visit, void *context) {
    sqlite3_stmt *s;
    MIEN_TRY(sqlite_ask(&s, store, SQL_PERSON_EACH));
    sqlite3_bind_int64(s, 1, after);
    return walk_people(s, store, (person_walk){visit, context});
}

/* ---- templates ---- */

typedef struct template_walk {
    mien_template_visit visit;
    void *context;
} template_walk;

static bool read_template(mien_template_row *out, sqlite3_stmt *s) {
    *out =
        (mien_template_row){.id = sqlite3_column_int64(s, 0),
                            .person = sqlite3_column_int64(s, 1),
                            .added = sqlite3_column_int64(s, 2),
                            .quality = sqlite3_column_type(s, 3) == SQLITE_NULL
                                           ? (double)NAN
                                           : sqlite3_column_double(s, 3),
                            .source = read_text(s, 4),
                            .sealed = sqlite3_column_blob(s, 6)};
    out->size = (size_t)sqlite3_column_bytes(s, 6);
    return out->source && out->sealed && read_seal(out->seal, s, 5);
}

static mien_status walk_templates(sqlite3_stmt *s, mien_store *store,
                                  template_walk walk) {
    mien_status status = MIEN_OK;
    for (bool row = true; status == MIEN_OK;) {
        status = sqlite_step(s, own(store), &row);
        if (status != MIEN_OK || !row) break;
        mien_template_row r;
        status = read_template(&r, s) ? walk.visit(walk.context, &r)
                                      : damaged(store, "template", r.id);
    }
    sqlite_done(s);
    return status;
}

mien_status sqlite_template_put(mien_store *store,
                                const mien_template_row *row) {
    sqlite3_stmt *s;
    MIEN_TRY(sqlite_ask(&s, store, SQL_TEMPLATE_PUT));
    sqlite3_bind_int64(s, 1, row->id);
    sqlite3_bind_int64(s, 2, row->person);
    sqlite3_bind_int64(s, 3, row->added);
    sqlite3_bind_double(s, 4, row->quality); /* NaN becomes NULL */
    sqlite3_bind_text(s, 5, row->source, -1, SQLITE_STATIC);
    sqlite3_bind_blob(s, 6, row->seal, MIEN_SEAL_BYTES, SQLITE_STATIC);
    sqlite3_bind_blob64(s, 7, row->sealed, row->size, SQLITE_STATIC);
    return sqlite_finish(s, own(store));
}

mien_status sqlite_template_get(mien_store *store, int64_t id,
                                mien_template_visit visit, void *context) {
    sqlite3_stmt *s;
    MIEN_TRY(sqlite_ask(&s, store, SQL_TEMPLATE_GET));
    sqlite3_bind_int64(s, 1, id);
    return walk_templates(s, store, (template_walk){visit, context});
}

mien_status sqlite_template_remove(mien_store *store, int64_t id) {
    sqlite3_stmt *s;
    MIEN_TRY(sqlite_ask(&s, store, SQL_TEMPLATE_REMOVE));
    sqlite3_bind_int64(s, 1, id);
    return sqlite_finish(s, own(store));
}

mien_status sqlite_template_each(mien_store *store, int64_t after,
                                 mien_template_visit visit, void *context) {
    sqlite3_stmt *s;
    MIEN_TRY(sqlite_ask(&s, store, SQL_TEMPLATE_EACH));
    sqlite3_bind_int64(s, 1, after);
    return walk_templates(s, store, (template_walk){visit, context});
}

mien_status sqlite_template_each_of(mien_store *store, int64_t person,
                                    mien_template_visit visit, void *context) {
    sqlite3_stmt *s;
    MIEN_TRY(sqlite_ask(&s, store, SQL_TEMPLATE_EACH_OF));
    sqlite3_bind_int64(s, 1, person);
    return walk_templates(s, store, (template_walk){visit, context});
}
