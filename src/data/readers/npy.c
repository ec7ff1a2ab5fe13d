/* SPDX-License-Identifier: Apache-2.0 */
/* npy.c - an array of images and one of labels, as NumPy saves them. */
#include "data/arrays.h"

typedef struct config {
    const char *path, *images, *labels;
    int layout;
} config;

static const mien_param params[] = {
    {"path", "folder of the two files", offsetof(config, path),
     .kind = MIEN_STRING, .text = ""},
    {"images", "array of N,H,W or N,H,W,C or N,C,H,W", offsetof(config, images),
     .kind = MIEN_STRING, .text = "data.npy"},
    {"labels", "array of N class numbers, or N,K one-hot",
     offsetof(config, labels), .kind = MIEN_STRING, .text = "labels.npy"},
    {"layout", "order of rows, columns, channels", offsetof(config, layout),
     .kind = MIEN_CHOICE, .choices = MIEN_LAYOUTS},
    {0},
};

static mien_status open_npy(mien_reader *r, const void *cfg) {
    const config *c = cfg;
    const char *path;
    mien_arrays *a = mien_arrays_new(r);
    if (!a) return MIEN_ENOMEM;
    a->layout = c->layout;
    MIEN_TRY(mien_reader_path(&path, r, c->path, c->images));
    MIEN_TRY(mien_npy_open(&a->npy[0], path));
    MIEN_TRY(mien_reader_path(&path, r, c->path, c->labels));
    MIEN_TRY(mien_npy_open(&a->npy[1], path));
    a->images = a->npy[0].tensor;
    a->labels = a->npy[1].tensor;
    return mien_arrays_adopt(r);
}

const mien_reader_ops mien_reader_npy = {
    .name = "npy",
    .summary = "images.npy and labels.npy",
    .params = params,
    .config_size = sizeof(config),
    .open = open_npy,
    .decode = mien_arrays_decode,
    .digest = mien_arrays_digest,
    .close = mien_arrays_close,
};
