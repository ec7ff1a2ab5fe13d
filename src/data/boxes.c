/* SPDX-License-Identifier: Apache-2.0 */
/* boxes.c - read lists of faces. */
#include "data/boxes.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"

enum { MOST = 1 << 24, NUMBERS = 4 + 15 };

typedef struct list {
    mien_boxes *boxes;
    const char *name, *folder;
    int line;
} list;

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

/* Numbers at the beginning of a text; -1 when something else is among them. */
static int numbers(float *out, int most, const char *text) {
    int n = 0;
    for (;; n++) {
        char *end;
        const float x = strtof(text, &end);
        if (end == text) break;
        if (n == most || !isfinite(x)) return -1;
        out[n] = x;
        text = end;
    }
    return text[strspn(text, " \t\r")] ? -1 : n;
}

/* "# path w h": the path may have spaces. */
static mien_status add_photo(list *l, char *text) {
    mien_boxes *b = l->boxes;
    char *h = strrchr(text, ' ');
    if (h) *h++ = 0;
    char *w = h ? strrchr(text, ' ') : NULL;
    if (w) *w++ = 0;
    const long width = w ? strtol(w, NULL, 10) : 0;
    const long height = h ? strtol(h, NULL, 10) : 0;
    text += strspn(text, " #\t");
    if (width < 1 || height < 1 || width > 1 << 20 || height > 1 << 20 ||
        !*text)
        return mien_fail(MIEN_EFORMAT, "%s:%d: want '# path width height'",
                         l->name, l->line);
    MIEN_TRY(
        grow((void **)&b->photo, &b->photo_room, b->photos, sizeof *b->photo));
    char path[PATH_MAX];
    MIEN_TRY(mien_path_join(path, sizeof path, l->folder, text));
    if (!mien_file_exists(path)) {
        char images[PATH_MAX];
        MIEN_TRY(mien_path_join(images, sizeof images, l->folder, "images"));
        MIEN_TRY(mien_path_join(path, sizeof path, images, text));
    }
    const char *kept = mien_arena_strdup(&b->arena, path);
    if (!kept) return MIEN_ENOMEM;
    b->photo[b->photos++] =
        (mien_boxed_photo){kept, (int)width, (int)height, b->faces, 0, l->line};
    return MIEN_OK;
}

static mien_status add_face(list *l, const char *text) {
    mien_boxes *b = l->boxes;
    float x[NUMBERS];
    const int n = numbers(x, NUMBERS, text);
    if ((n != 4 && n != NUMBERS) || x[2] < x[0] || x[3] < x[1])
        return mien_fail(MIEN_EFORMAT,
                         "%s:%d: want 'x1 y1 x2 y2', perhaps with 'x y "
                         "visible' of five points",
                         l->name, l->line);
    if (!b->photos)
        return mien_fail(MIEN_EFORMAT, "%s:%d: a face before the first photo",
                         l->name, l->line);
    MIEN_TRY(grow((void **)&b->face, &b->face_room, b->faces, sizeof *b->face));
    mien_face_box *f = &b->face[b->faces++];
    *f = (mien_face_box){x[0],        x[1],         x[2] - x[0],
                         x[3] - x[1], n == NUMBERS, {0}};
    for (int k = 0; k < 10 && f->points; k++) {
        f->point[k] = x[4 + k / 2 * 3 + k % 2];
        if (f->point[k] <= -1) f->points = false;
    }
    b->photo[b->photos - 1].count++;
    return MIEN_OK;
}

mien_status mien_boxes_parse(mien_boxes *boxes, char *text, const char *name,
                             const char *folder) {
    list l = {boxes, name, folder, 0};
    while (text) {
        char *end = strchr(text, '\n');
        if (end) *end = 0;
        l.line++;
        char *last = text + strlen(text);
        while (last > text && strchr(" \t\r", last[-1])) *--last = 0;
        if (*text == '#')
            MIEN_TRY(add_photo(&l, text));
        else if (text[strspn(text, " \t")])
            MIEN_TRY(add_face(&l, text));
        text = end ? end + 1 : NULL;
    }
    return MIEN_OK;
}

mien_status mien_boxes_read(mien_boxes *boxes, const char *path) {
    mien_buf text = {.cap = 1 << 30};
    char folder[PATH_MAX] = "";
    const char *slash = strrchr(path, '/');
    if (slash && (size_t)(slash - path) < sizeof folder) {
        memcpy(folder, path, (size_t)(slash - path));
        folder[slash - path] = 0;
    }
    mien_status status = mien_file_read(&text, path);
    if (status == MIEN_OK && strlen((char *)text.data) != text.size)
        status = mien_fail(MIEN_EFORMAT, "%s holds zero bytes", path);
    if (status == MIEN_OK)
        status = mien_boxes_parse(boxes, (char *)text.data, path, folder);
    mien_buf_close(&text);
    return status;
}

void mien_boxes_close(mien_boxes *boxes) {
    mien_free(boxes->photo);
    mien_free(boxes->face);
    mien_arena_close(&boxes->arena);
    *boxes = (mien_boxes){0};
}
