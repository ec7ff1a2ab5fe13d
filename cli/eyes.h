/* SPDX-License-Identifier: Apache-2.0 */
/* eyes.h - from a photo to faces that can be compared.
 *
 *   cli_eyes eyes;
 *   cli_sight sight;
 *   cli_eyes_open(&eyes, &c->search, c->model);
 *   if (cli_eyes_look(&eyes, &sight, photo) == MIEN_OK) ...
 *   cli_sight_free(&sight);
 *   cli_eyes_close(&eyes); */
#ifndef MIEN_CLI_EYES_H
#define MIEN_CLI_EYES_H

#include "faces.h"

typedef struct cli_eyes {
    mien_detector *detector;
    mien_embedder *embedder;
    const cli_search *search;
    int width;
} cli_eyes;

/* Everything about the faces of a photo. */
typedef struct cli_sight {
    mien_faces faces;
    mien_quality *quality; /* of each */
    float *embedding;      /* count x width */
    int main;              /* the face that the photo is of; -1: none */
} cli_sight;

/* The options are --detector and --model. What fails is said. */
mien_status cli_eyes_open(cli_eyes *out, const cli_search *search,
                          const char *model);
void cli_eyes_close(cli_eyes *eyes);

/* Errors: those of the library; nothing is said. *out is then empty. */
mien_status cli_eyes_look(cli_eyes *eyes, cli_sight *out,
                          const mien_image *photo);
void cli_sight_free(cli_sight *sight);

#endif
