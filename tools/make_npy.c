/* SPDX-License-Identifier: Apache-2.0 */
/* make_npy.c - turn a folder per class into data.npy and labels.npy.
 *
 *   make_npy photos/ out/ --size 64x64 [--grey] [--crop]
 *
 * Writes out/data.npy (unsigned bytes; photos, rows, columns, channels),
 * out/labels.npy (64-bit class numbers) and out/classes.txt (the folders'
 * names, one a line), in the order of the names. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "data/input.h"
#include "tensor/npy.h"

typedef struct job {
    const char *from, *to;
    mien_input size;
    mien_reader *photos;
} job;

static int usage(void) {
    fputs(
        "usage: make_npy FOLDER OUT [--size WxH] [--grey] [--crop]\n"
        "  FOLDER holds one folder of photos a class; OUT receives data.npy,"
        "\n  labels.npy and classes.txt. The default size is 64x64; --crop "
        "keeps the\n  photos' proportions, else they are stretched.\n",
        stderr);
    return 2;
}

static bool read_args(job *j, int argc, char **argv) {
    j->size = (mien_input){.width = 64,
                           .height = 64,
                           .channels = 3,
                           .filter = MIEN_FILTER_BILINEAR};
    for (int i = 1; i < argc; i++) {
        char rest;
        if (!strcmp(argv[i], "--grey"))
            j->size.channels = 1;
        else if (!strcmp(argv[i], "--crop"))
            j->size.fit = MIEN_FIT_CROP;
        else if (!strcmp(argv[i], "--size") && i + 1 < argc) {
            if (sscanf(argv[++i], "%dx%d%c", &j->size.width, &j->size.height,
                       &rest) != 2)
                return false;
        } else if (argv[i][0] == '-')
            return false;
        else if (!j->from)
            j->from = argv[i];
        else if (!j->to)
            j->to = argv[i];
        else
            return false;
    }
    return j->to && j->size.width > 0 && j->size.height > 0 &&
           j->size.width <= 8192 && j->size.height <= 8192;
}

static mien_status open_photos(job *j) {
    const mien_reader_ops *ops = mien_reader_find("folder");
    mien_arena arena = {0};
    void *config = mien_arena_alloc(&arena, 1, ops->config_size);
    mien_tree path = {.kind = MIEN_TREE_SCALAR,
                      .text = j->from,
                      .file = "make_npy",
                      .line = 1};
    mien_status status = config ? MIEN_OK : MIEN_ENOMEM;
    if (status == MIEN_OK)
        status = mien_params_read(config, ops->params, &path, NULL, &arena,
                                  "folder");
    if (status == MIEN_OK) status = mien_reader_open(&j->photos, ops, config);
    mien_arena_close(&arena);
    return status;
}

/* Photo i, row by row. */
static mien_status put_photo(mien_writer *w, const job *j, int i) {
    mien_sample s;
    MIEN_TRY(
        j->photos->ops->decode(&s, j->photos, i, mien_input_want(&j->size)));
    const mien_status status = mien_input_fit(&s.image, &j->size);
    const size_t row = (size_t)j->size.width * (size_t)j->size.channels;
    for (int y = 0; status == MIEN_OK && y < j->size.height; y++)
        mien_writer_put(w, s.image->pixels + (size_t)y * s.image->stride, row);
    mien_sample_close(&s);
    return status;
}

static mien_status put_photos(mien_writer *w, const job *j) {
    mien_buf header = {.cap = 4096};
    const mien_tensor t = {
        .name = "data",
        .dtype = MIEN_U8,
        .rank = 4,
        .shape = {(size_t)j->photos->count, (size_t)j->size.height,
                  (size_t)j->size.width, (size_t)j->size.channels}};
    mien_status status = mien_npy_header(&header, &t);
    if (status == MIEN_OK) mien_writer_put(w, header.data, header.size);
    mien_buf_close(&header);
    for (int i = 0; i < j->photos->count && status == MIEN_OK; i++)
        status = put_photo(w, j, i);
    return status;
}

static mien_status write_images(const job *j, const char *path) {
    mien_writer *w;
    MIEN_TRY(mien_writer_open(&w, path));
    const mien_status status = put_photos(w, j);
    if (status == MIEN_OK) return mien_writer_commit(w);
    mien_writer_close(w);
    return status;
}

static mien_status write_labels(const job *j, const char *path) {
    const size_t n = (size_t)j->photos->count;
    int64_t *labels = mien_alloc(n, sizeof *labels);
    if (!labels) return MIEN_ENOMEM;
    for (size_t i = 0; i < n; i++) labels[i] = j->photos->labels[i];
    const mien_tensor t = {.name = "labels",
                           .dtype = MIEN_I64,
                           .rank = 1,
                           .shape = {n},
                           .bytes = n * sizeof *labels,
                           .data = labels};
    const mien_status status = mien_npy_write(path, &t);
    mien_free(labels);
    return status;
}

static mien_status write_names(const job *j, const char *path) {
    mien_buf text = {.cap = (size_t)1 << 30};
    mien_status status = MIEN_OK;
    for (int k = 0; k < j->photos->classes && status == MIEN_OK; k++)
        status = mien_buf_printf(&text, "%s\n", j->photos->class_names[k]);
    if (status == MIEN_OK) status = mien_file_write(path, text.data, text.size);
    mien_buf_close(&text);
    return status;
}

static mien_status run(job *j) {
    static const struct {
        const char *name;
        mien_status (*write)(const job *j, const char *path);
    } files[] = {{"data.npy", write_images},
                 {"labels.npy", write_labels},
                 {"classes.txt", write_names}};
    MIEN_TRY(open_photos(j));
    MIEN_TRY(mien_make_dirs(j->to));
    for (int i = 0; i < 3; i++) {
        char path[PATH_MAX];
        MIEN_TRY(mien_path_join(path, sizeof path, j->to, files[i].name));
        MIEN_TRY(files[i].write(j, path));
    }
    return MIEN_OK;
}

int main(int argc, char **argv) {
    job j = {0};
    if (!read_args(&j, argc, argv)) return usage();
    const mien_status status = run(&j);
    if (status == MIEN_OK)
        printf("%d photos of %d classes, %dx%dx%d\n", j.photos->count,
               j.photos->classes, j.size.height, j.size.width, j.size.channels);
    else
        fprintf(stderr, "make_npy: %s\n", mien_error());
    mien_reader_close(j.photos);
    return status == MIEN_OK ? 0 : 2;
}
