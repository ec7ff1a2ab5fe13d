/* SPDX-License-Identifier: Apache-2.0 */
/* recordio.c - train.rec, train.idx and property, as face sets come.
 *
 * The .idx file gives each record's key and offset. When record 0 carries two
 * numbers a and b, records 1..a-1 are photos and a..b-1 say which of them
 * belong to one person, which the labels say too; else all are photos. The
 * property file ("classes,height,width") is optional. */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "data/recordio.h"

#include "data/reader.h"

#define MAX_IDX ((size_t)4 << 30)

typedef struct config {
    const char *path, *name;
} config;

static const mien_param params[] = {
    {"path", "folder of the .rec, .idx and property files",
     offsetof(config, path), .kind = MIEN_STRING, .required = true},
    {"name", "what the .rec and .idx files are called", offsetof(config, name),
     .kind = MIEN_STRING, .text = "train"},
    {0},
};

typedef struct entry {
    uint64_t key, offset;
} entry;

typedef struct state {
    mien_map rec;
    const char *name;
    entry *entries; /* heap while they are read, by key */
    size_t count;
    uint64_t *offsets; /* of the photos; in the arena */
} state;

static int by_key(const void *a, const void *b) {
    const entry *x = a, *y = b;
    return (x->key > y->key) - (x->key < y->key);
}

/* A number, then one of the characters in `stop`; NULL when it is not. */
static char *number(uint64_t *out, char *text, const char *stop) {
    char *end;
    if (*text < '0' || *text > '9') return NULL;
    errno = 0;
    *out = strtoull(text, &end, 10);
    if (errno || !strchr(stop, *end)) return NULL;
    return end;
}

static mien_status parse_idx(state *s, char *text, const char *path) {
    for (int line = 1; *text; line++) {
        entry *e = &s->entries[s->count];
        char *end = number(&e->key, text, "\t");
        if (end) end = number(&e->offset, end + 1, "\r\n");
        if (!end)
            return mien_fail(MIEN_EFORMAT,
                             "%s:%d: a key, a tab and an offset "
                             "are expected",
                             path, line);
        s->count++;
        text = end + strspn(end, "\r\n");
    }
    qsort(s->entries, s->count, sizeof *s->entries, by_key);
    for (size_t i = 1; i < s->count; i++)
        if (s->entries[i].key == s->entries[i - 1].key)
            return mien_fail(MIEN_EFORMAT, "%s: key %llu comes twice", path,
                             (unsigned long long)s->entries[i].key);
    return MIEN_OK;
}

static mien_status read_idx(state *s, const char *path) {
    mien_buf text = {.cap = MAX_IDX};
    mien_status status = mien_file_read(&text, path);
    if (status == MIEN_OK) status = mien_buf_append(&text, "\n", 1);
    size_t lines = 1;
    for (size_t i = 0; i < text.size; i++) lines += text.data[i] == '\n';
    if (status == MIEN_OK) {
        s->entries = mien_alloc(lines, sizeof *s->entries);
        if (!s->entries) status = MIEN_ENOMEM;
    }
    if (status == MIEN_OK) status = parse_idx(s, (char *)text.data, path);
    mien_buf_close(&text);
    return status;
}

/* Keep the entries of photos: by record 0, or all of them. */
static mien_status choose_photos(state *s) {
    mien_record rec;
    if (s->count == 0 || s->entries[0].key != 0) return MIEN_OK;
    MIEN_TRY(mien_record_read(&rec, s->rec.data, s->rec.size,
                              s->entries[0].offset, s->name));
    const uint32_t flag = rec.flag;
    const float end = rec.label;
    mien_record_close(&rec);
    if (flag == 0) return MIEN_OK;
    if (!(end >= 1 && end < (float)INT_MAX) || end != truncf(end))
        return mien_fail(MIEN_EFORMAT,
                         "%s: record 0 says that the photos end "
                         "at %g",
                         s->name, (double)end);
    size_t kept = 0;
    for (size_t i = 0; i < s->count; i++)
        if (s->entries[i].key >= 1 && (float)s->entries[i].key < end)
            s->entries[kept++] = s->entries[i];
    s->count = kept;
    /* Floats count exactly up to 2^24 only. */
    if (end <= 16777216.0f && kept != (size_t)end - 1)
        return mien_fail(MIEN_EFORMAT,
                         "%s: record 0 announces %.0f photos, "
                         "the .idx file lists %zu",
                         s->name, (double)end - 1, kept);
    return MIEN_OK;
}

