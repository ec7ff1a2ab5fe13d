/* SPDX-License-Identifier: Apache-2.0 */
/* sqlite.h - what the files of the SQLite store share. Private to them.
 *
 *   sqlite3_stmt *s;
 *   MIEN_TRY(sqlite_ask(&s, store, SQL_HEAD_GET));
 *   ... bind, sqlite_step(), columns ...
 *   sqlite_done(s); */
#ifndef MIEN_GALLERY_STORES_SQLITE_H
#define MIEN_GALLERY_STORES_SQLITE_H

#include <sqlite3.h>

#include "gallery/store.h"

typedef enum sql {
    SQL_BEGIN_READ,
    SQL_BEGIN_WRITE,
    SQL_COMMIT,
    SQL_HEAD_GET,
    SQL_HEAD_PUT,
    SQL_PERSON_PUT,
    SQL_PERSON_GET,
    SQL_PERSON_FIND,
    SQL_PERSON_REMOVE,
    SQL_PERSON_EACH,
    SQL_TEMPLATE_PUT,
    SQL_TEMPLATE_GET,
    SQL_TEMPLATE_REMOVE,
    SQL_TEMPLATE_EACH,
    SQL_TEMPLATE_EACH_OF,
    SQL_COUNT
} sql;

typedef struct sqlite_store {
    mien_store base;
    sqlite3 *db;
    char *path;
    sqlite3_stmt *statements[SQL_COUNT]; /* prepared when first used */
} sqlite_store;

extern const mien_store_ops mien_store_sqlite;

/* A failure in our words; `code` is SQLite's. */
mien_status sqlite_fail(const sqlite_store *store, int code);

/* A statement ready for its values. */
mien_status sqlite_ask(sqlite3_stmt **out, mien_store *store, sql which);

/* The next row, or *row = false after the last. */
mien_status sqlite_step(sqlite3_stmt *statement, const sqlite_store *store,
                        bool *row);

/* Ready for the next use. NULL is fine. */
void sqlite_done(sqlite3_stmt *statement);

/* Run to its end something that answers with no rows. */
mien_status sqlite_finish(sqlite3_stmt *statement, const sqlite_store *store);

/* Plain text, once: PRAGMA and the like. */
mien_status sqlite_run(sqlite_store *store, const char *text);

/* Pages with a hash each (sqlite_pages.c): their size, how much of it is the
 * hash's, and the name under which SQLite knows what keeps it. */
enum { SQLITE_PAGES_SIZE = 8192, SQLITE_PAGES_HASH = 8 };
#define SQLITE_PAGES "mien-pages"

/* False: SQLite has no file system to build on. */
bool sqlite_pages_ready(void);

/* Look at every page of the file.
 *
 * Errors: MIEN_ECORRUPT, naming the bytes; MIEN_EIO. */
mien_status sqlite_pages_check(const sqlite_store *store);

/* The rows of the tables person and template. */
mien_status sqlite_person_put(mien_store *store, const mien_person_row *row);
mien_status sqlite_person_get(mien_store *store, int64_t id,
                              mien_person_visit visit, void *context);
mien_status sqlite_person_find(mien_store *store, const char *name,
                               mien_person_visit visit, void *context);
mien_status sqlite_person_remove(mien_store *store, int64_t id);
mien_status sqlite_person_each(mien_store *store, int64_t after,
                               mien_person_visit visit, void *context);
mien_status sqlite_template_put(mien_store *store,
                                const mien_template_row *row);
mien_status sqlite_template_get(mien_store *store, int64_t id,
                                mien_template_visit visit, void *context);
mien_status sqlite_template_remove(mien_store *store, int64_t id);
mien_status sqlite_template_each(mien_store *store, int64_t after,
                                 mien_template_visit visit, void *context);
mien_status sqlite_template_each_of(mien_store *store, int64_t person,
                                    mien_template_visit visit, void *context);

#endif
