/* SPDX-License-Identifier: Apache-2.0 */
/* wider_list.c - read boxes of either form. */
#include "eval/wider_list.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "data/boxes.h"

enum { MAX_FILE = 1 << 30, MOST = 1 << 24, NUMBERS = 10 };

/* What is left of a text, line by line. */
typedef struct lines {
    const char *name;
    char *at;
    int line;
} lines;

/* The next line that is not blank, without blanks around it; NULL: none. */
static char *next_line(lines *l) {
    while (*l->at) {
        char *line = l->at, *end = line + strcspn(line, "\n");
        l->at = *end ? end + 1 : end;
        l->line++;
        while (end > line && strchr(" \t\r\n", end[-1])) end--;
        *end = 0;
        line += strspn(line, " \t");
        if (*line) return line;
    }
    return NULL;
}

/* A whole number alone on the line; -1 for anything else. */
static int whole(const char *text) {
    char *end;
    const long n = strtol(text, &end, 10);
    return end == text || *end || n < 0 || n > MOST ? -1 : (int)n;
}

static mien_status grow(void **items, int *room, int count, size_t size) {
    if (count < *room) return MIEN_OK;
    if (count >= MOST) return mien_fail(MIEN_ELIMIT, "over %d faces", MOST);
    const int wanted = *room ? 2 * *room : 256;
    void *more = mien_realloc(*items, (size_t)wanted, size);
    if (!more) return MIEN_ENOMEM;
    *items = more;
    *room = wanted;
    return MIEN_OK;
}

static mien_status add_photo(mien_wider_list *w, const char *name) {
    MIEN_TRY(
        grow((void **)&w->photo, &w->photo_room, w->photos, sizeof *w->photo));
    const char *kept = mien_arena_strdup(&w->arena, name);
    if (!kept) return MIEN_ENOMEM;
    w->photo[w->photos++] =
        (mien_wider_photo){.path = kept, .name = kept, .first = w->faces};
    return MIEN_OK;
}

static mien_status add_face(mien_wider_list *w, mien_truth face, bool valid,
                            int min_size) {
    MIEN_TRY(grow((void **)&w->face, &w->face_room, w->faces, sizeof *w->face));
    face.counts = valid && fmaxf(face.width, face.height) >= (float)min_size;
    w->face[w->faces++] = face;
    w->photo[w->photos - 1].count++;
    return MIEN_OK;
}

/* ---- WIDER's own file ------------------------------------------------- */

static mien_status read_face(mien_wider_list *w, lines *l, int min_size) {
    char *text = next_line(l);
    float x[NUMBERS];
    int n = 0;
    for (char *end; text && n < NUMBERS; n++, text = end) {
        x[n] = strtof(text, &end);
        if (end == text || !(fabsf(x[n]) < 1e6f)) break;
    }
    if (n < NUMBERS || *text || x[2] < 0 || x[3] < 0)
        return mien_fail(MIEN_EFORMAT,
                         "%s:%d: want ten numbers, 'x y w h blur expression "
                         "illumination invalid occlusion pose'",
                         l->name, l->line);
    const bool valid = x[7] == 0 && x[2] > 0 && x[3] > 0;
    return add_face(w, (mien_truth){x[0], x[1], x[2], x[3], 0}, valid,
                    min_size);
}

/* A photo without faces has a line of ten zeros all the same. */
static void skip_zeros(lines *l) {
    lines ahead = *l;
    const size_t blank = strspn(ahead.at, " \t\r\n");
    const size_t zeros = strspn(ahead.at + blank, "0 \t\r");
    const char end = ahead.at[blank + zeros];
    if (zeros > 1 && (end == '\n' || !end)) next_line(l);
}

mien_status mien_wider_parse(mien_wider_list *w, char *text, const char *name,
                             int min_size) {
    lines l = {name, text, 0};
    w->levels = 1;
    w->level[0] = "all";
    for (const char *path; (path = next_line(&l));) {
        if (path[0] == '/' || strstr(path, ".."))
            return mien_fail(MIEN_EFORMAT,
                             "%s:%d: a photo's path must stay in the folder",
                             name, l.line);
        MIEN_TRY(add_photo(w, path));
        const char *count = next_line(&l);
        const int faces = count ? whole(count) : -1;
        if (faces < 0)
            return mien_fail(MIEN_EFORMAT,
                             "%s:%d: want the number of the photo's faces",
                             name, l.line);
        for (int i = 0; i < faces; i++) MIEN_TRY(read_face(w, &l, min_size));
        if (!faces) skip_zeros(&l);
    }
    return MIEN_OK;
}

static mien_wider_photo *find_photo(const mien_wider_list *w, const char *name,
                                    int guess) {
    for (int i = 0; i < w->photos; i++) {
        mien_wider_photo *p = &w->photo[(guess + i) % w->photos];
        if (!strcmp(p->name, name)) return p;
    }
    return NULL;
}

