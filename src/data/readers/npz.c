/* SPDX-License-Identifier: Apache-2.0 */
/* npz.c - an archive with an array of images and one of labels. */
#include <string.h>

#include "data/arrays.h"

typedef struct config {
    const char *path, *images, *labels;
    int layout;
} config;

static const mien_param params[] = {
    {"path", "the .npz file", offsetof(config, path), .kind = MIEN_STRING,
     .required = true},
    {"images", "name of its images; by default images, x or x_train",
     offsetof(config, images), .kind = MIEN_STRING, .text = ""},
    {"labels", "name of its labels; by default labels, y or y_train",
     offsetof(config, labels), .kind = MIEN_STRING, .text = ""},
    {"layout", "order of rows, columns, channels", offsetof(config, layout),
     .kind = MIEN_CHOICE, .choices = MIEN_LAYOUTS},
    {0},
};

/* The name given, else the first usual one that is there. */
static const char *choose(const mien_npz *npz, const char *given,
                          const char *const *usual) {
    if (given[0]) return given;
    for (int k = 0; usual[k]; k++)
        for (int i = 0; i < mien_npz_count(npz); i++)
            if (!strcmp(mien_npz_name(npz, i), usual[k])) return usual[k];
    return usual[0];
}

static mien_status open_npz(mien_reader *r, const void *cfg) {
    static const char *const images[] = {"images", "x", "x_train", NULL};
    static const char *const labels[] = {"labels", "y", "y_train", NULL};
    const config *c = cfg;
    mien_arrays *a = mien_arrays_new(r);
    if (!a) return MIEN_ENOMEM;
    a->layout = c->layout;
    MIEN_TRY(mien_npz_open(&a->npz, c->path));
    MIEN_TRY(mien_npz_read(&a->npy[0], a->npz,
                           choose(a->npz, c->images, images), MIEN_NPZ_CAP));
    MIEN_TRY(mien_npz_read(&a->npy[1], a->npz,
                           choose(a->npz, c->labels, labels), MIEN_NPZ_CAP));
    a->images = a->npy[0].tensor;
    a->labels = a->npy[1].tensor;
    return mien_arrays_adopt(r);
}

const mien_reader_ops mien_reader_npz = {
    .name = "npz",
    .summary = "an archive with images and labels",
    .params = params,
    .config_size = sizeof(config),
    .open = open_npz,
    .decode = mien_arrays_decode,
    .digest = mien_arrays_digest,
    .close = mien_arrays_close,
};
