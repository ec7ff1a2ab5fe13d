/* SPDX-License-Identifier: Apache-2.0 */
/* photos.c - all photos in a folder and in the folders within it, without
 * labels, for losses that want none. */
#include <string.h>

#include "base/mem.h"
#include "data/photos.h"

enum { DEEPEST = 16 };

typedef struct config {
    const char *path;
} config;

static const mien_param params[] = {
    {"path", "folder that holds photos, or folders of them",
     offsetof(config, path), .kind = MIEN_STRING, .required = true},
    {0},
};

/* The photos of a folder by name, then those of each folder in it. */
static mien_status add(mien_photos *list, mien_reader *r, const char *path,
                       int depth) {
    mien_names names;
    if (depth > DEEPEST)
        return mien_fail(MIEN_ELIMIT, "%s: folders within folders, %d deep",
                         path, depth);
    MIEN_TRY(mien_photos_add_folder(list, r, path, 0, 0));
    MIEN_TRY(mien_dir_list(&names, path));
    mien_status status = MIEN_OK;
    for (size_t i = 0; i < names.count && status == MIEN_OK; i++) {
        mien_arena arena = {0};
        char *inner = mien_arena_printf(&arena, "%s/%s", path, names.items[i]);
        if (!inner) status = MIEN_ENOMEM;
        if (inner && mien_dir_exists(inner))
            status = add(list, r, inner, depth + 1);
        mien_arena_close(&arena);
    }
    mien_names_close(&names);
    return status;
}

static mien_status open_photos(mien_reader *r, const void *cfg) {
    const char *path = ((const config *)cfg)->path;
    mien_photos list = {0};
    mien_status status = add(&list, r, path, 0);
    if (status == MIEN_OK && !list.count)
        status = mien_fail(MIEN_EDATA,
                           "%s: no photo (jpg, png, webp, pgm, ppm) in it or "
                           "in a folder in it",
                           path);
    r->classes = 1;
    if (status == MIEN_OK) status = mien_photos_hand_over(&list, r, false);
    mien_photos_close(&list);
    return status;
}

const mien_reader_ops mien_reader_photos = {
    .name = "photos",
    .summary = "all photos below a folder, without labels",
    .params = params,
    .config_size = sizeof(config),
    .open = open_photos,
    .decode = mien_photos_decode,
    .digest = mien_photos_digest,
};
