/* SPDX-License-Identifier: Apache-2.0 */
/* csv.c - a list of photos: file, label, and perhaps whose or where from.
 *
 * Columns are named by number from 0, or by the header's words. Labels that
 * are all whole numbers are class numbers (labels: number); else each
 * different text is a class, sorted (labels: name). */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "data/csv.h"
#include "data/photos.h"

typedef struct config {
    const char *path, *folder, *separator, *columns[3];
    int header, labels;
} config;

enum { FILE_NAME, LABEL, GROUP };
enum { AUTO, YES, NO };
enum { LABELS_AUTO, LABELS_NUMBER, LABELS_NAME };

static const mien_param params[] = {
    {"path", "the list", offsetof(config, path), .kind = MIEN_STRING,
     .required = true},
    {"folder", "where its relative paths start; by default where the list is",
     offsetof(config, folder), .kind = MIEN_STRING, .text = ""},
    {"separator", "between fields", offsetof(config, separator),
     .kind = MIEN_STRING, .text = ","},
    {"file", "column of the photo's path", offsetof(config, columns[0]),
     .kind = MIEN_STRING, .text = "0"},
    {"label", "column of the label", offsetof(config, columns[1]),
     .kind = MIEN_STRING, .text = "1"},
    {"group", "column of the person or scene, for a split by group",
     offsetof(config, columns[2]), .kind = MIEN_STRING, .text = ""},
    {"header",
     "whether the first row names the columns; auto: when it names "
     "no photo",
     offsetof(config, header), .kind = MIEN_CHOICE, .choices = "auto|yes|no"},
    {"labels", "what labels are", offsetof(config, labels), .kind = MIEN_CHOICE,
     .choices = "auto|number|name"},
    {0},
};

/* A row of the list; the texts point into the file's buffer. */
typedef struct row {
    const char *label, *group;
    int line;
} row;

typedef struct list {
    const config *c;
    mien_reader *r;
    mien_csv csv;
    mien_photos photos;
    row *rows; /* one a photo */
    int room;
    int columns[3]; /* -1: none */
    const char *folder;
} list;

static bool is_number(long *out, const char *text) {
    char *end;
    errno = 0;
    *out = strtol(text, &end, 10);
    return *text >= '0' && *text <= '9' && !*end && !errno &&
           *out < MIEN_MAX_CLASSES;
}

/* Which columns to read; `first` is the first row if it is a header. */
static mien_status find_columns(list *l, const mien_csv *first) {
    for (int k = 0; k < 3; k++) {
        const char *name = l->c->columns[k];
        long index = -1;
        if (name[0] && !is_number(&index, name)) {
            for (index = 0; first && index < first->count; index++)
                if (!strcmp(first->fields[index], name)) break;
            if (!first || index == first->count)
                return mien_fail(MIEN_EDATA, "%s:1: no column is called '%s'",
                                 l->csv.name, name);
        }
        if (index >= MIEN_CSV_FIELDS)
            return mien_fail(MIEN_EINVAL, "%s: column %ld; at most %d are read",
                             l->csv.name, index, MIEN_CSV_FIELDS);
        l->columns[k] = (int)index;
    }
    return MIEN_OK;
}

/* Whether the first row is a header: a name must be looked up in it, or no
 * field of it looks like a photo. */
static bool is_header(const list *l) {
    if (l->c->header != AUTO) return l->c->header == YES;
    for (int i = 0; i < l->csv.count; i++)
        if (mien_photo_named(l->csv.fields[i])) return false;
    return true;
}

static mien_status grow(list *l) {
    if (l->photos.count < l->room) return MIEN_OK;
    const int room = l->room ? 2 * l->room : 256;
    row *rows = mien_realloc(l->rows, (size_t)room, sizeof *rows);
    if (!rows) return MIEN_ENOMEM;
    l->rows = rows;
    l->room = room;
    return MIEN_OK;
}

static mien_status add_row(list *l) {
    const mien_csv *csv = &l->csv;
    for (int k = 0; k < 3; k++)
        if (l->columns[k] >= csv->count)
            return mien_fail(MIEN_EFORMAT,
                             "%s:%d: %d fields; column %d is "
                             "wanted",
                             csv->name, csv->line, csv->count, l->columns[k]);
    MIEN_TRY(grow(l));
    char path[PATH_MAX];
    MIEN_TRY(mien_path_join(path, sizeof path, l->folder,
                            csv->fields[l->columns[FILE_NAME]]));
    const bool grouped = l->columns[GROUP] >= 0;
    l->rows[l->photos.count] =
        (row){.label = csv->fields[l->columns[LABEL]],
              .line = csv->line,
              .group = grouped ? csv->fields[l->columns[GROUP]] : NULL};
    const mien_photo photo = {.path = path};
    const mien_status status = mien_photos_add(&l->photos, l->r, &photo);
    return status == MIEN_OK
               ? status
               : mien_fail_in(status, "%s:%d", csv->name, csv->line);
}

