/* SPDX-License-Identifier: Apache-2.0 */
/* embed.c - mien embed PHOTO...: the embedding of each face. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "faces.h"
#include "json.h"
#include "photos.h"

enum { ALIGNED = 112, SHOWN = 4 };

typedef struct config {
    const char *model, *npy;
    cli_search search;
    bool main_only, aligned;
    cli_format print;
} config;

static const config defaults = {.search = CLI_DETECT_DEFAULTS};

static const cli_option options[] = {
    {"model", "FILE", "model that embeds [models/embedder.safetensors]",
     offsetof(config, model), CLI_TEXT},
    {"main", NULL, "only the face that the photo is of",
     offsetof(config, main_only), CLI_FLAG},
    {"aligned", NULL, "the photos are faces of 112x112, as mien align writes",
     offsetof(config, aligned), CLI_FLAG},
    {"npy", "FILE", "write the vectors, a row each, for NumPy",
     offsetof(config, npy), CLI_TEXT},
    CLI_DETECT_OPTIONS(config, search, "detector"),
    CLI_FORMAT_OPTIONS(config, print),
    {0}};

typedef struct work {
    const config *c;
    mien_detector *detector; /* NULL for aligned faces */
    mien_embedder *embedder;
    int width;
    cli_photos photos;
    json_t *all;  /* of --json */
    float *rows;  /* of --npy */
    size_t count; /* of faces so far */
} work;

/* ---- a file for NumPy ------------------------------------------------- */

static mien_status keep_row(work *w, const float *x) {
    const size_t row = (size_t)w->width * sizeof *x;
    float *grown = realloc(w->rows, (w->count + 1) * row);
    if (!grown) return cli_complain("out of memory");
    w->rows = grown;
    memcpy((char *)grown + w->count * row, x, row);
    return MIEN_OK;
}

/* Version 1.0: magic, length of the header, header padded to 64 bytes; all
 * little-endian. */
static mien_status write_npy(const work *w) {
    char header[128];
    uint8_t head[10] = {0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0};
    const int n = snprintf(header, sizeof header,
                           "{'descr': '<f4', 'fortran_order': False, "
                           "'shape': (%zu, %d), }",
                           w->count, w->width);
    memset(header + n, ' ', (size_t)(117 - n));
    header[117] = '\n';
    FILE *file = fopen(w->c->npy, "wb");
    bool good = file && fwrite(head, 1, 10, file) == 10 &&
                fwrite(header, 1, 118, file) == 118;
    const size_t values = w->count * (size_t)w->width;
    good = good && fwrite(w->rows, sizeof *w->rows, values, file) == values;
    if (file && fclose(file)) good = false;
    return good ? MIEN_OK
                : cli_complain("%s: the file cannot be written", w->c->npy);
}

/* ---- printing --------------------------------------------------------- */

static void print_csv(const work *w, const char *path, int number,
                      const float *x) {
    cli_csv_put(path, ",");
    printf("%d,%s", number, mien_embedder_contract(w->embedder));
    for (int i = 0; i < w->width; i++) printf(",%.7g", (double)x[i]);
    putchar('\n');
}

static json_t *row_json(const work *w, const char *path, int number,
                        const float *x) {
    json_t *vector = json_array();
    for (int i = 0; i < w->width; i++)
        json_array_append_new(vector, cli_json_number((double)x[i]));
    return json_pack("{s:s, s:i, s:s, s:o}", "file", path, "number", number,
                     "model", mien_embedder_contract(w->embedder), "embedding",
                     vector);
}

/* face and quality are NULL for faces that came aligned. */
static mien_status print(work *w, const char *path, int number,
                         const mien_face *face, const mien_quality *quality,
                         const float *x) {
    const cli_format *f = &w->c->print;
    mien_status status = w->c->npy ? keep_row(w, x) : MIEN_OK;
    w->count++;
    if (f->csv) {
        print_csv(w, path, number, x);
    } else if (f->json || f->jsonl) {
        json_t *row = row_json(w, path, number, x);
        json_t *about = face ? cli_face_json(face) : NULL;
        if (row && about) json_object_update_missing(row, about);
        if (row && quality)
            json_object_set_new(row, "quality", cli_quality_json(quality));
        json_decref(about);
        if (f->jsonl) return cli_json_line(row);
        json_array_append_new(w->all, row);
    } else {
        printf("%s %d:", path, number);
        for (int i = 0; i < SHOWN && i < w->width; i++)
            printf(" %+.4f", (double)x[i]);
        printf(" ... %d values\n", w->width);
    }
    return status;
}

