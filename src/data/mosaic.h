/* SPDX-License-Identifier: Apache-2.0 */
/* mosaic.h - lay photos with faces on a canvas, scaled, mirrored and cut, and
 * keep the books of where the faces went.
 *
 *   mien_canvas canvas;
 *   MIEN_TRY(mien_canvas_open(&canvas, want, target, vector));
 *   MIEN_TRY(mien_canvas_lay(&canvas, &piece));
 *
 * The books are the target row of the loss `detect` (nn/losses/detect.h). */
#ifndef MIEN_DATA_MOSAIC_H
#define MIEN_DATA_MOSAIC_H

#include "data/boxes.h"
#include "data/reader.h"
#include "mien/image.h"

typedef struct mien_canvas {
    mien_image *image;
    float *target;
    int most; /* faces that the target row has room for */
} mien_canvas;

/* Where a part of a photo goes: pixel (x, y) of the photo comes to
 * (scale x + dx, scale y + dy), mirrored about the photo's middle before when
 * `mirrored`; only what falls into `window` is drawn. */
typedef struct mien_piece {
    const mien_image *photo;
    const mien_face_box *face;
    int faces;
    float face_scale; /* of the boxes to the photo's pixels */
    float scale, dx, dy;
    bool mirrored;
    mien_box window;
} mien_piece;

/* A grey canvas without faces; the image is the canvas's until taken. */
mien_status mien_canvas_open(mien_canvas *out, mien_want want, float *target,
                             int vector);

/* Draw a piece and write down its faces. A face of which less than .15 is
 * seen is left out; one of which less than .5 is seen, or that is smaller
 * than 6 pixels, is to be ignored by the loss. */
mien_status mien_canvas_lay(mien_canvas *canvas, const mien_piece *piece);

#endif
