/* SPDX-License-Identifier: Apache-2.0 */
/* sqlite_pages.c - a hash in the last bytes of every page of a gallery's file.
 *
 * SQLite does not notice a changed byte where it means nothing to it, and may
 * not where it does. So its pages keep eight bytes free, which it never looks
 * at; here, between it and the file, they are filled when a page is written and
 * compared when one is read. The write-ahead log has sums of its own.
 * Source: the idea is that of SQLite's cksumvfs; SipHash-2-4 by libsodium. */
#include <sodium.h>
#include <string.h>

#include "base/threads.h"
#include "gallery/stores/sqlite.h"

enum { HASH = SQLITE_PAGES_HASH, BODY = SQLITE_PAGES_SIZE - HASH };

_Static_assert(HASH == crypto_shorthash_BYTES, "as libsodium has it");

/* Ours, and behind it the file of the system. */
typedef struct page_file {
    sqlite3_file base;
    sqlite3_file *real;
} page_file;

static sqlite3_file *real_of(sqlite3_file *file) {
    return ((page_file *)file)->real;
}

/* Bound to the place, so that pages cannot be exchanged. */
static void hash_page(uint8_t out[HASH], const uint8_t *page,
                      sqlite3_int64 offset) {
    uint8_t key[crypto_shorthash_KEYBYTES] = "mien pg";
    memcpy(key + 8, &offset, sizeof offset);
    crypto_shorthash(out, page, BODY, key);
}

static bool is_page(int size, sqlite3_int64 offset) {
    return size == SQLITE_PAGES_SIZE && offset % SQLITE_PAGES_SIZE == 0;
}

/* Zeros are a page that was never written, as between others. */
static bool is_sound(const uint8_t *page, sqlite3_int64 offset) {
    uint8_t want[HASH];
    hash_page(want, page, offset);
    return memcmp(want, page + BODY, HASH) == 0 ||
           sodium_is_zero(page, SQLITE_PAGES_SIZE);
}

static int read_some(sqlite3_file *file, void *out, int size,
                     sqlite3_int64 offset) {
    sqlite3_file *real = real_of(file);
    const int code = real->pMethods->xRead(real, out, size, offset);
    if (code != SQLITE_OK || !is_page(size, offset)) return code;
    return is_sound(out, offset) ? SQLITE_OK : SQLITE_IOERR_DATA;
}

static int write_some(sqlite3_file *file, const void *bytes, int size,
                      sqlite3_int64 offset) {
    sqlite3_file *real = real_of(file);
    if (!is_page(size, offset))
        return real->pMethods->xWrite(real, bytes, size, offset);
    uint8_t page[SQLITE_PAGES_SIZE];
    memcpy(page, bytes, BODY);
    hash_page(page + BODY, page, offset);
    return real->pMethods->xWrite(real, page, size, offset);
}

/* ---- all else is passed on ---- */

static int close_file(sqlite3_file *f) {
    return real_of(f)->pMethods->xClose(real_of(f));
}
static int truncate_file(sqlite3_file *f, sqlite3_int64 size) {
    return real_of(f)->pMethods->xTruncate(real_of(f), size);
}
static int sync_file(sqlite3_file *f, int flags) {
    return real_of(f)->pMethods->xSync(real_of(f), flags);
}
static int size_of(sqlite3_file *f, sqlite3_int64 *size) {
    return real_of(f)->pMethods->xFileSize(real_of(f), size);
}
static int lock(sqlite3_file *f, int level) {
    return real_of(f)->pMethods->xLock(real_of(f), level);
}
static int unlock(sqlite3_file *f, int level) {
    return real_of(f)->pMethods->xUnlock(real_of(f), level);
}
static int is_reserved(sqlite3_file *f, int *out) {
    return real_of(f)->pMethods->xCheckReservedLock(real_of(f), out);
}
static int control(sqlite3_file *f, int what, void *value) {
    return real_of(f)->pMethods->xFileControl(real_of(f), what, value);
}
static int sector(sqlite3_file *f) {
    return real_of(f)->pMethods->xSectorSize(real_of(f));
}
static int traits(sqlite3_file *f) {
    return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f));
}
static int shm_map(sqlite3_file *f, int page, int size, int extend,
                   void volatile **out) {
    return real_of(f)->pMethods->xShmMap(real_of(f), page, size, extend, out);
}
static int shm_lock(sqlite3_file *f, int offset, int n, int flags) {
    return real_of(f)->pMethods->xShmLock(real_of(f), offset, n, flags);
}
static void shm_barrier(sqlite3_file *f) {
    real_of(f)->pMethods->xShmBarrier(real_of(f));
}
static int shm_unmap(sqlite3_file *f, int remove) {
    return real_of(f)->pMethods->xShmUnmap(real_of(f), remove);
}

