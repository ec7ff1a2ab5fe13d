/* SPDX-License-Identifier: Apache-2.0 */
/* faces.h - finding faces, as the commands that begin with it share it.
 *
 *   typedef struct config { cli_search detect; ... } config;
 *   static const config defaults = {.detect = CLI_DETECT_DEFAULTS};
 *   static const cli_option options[] = {
 *       CLI_DETECT_OPTIONS(config, detect, "detector"), ..., {0}}; */
#ifndef MIEN_CLI_FACES_H
#define MIEN_CLI_FACES_H

#include <jansson.h>

#include "command.h"
#include "mien/face.h"

typedef struct cli_search {
    const char *model;
    double min_score;
    int min_size, max_size, most, size;
    bool tiles, no_turn;
} cli_search;

#define CLI_DETECT_DEFAULTS \
    { .min_score = 0.5, .size = 640 }

/* The rows of the option table; `option` names the model file. */
#define CLI_DETECT_OPTIONS(config, at, option)                               \
    {option, "FILE", "model that finds faces [models/detector.safetensors]", \
     offsetof(config, at.model), CLI_TEXT},                                  \
        {"min-score",                                                        \
         "X",                                                                \
         "surest faces only, 0 to 1 [0.5]",                                  \
         offsetof(config, at.min_score),                                     \
         CLI_REAL,                                                           \
         0,                                                                  \
         1},                                                                 \
        {"min-size",                                                         \
         "P",                                                                \
         "pixels of a face's longer side, at least",                         \
         offsetof(config, at.min_size),                                      \
         CLI_INT,                                                            \
         0,                                                                  \
         1 << 20},                                                           \
        {"max-size", "P", "and at most", offsetof(config, at.max_size),      \
         CLI_INT,    0,   1 << 20},                                          \
        {"most",                                                             \
         "N",                                                                \
         "faces of a photo, the best ones [all]",                            \
         offsetof(config, at.most),                                          \
         CLI_INT,                                                            \
         0,                                                                  \
         1 << 20},                                                           \
        {"size",                                                             \
         "P",                                                                \
         "bring the photo's longer side to that many pixels "                \
         "[640]",                                                            \
         offsetof(config, at.size),                                          \
         CLI_INT,                                                            \
         32,                                                                 \
         8192},                                                              \
        {"tiles", NULL, "search large photos part by part too",              \
         offsetof(config, at.tiles), CLI_FLAG},                              \
    {                                                                        \
        "no-turn", NULL, "do not try photos without faces on their side",    \
            offsetof(config, at.no_turn), CLI_FLAG                           \
    }

/* Load the detector that the options or the default folders name. `option` is
 * the name of the option that names a file. What fails is said. */
mien_status cli_detector_open(mien_detector **out, const cli_search *given,
                              const char *option);
mien_status cli_embedder_open(mien_embedder **out, const char *given,
                              const char *option);

mien_status cli_detect_faces(mien_detector *detector, mien_faces *out,
                             const mien_image *photo, const cli_search *given);

/* {"box": {x, y, w, h}, "score": s, "points": [[x, y], ...] or null} */
json_t *cli_face_json(const mien_face *face);
/* {"overall": 0..100, "reasons": [...], "parts": {name: {value, measure}}} */
json_t *cli_quality_json(const mien_quality *quality);

/* "" or "the face is blurred; the face looks aside" */
void cli_quality_text(char *out, size_t room, const mien_quality *quality);

/* As mien_face_quality(), all 0 for impossible points. */
mien_status cli_face_quality(mien_quality *out, const mien_image *photo,
                             const mien_face *face);

#endif
