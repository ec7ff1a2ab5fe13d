/* SPDX-License-Identifier: Apache-2.0 */
/* pairs.c - LFW's pairs.txt and pairsDevTest.txt. */
#include "eval/pairs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "eval/folds.h"

enum { MAX_FILE = 64 << 20, MAX_PER_SIDE = 1000000, FIELDS = 4 };

/* What is left of the file, and the line that was cut off last. */
typedef struct text {
    const char *path;
    char *at;
    int line;
    char *fields[FIELDS + 1];
    int count; /* of its fields; FIELDS + 1: more */
} text;

/* Cut the next line into fields; false at the end. */
static bool next_line(text *t) {
    if (!*t->at) return false;
    char *line = t->at, *rest;
    char *end = line + strcspn(line, "\n");
    t->at = *end ? end + 1 : end;
    *end = 0;
    t->line++;
    t->count = 0;
    for (char *p = strtok_r(line, " \t\r", &rest); p && t->count <= FIELDS;
         p = strtok_r(NULL, " \t\r", &rest))
        t->fields[t->count++] = p;
    return true;
}

/* A whole number from 1 to most; 0 for anything else. */
static int number(const char *field, int most) {
    char *end;
    const long n = strtol(field, &end, 10);
    return *end || end == field || n < 1 || n > most ? 0 : (int)n;
}

static mien_status read_header(mien_pairs *p, text *t) {
    const bool some = next_line(t);
    p->dealt = some && t->count == 1;
    if (some && t->count == 2) p->folds = number(t->fields[0], MIEN_MAX_FOLDS);
    if (p->dealt) p->folds = MIEN_DEALT_FOLDS;
    if (some && t->count <= 2 && t->count)
        p->per_side = number(t->fields[t->count - 1], MAX_PER_SIDE);
    if (p->folds < 2 || !p->per_side)
        return mien_fail(MIEN_EFORMAT,
                         "%s:1: the first line must be \"folds "
                         "pairs\", as 10 300, or \"pairs\", as 500",
                         t->path);
    if (p->dealt && p->per_side < MIEN_DEALT_FOLDS)
        return mien_fail(MIEN_EFORMAT,
                         "%s:1: %d pairs cannot be dealt into "
                         "%d folds",
                         t->path, p->per_side, MIEN_DEALT_FOLDS);
    return MIEN_OK;
}

/* Whether a name may become a folder's: no way out of the data. */
static bool plain(const char *name) {
    return name[0] != '.' && !strchr(name, '/');
}

static mien_status add_picture(mien_pairs *p, int at, const char *name,
                               int number_of, int line) {
    char *path =
        mien_arena_printf(&p->arena, "%s/%s_%04d.jpg", name, name, number_of);
    if (!path) return MIEN_ENOMEM;
    p->pictures[at] = (mien_picture){.path = path, .line = line};
    return MIEN_OK;
}

/* "name i j" or "name1 i name2 j" into pair k. */
static mien_status read_pair(mien_pairs *p, text *t, int k) {
    mien_pair *pair = &p->items[k];
    const char *first = t->fields[0];
    if (t->count != (pair->same ? 3 : 4))
        return mien_fail(MIEN_EFORMAT,
                         "%s:%d: %s is expected here, by the "
                         "counts of the first line",
                         t->path, t->line,
                         pair->same ? "\"name i j\"" : "\"name1 i name2 j\"");
    const char *second = pair->same ? first : t->fields[2];
    const int i = number(t->fields[1], 9999);
    const int j = number(t->fields[t->count - 1], 9999);
    if (!i || !j || !plain(first) || !plain(second))
        return mien_fail(MIEN_EFORMAT,
                         "%s:%d: a picture's number is not 1 to "
                         "9999, or a name is no folder's",
                         t->path, t->line);
    if (pair->same ? i == j : !strcmp(first, second))
        return mien_fail(MIEN_EFORMAT, "%s:%d: %s", t->path, t->line,
                         pair->same ? "a picture is compared with itself"
                                    : "different people have one name");
    pair->line = t->line;
    MIEN_TRY(add_picture(p, 2 * k, first, i, t->line));
    return add_picture(p, 2 * k + 1, second, j, t->line);
}

/* Which side and fold pair k of the file has: fold by fold the same people
 * first; without folds all of the same first. */
static void place(const mien_pairs *p, mien_pair *pair, int k) {
    const int n = p->per_side;
    if (p->dealt) {
        pair->same = k < n;
        pair->fold = (k % n) % MIEN_DEALT_FOLDS;
    } else {
        pair->same = k % (2 * n) < n;
        pair->fold = k / (2 * n);
    }
}

