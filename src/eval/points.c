/* SPDX-License-Identifier: Apache-2.0 */
/* points.c - read five points a picture. */
#include "eval/points.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "data/csv.h"

enum { MAX_FILE = 1 << 30, COLUMNS = 1 + 2 * MIEN_ALIGN_POINTS };

static bool real(double *out, const char *text) {
    char *end;
    *out = strtod(text, &end);
    return end != text && !*end && isfinite(*out);
}

static mien_status read_row(mien_points_row *row, mien_arena *arena,
                            const mien_csv *csv) {
    bool good = csv->count == COLUMNS && csv->fields[0][0];
    for (int i = 0; good && i < MIEN_ALIGN_POINTS; i++)
        good = real(&row->points[i].x, csv->fields[1 + 2 * i]) &&
               real(&row->points[i].y, csv->fields[2 + 2 * i]);
    if (!good)
        return mien_fail(MIEN_EFORMAT,
                         "%s:%d: a path and five pairs of "
                         "numbers are expected, path,x1,y1,...,x5,y5",
                         csv->name, csv->line);
    row->path = mien_arena_strdup(arena, csv->fields[0]);
    return row->path ? MIEN_OK : MIEN_ENOMEM;
}

static bool is_header(const mien_csv *csv) {
    double x;
    return csv->line == 1 && csv->count == COLUMNS &&
           !strcmp(csv->fields[0], "path") && !real(&x, csv->fields[1]);
}

static int compare(const void *a, const void *b) {
    return strcmp(((const mien_points_row *)a)->path,
                  ((const mien_points_row *)b)->path);
}

static mien_status read_rows(mien_points *out, char *text, const char *path) {
    mien_csv csv = {.at = text, .name = path, .separator = ','};
    mien_status status = MIEN_OK;
    size_t lines = 1;
    for (const char *p = text; *p; p++) lines += *p == '\n';
    out->rows = mien_arena_alloc(&out->arena, lines, sizeof *out->rows);
    if (!out->rows) return MIEN_ENOMEM;
    while (mien_csv_next(&csv, &status))
        if (!is_header(&csv))
            MIEN_TRY(read_row(&out->rows[out->n++], &out->arena, &csv));
    MIEN_TRY(status);
    qsort(out->rows, (size_t)out->n, sizeof *out->rows, compare);
    for (int i = 1; i < out->n; i++)
        if (!strcmp(out->rows[i - 1].path, out->rows[i].path))
            return mien_fail(MIEN_EFORMAT, "%s: a picture has two rows", path);
    return MIEN_OK;
}

mien_status mien_points_read(mien_points *out, const char *path) {
    mien_buf buf = {.cap = MAX_FILE};
    char nothing[] = "";
    *out = (mien_points){0};
    mien_status status = mien_file_read(&buf, path);
    if (status == MIEN_OK)
        status = read_rows(out, buf.size ? (char *)buf.data : nothing, path);
    mien_buf_close(&buf);
    if (status != MIEN_OK) mien_points_close(out);
    return status;
}

void mien_points_close(mien_points *points) {
    mien_arena_close(&points->arena);
    *points = (mien_points){0};
}

const mien_point *mien_points_find(const mien_points *points,
                                   const char *path) {
    const mien_points_row key = {.path = path};
    const mien_points_row *row =
        bsearch(&key, points->rows, (size_t)points->n, sizeof key, compare);
    return row ? row->points : NULL;
}