mien_status mien_wider_parse_level(mien_wider_list *w, char *text,
                                   const char *name, int level) {
    lines l = {name, text, 0};
    const unsigned bit = 1u << level;
    int photo = 0;
    for (int i = 0; i < w->faces; i++) w->face[i].counts &= ~bit;
    for (char *line; (line = next_line(&l)); photo++) {
        char *rest;
        const char *path = strtok_r(line, " \t", &rest);
        const mien_wider_photo *p = find_photo(w, path, photo);
        if (!p)
            return mien_fail(MIEN_EFORMAT, "%s:%d: the list has no such photo",
                             name, l.line);
        for (char *n = strtok_r(NULL, " \t", &rest); n;
             n = strtok_r(NULL, " \t", &rest)) {
            const int i = whole(n);
            if (i < 1 || i > p->count)
                return mien_fail(MIEN_EFORMAT,
                                 "%s:%d: want numbers of faces, 1 to %d", name,
                                 l.line, p->count);
            w->face[p->first + i - 1].counts |= bit;
        }
    }
    return MIEN_OK;
}

/* ---- files ------------------------------------------------------------ */

/* A whole text file; what it holds goes into the hash. */
static mien_status read_text(mien_buf *out, mien_hash *hash, const char *path) {
    MIEN_TRY(mien_file_read(out, path));
    if (!out->size || strlen((char *)out->data) != out->size)
        return mien_fail(MIEN_EFORMAT, "%s: not a text file", path);
    mien_hash_add(hash, out->data, out->size);
    return MIEN_OK;
}

static mien_status read_levels(mien_wider_list *w, mien_hash *hash,
                               const char *folder) {
    static const char *const names[] = {"easy", "medium", "hard"};
    char path[PATH_MAX], name[64];
    for (int k = 0; k < MIEN_WIDER_LEVELS; k++) {
        mien_buf text = {.cap = MAX_FILE};
        snprintf(name, sizeof name, "wider_%s_val.txt", names[k]);
        MIEN_TRY(mien_path_join(path, sizeof path, folder, name));
        if (!mien_file_exists(path)) return MIEN_OK;
        mien_status status = read_text(&text, hash, path);
        if (status == MIEN_OK)
            status = mien_wider_parse_level(w, (char *)text.data, path, k);
        mien_buf_close(&text);
        MIEN_TRY(status);
        w->level[k] = names[k];
        w->levels = k + 1;
    }
    return MIEN_OK;
}

/* Paths of the list become those of the photos. */
static mien_status place_photos(mien_wider_list *w, const char *base,
                                const char *folder) {
    char path[PATH_MAX], images[PATH_MAX];
    MIEN_TRY(mien_path_join(images, sizeof images, base, "images"));
    const bool in_images = !folder && mien_dir_exists(images);
    for (int i = 0; i < w->photos; i++) {
        MIEN_TRY(mien_path_join(path, sizeof path,
                                folder      ? folder
                                : in_images ? images
                                            : base,
                                w->photo[i].name));
        w->photo[i].path = mien_arena_strdup(&w->arena, path);
        if (!w->photo[i].path) return MIEN_ENOMEM;
    }
    return MIEN_OK;
}

/* The form that detectors are trained on. */
static mien_status take_boxes(mien_wider_list *w, const char *path,
                              int min_size) {
    mien_boxes b = {0};
    mien_status status = mien_boxes_read(&b, path);
    w->levels = 1;
    w->level[0] = "all";
    for (int i = 0; i < b.photos && status == MIEN_OK; i++) {
        const mien_boxed_photo *from = &b.photo[i];
        status = add_photo(w, from->path);
        for (int k = 0; k < from->count && status == MIEN_OK; k++) {
            const mien_face_box *f = &b.face[from->first + k];
            status =
                add_face(w, (mien_truth){f->x, f->y, f->width, f->height, 0},
                         true, min_size);
        }
        if (status != MIEN_OK) break;
        w->photo[i].width = from->width;
        w->photo[i].height = from->height;
    }
    mien_boxes_close(&b);
    return status;
}

static mien_status read_all(mien_wider_list *w, char *text, mien_hash *hash,
                            const char *const where[3], int min_size) {
    const char *path = where[0], *base = where[1], *folder = where[2];
    if (text[strspn(text, " \t\r\n")] == '#') {
        if (folder)
            return mien_fail(MIEN_EINVAL,
                             "%s: this list's photos lie beside it or in "
                             "'images'; no folder can be given",
                             path);
        MIEN_TRY(take_boxes(w, path, min_size));
    } else {
        MIEN_TRY(mien_wider_parse(w, text, path, min_size));
        MIEN_TRY(read_levels(w, hash, base));
        MIEN_TRY(place_photos(w, base, folder));
    }
    if (w->photos) return MIEN_OK;
    return mien_fail(MIEN_EFORMAT, "%s: no photo is listed", path);
}

mien_status mien_wider_list_read(mien_wider_list *w, const char *path,
                                 const char *folder, int min_size) {
    mien_buf text = {.cap = MAX_FILE};
    char base[PATH_MAX] = ".";
    mien_hash hash;
    const char *slash = strrchr(path, '/');
    *w = (mien_wider_list){0};
    if (slash) snprintf(base, sizeof base, "%.*s", (int)(slash - path), path);
    mien_hash_begin(&hash);
    mien_status status = read_text(&text, &hash, path);
    if (status == MIEN_OK)
        status = read_all(w, (char *)text.data, &hash,
                          (const char *const[]){path, base, folder}, min_size);
    mien_hash_end(&hash, w->hash);
    mien_buf_close(&text);
    if (status != MIEN_OK) mien_wider_list_close(w);
    return status;
}

void mien_wider_list_close(mien_wider_list *w) {
    mien_free(w->photo);
    mien_free(w->face);
    mien_arena_close(&w->arena);
    *w = (mien_wider_list){0};
}