static mien_status read_lines(mien_pairs *p, text *t) {
    MIEN_TRY(read_header(p, t));
    const size_t n =
        2 * (size_t)p->per_side * (size_t)(p->dealt ? 1 : p->folds);
    if (n > MAX_FILE / 6) /* the shortest line has six bytes */
        return mien_fail(MIEN_ELIMIT, "%s:1: %zu pairs are too many", t->path,
                         n);
    p->n = (int)n;
    p->items = mien_arena_alloc(&p->arena, n, sizeof *p->items);
    p->pictures = mien_arena_alloc(&p->arena, 2 * n, sizeof *p->pictures);
    if (!p->items || !p->pictures) return MIEN_ENOMEM;
    for (int k = 0; k < p->n; k++) {
        place(p, &p->items[k], k);
        if (!next_line(t))
            return mien_fail(MIEN_EFORMAT,
                             "%s:%d: the file ends after %d of "
                             "%d pairs",
                             t->path, t->line, k, p->n);
        MIEN_TRY(read_pair(p, t, k));
    }
    while (next_line(t))
        if (t->count)
            return mien_fail(MIEN_EFORMAT,
                             "%s:%d: more lines than the %d "
                             "pairs of the first line",
                             t->path, t->line, p->n);
    return MIEN_OK;
}

/* A mention of a picture: mention 2k + s is side s of pair k. */
typedef struct mention {
    mien_picture picture;
    int at;
} mention;

static int compare(const void *a, const void *b) {
    const mention *x = a, *y = b;
    const int order = strcmp(x->picture.path, y->picture.path);
    return order ? order : (x->at > y->at) - (x->at < y->at);
}

/* Keep each picture once and point the pairs at it. */
static mien_status unite(mien_pairs *p) {
    const size_t n = 2 * (size_t)p->n;
    mention *all = mien_alloc(n, sizeof *all);
    if (!all) return MIEN_ENOMEM;
    for (size_t i = 0; i < n; i++) all[i] = (mention){p->pictures[i], (int)i};
    qsort(all, n, sizeof *all, compare);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || strcmp(all[i].picture.path, all[i - 1].picture.path) != 0)
            p->pictures[p->n_pictures++] = all[i].picture;
        p->items[all[i].at / 2].picture[all[i].at % 2] = p->n_pictures - 1;
    }
    mien_free(all);
    return MIEN_OK;
}

static mien_status parse(mien_pairs *out, const char *bytes, size_t size,
                         const char *path) {
    if (size && memchr(bytes, 0, size))
        return mien_fail(MIEN_EFORMAT, "%s: not a text file", path);
    char *copy = mien_strndup(bytes, size);
    if (!copy) return MIEN_ENOMEM;
    text t = {.path = path, .at = copy};
    mien_status status = read_lines(out, &t);
    mien_free(copy);
    MIEN_TRY(status);
    MIEN_TRY(unite(out));
    mien_hash_once(out->hash, bytes, size);
    out->path = mien_arena_strdup(&out->arena, path);
    return out->path ? MIEN_OK : MIEN_ENOMEM;
}

mien_status mien_pairs_parse(mien_pairs *out, const char *bytes, size_t size,
                             const char *path) {
    *out = (mien_pairs){0};
    const mien_status status = parse(out, bytes, size, path);
    if (status != MIEN_OK) mien_pairs_close(out);
    return status;
}

mien_status mien_pairs_read(mien_pairs *out, const char *path) {
    mien_buf buf = {.cap = MAX_FILE};
    *out = (mien_pairs){0};
    mien_status status = mien_file_read(&buf, path);
    if (status == MIEN_OK)
        status = mien_pairs_parse(out, buf.size ? (const char *)buf.data : "",
                                  buf.size, path);
    mien_buf_close(&buf);
    return status;
}

void mien_pairs_close(mien_pairs *pairs) {
    mien_arena_close(&pairs->arena);
    *pairs = (mien_pairs){0};
}

void mien_pairs_title(char *out, size_t room, const mien_pairs *p) {
    if (!p->dealt && p->folds == 10 && p->per_side == 300)
        snprintf(out, room, "lfw view 2");
    else if (p->dealt && p->per_side == 500)
        snprintf(out, room, "lfw-dev 10-fold");
    else
        snprintf(out, room, "%d pairs, %d %s folds", p->n, p->folds,
                 p->dealt ? "dealt" : "given");
}
