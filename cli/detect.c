/* SPDX-License-Identifier: Apache-2.0 */
/* detect.c - mien detect PHOTO... */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw.h"
#include "faces.h"
#include "json.h"
#include "photos.h"

typedef struct config {
    cli_search detect;
    cli_format format;
    const char *draw;
} config;

static const config defaults = {.detect = CLI_DETECT_DEFAULTS};

static const cli_option options[] = {
    CLI_DETECT_OPTIONS(config, detect, "model"),
    {"draw", "OUT",
     "save the photo with what was found: a file, or a folder for several",
     offsetof(config, draw), CLI_TEXT},
    CLI_FORMAT_OPTIONS(config, format),
    {0}};

typedef struct work {
    const config *c;
    mien_detector *detector;
    cli_photos photos;
    json_t *faces, *all; /* of --json */
} work;

/* ---- printing --------------------------------------------------------- */

static json_t *face_json(const mien_face *f, const mien_quality *q) {
    json_t *face = cli_face_json(f);
    if (face) json_object_set_new(face, "quality", cli_quality_json(q));
    return face;
}

static json_t *photo_json(const char *path, const mien_image *photo,
                          json_t *faces) {
    return json_pack("{s:s, s:i, s:i, s:o}", "file", path, "width",
                     photo->width, "height", photo->height, "faces", faces);
}

static void keep_json(work *w, const char *path, const mien_image *photo,
                      json_t *faces) {
    json_t *face;
    size_t i;
    json_array_foreach(faces, i, face) {
        json_object_set_new(face, "file", json_string(path));
        json_array_append(w->faces, face);
    }
    json_array_append_new(
        w->all, json_pack("{s:s, s:i, s:i, s:i}", "file", path, "width",
                          photo->width, "height", photo->height, "faces",
                          (int)json_array_size(faces)));
    json_decref(faces);
}

static void print_csv(const char *path, const mien_face *f,
                      const mien_quality *q) {
    cli_csv_put(path, ",");
    printf("%.1f,%.1f,%.1f,%.1f,%.4f", (double)f->x, (double)f->y,
           (double)f->width, (double)f->height, (double)f->score);
    for (int k = 0; k < 10; k++)
        if (f->has_points)
            printf(",%.1f", (double)f->points[k / 2][k % 2]);
        else
            putchar(',');
    printf(",%.1f\n", (double)q->overall);
}

static void print_text(int number, const mien_face *f, const mien_quality *q) {
    char reasons[256];
    cli_quality_text(reasons, sizeof reasons, q);
    printf(
        "  %-3d %5.0f %5.0f  %4.0f x %-4.0f  score %.2f  quality %3.0f%s%s\n",
        number, (double)f->x, (double)f->y, (double)f->width, (double)f->height,
        (double)f->score, (double)q->overall, *reasons ? "  " : "", reasons);
}

static mien_status print(work *w, int i, const mien_image *photo,
                         const mien_faces *faces, const mien_quality *quality) {
    const char *path = w->photos.item[i].path;
    const cli_format *f = &w->c->format;
    json_t *list = json_array();
    if (!f->json && !f->jsonl && !f->csv)
        printf("%s: %d face%s\n", path, faces->count,
               faces->count == 1 ? "" : "s");
    for (int k = 0; k < faces->count; k++) {
        if (f->json || f->jsonl)
            json_array_append_new(list,
                                  face_json(&faces->face[k], &quality[k]));
        else if (f->csv)
            print_csv(path, &faces->face[k], &quality[k]);
        else
            print_text(k + 1, &faces->face[k], &quality[k]);
    }
    if (f->json) {
        keep_json(w, path, photo, list);
        return MIEN_OK;
    }
    if (f->jsonl) return cli_json_line(photo_json(path, photo, list));
    json_decref(list);
    return MIEN_OK;
}

/* ---- looking ---------------------------------------------------------- */

