/* SPDX-License-Identifier: Apache-2.0 */
/* export.c - a gallery as JSON lines.
 *
 * First what it is, then each person, followed by nothing of theirs; then each
 * template with its person's number; last how many and a hash of all lines
 * before. docs/gallery.md has the fields. */
#include <jansson.h>
#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "gallery/parts.h"

enum { VERSION = 1 };

typedef struct exporting {
    mien_gallery *g;
    mien_gallery_sink sink;
    void *context;
    mien_hash hash;
    float *x;
    char *text; /* room for a vector in base64 */
    size_t room;
} exporting;

/* Takes over the object; NULL is out of memory. */
static mien_status put_line(exporting *e, json_t *object) {
    if (!object) return mien_fail(MIEN_ENOMEM, "out of memory");
    char *line = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(17));
    json_decref(object);
    if (!line) return mien_fail(MIEN_ENOMEM, "out of memory");
    const size_t size = strlen(line);
    line[size] = '\n'; /* for its NUL */
    mien_hash_add(&e->hash, line, size + 1);
    const mien_status status = e->sink(e->context, line, size + 1);
    free(line);
    return status;
}

static mien_status put_head(exporting *e) {
    const mien_head *h = &e->g->head;
    char id[2 * MIEN_GALLERY_ID + 1];
    sodium_bin2hex(id, sizeof id, h->id, sizeof h->id);
    return put_line(
        e, json_pack("{s:s, s:i, s:s, s:s, s:s, s:i, s:I, s:I}", "kind",
                     "mien-gallery", "version", VERSION, "id", id, "contract",
                     h->contract, "model", h->model, "width", h->width,
                     "people", (json_int_t)h->people, "templates",
                     (json_int_t)h->templates));
}

static mien_status put_person(void *context, const mien_person_row *row) {
    exporting *e = context;
    MIEN_TRY(mien_check_person(row, e->g));
    return put_line(e, json_pack("{s:s, s:I, s:s, s:I}", "kind", "person",
                                 "person", (json_int_t)row->id, "name",
                                 row->name, "added", (json_int_t)row->added));
}

static mien_status put_template(void *context, const mien_template_row *row) {
    exporting *e = context;
    MIEN_TRY(mien_open_template(e->x, row, e->g));
    sodium_bin2base64(e->text, e->room, (const uint8_t *)e->x,
                      4 * (size_t)e->g->width, sodium_base64_VARIANT_ORIGINAL);
    json_t *quality =
        isnan(row->quality) ? json_null() : json_real(row->quality);
    return put_line(
        e, json_pack("{s:s, s:I, s:s, s:o, s:I, s:s}", "kind", "template",
                     "person", (json_int_t)row->person, "source", row->source,
                     "quality", quality, "added", (json_int_t)row->added,
                     "values", e->text));
}

static mien_status put_end(exporting *e) {
    char hex[MIEN_HASH_HEX];
    mien_hash_end(&e->hash, hex);
    mien_hash_begin(&e->hash); /* put_line() adds to it */
    return put_line(e, json_pack("{s:s, s:s}", "kind", "end", "blake2b", hex));
}

static mien_status put_all(exporting *e) {
    mien_store *store = e->g->store;
    mien_hash_begin(&e->hash);
    MIEN_TRY(put_head(e));
    MIEN_TRY(store->ops->person_each(store, 0, put_person, e));
    MIEN_TRY(store->ops->template_each(store, 0, put_template, e));
    return put_end(e);
}

mien_status mien_gallery_export(mien_gallery *gallery, mien_gallery_sink sink,
                                void *context) {
    const size_t width = (size_t)gallery->width;
    exporting e = {.g = gallery, .sink = sink, .context = context};
    e.room =
        sodium_base64_encoded_len(4 * width, sodium_base64_VARIANT_ORIGINAL);
    e.x = mien_alloc(width, sizeof *e.x);
    e.text = mien_alloc(e.room, 1);
    mien_status status = e.x && e.text ? MIEN_OK : MIEN_ENOMEM;
    if (status == MIEN_OK) {
        pthread_mutex_lock(&gallery->lock);
        status = mien_reading_begin(gallery);
        if (status == MIEN_OK) {
            status = put_all(&e);
            mien_reading_end(gallery);
        }
        pthread_mutex_unlock(&gallery->lock);
    }
    if (e.x) sodium_memzero(e.x, width * sizeof *e.x);
    if (e.text) sodium_memzero(e.text, e.room);
    mien_free(e.x);
    mien_free(e.text);
    return status;
}
