/* SPDX-License-Identifier: Apache-2.0 */
/* idx.c - the files of MNIST and its kin, gzipped or not. */
#include "data/arrays.h"
#include "tensor/idx.h"
#include "tensor/inflate.h"

#define CAP ((size_t)4 << 30)

typedef struct config {
    const char *path, *images, *labels;
} config;

static const mien_param params[] = {
    {"path", "folder of the two files", offsetof(config, path),
     .kind = MIEN_STRING, .text = ""},
    {"images", "idx file of the images, .gz too", offsetof(config, images),
     .kind = MIEN_STRING, .text = "train-images-idx3-ubyte.gz"},
    {"labels", "idx file of the labels, .gz too", offsetof(config, labels),
     .kind = MIEN_STRING, .text = "train-labels-idx1-ubyte.gz"},
    {0},
};

static mien_status read_one(mien_tensor *out, mien_buf *buf, mien_reader *r,
                            const char *folder, const char *name) {
    const char *path;
    MIEN_TRY(mien_reader_path(&path, r, folder, name));
    buf->cap = CAP;
    MIEN_TRY(mien_gzip_read(buf, path));
    return mien_idx_parse(out, buf->data, buf->size, path);
}

static mien_status open_idx(mien_reader *r, const void *cfg) {
    const config *c = cfg;
    mien_arrays *a = mien_arrays_new(r);
    if (!a) return MIEN_ENOMEM;
    MIEN_TRY(read_one(&a->images, &a->unpacked[0], r, c->path, c->images));
    MIEN_TRY(read_one(&a->labels, &a->unpacked[1], r, c->path, c->labels));
    return mien_arrays_adopt(r);
}

const mien_reader_ops mien_reader_idx = {
    .name = "idx",
    .summary = "MNIST's files, gzipped or not",
    .params = params,
    .config_size = sizeof(config),
    .open = open_idx,
    .decode = mien_arrays_decode,
    .digest = mien_arrays_digest,
    .close = mien_arrays_close,
};