static mien_status read_rows(list *l) {
    mien_status status;
    bool first = true;
    while (mien_csv_next(&l->csv, &status)) {
        const bool header = first && is_header(l);
        if (first) MIEN_TRY(find_columns(l, header ? &l->csv : NULL));
        first = false;
        if (!header) MIEN_TRY(add_row(l));
    }
    MIEN_TRY(status);
    if (l->photos.count == 0)
        return mien_fail(MIEN_EDATA, "%s lists no photo", l->csv.name);
    return MIEN_OK;
}

static int by_text(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Number the different texts in sorted order; *names lives in the arena. */
static mien_status number_texts(list *l, const char ***names, int *count,
                                bool groups) {
    const int n = l->photos.count;
    const char **all = mien_arena_alloc(&l->r->arena, (size_t)n, sizeof *all);
    if (!all) return MIEN_ENOMEM;
    for (int i = 0; i < n; i++)
        all[i] = groups ? l->rows[i].group : l->rows[i].label;
    qsort(all, (size_t)n, sizeof *all, by_text);
    int kept = 0;
    for (int i = 0; i < n; i++)
        if (!kept || strcmp(all[kept - 1], all[i])) all[kept++] = all[i];
    for (int i = 0; i < n; i++) {
        const char *text = groups ? l->rows[i].group : l->rows[i].label;
        const char **hit =
            bsearch(&text, all, (size_t)kept, sizeof *all, by_text);
        *(groups ? &l->photos.items[i].group : &l->photos.items[i].label) =
            (int32_t)(hit - all);
    }
    *names = all;
    *count = kept;
    return MIEN_OK;
}

/* Labels as class numbers; *right = false when one is no number. */
static mien_status number_labels(list *l, bool *right) {
    *right = true;
    for (int i = 0; i < l->photos.count; i++) {
        long label;
        if (!is_number(&label, l->rows[i].label)) {
            *right = false;
            if (l->c->labels == LABELS_AUTO) return MIEN_OK;
            return mien_fail(MIEN_EDATA,
                             "%s:%d: the label '%s' is no class "
                             "number",
                             l->csv.name, l->rows[i].line, l->rows[i].label);
        }
        l->photos.items[i].label = (int32_t)label;
        if (label >= l->r->classes) l->r->classes = (int)label + 1;
    }
    return MIEN_OK;
}

/* Names must outlive the file's buffer. */
static mien_status keep_names(mien_reader *r, const char **names) {
    for (int i = 0; i < r->classes; i++) {
        names[i] = mien_arena_strdup(&r->arena, names[i]);
        if (!names[i]) return MIEN_ENOMEM;
    }
    r->class_names = names;
    return MIEN_OK;
}

static mien_status read_labels(list *l) {
    bool right = false;
    if (l->c->labels != LABELS_NAME) MIEN_TRY(number_labels(l, &right));
    if (right) return MIEN_OK;
    const char **names;
    MIEN_TRY(number_texts(l, &names, &l->r->classes, false));
    return keep_names(l->r, names);
}

static mien_status read_list(list *l) {
    const char **unused;
    const bool grouped = l->c->columns[GROUP][0];
    MIEN_TRY(read_rows(l));
    MIEN_TRY(read_labels(l));
    if (grouped) MIEN_TRY(number_texts(l, &unused, &l->r->n_groups, true));
    return mien_photos_hand_over(&l->photos, l->r, grouped);
}

/* The list's own folder, unless another is given. */
static mien_status find_folder(list *l) {
    if (l->c->folder[0]) {
        l->folder = l->c->folder;
        return MIEN_OK;
    }
    char *copy = mien_arena_strdup(&l->r->arena, l->c->path);
    if (!copy) return MIEN_ENOMEM;
    char *slash = strrchr(copy, '/');
    if (slash) slash[1] = 0;
    l->folder = slash ? copy : "";
    return MIEN_OK;
}

static mien_status open_csv(mien_reader *r, const void *cfg) {
    list l = {.c = cfg, .r = r};
    if (strlen(l.c->separator) != 1)
        return mien_fail(MIEN_EINVAL,
                         "csv: separator: one character is "
                         "expected, not '%s'",
                         l.c->separator);
    mien_buf text = {.cap = (size_t)1 << 30};
    MIEN_TRY(find_folder(&l));
    mien_status status = mien_file_read(&text, l.c->path);
    if (status == MIEN_OK && memchr(text.data, 0, text.size))
        status = mien_fail(MIEN_EFORMAT, "%s holds zero bytes: it is no text",
                           l.c->path);
    l.csv = (mien_csv){.at = (char *)text.data,
                       .name = l.c->path,
                       .separator = l.c->separator[0]};
    if (status == MIEN_OK) status = read_list(&l);
    mien_photos_close(&l.photos);
    mien_free(l.rows);
    mien_buf_close(&text);
    return status;
}

const mien_reader_ops mien_reader_csv = {
    .name = "csv",
    .summary = "a list of photos and labels",
    .params = params,
    .config_size = sizeof(config),
    .open = open_csv,
    .decode = mien_photos_decode,
    .digest = mien_photos_digest,
};
