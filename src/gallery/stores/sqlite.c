/* SPDX-License-Identifier: Apache-2.0 */
/* sqlite.c - a gallery in one SQLite file.
 *
 * Write-ahead log, synced at every commit; one writer, which the caller sees
 * to; several readers. Only the writer copies the log into the file, so that
 * two never do it at once (SQLite 3.40 may damage the file then).
 * secure_delete overwrites removed rows with zeros; rows that were moved
 * before leave older copies in the gaps of pages, therefore wiping writes the
 * whole file anew (VACUUM) and empties the log. */
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/private.h"
#include "gallery/stores/sqlite.h"

enum { APPLICATION = 0x6d69656e, SCHEMA = 1 }; /* "mien" */

static const char schema[] =
    "PRAGMA page_size = 8192;"
    "PRAGMA journal_mode = WAL;"
    "BEGIN IMMEDIATE;"
    "CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1),"
    " state BLOB NOT NULL) STRICT;"
    "CREATE TABLE person (id INTEGER PRIMARY KEY,"
    " name TEXT NOT NULL UNIQUE, added INTEGER NOT NULL,"
    " seal BLOB NOT NULL) STRICT;"
    "CREATE TABLE template (id INTEGER PRIMARY KEY,"
    " person INTEGER NOT NULL REFERENCES person, added INTEGER NOT NULL,"
    " quality REAL, source TEXT NOT NULL, seal BLOB NOT NULL,"
    " sealed BLOB NOT NULL) STRICT;"
    "CREATE INDEX template_person ON template (person);"
    "PRAGMA application_id = 1835623790;"
    "PRAGMA user_version = 1;"
    "COMMIT;";

static const char *const texts[SQL_COUNT] = {
    [SQL_BEGIN_READ] = "BEGIN",
    [SQL_BEGIN_WRITE] = "BEGIN IMMEDIATE",
    [SQL_COMMIT] = "COMMIT",
    [SQL_HEAD_GET] = "SELECT state FROM head",
    [SQL_HEAD_PUT] = "INSERT OR REPLACE INTO head VALUES (1, ?1)",
    [SQL_PERSON_PUT] =
        "INSERT INTO person (id, name, added, seal) VALUES (?1, ?2, ?3, ?4)"
        " ON CONFLICT (id) DO UPDATE SET"
        " name = excluded.name, added = excluded.added, seal = excluded.seal",
    [SQL_PERSON_GET] =
        "SELECT id, name, added, seal, (SELECT count(*) FROM "
        "template WHERE person = person.id) FROM person "
        "WHERE id = ?1",
    [SQL_PERSON_FIND] =
        "SELECT id, name, added, seal, (SELECT count(*) FROM "
        "template WHERE person = person.id) FROM person "
        "WHERE name = ?1",
    [SQL_PERSON_REMOVE] = "DELETE FROM person WHERE id = ?1",
    [SQL_PERSON_EACH] =
        "SELECT id, name, added, seal, (SELECT count(*) FROM "
        "template WHERE person = person.id) FROM person "
        "WHERE id > ?1 ORDER BY id",
    [SQL_TEMPLATE_PUT] =
        "INSERT OR REPLACE INTO template (id, person, added, quality, source,"
        " seal, sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [SQL_TEMPLATE_GET] =
        "SELECT id, person, added, quality, source, seal, "
        "sealed FROM template WHERE id = ?1",
    [SQL_TEMPLATE_REMOVE] = "DELETE FROM template WHERE id = ?1",
    [SQL_TEMPLATE_EACH] =
        "SELECT id, person, added, quality, source, seal, "
        "sealed FROM template WHERE id > ?1 ORDER BY id",
    [SQL_TEMPLATE_EACH_OF] =
        "SELECT id, person, added, quality, source, seal, sealed "
        "FROM template WHERE person = ?1 ORDER BY id",
};

static sqlite_store *own(mien_store *store) { return (sqlite_store *)store; }

static mien_status status_of(int code) {
    if (code == SQLITE_IOERR_DATA || code == SQLITE_IOERR_SHORT_READ)
        return MIEN_ECORRUPT;
    switch (code & 0xff) {
        case SQLITE_NOMEM: return MIEN_ENOMEM;
        case SQLITE_FULL: return MIEN_ENOSPACE;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
        case SQLITE_SCHEMA:
        case SQLITE_ERROR: /* our texts are right, so its tables are not */
        case SQLITE_MISMATCH: return MIEN_ECORRUPT;
        case SQLITE_CONSTRAINT: return MIEN_EINVAL;
        default: return MIEN_EIO;
    }
}

