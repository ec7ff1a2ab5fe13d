/* SPDX-License-Identifier: Apache-2.0 */
/* feature_files.c - read feature files, row by row. */
#include "eval/feature_files.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "eval/embed.h"

enum { HEAD = 16, MAX_LIST = 1 << 30 };

static uint32_t word(const uint8_t *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
           (uint32_t)p[3] << 24;
}

mien_status mien_feature_parse(const uint8_t **out, int *length,
                               const uint8_t *bytes, size_t size,
                               const char *name) {
    if (size < HEAD || word(bytes + 4) != 1 || word(bytes + 8) != 4 ||
        word(bytes + 12) != 5)
        return mien_fail(MIEN_EFORMAT,
                         "%s: no feature file: it begins with its length, 1, "
                         "4, 5 as int32",
                         name);
    const uint32_t n = word(bytes);
    if (n < 1 || n > MIEN_FEATURE_LENGTH || size != HEAD + 4 * (size_t)n)
        return mien_fail(MIEN_EFORMAT,
                         "%s: %zu bytes for a feature of %u values", name, size,
                         (unsigned)n);
    *out = bytes + HEAD;
    *length = (int)n;
    return MIEN_OK;
}

/* ---- which files ------------------------------------------------------ */

static mien_status add_line(mien_photo_paths *p, const char *folder,
                            const char *line) {
    char path[PATH_MAX];
    if (line[0] == '/' || strstr(line, ".."))
        return mien_fail(MIEN_EFORMAT,
                         "a list of features names a file outside the folder");
    MIEN_TRY(mien_path_join(path, sizeof path, folder, line));
    p->path[p->n] = mien_arena_strdup(&p->arena, path);
    return p->path[p->n++] ? MIEN_OK : MIEN_ENOMEM;
}

static mien_status read_list(mien_photo_paths *p, const char *folder,
                             const char *list) {
    mien_buf text = {.cap = MAX_LIST};
    char nothing[] = "", *rest;
    size_t lines = 1;
    mien_status status = mien_file_read(&text, list);
    char *bytes = text.size ? (char *)text.data : nothing;
    for (size_t i = 0; i < text.size; i++) lines += bytes[i] == '\n';
    if (status == MIEN_OK) {
        p->path = mien_alloc(lines, sizeof *p->path);
        if (!p->path) status = MIEN_ENOMEM;
    }
    for (char *line = strtok_r(bytes, "\r\n", &rest); line && status == MIEN_OK;
         line = strtok_r(NULL, "\r\n", &rest))
        status = add_line(p, folder, line);
    mien_buf_close(&text);
    return status;
}

/* The length of all is that of the first. */
static mien_status look_at_first(mien_features *f, const char *folder) {
    const uint8_t *values;
    mien_map map;
    if (!f->paths.n)
        return mien_fail(MIEN_ENOTFOUND, "%s: no feature files (.bin) in it",
                         folder);
    MIEN_TRY(mien_map_open(&map, f->paths.path[0]));
    const mien_status status = mien_feature_parse(
        &values, &f->length, map.data, map.size, f->paths.path[0] + f->head);
    mien_map_close(&map);
    return status;
}

mien_status mien_features_open(mien_features *f, const char *folder,
                               const char *list) {
    *f = (mien_features){.head = strlen(folder)};
    mien_status status = list ? read_list(&f->paths, folder, list)
                              : mien_paths_read(&f->paths, folder, ".bin");
    if (status == MIEN_OK) status = look_at_first(f, folder);
    mien_hash_begin(&f->hash);
    if (status != MIEN_OK) mien_features_close(f);
    return status;
}

void mien_features_close(mien_features *f) {
    mien_photo_paths_close(&f->paths);
    f->length = 0;
}

/* ---- what is in them -------------------------------------------------- */

static mien_status read_one(mien_features *f, float *row, int i) {
    const uint8_t *values;
    char name[64];
    int length;
    mien_map map;
    snprintf(name, sizeof name, "feature file %d", i + 1);
    MIEN_TRY(mien_map_open(&map, f->paths.path[i]));
    mien_status status =
        mien_feature_parse(&values, &length, map.data, map.size, name);
    if (status == MIEN_OK && length != f->length)
        status = mien_fail(MIEN_EFORMAT, "%s: %d values; the first has %d",
                           name, length, f->length);
    if (status == MIEN_OK) {
        memcpy(row, values, (size_t)length * sizeof *row);
        mien_hash_add(&f->hash, values, (size_t)length * sizeof *row);
        f->failed += !mien_embedding_unit(row, length);
    }
    mien_map_close(&map);
    return status;
}

mien_status mien_features_read(mien_features *f, float *rows, int first,
                               int n) {
    for (int i = 0; i < n; i++)
        MIEN_TRY(read_one(f, rows + (size_t)i * (size_t)f->length, first + i));
    return MIEN_OK;
}
