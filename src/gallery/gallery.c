/* SPDX-License-Identifier: Apache-2.0 */
/* gallery.c - open a gallery, make one, destroy one. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "gallery/parts.h"

static const char key_line[] = "mien-gallery-key-1 ";
enum { KEY_HEX = 2 * MIEN_SEAL_KEY, KEY_LINE = sizeof key_line - 1 };

_Static_assert((int)MIEN_GALLERY_KEY == (int)MIEN_SEAL_KEY, "one length");

void mien_gallery_defaults(mien_gallery_options *options) {
    *options = (mien_gallery_options){.cache = true, .threads = 1, .wait = 5};
}

char *mien_gallery_beside(const char *path, const char *suffix) {
    const size_t n = strlen(path), more = strlen(suffix) + 1;
    char *out = mien_alloc(n + more, 1);
    if (!out) return NULL;
    memcpy(out, path, n);
    memcpy(out + n, suffix, more);
    return out;
}

/* ---- the key ---- */

static mien_status parse_key(uint8_t key[MIEN_SEAL_KEY], const mien_buf *text,
                             const char *path) {
    const char *hex = (const char *)text->data + KEY_LINE;
    size_t size = 0;
    if (text->size < (size_t)KEY_LINE + KEY_HEX ||
        memcmp(text->data, key_line, KEY_LINE) != 0 ||
        sodium_hex2bin(key, MIEN_SEAL_KEY, hex, KEY_HEX, NULL, &size, NULL) ||
        size != MIEN_SEAL_KEY)
        return mien_fail(MIEN_ECORRUPT, "%s is no key of a gallery", path);
    return MIEN_OK;
}

static mien_status read_key(uint8_t key[MIEN_SEAL_KEY], const char *path) {
    mien_buf text = {.cap = 4096};
    mien_status status = mien_private_read(&text, path);
    if (status == MIEN_OK) status = parse_key(key, &text, path);
    if (text.data) sodium_memzero(text.data, text.size);
    mien_buf_close(&text);
    return status;
}

static mien_status make_key(uint8_t key[MIEN_SEAL_KEY], const char *path) {
    char line[KEY_LINE + KEY_HEX + 2];
    memcpy(line, key_line, KEY_LINE);
    mien_seal_random(key, MIEN_SEAL_KEY);
    sodium_bin2hex(line + KEY_LINE, KEY_HEX + 1, key, MIEN_SEAL_KEY);
    memcpy(line + KEY_LINE + KEY_HEX, "\n", 2);
    const mien_status status =
        mien_private_create(path, line, KEY_LINE + KEY_HEX + 1);
    sodium_memzero(line, sizeof line);
    return status;
}

static mien_status get_key(mien_gallery *g, const mien_gallery_options *o,
                           bool create) {
    uint8_t key[MIEN_SEAL_KEY];
    mien_status status = MIEN_OK;
    if (o->key) {
        memcpy(key, o->key, sizeof key);
    } else {
        char *path = mien_gallery_beside(g->path, ".key");
        if (!path) return MIEN_ENOMEM;
        status = create && !mien_file_exists(path) ? make_key(key, path)
                                                   : read_key(key, path);
        mien_free(path);
    }
    if (status == MIEN_OK) mien_keys_derive(&g->keys, key);
    sodium_memzero(key, sizeof key);
    return status;
}

/* ---- opening ---- */

/* A gallery that another model made is refused before its key is asked for. */
static mien_status check_binding(mien_gallery *g,
                                 const mien_gallery_options *o) {
    uint8_t bytes[MIEN_HEAD_BYTES] = {0};
    size_t size = sizeof bytes;
    mien_head head;
    MIEN_TRY(g->store->ops->head_get(g->store, bytes, &size));
    const mien_status status = mien_head_read(&head, bytes, size);
    if (status != MIEN_OK) return mien_fail_in(status, "%s", g->path);
    if (o->contract && strcmp(o->contract, head.contract) != 0)
        return mien_fail(MIEN_EINVAL,
                         "%s holds templates of contract %s (%s), which cannot "
                         "be compared with those of contract %s (%s): use its "
                         "model, or enrol into a new gallery",
                         g->path, head.contract,
                         *head.model ? head.model : "no name", o->contract,
                         o->model ? o->model : "no name");
    if (o->width && o->width != head.width)
        return mien_fail(MIEN_EINVAL,
                         "%s holds templates of %d values, not of %d", g->path,
                         head.width, o->width);
    return MIEN_OK;
}

