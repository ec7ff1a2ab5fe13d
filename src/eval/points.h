/* SPDX-License-Identifier: Apache-2.0 */
/* points.h - the five points of each picture, from a CSV file.
 *
 *   path,x1,y1,x2,y2,x3,y3,x4,y4,x5,y5
 *
 * in pixels, in the order of face/align.h; the first line may name the
 * columns, so. Paths are relative to the folder of the pictures. */
#ifndef MIEN_EVAL_POINTS_H
#define MIEN_EVAL_POINTS_H

#include "base/arena.h"
#include "face/align.h"

typedef struct mien_points_row {
    const char *path;
    mien_point points[MIEN_ALIGN_POINTS];
} mien_points_row;

typedef struct mien_points {
    mien_points_row *rows; /* by path */
    int n;
    mien_arena arena;
} mien_points;

/* Errors: MIEN_EFORMAT with file and line: a row that is not a path and ten
 *         numbers, a path given twice; MIEN_EIO, MIEN_ENOTFOUND,
 *         MIEN_ENOMEM. *out is then empty. */
mien_status mien_points_read(mien_points *out, const char *path);
void mien_points_close(mien_points *points);

/* The points of a picture, or NULL. */
const mien_point *mien_points_find(const mien_points *points, const char *path);

#endif
