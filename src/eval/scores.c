/* SPDX-License-Identifier: Apache-2.0 */
/* scores.c - comparisons that somebody else made, as a table of text. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/csv.h"
#include "eval/people.h"

static int compare(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int mien_labels_find(const mien_labels *l, const char *label) {
    const char **at =
        bsearch(&label, l->label, (size_t)l->n, sizeof *l->label, compare);
    return at ? (int)(at - l->label) : -1;
}

void mien_labels_close(mien_labels *l) {
    mien_arena_close(&l->arena);
    *l = (mien_labels){0};
}

/* Sort, and keep each once. */
static void settle(mien_labels *l) {
    int kept = 0;
    qsort(l->label, (size_t)l->n, sizeof *l->label, compare);
    for (int i = 0; i < l->n; i++)
        if (!kept || strcmp(l->label[kept - 1], l->label[i]) != 0)
            l->label[kept++] = l->label[i];
    l->n = kept;
}

/* A row's texts, until the labels are numbered. */
typedef struct row {
    const char *a, *b;
    double score;
} row;

static bool is_header(const mien_csv *csv) {
    return csv->line == 1 && csv->count == 3 && !strcmp(csv->fields[0], "a") &&
           !strcmp(csv->fields[1], "b");
}

static mien_status read_row(row *out, const mien_csv *csv) {
    char *end = NULL;
    const char *text = csv->count == 3 ? csv->fields[2] : "";
    double score = strtod(text, &end);
    bool good = csv->count == 3 && csv->fields[0][0] && csv->fields[1][0];
    if (!*text || !strcmp(text, "failed"))
        score = MIEN_SCORE_FAILED;
    else
        good = good && end != text && !*end && isfinite(score);
    if (!good)
        return mien_fail(MIEN_EFORMAT,
                         "%s:%d: want a,b,score: two people and a number, "
                         "nothing or 'failed'",
                         csv->name, csv->line);
    *out = (row){csv->fields[0], csv->fields[1], score};
    return MIEN_OK;
}

static mien_status read_rows(row *rows, int *n, char *bytes, const char *name) {
    mien_csv csv = {.at = bytes, .name = name, .separator = ','};
    mien_status status = MIEN_OK;
    while (mien_csv_next(&csv, &status))
        if (!is_header(&csv)) MIEN_TRY(read_row(&rows[(*n)++], &csv));
    return status;
}

static mien_status number(mien_comparisons *out, mien_labels *l,
                          const row *rows, int n) {
    l->label = mien_arena_alloc(&l->arena, 2 * (size_t)n, sizeof *l->label);
    if (!l->label) return MIEN_ENOMEM;
    for (int i = 0; i < n; i++) {
        l->label[l->n++] = mien_arena_strdup(&l->arena, rows[i].a);
        l->label[l->n++] = mien_arena_strdup(&l->arena, rows[i].b);
        if (!l->label[l->n - 1] || !l->label[l->n - 2]) return MIEN_ENOMEM;
    }
    settle(l);
    for (int i = 0; i < n; i++)
        MIEN_TRY(mien_comparisons_add(out, rows[i].score,
                                      mien_labels_find(l, rows[i].a),
                                      mien_labels_find(l, rows[i].b)));
    return MIEN_OK;
}

mien_status mien_scores_parse(mien_comparisons *out, mien_labels *labels,
                              char *bytes, const char *name) {
    size_t lines = 1;
    int n = 0;
    *out = (mien_comparisons){0};
    *labels = (mien_labels){0};
    for (const char *p = bytes; *p; p++) lines += *p == '\n' || *p == '\r';
    if (lines > MIEN_MAX_COMPARISONS)
        return mien_fail(MIEN_ELIMIT, "%s: over %d lines", name,
                         MIEN_MAX_COMPARISONS);
    row *rows = mien_alloc(lines, sizeof *rows);
    if (!rows) return MIEN_ENOMEM;
    mien_status status = read_rows(rows, &n, bytes, name);
    if (status == MIEN_OK) status = number(out, labels, rows, n);
    mien_free(rows);
    if (status != MIEN_OK) {
        mien_comparisons_close(out);
        mien_labels_close(labels);
    }
    return status;
}
