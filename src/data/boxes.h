/* SPDX-License-Identifier: Apache-2.0 */
/* boxes.h - lists of photos with the faces in them.
 *
 *   # street/0001.jpg 512 342
 *   318.5 109.0 337.5 129.5
 *   42.0 117.0 60.5 139.5 46 124 1 55 124 1 50 129 1 47 133 1 54 133 1
 *
 * A photo and its size; then for each face x1 y1 x2 y2, perhaps with x, y and
 * visible (0 or 1) of five points; all points of a face count if each x and y
 * is a number, -1 and less meaning that it is not known. Relative paths start
 * at the list's folder, or else at the folder `images` in it. */
#ifndef MIEN_DATA_BOXES_H
#define MIEN_DATA_BOXES_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/fail.h"

/* Units: pixels of the photo at the size that the list says. */
typedef struct mien_face_box {
    float x, y, width, height;
    bool points; /* the five are known */
    float point[10];
} mien_face_box;

typedef struct mien_boxed_photo {
    const char *path; /* complete */
    int width, height;
    int first, count; /* of its faces in mien_boxes.face */
    int line;
} mien_boxed_photo;

typedef struct mien_boxes {
    mien_boxed_photo *photo;
    mien_face_box *face;
    int photos, faces;
    int photo_room, face_room;
    mien_arena arena; /* of the paths */
} mien_boxes;

/* Add a list's photos; mien_boxes_close() frees all.
 *
 * Errors: MIEN_EFORMAT names file and line; MIEN_ELIMIT over 2^24 faces; as
 *         mien_file_read(); MIEN_ENOMEM. */
mien_status mien_boxes_read(mien_boxes *boxes, const char *path);

/* The same from a text, which is changed as it is read. */
mien_status mien_boxes_parse(mien_boxes *boxes, char *text, const char *name,
                             const char *folder);
void mien_boxes_close(mien_boxes *boxes);

#endif
