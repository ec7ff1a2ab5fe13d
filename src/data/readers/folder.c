/* SPDX-License-Identifier: Apache-2.0 */
/* folder.c - one folder of photos a class, in the order of their names. */
#include "data/photos.h"

typedef struct config {
    const char *path;
    int min_photos;
} config;

static const mien_param params[] = {
    {"path", "folder that holds one folder a class", offsetof(config, path),
     .kind = MIEN_STRING, .required = true},
    {"min_photos", "pass over classes with fewer photos; 0: empty is an error",
     offsetof(config, min_photos), 0, 1e6, 0, .kind = MIEN_INT},
    {0},
};

static mien_status open_folder(mien_reader *r, const void *cfg) {
    const config *c = cfg;
    return mien_photos_classes(r, c->path, c->min_photos, NULL);
}

const mien_reader_ops mien_reader_folder = {
    .name = "folder",
    .summary = "one folder of photos a class",
    .params = params,
    .config_size = sizeof(config),
    .open = open_folder,
    .decode = mien_photos_decode,
    .digest = mien_photos_digest,
};
