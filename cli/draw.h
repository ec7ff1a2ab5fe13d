/* SPDX-License-Identifier: Apache-2.0 */
/* draw.h - boxes, points and labels on a copy of a photo.
 *
 *   cli_drawing d;
 *   cli_drawing_open(&d, photo);
 *   cli_draw_face(&d, &face, "Ada 0.71", CLI_GREEN);
 *   cli_drawing_save(&d, "out.jpg");
 *   cli_drawing_close(&d); */
#ifndef MIEN_CLI_DRAW_H
#define MIEN_CLI_DRAW_H

#include "mien/face.h"

typedef struct cli_drawing {
    mien_image *image; /* RGB */
    int scale;         /* of lines and letters, from the photo's size */
} cli_drawing;

typedef enum cli_tint { CLI_GREEN, CLI_AMBER, CLI_RED, CLI_BLUE } cli_tint;

mien_status cli_drawing_open(cli_drawing *out, const mien_image *photo);
void cli_drawing_close(cli_drawing *drawing);

/* The label may be NULL; it stands above the box where there is room, else in
 * it, always within the photo. Letters beyond ASCII lose their marks. */
void cli_draw_face(cli_drawing *drawing, const mien_face *face,
                   const char *label, cli_tint tint);

/* Errors: as mien_image_save(). */
mien_status cli_drawing_save(const cli_drawing *drawing, const char *path);

#endif