mien_status sqlite_fail(const sqlite_store *store, int code) {
    const mien_status status = status_of(code);
    if ((code & 0xff) == SQLITE_BUSY)
        return mien_fail(MIEN_EIO, "%s is in use by another process",
                         store->path);
    return mien_fail(
        status, "%s: %s", store->path,
        store->db ? sqlite3_errmsg(store->db) : sqlite3_errstr(code));
}

mien_status sqlite_ask(sqlite3_stmt **out, mien_store *store, sql which) {
    sqlite_store *s = own(store);
    *out = NULL;
    if (!s->statements[which]) {
        const int code = sqlite3_prepare_v3(s->db, texts[which], -1,
                                            SQLITE_PREPARE_PERSISTENT,
                                            &s->statements[which], NULL);
        if (code != SQLITE_OK) return sqlite_fail(s, code);
    }
    *out = s->statements[which];
    return MIEN_OK;
}

mien_status sqlite_step(sqlite3_stmt *statement, const sqlite_store *store,
                        bool *row) {
    const int code = sqlite3_step(statement);
    *row = code == SQLITE_ROW;
    return *row || code == SQLITE_DONE ? MIEN_OK : sqlite_fail(store, code);
}

void sqlite_done(sqlite3_stmt *statement) {
    if (!statement) return;
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

mien_status sqlite_finish(sqlite3_stmt *statement, const sqlite_store *store) {
    bool row;
    const mien_status status = sqlite_step(statement, store, &row);
    sqlite_done(statement);
    return status;
}

mien_status sqlite_run(sqlite_store *store, const char *text) {
    const int code = sqlite3_exec(store->db, text, NULL, NULL, NULL);
    return code == SQLITE_OK ? MIEN_OK : sqlite_fail(store, code);
}

/* The single number that a PRAGMA answers with. */
static mien_status ask_number(int64_t *out, sqlite_store *s, const char *text) {
    sqlite3_stmt *statement;
    bool row = false;
    const int code = sqlite3_prepare_v2(s->db, text, -1, &statement, NULL);
    if (code != SQLITE_OK) return sqlite_fail(s, code);
    const mien_status status = sqlite_step(statement, s, &row);
    *out = row ? sqlite3_column_int64(statement, 0) : 0;
    sqlite3_finalize(statement);
    return status;
}

/* ---- opening ---- */

static void close_store(mien_store *store) {
    sqlite_store *s = own(store);
    if (!s) return;
    for (int i = 0; i < SQL_COUNT; i++) sqlite3_finalize(s->statements[i]);
    sqlite3_close(s->db);
    mien_free(s->path);
    mien_free(s);
}

/* A file from elsewhere must not run anything. */
static mien_status settle_in(sqlite_store *s, const mien_store_how *how) {
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, !how->write,
                      NULL);
    sqlite3_busy_timeout(s->db, (int)(how->wait * 1000));
    MIEN_TRY(sqlite_run(s,
                        "PRAGMA cell_size_check = ON;"
                        "PRAGMA synchronous = FULL;"
                        "PRAGMA secure_delete = ON;"));
    if (how->create) MIEN_TRY(sqlite_run(s, schema));
    return how->write ? MIEN_OK : sqlite_run(s, "PRAGMA query_only = ON");
}

static mien_status look_at_kind(sqlite_store *s) {
    int64_t application = 0, version = 0;
    MIEN_TRY(ask_number(&application, s, "PRAGMA application_id"));
    if (application != APPLICATION)
        return mien_fail(MIEN_EUNSUPPORTED, "%s is not a gallery of mien",
                         s->path);
    MIEN_TRY(ask_number(&version, s, "PRAGMA user_version"));
    if (version != SCHEMA)
        return mien_fail(MIEN_EUNSUPPORTED,
                         "%s has tables of version %d; this mien reads %d",
                         s->path, (int)version, SCHEMA);
    return MIEN_OK;
}

/* The pages of a new file leave room for their hashes. */
static mien_status reserve(sqlite_store *s) {
    int bytes = SQLITE_PAGES_HASH;
    const int code =
        sqlite3_file_control(s->db, "main", SQLITE_FCNTL_RESERVE_BYTES, &bytes);
    return code == SQLITE_OK ? MIEN_OK : sqlite_fail(s, code);
}

static mien_status connect(sqlite_store *s, const mien_store_how *how) {
    if (!sqlite_pages_ready())
        return mien_fail(MIEN_EUNSUPPORTED, "this SQLite opens no files");
    if (how->create) MIEN_TRY(mien_private_create(how->where, "", 0));
    const int code = sqlite3_open_v2(
        how->where, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
        SQLITE_PAGES);
    if (code != SQLITE_OK) return sqlite_fail(s, code);
    sqlite3_extended_result_codes(s->db, 1);
    if (how->create) MIEN_TRY(reserve(s));
    MIEN_TRY(settle_in(s, how));
    return look_at_kind(s);
}

