/* SPDX-License-Identifier: Apache-2.0 */
/* faces.c - finding faces and saying what they are like. */
#include "faces.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "models.h"

enum { PATH_ROOM = 4096, REASONS = 4 };

/* ---- models ----------------------------------------------------------- */

mien_status cli_detector_open(mien_detector **out, const cli_search *given,
                              const char *option) {
    char path[PATH_ROOM];
    *out = NULL;
    mien_status status =
        cli_model_path(path, sizeof path, given->model, CLI_DETECTOR, option);
    if (status != MIEN_OK) return status;
    status = mien_detector_open(out, path);
    if (status != MIEN_OK) cli_complain("%s", mien_error());
    return status;
}

mien_status cli_embedder_open(mien_embedder **out, const char *given,
                              const char *option) {
    char path[PATH_ROOM];
    *out = NULL;
    mien_status status =
        cli_model_path(path, sizeof path, given, CLI_EMBEDDER, option);
    if (status != MIEN_OK) return status;
    status = mien_embedder_open(out, path, 1);
    if (status != MIEN_OK) cli_complain("%s", mien_error());
    return status;
}

mien_status cli_detect_faces(mien_detector *detector, mien_faces *out,
                             const mien_image *photo, const cli_search *given) {
    mien_detect_options o;
    mien_detect_defaults(&o);
    o.min_score = (float)given->min_score;
    o.min_size = given->min_size, o.max_size = given->max_size;
    o.most = given->most, o.size = given->size;
    o.tiles = given->tiles, o.turn = !given->no_turn;
    return mien_detector_find(detector, out, photo, &o);
}

/* ---- JSON and text ---------------------------------------------------- */

/* Tenths of pixels: finer than any detector. */
static json_t *tenth(float x) {
    return cli_json_number(round(10 * (double)x) / 10);
}

static json_t *points_json(const mien_face *face) {
    if (!face->has_points) return json_null();
    json_t *list = json_array();
    for (int k = 0; k < 5; k++)
        json_array_append_new(list,
                              json_pack("[o, o]", tenth(face->points[k][0]),
                                        tenth(face->points[k][1])));
    return list;
}

json_t *cli_face_json(const mien_face *face) {
    return json_pack("{s:{s:o, s:o, s:o, s:o}, s:o, s:o}", "box", "x",
                     tenth(face->x), "y", tenth(face->y), "w",
                     tenth(face->width), "h", tenth(face->height), "score",
                     cli_json_number(round(1e4 * (double)face->score) / 1e4),
                     "points", points_json(face));
}

static json_t *part_json(const mien_quality *q, int i) {
    return json_pack("{s:o, s:o, s:s}", "value", tenth(q->value[i]), "measure",
                     cli_json_number(round(1e3 * (double)q->measure[i]) / 1e3),
                     "unit", mien_quality_describe((mien_quality_part)i)->unit);
}

json_t *cli_quality_json(const mien_quality *q) {
    mien_quality_part low[REASONS];
    json_t *parts = json_object(), *reasons = json_array();
    for (int i = 0; i < MIEN_QUALITY_PARTS; i++)
        json_object_set_new(parts,
                            mien_quality_describe((mien_quality_part)i)->name,
                            part_json(q, i));
    const int n = mien_quality_reasons(low, REASONS, q);
    for (int i = 0; i < n; i++)
        json_array_append_new(reasons,
                              json_string(mien_quality_describe(low[i])->name));
    return json_pack("{s:o, s:o, s:o}", "overall", tenth(q->overall), "reasons",
                     reasons, "parts", parts);
}

void cli_quality_text(char *out, size_t room, const mien_quality *q) {
    mien_quality_part low[REASONS];
    const int n = mien_quality_reasons(low, REASONS, q);
    size_t at = 0;
    *out = 0;
    for (int i = 0; i < n && at < room; i++)
        at += (size_t)snprintf(out + at, room - at, "%s%s", i ? "; " : "",
                               mien_quality_describe(low[i])->reason);
}

mien_status cli_face_quality(mien_quality *out, const mien_image *photo,
                             const mien_face *face) {
    const mien_status status = mien_face_quality(out, photo, face);
    if (status != MIEN_EINVAL) return status;
    *out = (mien_quality){0}; /* no face looks so: the worst there is */
    return MIEN_OK;
}