static bool is_contract(const char *text) {
    return strlen(text) == MIEN_HASH_HEX - 1 &&
           strspn(text, "0123456789abcdef") == MIEN_HASH_HEX - 1;
}

static mien_status check_options(const mien_gallery_options *o) {
    if (o->threads < 1 || o->threads > 256)
        return mien_fail(MIEN_EINVAL, "%d threads; 1 to 256 may search",
                         o->threads);
    if (!(o->wait >= 0) || o->wait > 3600)
        return mien_fail(MIEN_EINVAL, "wait is 0 to 3600 seconds");
    if (!o->create) return MIEN_OK;
    if (!o->write || !o->contract || !is_contract(o->contract))
        return mien_fail(MIEN_EINVAL,
                         "a new gallery needs the contract of a model (64 hex "
                         "digits), and to be open to write");
    if (o->width < 1 || o->width > MIEN_GALLERY_WIDTH)
        return mien_fail(MIEN_EINVAL, "a template has 1 to %d values, not %d",
                         MIEN_GALLERY_WIDTH, o->width);
    return MIEN_OK;
}

static mien_status start_head(mien_gallery *g, const mien_gallery_options *o) {
    uint8_t bytes[MIEN_HEAD_BYTES];
    mien_head *h = &g->head;
    *h = (mien_head){.width = o->width};
    mien_seal_random(h->id, sizeof h->id);
    snprintf(h->contract, sizeof h->contract, "%s", o->contract);
    snprintf(h->model, sizeof h->model, "%s", o->model ? o->model : "");
    MIEN_TRY(mien_head_write(bytes, h, &g->keys));
    return g->store->ops->head_put(g->store, bytes, sizeof bytes);
}

/* Made under another name, so that nobody meets half of one. */
static mien_status make_at(mien_gallery *g, const char *path,
                           const mien_gallery_options *o) {
    const mien_store_how how = {path, true, true, o->wait};
    MIEN_TRY(mien_file_remove(path));
    MIEN_TRY(mien_store_open(&g->store, &how));
    mien_status status = start_head(g, o);
    g->store->ops->close(g->store);
    g->store = NULL;
    if (status == MIEN_OK) status = mien_file_link(path, g->path);
    const mien_status removed = mien_file_remove(path);
    return status == MIEN_OK ? removed : status;
}

static mien_status make_gallery(mien_gallery *g,
                                const mien_gallery_options *o) {
    char *path = mien_gallery_beside(g->path, ".new");
    if (!path) return MIEN_ENOMEM;
    mien_status status = get_key(g, o, true);
    if (status == MIEN_OK) status = make_at(g, path, o);
    mien_free(path);
    return status;
}

static mien_status open_store(mien_gallery *g, const mien_gallery_options *o) {
    const mien_store_how how = {g->path, o->write, false, o->wait};
    if (o->create && !mien_file_exists(g->path)) MIEN_TRY(make_gallery(g, o));
    MIEN_TRY(mien_store_open(&g->store, &how));
    MIEN_TRY(check_binding(g, o));
    MIEN_TRY(get_key(g, o, false));
    MIEN_TRY(mien_gallery_read_head(g));
    memcpy(g->id, g->head.id, sizeof g->id);
    g->width = g->head.width;
    return MIEN_OK;
}

static mien_status fill(mien_gallery *g, const char *path,
                        const mien_gallery_options *o) {
    g->write = o->write;
    g->cache = o->cache;
    g->path = mien_strdup(path);
    g->vectors_path = mien_gallery_beside(path, ".vectors");
    if (!g->path || !g->vectors_path) return MIEN_ENOMEM;
    if (!o->create && !mien_file_exists(path))
        return mien_fail(MIEN_ENOTFOUND, "there is no gallery %s", path);
    if (o->write) {
        char *lock = mien_gallery_beside(path, ".lock");
        if (!lock) return MIEN_ENOMEM;
        const mien_status status = mien_lock_take(&g->writer, lock, o->wait);
        mien_free(lock);
        MIEN_TRY(status);
    }
    MIEN_TRY(open_store(g, o));
    return o->threads > 1 ? mien_pool_open(&g->pool, o->threads) : MIEN_OK;
}