/* ---- faces ------------------------------------------------------------ */

static mien_status embed_aligned(work *w, int i, const mien_image *photo,
                                 float *x) {
    const mien_image *faces[] = {photo};
    const char *path = w->photos.item[i].path;
    if (photo->width != ALIGNED || photo->height != ALIGNED)
        return cli_complain("%s: %d x %d pixels; an aligned face has %d x %d",
                            path, photo->width, photo->height, ALIGNED,
                            ALIGNED);
    const mien_status status =
        mien_embedder_embed_aligned(w->embedder, x, faces, 1);
    if (status != MIEN_OK) return cli_complain("%s: %s", path, mien_error());
    return print(w, path, 1, NULL, NULL, x);
}

static mien_status embed_one(work *w, int i, const mien_image *photo,
                             const mien_face *face, int number, float *x) {
    mien_quality quality;
    const char *path = w->photos.item[i].path;
    mien_status status = cli_face_quality(&quality, photo, face);
    if (status == MIEN_OK)
        status = mien_embedder_embed(w->embedder, x, photo, face, 1);
    if (status != MIEN_OK) return cli_complain("%s: %s", path, mien_error());
    return print(w, path, number, face, &quality, x);
}

static mien_status embed_found(work *w, int i, const mien_image *photo,
                               float *x) {
    mien_faces faces;
    mien_status status =
        cli_detect_faces(w->detector, &faces, photo, &w->c->search);
    if (status != MIEN_OK)
        cli_complain("%s: %s", w->photos.item[i].path, mien_error());
    const int main = mien_faces_main(&faces, photo);
    for (int k = 0; k < faces.count && status == MIEN_OK; k++)
        if (!w->c->main_only || k == main)
            status = embed_one(w, i, photo, &faces.face[k], k + 1, x);
    mien_faces_free(&faces);
    return status;
}

static mien_status embed_all(work *w, const cli_texts *words) {
    mien_status status = cli_photos_open(&w->photos, words);
    float *x = calloc((size_t)w->width, sizeof *x);
    if (status == MIEN_OK && !x) status = cli_complain("out of memory");
    for (int i = 0; status == MIEN_OK && i < w->photos.count; i++) {
        mien_image *photo;
        if (cli_photo_load(&photo, &w->photos, i) != MIEN_OK) continue;
        if ((w->detector ? embed_found : embed_aligned)(w, i, photo, x) !=
            MIEN_OK)
            w->photos.failed++;
        mien_image_free(photo);
    }
    free(x);
    return status == MIEN_OK ? cli_photos_status(&w->photos) : status;
}

static void print_head(const work *w) {
    if (!w->c->print.csv) return;
    printf("file,number,model");
    for (int i = 0; i < w->width; i++) printf(",v%d", i);
    putchar('\n');
}

static mien_status embed(work *w, const cli_texts *words) {
    w->width = mien_embedder_width(w->embedder);
    print_head(w);
    mien_status status = embed_all(w, words), more = MIEN_OK;
    if (w->c->npy) more = write_npy(w);
    if (w->c->print.json && more == MIEN_OK)
        more = cli_json_print(
            json_pack("{s:O, s:s, s:i, s:i}", "faces", w->all, "model",
                      mien_embedder_contract(w->embedder), "width", w->width,
                      "failed", w->photos.failed));
    return status != MIEN_OK ? status : more;
}

static mien_status run(const void *given, const cli_texts *words) {
    work w = {.c = given};
    mien_status status = cli_format_check(&w.c->print);
    if (status == MIEN_OK && !w.c->aligned)
        status = cli_detector_open(&w.detector, &w.c->search, "detector");
    if (status == MIEN_OK)
        status = cli_embedder_open(&w.embedder, w.c->model, "model");
    w.all = json_array();
    if (status == MIEN_OK) status = embed(&w, words);
    json_decref(w.all);
    free(w.rows);
    cli_photos_close(&w.photos);
    mien_embedder_close(w.embedder);
    mien_detector_close(w.detector);
    return status;
}

const cli_command cli_embed = {
    .name = "embed",
    .summary = "print the vectors that faces are compared by",
    .words = "PHOTO|FOLDER|-...",
    .min_words = 1,
    .max_words = 1 << 20,
    .more =
        "A vector has unit length; the cosine of two says how alike the "
        "faces are. \"model\"\nis the contract of weights, alignment and "
        "preprocessing: compare vectors of one\ncontract only. They are "
        "biometric data: keep them like the photos.\n",
    .options = options,
    .config_size = sizeof(config),
    .defaults = &defaults,
    .run = run,
};