static mien_status open_store(mien_store **out, const mien_store_how *how) {
    *out = NULL;
    if (!how->create && !mien_file_exists(how->where))
        return mien_fail(MIEN_ENOTFOUND, "there is no gallery %s", how->where);
    sqlite_store *s = mien_alloc(1, sizeof *s);
    if (!s) return MIEN_ENOMEM;
    s->base.ops = &mien_store_sqlite;
    s->path = mien_strdup(how->where);
    const mien_status status = s->path ? connect(s, how) : MIEN_ENOMEM;
    if (status != MIEN_OK)
        close_store(&s->base);
    else
        *out = &s->base;
    return status;
}

/* ---- changes and the head ---- */

static mien_status run_statement(mien_store *store, sql which) {
    sqlite3_stmt *s;
    MIEN_TRY(sqlite_ask(&s, store, which));
    return sqlite_finish(s, own(store));
}

static mien_status begin(mien_store *store, bool write) {
    return run_statement(store, write ? SQL_BEGIN_WRITE : SQL_BEGIN_READ);
}

static mien_status commit(mien_store *store) {
    return run_statement(store, SQL_COMMIT);
}

static void undo(mien_store *store) {
    if (!sqlite3_get_autocommit(own(store)->db))
        sqlite3_exec(own(store)->db, "ROLLBACK", NULL, NULL, NULL);
}

static mien_status head_get(mien_store *store, uint8_t *bytes, size_t *size) {
    sqlite3_stmt *s;
    bool row;
    MIEN_TRY(sqlite_ask(&s, store, SQL_HEAD_GET));
    mien_status status = sqlite_step(s, own(store), &row);
    const size_t room = *size;
    *size = 0;
    if (status == MIEN_OK && row) {
        *size = (size_t)sqlite3_column_bytes(s, 0);
        const void *state = sqlite3_column_blob(s, 0);
        if (*size <= room && state) memcpy(bytes, state, *size);
    }
    sqlite_done(s);
    return status;
}

static mien_status head_put(mien_store *store, const uint8_t *bytes,
                            size_t size) {
    sqlite3_stmt *s;
    MIEN_TRY(sqlite_ask(&s, store, SQL_HEAD_PUT));
    sqlite3_bind_blob64(s, 1, bytes, size, SQLITE_STATIC);
    return sqlite_finish(s, own(store));
}

/* ---- care ---- */

static mien_status wipe(mien_store *store) {
    sqlite_store *s = own(store);
    int64_t busy = 0;
    MIEN_TRY(sqlite_run(s, "VACUUM"));
    MIEN_TRY(ask_number(&busy, s, "PRAGMA wal_checkpoint(TRUNCATE)"));
    if (busy)
        return mien_fail(MIEN_EIO,
                         "%s: another process is reading; what was removed "
                         "stays in its log until this is done again",
                         s->path);
    return MIEN_OK;
}

static mien_status check(mien_store *store) {
    sqlite_store *s = own(store);
    sqlite3_stmt *statement;
    bool row = false;
    MIEN_TRY(sqlite_pages_check(s));
    const int code = sqlite3_prepare_v2(s->db, "PRAGMA integrity_check(1)", -1,
                                        &statement, NULL);
    if (code != SQLITE_OK) return sqlite_fail(s, code);
    mien_status status = sqlite_step(statement, s, &row);
    const char *said =
        row ? (const char *)sqlite3_column_text(statement, 0) : NULL;
    if (status == MIEN_OK && (!said || strcmp(said, "ok") != 0))
        status = mien_fail(MIEN_ECORRUPT, "%s: %s", s->path,
                           said ? said : "no answer to a check");
    sqlite3_finalize(statement);
    return status;
}

const mien_store_ops mien_store_sqlite = {
    .name = "sqlite",
    .summary = "one file, one machine",
    .prefix = "",
    .open = open_store,
    .close = close_store,
    .begin = begin,
    .commit = commit,
    .undo = undo,
    .head_get = head_get,
    .head_put = head_put,
    .person_put = sqlite_person_put,
    .person_get = sqlite_person_get,
    .person_find = sqlite_person_find,
    .person_remove = sqlite_person_remove,
    .person_each = sqlite_person_each,
    .template_put = sqlite_template_put,
    .template_get = sqlite_template_get,
    .template_remove = sqlite_template_remove,
    .template_each = sqlite_template_each,
    .template_each_of = sqlite_template_each_of,
    .wipe = wipe,
    .check = check,
};
