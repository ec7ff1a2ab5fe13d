/* SPDX-License-Identifier: Apache-2.0 */
/* photos.c - lists of photo files, and folders as classes. */
#include "data/photos.h"

#include <limits.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

bool mien_photo_named(const char *name) {
    static const char *const endings[] = {".jpg", ".jpeg", ".png", ".webp",
                                          ".pgm", ".ppm",  ".pnm"};
    const size_t length = strlen(name);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        const size_t n = strlen(endings[i]);
        if (length > n && !strcasecmp(name + length - n, endings[i]))
            return true;
    }
    return false;
}

static mien_status grow(mien_photos *list) {
    if (list->count < list->room) return MIEN_OK;
    if (list->room > INT_MAX / 2)
        return mien_fail(MIEN_ELIMIT, "more than %d photos", list->room);
    const int room = list->room ? 2 * list->room : 256;
    mien_photo *items = mien_realloc(list->items, (size_t)room, sizeof *items);
    if (!items) return MIEN_ENOMEM;
    list->items = items;
    list->room = room;
    return MIEN_OK;
}

mien_status mien_photos_append(mien_photos *list, const mien_photo *photo) {
    MIEN_TRY(grow(list));
    list->items[list->count++] = *photo;
    return MIEN_OK;
}

mien_status mien_photos_add(mien_photos *list, mien_reader *r,
                            const mien_photo *photo) {
    uint64_t size;
    MIEN_TRY(mien_file_size(&size, photo->path));
    if (size == 0)
        return mien_fail(MIEN_EDATA, "%s is an empty file (0 bytes), no photo",
                         photo->path);
    mien_photo item = *photo;
    item.path = mien_arena_strdup(&r->arena, photo->path);
    return item.path ? mien_photos_append(list, &item) : MIEN_ENOMEM;
}

static mien_status add_named(mien_photos *list, mien_reader *r,
                             const char *folder, const char *name,
                             mien_photo *photo) {
    char path[PATH_MAX];
    MIEN_TRY(mien_path_join(path, sizeof path, folder, name));
    photo->path = path;
    return mien_photos_add(list, r, photo);
}

mien_status mien_photos_add_folder(mien_photos *list, mien_reader *r,
                                   const char *folder, int32_t label,
                                   int32_t group) {
    mien_names names;
    MIEN_TRY(mien_dir_list(&names, folder));
    mien_status status = MIEN_OK;
    for (size_t i = 0; i < names.count && status == MIEN_OK; i++) {
        if (!mien_photo_named(names.items[i])) continue;
        mien_photo photo = {.label = label, .group = group};
        if (group < 0) photo.group = r->n_groups++;
        status = add_named(list, r, folder, names.items[i], &photo);
    }
    mien_names_close(&names);
    return status;
}

mien_status mien_photos_hand_over(mien_photos *list, mien_reader *r,
                                  bool grouped) {
    const size_t n = (size_t)list->count;
    mien_photo *items = mien_arena_alloc(&r->arena, n, sizeof *items);
    r->labels = mien_arena_alloc(&r->arena, n, sizeof *r->labels);
    if (grouped) r->groups = mien_arena_alloc(&r->arena, n, sizeof *r->groups);
    if (!items || !r->labels || (grouped && !r->groups)) return MIEN_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        items[i] = list->items[i];
        r->labels[i] = items[i].label;
        if (grouped) r->groups[i] = items[i].group;
    }
    r->count = list->count;
    r->state = items;
    mien_photos_close(list);
    return MIEN_OK;
}

void mien_photos_close(mien_photos *list) {
    mien_free(list->items);
    *list = (mien_photos){0};
}

mien_status mien_photo_load(mien_sample *out, const char *path,
                            mien_want want) {
    const mien_image_options options = mien_want_options(want);
    *out = (mien_sample){0};
    return mien_image_load(&out->image, path, &options);
}

mien_status mien_photos_decode(mien_sample *out, const mien_reader *r, int i,
                               mien_want want) {
    return mien_photo_load(out, ((const mien_photo *)r->state)[i].path, want);
}

mien_status mien_photo_digest(mien_hash *hash, const char *path) {
    mien_map map;
    MIEN_TRY(mien_map_open(&map, path));
    const uint64_t size = map.size;
    mien_hash_add(hash, &size, sizeof size);
    mien_hash_add(hash, map.data, map.size);
    mien_map_close(&map);
    return MIEN_OK;
}

mien_status mien_photos_digest(mien_hash *hash, const mien_reader *r, int i) {
    return mien_photo_digest(hash, ((const mien_photo *)r->state)[i].path);
}

/* ---- folders as classes ----------------------------------------------- */

typedef struct folders {
    mien_reader *r;
    mien_photos list;
    const char *path;
    int least;
    mien_photo_check check;
} folders;

static mien_status check_new(folders *f, const char *folder, int first) {
    for (int i = first; f->check && i < f->list.count; i++) {
        const char *path = f->list.items[i].path;
        MIEN_TRY(f->check(folder, strrchr(path, '/') + 1, path));
    }
    return MIEN_OK;
}

/* The folder `name` as the next class, unless it has too few photos. */
static mien_status add_class(folders *f, const char *name) {
    char path[PATH_MAX];
    MIEN_TRY(mien_path_join(path, sizeof path, f->path, name));
    if (!mien_dir_exists(path)) return MIEN_OK; /* a read-me or the like */
    const int before = f->list.count;
    MIEN_TRY(mien_photos_add_folder(&f->list, f->r, path, f->r->classes, 0));
    MIEN_TRY(check_new(f, name, before));
    const int found = f->list.count - before;
    if (found == 0 && f->least == 0)
        return mien_fail(MIEN_EDATA,
                         "%s holds no photo (jpg, png, webp, pgm, "
                         "ppm); remove it, or set min_photos to 1",
                         path);
    if (found == 0 || found < f->least) {
        f->list.count = before;
        return MIEN_OK;
    }
    f->r->class_names[f->r->classes] = mien_arena_strdup(&f->r->arena, name);
    if (!f->r->class_names[f->r->classes]) return MIEN_ENOMEM;
    f->r->classes++;
    return MIEN_OK;
}

static mien_status add_classes(folders *f, const mien_names *names) {
    f->r->class_names = mien_arena_alloc(&f->r->arena, names->count + 1,
                                         sizeof *f->r->class_names);
    if (!f->r->class_names) return MIEN_ENOMEM;
    for (size_t i = 0; i < names->count; i++)
        MIEN_TRY(add_class(f, names->items[i]));
    if (f->r->classes == 0)
        return mien_fail(MIEN_EDATA,
                         "%s: no folder with %d or more photos in "
                         "it; one folder a class is expected",
                         f->path, f->least ? f->least : 1);
    return mien_photos_hand_over(&f->list, f->r, false);
}

mien_status mien_photos_classes(mien_reader *r, const char *path, int least,
                                mien_photo_check check) {
    folders f = {.r = r, .path = path, .least = least, .check = check};
    mien_names names;
    MIEN_TRY(mien_dir_list(&names, path));
    const mien_status status = add_classes(&f, &names);
    mien_photos_close(&f.list);
    mien_names_close(&names);
    return status;
}
