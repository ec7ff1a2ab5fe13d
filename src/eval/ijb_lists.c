/* SPDX-License-Identifier: Apache-2.0 */
/* ijb_lists.c - read IJB's lists. */
#include "eval/ijb_lists.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"

enum { FIELDS = 12 };

static const size_t max_file = (size_t)2 << 30;

/* What is left of a text, and its line cut into fields. */
typedef struct table {
    const char *name, *separators;
    char *at;
    int line;
    char *field[FIELDS];
    int count; /* of fields; FIELDS + 1: more */
} table;

/* The next line with something in it; false at the end. */
static bool next_row(table *t) {
    while (*t->at) {
        char *line = t->at, *rest;
        char *end = line + strcspn(line, "\n");
        t->at = *end ? end + 1 : end;
        *end = 0;
        t->line++;
        t->count = 0;
        for (char *p = strtok_r(line, t->separators, &rest); p;
             p = strtok_r(NULL, t->separators, &rest)) {
            if (t->count < FIELDS) t->field[t->count] = p;
            if (t->count <= FIELDS) t->count++;
        }
        if (t->count) return true;
    }
    return false;
}

static bool whole(int *out, const char *text) {
    char *end;
    const long n = strtol(text, &end, 10);
    *out = (int)n;
    return end != text && !*end && n >= 0 && n <= INT_MAX;
}

static bool real(double *out, const char *text) {
    char *end;
    *out = strtod(text, &end);
    return end != text && !*end && isfinite(*out);
}

/* Room for as many rows as there are lines. */
static mien_status room_for(void **out, mien_arena *arena, const char *text,
                            size_t size, const char *name) {
    size_t lines = 1;
    for (; *text; text++) lines += *text == '\n';
    if (lines > MIEN_IJB_MOST)
        return mien_fail(MIEN_ELIMIT, "%s: over %d lines", name, MIEN_IJB_MOST);
    *out = mien_arena_alloc(arena, lines, size);
    return *out ? MIEN_OK : MIEN_ENOMEM;
}

/* ---- the files -------------------------------------------------------- */

mien_status mien_ijb_parse_pictures(mien_ijb_lists *l, char *text,
                                    const char *name) {
    table t = {.name = name, .separators = " \t\r", .at = text};
    void *room = NULL;
    MIEN_TRY(room_for(&room, &l->arena, text, sizeof *l->picture, name));
    l->picture = room;
    while (next_row(&t)) {
        mien_ijb_picture p = {.score = 1};
        if (t.count != 3 || !whole(&p.template, t.field[1]) ||
            !whole(&p.media, t.field[2]) || t.field[0][0] == '/' ||
            strstr(t.field[0], ".."))
            return mien_fail(MIEN_EFORMAT,
                             "%s:%d: want a picture, its template and its "
                             "media, as '1.jpg 1 69544'",
                             name, t.line);
        p.name = mien_arena_strdup(&l->arena, t.field[0]);
        if (!p.name) return MIEN_ENOMEM;
        l->picture[l->pictures++] = p;
    }
    if (l->pictures) return MIEN_OK;
    return mien_fail(MIEN_EFORMAT, "%s: no pictures", name);
}

mien_status mien_ijb_parse_points(mien_ijb_lists *l, char *text,
                                  const char *name) {
    table t = {.name = name, .separators = " \t\r", .at = text};
    int n = 0;
    while (next_row(&t)) {
        double x[11];
        bool good = t.count == 12 && n < l->pictures &&
                    !strcmp(t.field[0], l->picture[n].name);
        for (int k = 0; k < 11 && good; k++) good = real(&x[k], t.field[k + 1]);
        if (!good)
            return mien_fail(MIEN_EFORMAT,
                             "%s:%d: want picture %d of the list of templates, "
                             "five points and a score",
                             name, t.line, n + 1);
        for (int k = 0; k < MIEN_ALIGN_POINTS; k++)
            l->picture[n].points[k] = (mien_point){x[2 * k], x[2 * k + 1]};
        l->picture[n++].score = (float)x[10];
    }
    l->points = n == l->pictures;
    if (l->points) return MIEN_OK;
    return mien_fail(MIEN_EFORMAT, "%s: points of %d of %d pictures", name, n,
                     l->pictures);
}

mien_status mien_ijb_parse_pairs(mien_ijb_lists *l, char *text,
                                 const char *name) {
    table t = {.name = name, .separators = " \t\r", .at = text};
    void *room = NULL;
    MIEN_TRY(room_for(&room, &l->arena, text, sizeof *l->pair, name));
    l->pair = room;
    while (next_row(&t)) {
        mien_ijb_pair p = {0};
        int same = -1;
        if (t.count != 3 || !whole(&p.a, t.field[0]) ||
            !whole(&p.b, t.field[1]) || !whole(&same, t.field[2]) || same > 1)
            return mien_fail(MIEN_EFORMAT,
                             "%s:%d: want two templates and 1 or 0, as '1 "
                             "11065 1'",
                             name, t.line);
        p.same = same == 1;
        l->pair[l->pairs++] = p;
    }
    if (l->pairs) return MIEN_OK;
    return mien_fail(MIEN_EFORMAT, "%s: no pairs", name);
}

static int compare(const void *a, const void *b) {
    const mien_ijb_subject *x = a, *y = b;
    if (x->template != y->template) return x->template <y->template ? -1 : 1;
    return (x->subject > y->subject) - (x->subject < y->subject);
}