/* Version 2: no mapping, which would pass the hash by. */
static const sqlite3_io_methods methods = {
    2,           close_file, read_some, write_some, truncate_file,
    sync_file,   size_of,    lock,      unlock,     is_reserved,
    control,     sector,     traits,    shm_map,    shm_lock,
    shm_barrier, shm_unmap,  NULL,      NULL,
};

/* ---- the file system ---- */

static sqlite3_vfs *below; /* the system's */
static sqlite3_vfs pages;

/* Logs and temporary files have no pages. */
static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file,
                     int flags, int *out_flags) {
    page_file *f = (page_file *)file;
    (void)vfs;
    if (!(flags & SQLITE_OPEN_MAIN_DB))
        return below->xOpen(below, name, file, flags, out_flags);
    *f = (page_file){.real = (sqlite3_file *)(f + 1)};
    const int code = below->xOpen(below, name, f->real, flags, out_flags);
    if (f->real->pMethods) f->base.pMethods = &methods;
    return code;
}

static void start(void) {
    below = sqlite3_vfs_find(NULL);
    if (!below) return;
    pages = *below;
    pages.pNext = NULL;
    pages.zName = SQLITE_PAGES;
    pages.szOsFile = (int)sizeof(page_file) + below->szOsFile;
    pages.xOpen = open_file;
    if (sqlite3_vfs_register(&pages, 0) != SQLITE_OK) below = NULL;
}

bool sqlite_pages_ready(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, start);
    return below != NULL;
}

/* ---- all of them ---- */

/* Somebody else may be writing this very page: then it is right soon. */
static int look_at_page(sqlite3_file *file, sqlite3_int64 offset) {
    uint8_t page[SQLITE_PAGES_SIZE];
    int code = SQLITE_OK;
    for (int i = 0; i < 3; i++) {
        code = read_some(file, page, sizeof page, offset);
        if (code != SQLITE_IOERR_DATA) break;
        sqlite3_sleep(1);
    }
    return code;
}

mien_status sqlite_pages_check(const sqlite_store *store) {
    sqlite3_file *file = NULL;
    sqlite3_int64 size = 0;
    int code = sqlite3_file_control(store->db, "main",
                                    SQLITE_FCNTL_FILE_POINTER, &file);
    if (code == SQLITE_OK) code = size_of(file, &size);
    if (code != SQLITE_OK) return sqlite_fail(store, code);
    if (size % SQLITE_PAGES_SIZE)
        return mien_fail(MIEN_ECORRUPT, "%s: its end was cut", store->path);
    for (sqlite3_int64 at = 0; at < size; at += SQLITE_PAGES_SIZE) {
        code = look_at_page(file, at);
        if (code == SQLITE_IOERR_DATA)
            return mien_fail(MIEN_ECORRUPT,
                             "%s: bytes %lld to %lld were changed", store->path,
                             (long long)at,
                             (long long)at + SQLITE_PAGES_SIZE - 1);
        if (code != SQLITE_OK) return sqlite_fail(store, code);
    }
    return MIEN_OK;
}
