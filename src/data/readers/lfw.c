/* SPDX-License-Identifier: Apache-2.0 */
/* lfw.c - the layout of Labeled Faces in the Wild: NAME/NAME_0001.jpg.
 *
 * As the folder reader, but a file that is named otherwise is an error: pairs
 * files find photos by name and number. */
#include <ctype.h>
#include <string.h>

#include "data/photos.h"

typedef struct config {
    const char *path;
    int min_photos;
} config;

static const mien_param params[] = {
    {"path", "folder that holds NAME/NAME_0001.jpg", offsetof(config, path),
     .kind = MIEN_STRING, .required = true},
    {"min_photos", "pass over people with fewer photos",
     offsetof(config, min_photos), 1, 1e6, 1, .kind = MIEN_INT},
    {0},
};

static mien_status check_name(const char *folder, const char *name,
                              const char *path) {
    const size_t n = strlen(folder);
    const char *digits = name + n + 1;
    bool right = !strncmp(name, folder, n) && name[n] == '_';
    for (int i = 0; right && i < 4; i++)
        right = isdigit((unsigned char)digits[i]);
    if (right && digits[4] == '.') return MIEN_OK;
    return mien_fail(MIEN_EDATA,
                     "%s: in the LFW layout a photo is named as "
                     "its folder, _, four digits",
                     path);
}

static mien_status open_lfw(mien_reader *r, const void *cfg) {
    const config *c = cfg;
    return mien_photos_classes(r, c->path, c->min_photos, check_name);
}

const mien_reader_ops mien_reader_lfw = {
    .name = "lfw",
    .summary = "the LFW layout, NAME/NAME_0001.jpg",
    .params = params,
    .config_size = sizeof(config),
    .open = open_lfw,
    .decode = mien_photos_decode,
    .digest = mien_photos_digest,
};