static mien_status draw(const work *w, int i, const mien_image *photo,
                        const mien_faces *faces, const mien_quality *quality) {
    char path[4096];
    cli_drawing d;
    mien_status status =
        cli_photo_drawing(path, sizeof path, w->c->draw, &w->photos, i);
    if (status != MIEN_OK) return status;
    status = cli_drawing_open(&d, photo);
    for (int k = 0; status == MIEN_OK && k < faces->count; k++) {
        char label[48];
        snprintf(label, sizeof label, "%d  %.2f", k + 1,
                 (double)faces->face[k].score);
        cli_draw_face(&d, &faces->face[k], label,
                      quality[k].overall < 40 ? CLI_AMBER : CLI_GREEN);
    }
    if (status == MIEN_OK) status = cli_drawing_save(&d, path);
    if (status != MIEN_OK) cli_complain("%s", mien_error());
    cli_drawing_close(&d);
    return status;
}

static mien_status look(work *w, int i, const mien_image *photo) {
    mien_faces faces;
    mien_status status =
        cli_detect_faces(w->detector, &faces, photo, &w->c->detect);
    mien_quality *quality = calloc((size_t)faces.count + 1, sizeof *quality);
    if (status == MIEN_OK && !quality) status = MIEN_ENOMEM;
    for (int k = 0; status == MIEN_OK && k < faces.count; k++)
        status = cli_face_quality(&quality[k], photo, &faces.face[k]);
    if (status != MIEN_OK) cli_photo_failed(&w->photos, i);
    if (status == MIEN_OK) status = print(w, i, photo, &faces, quality);
    if (status == MIEN_OK && w->c->draw &&
        draw(w, i, photo, &faces, quality) != MIEN_OK)
        w->photos.failed++;
    free(quality);
    mien_faces_free(&faces);
    return status;
}

static void look_at_all(work *w) {
    if (w->c->format.csv)
        puts(
            "file,x,y,w,h,score,right_eye_x,right_eye_y,left_eye_x,"
            "left_eye_y,nose_x,nose_y,right_mouth_x,right_mouth_y,"
            "left_mouth_x,left_mouth_y,quality");
    for (int i = 0; i < w->photos.count; i++) {
        mien_image *photo;
        if (cli_photo_load(&photo, &w->photos, i) != MIEN_OK) continue;
        look(w, i, photo);
        mien_image_free(photo);
    }
}

static mien_status run(const void *given, const cli_texts *words) {
    work w = {.c = given};
    mien_status status = cli_format_check(&w.c->format);
    if (status != MIEN_OK) return status;
    status = cli_detector_open(&w.detector, &w.c->detect, "model");
    if (status != MIEN_OK) return status;
    w.faces = json_array();
    w.all = json_array();
    status = cli_photos_open(&w.photos, words);
    if (status == MIEN_OK) look_at_all(&w);
    if (status == MIEN_OK) status = cli_photos_status(&w.photos);
    if (w.c->format.json) {
        const mien_status printed = cli_json_print(
            json_pack("{s:O, s:O, s:s, s:i}", "faces", w.faces, "photos", w.all,
                      "detector", mien_detector_kind(w.detector), "failed",
                      w.photos.failed));
        if (status == MIEN_OK) status = printed;
    }
    json_decref(w.faces);
    json_decref(w.all);
    cli_photos_close(&w.photos);
    mien_detector_close(w.detector);
    return status;
}

const cli_command cli_detect = {
    .name = "detect",
    .summary = "find the faces in photos",
    .words = "PHOTO|FOLDER|-...",
    .min_words = 1,
    .max_words = 1 << 20,
    .more =
        "Boxes are x, y, width and height in pixels from the top left. "
        "Finding nobody is\nno error. What cannot be read is named on "
        "stderr and does not stop the rest;\nthe exit code is then 2.\n",
    .options = options,
    .config_size = sizeof(config),
    .defaults = &defaults,
    .run = run,
};