mien_status mien_gallery_open(mien_gallery **out, const char *path,
                              const mien_gallery_options *options) {
    *out = NULL;
    MIEN_TRY(check_options(options));
    if (!mien_seal_ready())
        return mien_fail(MIEN_EIO, "the system gives no random numbers");
    mien_gallery *g = mien_alloc(1, sizeof *g);
    if (!g) return MIEN_ENOMEM;
    pthread_mutex_init(&g->lock, NULL);
    pthread_rwlock_init(&g->index_lock, NULL);
    const mien_status status = fill(g, path, options);
    if (status != MIEN_OK)
        mien_gallery_close(g);
    else
        *out = g;
    return status;
}

void mien_gallery_close(mien_gallery *gallery) {
    if (!gallery) return;
    if (gallery->store) gallery->store->ops->close(gallery->store);
    mien_index_drop(&gallery->index);
    mien_pool_close(gallery->pool);
    mien_lock_drop(&gallery->writer);
    mien_keys_wipe(&gallery->keys);
    pthread_rwlock_destroy(&gallery->index_lock);
    pthread_mutex_destroy(&gallery->lock);
    mien_free(gallery->vectors_path);
    mien_free(gallery->path);
    mien_free(gallery);
}

mien_status mien_gallery_info(mien_gallery_facts *out, mien_gallery *gallery) {
    *out = (mien_gallery_facts){0};
    pthread_mutex_lock(&gallery->lock);
    const mien_status status = mien_reading_begin(gallery);
    if (status == MIEN_OK) {
        const mien_head *h = &gallery->head;
        mien_reading_end(gallery);
        sodium_bin2hex(out->id, sizeof out->id, h->id, sizeof h->id);
        memcpy(out->contract, h->contract, sizeof out->contract);
        memcpy(out->model, h->model, sizeof out->model);
        out->width = h->width;
        out->people = h->people;
        out->templates = h->templates;
    }
    pthread_mutex_unlock(&gallery->lock);
    return status;
}

/* ---- destroying ---- */

/* Whether a name is that of a gallery, something, and a temporary's. */
static bool is_leftover(const char *name, const char *gallery) {
    const size_t n = strlen(gallery);
    return strncmp(name, gallery, n) == 0 && name[n] == '.' &&
           strstr(name + n, ".tmp-") != NULL;
}

mien_status mien_gallery_sweep(const char *path) {
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    char *folder = slash ? mien_strndup(path, (size_t)(slash - path) + 1)
                         : mien_strdup(".");
    mien_names names = {0};
    if (!folder) return MIEN_ENOMEM;
    mien_status status = mien_dir_list(&names, folder);
    for (size_t i = 0; i < names.count && status == MIEN_OK; i++) {
        char file[4096];
        if (!is_leftover(names.items[i], name)) continue;
        status = mien_path_join(file, sizeof file, folder, names.items[i]);
        if (status == MIEN_OK) status = mien_private_wipe(file);
    }
    mien_names_close(&names);
    mien_free(folder);
    return status;
}

/* The key first: without it the rest is noise. */
static mien_status destroy(const char *path) {
    static const char *const suffixes[] = {".key", ".vectors", "-wal",
                                           "-shm", ".new",     ""};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        char *file = mien_gallery_beside(path, suffixes[i]);
        if (!file) return MIEN_ENOMEM;
        const mien_status status =
            i == 0 ? mien_private_wipe(file) : mien_file_remove(file);
        mien_free(file);
        MIEN_TRY(status);
    }
    return mien_gallery_sweep(path);
}

mien_status mien_gallery_destroy(const char *path) {
    mien_lock lock;
    if (!mien_file_exists(path))
        return mien_fail(MIEN_ENOTFOUND, "there is no gallery %s", path);
    char *lock_path = mien_gallery_beside(path, ".lock");
    if (!lock_path) return MIEN_ENOMEM;
    mien_status status = mien_lock_take(&lock, lock_path, 0);
    if (status == MIEN_OK) status = destroy(path);
    if (status == MIEN_OK) status = mien_file_remove(lock_path);
    mien_lock_drop(&lock);
    mien_free(lock_path);
    return status;
}