static mien_status read_label(mien_reader *r, const state *s, int i) {
    mien_record rec;
    const entry *e = &s->entries[i];
    MIEN_TRY(
        mien_record_read(&rec, s->rec.data, s->rec.size, e->offset, s->name));
    const float label = rec.label;
    const size_t size = rec.size;
    mien_record_close(&rec);
    if (!(label >= 0 && label < (float)MIEN_MAX_CLASSES) ||
        label != truncf(label))
        return mien_fail(MIEN_EDATA,
                         "%s: record %llu: its label is %g, no "
                         "class number",
                         s->name, (unsigned long long)e->key, (double)label);
    if (size == 0)
        return mien_fail(MIEN_EDATA, "%s: record %llu holds an empty photo",
                         s->name, (unsigned long long)e->key);
    r->labels[i] = (int32_t)label;
    if (r->labels[i] >= r->classes) r->classes = r->labels[i] + 1;
    s->offsets[i] = e->offset;
    return MIEN_OK;
}

static mien_status read_labels(mien_reader *r, state *s) {
    if (s->count == 0 || s->count > INT_MAX)
        return mien_fail(MIEN_EDATA, "%s: %zu photos", s->name, s->count);
    r->count = (int)s->count;
    r->labels = mien_arena_alloc(&r->arena, s->count, sizeof *r->labels);
    s->offsets = mien_arena_alloc(&r->arena, s->count, sizeof *s->offsets);
    if (!r->labels || !s->offsets) return MIEN_ENOMEM;
    for (int i = 0; i < r->count; i++) MIEN_TRY(read_label(r, s, i));
    return MIEN_OK;
}

/* "classes,height,width"; the labels must stay below its classes. */
static mien_status read_property(mien_reader *r, const char *path) {
    if (!mien_file_exists(path)) return MIEN_OK;
    mien_buf text = {.cap = 4096};
    uint64_t classes = 0;
    MIEN_TRY(mien_file_read(&text, path));
    const bool right = text.data && number(&classes, (char *)text.data, ",");
    mien_buf_close(&text);
    if (!right || classes < 1 || classes > MIEN_MAX_CLASSES)
        return mien_fail(MIEN_EFORMAT,
                         "%s: \"classes,height,width\" is "
                         "expected",
                         path);
    if ((uint64_t)r->classes > classes)
        return mien_fail(MIEN_EDATA, "%s: %llu classes, but a label is %d",
                         path, (unsigned long long)classes, r->classes - 1);
    r->classes = (int)classes;
    return MIEN_OK;
}

static mien_status open_recordio(mien_reader *r, const void *cfg) {
    const config *c = cfg;
    state *s = mien_alloc(1, sizeof *s);
    if (!s) return MIEN_ENOMEM;
    r->state = s;
    char file[256];
    const char *path;
    snprintf(file, sizeof file, "%.240s.rec", c->name);
    MIEN_TRY(mien_reader_path(&s->name, r, c->path, file));
    MIEN_TRY(mien_map_open(&s->rec, s->name));
    snprintf(file, sizeof file, "%.240s.idx", c->name);
    MIEN_TRY(mien_reader_path(&path, r, c->path, file));
    MIEN_TRY(read_idx(s, path));
    MIEN_TRY(choose_photos(s));
    MIEN_TRY(read_labels(r, s));
    mien_free(s->entries);
    s->entries = NULL;
    MIEN_TRY(mien_reader_path(&path, r, c->path, "property"));
    return read_property(r, path);
}

static mien_status decode(mien_sample *out, const mien_reader *r, int i,
                          mien_want want) {
    const state *s = r->state;
    mien_record rec;
    *out = (mien_sample){0};
    MIEN_TRY(mien_record_read(&rec, s->rec.data, s->rec.size, s->offsets[i],
                              s->name));
    const mien_image_options options = mien_want_options(want);
    char name[64];
    snprintf(name, sizeof name, "record at byte %llu",
             (unsigned long long)s->offsets[i]);
    mien_status status =
        mien_image_decode(&out->image, rec.body, rec.size, name, &options);
    if (status != MIEN_OK) status = mien_fail_in(status, "%s", s->name);
    mien_record_close(&rec);
    return status;
}

static mien_status digest(mien_hash *hash, const mien_reader *r, int i) {
    const state *s = r->state;
    mien_record rec;
    MIEN_TRY(mien_record_read(&rec, s->rec.data, s->rec.size, s->offsets[i],
                              s->name));
    const uint64_t size = rec.size;
    mien_hash_add(hash, &size, sizeof size);
    mien_hash_add(hash, rec.body, rec.size);
    mien_record_close(&rec);
    return MIEN_OK;
}

static void close_recordio(mien_reader *r) {
    state *s = r->state;
    if (!s) return;
    mien_map_close(&s->rec);
    mien_free(s->entries);
    mien_free(s);
}

const mien_reader_ops mien_reader_recordio = {
    .name = "recordio",
    .summary = "train.rec, train.idx and property",
    .params = params,
    .config_size = sizeof(config),
    .open = open_recordio,
    .decode = decode,
    .digest = digest,
    .close = close_recordio,
};
