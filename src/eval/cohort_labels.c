/* SPDX-License-Identifier: Apache-2.0 */
/* cohort_labels.c - read the groups of people. */
#include "eval/cohort_labels.h"

#include <stdlib.h>
#include <string.h>

#include "data/csv.h"

/* The row's fields behind the first one, copied. */
static mien_status copy_fields(const char ***out, mien_arena *arena,
                               const mien_csv *csv) {
    const char **to = mien_arena_alloc(arena, (size_t)csv->count, sizeof *to);
    if (!to) return MIEN_ENOMEM;
    for (int i = 1; i < csv->count; i++) {
        to[i - 1] = mien_arena_strdup(arena, csv->fields[i]);
        if (!to[i - 1]) return MIEN_ENOMEM;
    }
    *out = to;
    return MIEN_OK;
}

static mien_status read_header(mien_cohort_labels *l, mien_csv *csv) {
    mien_status status;
    if (!mien_csv_next(csv, &status)) MIEN_TRY(status);
    if (csv->count < 2 || strcmp(csv->fields[0], "person") != 0)
        return mien_fail(MIEN_EFORMAT,
                         "%s:1: the first line must be 'person,' and the "
                         "names of attributes",
                         csv->name);
    l->attributes = csv->count - 1;
    return copy_fields(&l->attribute, &l->arena, csv);
}

static mien_status read_row(mien_cohort_labels *l, const mien_csv *csv) {
    if (csv->count != l->attributes + 1 || !csv->fields[0][0])
        return mien_fail(MIEN_EFORMAT,
                         "%s:%d: want a person and %d attributes, as in the "
                         "first line",
                         csv->name, csv->line, l->attributes);
    mien_cohort_row *row = &l->row[l->rows++];
    row->person = mien_arena_strdup(&l->arena, csv->fields[0]);
    return row->person ? copy_fields(&row->value, &l->arena, csv) : MIEN_ENOMEM;
}

static int compare(const void *a, const void *b) {
    return strcmp(((const mien_cohort_row *)a)->person,
                  ((const mien_cohort_row *)b)->person);
}

static mien_status parse(mien_cohort_labels *l, char *text, const char *name) {
    mien_csv csv = {.at = text, .name = name, .separator = ','};
    mien_status status = MIEN_OK;
    size_t lines = 1;
    for (const char *p = text; *p; p++) lines += *p == '\n' || *p == '\r';
    MIEN_TRY(read_header(l, &csv));
    l->row = mien_arena_alloc(&l->arena, lines, sizeof *l->row);
    if (!l->row) return MIEN_ENOMEM;
    while (mien_csv_next(&csv, &status)) MIEN_TRY(read_row(l, &csv));
    MIEN_TRY(status);
    qsort(l->row, (size_t)l->rows, sizeof *l->row, compare);
    for (int i = 1; i < l->rows; i++)
        if (!compare(&l->row[i - 1], &l->row[i]))
            return mien_fail(MIEN_EFORMAT, "%s: a person has two rows", name);
    return MIEN_OK;
}

mien_status mien_cohort_labels_parse(mien_cohort_labels *out, char *text,
                                     const char *name) {
    *out = (mien_cohort_labels){0};
    const mien_status status = parse(out, text, name);
    if (status != MIEN_OK) mien_cohort_labels_close(out);
    return status;
}

void mien_cohort_labels_close(mien_cohort_labels *l) {
    mien_arena_close(&l->arena);
    *l = (mien_cohort_labels){0};
}

const mien_cohort_row *mien_cohort_labels_find(const mien_cohort_labels *l,
                                               const char *person) {
    const mien_cohort_row key = {.person = person};
    return l->rows ? bsearch(&key, l->row, (size_t)l->rows, sizeof key, compare)
                   : NULL;
}
