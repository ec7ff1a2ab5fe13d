/* SPDX-License-Identifier: Apache-2.0 */
/* align.c - mien align PHOTO... --out FOLDER: upright faces of 112x112. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "faces.h"
#include "json.h"
#include "photos.h"

typedef struct config {
    const char *out, *format;
    cli_search search;
    double min_quality;
    bool main_only;
    cli_format print;
} config;

static const config defaults = {.search = CLI_DETECT_DEFAULTS, .format = "png"};

static const cli_option options[] = {
    {"out", "FOLDER", "where the faces go (required)", offsetof(config, out),
     CLI_TEXT},
    {"format", "EXT", "of the pictures: png, jpg, webp or ppm [png]",
     offsetof(config, format), CLI_TEXT},
    {"main", NULL, "only the face that the photo is of",
     offsetof(config, main_only), CLI_FLAG},
    {"min-quality", "Q", "leave out worse faces, 0 to 100 [0]",
     offsetof(config, min_quality), CLI_REAL, 0, 100},
    CLI_DETECT_OPTIONS(config, search, "detector"),
    CLI_FORMAT_OPTIONS(config, print),
    {0}};

typedef struct work {
    const config *c;
    mien_detector *detector;
    cli_photos photos;
    json_t *all; /* of --json */
    int written;
} work;

static mien_status print(work *w, const char *out, const char *from,
                         const mien_face *face, const mien_quality *q) {
    const cli_format *f = &w->c->print;
    w->written++;
    if (f->csv) {
        cli_csv_put(out, ",");
        cli_csv_put(from, ",");
        printf("%.1f\n", (double)q->overall);
        return MIEN_OK;
    }
    if (!f->json && !f->jsonl) {
        puts(out);
        return MIEN_OK;
    }
    json_t *line = cli_face_json(face);
    if (line) {
        json_object_set_new(line, "out", json_string(out));
        json_object_set_new(line, "file", json_string(from));
        json_object_set_new(line, "quality", cli_quality_json(q));
    }
    if (f->jsonl) return cli_json_line(line);
    json_array_append_new(w->all, line);
    return MIEN_OK;
}

/* number: of the face in its photo, 0 when it is the only one wanted. */
static mien_status save(work *w, int i, const mien_image *photo,
                        const mien_face *face, int number) {
    char path[4096];
    mien_image *aligned;
    mien_quality quality;
    mien_status status = cli_face_quality(&quality, photo, face);
    if (status == MIEN_OK && (double)quality.overall < w->c->min_quality)
        return MIEN_OK;
    if (status == MIEN_OK) status = mien_face_align(&aligned, photo, face);
    if (status != MIEN_OK) {
        cli_photo_failed(&w->photos, i);
        return status;
    }
    status = cli_photo_out(path, sizeof path, w->c->out, &w->photos.item[i],
                           w->c->format, number);
    if (status == MIEN_OK) {
        status = mien_image_save(aligned, path, 0);
        if (status == MIEN_OK)
            status = print(w, path, w->photos.item[i].path, face, &quality);
        else
            cli_complain("%s", mien_error());
    }
    if (status != MIEN_OK) w->photos.failed++;
    mien_image_free(aligned);
    return status;
}

static void align_photo(work *w, int i) {
    mien_image *photo;
    mien_faces faces;
    if (cli_photo_load(&photo, &w->photos, i) != MIEN_OK) return;
    if (cli_detect_faces(w->detector, &faces, photo, &w->c->search) != MIEN_OK)
        cli_photo_failed(&w->photos, i);
    if (w->c->main_only && faces.count)
        save(w, i, photo, &faces.face[mien_faces_main(&faces, photo)], 0);
    else
        for (int k = 0; k < faces.count; k++)
            if (save(w, i, photo, &faces.face[k], k + 1) != MIEN_OK) break;
    mien_faces_free(&faces);
    mien_image_free(photo);
}

static mien_status align_all(work *w, const cli_texts *words) {
    mien_status status = cli_make_folder(w->c->out);
    if (status == MIEN_OK) status = cli_photos_open(&w->photos, words);
    if (status != MIEN_OK) return status;
    if (w->c->print.csv) puts("out,file,quality");
    for (int i = 0; i < w->photos.count; i++) align_photo(w, i);
    status = cli_photos_status(&w->photos);
    if (!w->c->print.json) return status;
    const mien_status printed =
        cli_json_print(json_pack("{s:O, s:i, s:i}", "faces", w->all, "written",
                                 w->written, "failed", w->photos.failed));
    return status != MIEN_OK ? status : printed;
}

static mien_status run(const void *given, const cli_texts *words) {
    work w = {.c = given};
    mien_status status = cli_format_check(&w.c->print);
    if (status != MIEN_OK) return status;
    if (!w.c->out) return cli_complain("mien align needs --out FOLDER");
    status = cli_detector_open(&w.detector, &w.c->search, "detector");
    if (status != MIEN_OK) return status;
    w.all = json_array();
    status = align_all(&w, words);
    json_decref(w.all);
    cli_photos_close(&w.photos);
    mien_detector_close(w.detector);
    return status;
}

const cli_command cli_align = {
    .name = "align",
    .summary = "cut the faces out of photos, upright, 112x112",
    .words = "PHOTO|FOLDER|-...",
    .min_words = 1,
    .max_words = 1 << 20,
    .more =
        "people/ada.jpg gives OUT/ada-1.png, OUT/ada-2.png, ...; with "
        "--main OUT/ada.png.\nWhat was written is printed.\n",
    .options = options,
    .config_size = sizeof(config),
    .defaults = &defaults,
    .run = run,
};