/* Each template once, if it is of one subject. */
static mien_status unite(mien_ijb_subjects *s, const char *name) {
    int n = 0;
    qsort(s->item, (size_t)s->n, sizeof *s->item, compare);
    for (int i = 0; i < s->n; i++) {
        const bool again = n && s->item[n - 1].template == s->item[i].template;
        if (again && s->item[n - 1].subject != s->item[i].subject)
            return mien_fail(MIEN_EFORMAT, "%s: template %d is of two subjects",
                             name, s->item[i].template);
        if (!again) s->item[n++] = s->item[i];
    }
    s->n = n;
    return MIEN_OK;
}

mien_status mien_ijb_parse_subjects(mien_ijb_subjects *out, mien_arena *arena,
                                    char *text, const char *name) {
    table t = {.name = name, .separators = ",\r", .at = text};
    void *room = NULL;
    *out = (mien_ijb_subjects){0};
    MIEN_TRY(room_for(&room, arena, text, sizeof *out->item, name));
    out->item = room;
    for (bool first = true; next_row(&t); first = false) {
        mien_ijb_subject s;
        if (t.count >= 2 && whole(&s.template, t.field[0]) &&
            whole(&s.subject, t.field[1]))
            out->item[out->n++] = s;
        else if (!first)
            return mien_fail(MIEN_EFORMAT,
                             "%s:%d: want a template and a subject, as "
                             "'12,345,...'",
                             name, t.line);
    }
    if (!out->n) return mien_fail(MIEN_EFORMAT, "%s: no templates", name);
    return unite(out, name);
}

/* ---- the folder ------------------------------------------------------- */

typedef mien_status (*parser)(mien_ijb_lists *l, char *text, const char *name);

static mien_status parse_gallery1(mien_ijb_lists *l, char *text,
                                  const char *name) {
    return mien_ijb_parse_subjects(&l->gallery[0], &l->arena, text, name);
}

static mien_status parse_gallery2(mien_ijb_lists *l, char *text,
                                  const char *name) {
    return mien_ijb_parse_subjects(&l->gallery[1], &l->arena, text, name);
}

static mien_status parse_probes(mien_ijb_lists *l, char *text,
                                const char *name) {
    return mien_ijb_parse_subjects(&l->probes, &l->arena, text, name);
}

/* In the order in which they need each other. */
static const struct {
    const char *suffix;
    parser parse;
} files[] = {{"_face_tid_mid.txt", mien_ijb_parse_pictures},
             {"_name_5pts_score.txt", mien_ijb_parse_points},
             {"_template_pair_label.txt", mien_ijb_parse_pairs},
             {"_1N_gallery_G1.csv", parse_gallery1},
             {"_1N_gallery_G2.csv", parse_gallery2},
             {"_1N_probe_mixed.csv", parse_probes}};

/* The one name that ends so; NULL: there is none. */
static const char *find(const mien_names *names, const char *suffix) {
    for (size_t i = 0; i < names->count; i++) {
        const size_t n = strlen(names->items[i]), end = strlen(suffix);
        if (n > end && !strcmp(names->items[i] + n - end, suffix))
            return names->items[i];
    }
    return NULL;
}

static mien_status read_file(mien_ijb_lists *l, mien_hash *hash, parser parse,
                             const char *path) {
    mien_buf text = {.cap = max_file};
    mien_status status = mien_file_read(&text, path);
    if (status == MIEN_OK &&
        (!text.size || strlen((char *)text.data) != text.size))
        status = mien_fail(MIEN_EFORMAT, "%s: not a text file", path);
    if (status == MIEN_OK) {
        mien_hash_add(hash, text.data, text.size);
        status = parse(l, (char *)text.data, path);
    }
    mien_buf_close(&text);
    return status;
}

static mien_status read_all(mien_ijb_lists *l, const mien_names *names,
                            const char *folder) {
    char path[PATH_MAX];
    mien_hash hash;
    mien_hash_begin(&hash);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const char *name = find(names, files[i].suffix);
        if (!name && i) continue;
        if (!name)
            return mien_fail(MIEN_ENOTFOUND, "%s: no file *%s in it", folder,
                             files[i].suffix);
        MIEN_TRY(mien_path_join(path, sizeof path, folder, name));
        MIEN_TRY(read_file(l, &hash, files[i].parse, path));
    }
    mien_hash_end(&hash, l->hash);
    const bool search = l->probes.n && l->gallery[0].n && l->gallery[1].n;
    if (l->pairs || search) return MIEN_OK;
    return mien_fail(MIEN_ENOTFOUND,
                     "%s: neither *%s nor *_1N_*.csv of two galleries and "
                     "probes in it",
                     folder, files[2].suffix);
}

mien_status mien_ijb_lists_read(mien_ijb_lists *l, const char *folder) {
    mien_names names;
    *l = (mien_ijb_lists){0};
    MIEN_TRY(mien_dir_list(&names, folder));
    const mien_status status = read_all(l, &names, folder);
    mien_names_close(&names);
    if (status != MIEN_OK) mien_ijb_lists_close(l);
    return status;
}

void mien_ijb_lists_close(mien_ijb_lists *l) {
    mien_arena_close(&l->arena);
    *l = (mien_ijb_lists){0};
}
