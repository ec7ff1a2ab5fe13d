/* SPDX-License-Identifier: Apache-2.0 */
/* picture.h - pictures of a training's health.
 *
 * A file in pictures/ defines one and a line in pictures.def lists it; that is
 * also their order in the report.
 *
 *   int n;
 *   const mien_picture_ops *const *all = mien_pictures(&n);
 *   for (int i = 0; i < n; i++)
 *       MIEN_TRY(mien_picture_append(&svg, all[i], past, attempt)); */
#ifndef MIEN_HEALTH_PICTURE_H
#define MIEN_HEALTH_PICTURE_H

#include "health/past.h"
#include "image/chart.h"

typedef struct mien_picture_ops {
    const char *name;
    const char *title;   /* says what to look for */
    const char *reading; /* how to read it, a sentence or two */
    bool whole;          /* shows the whole run; else one attempt of it */
    /* Whether there is something to draw; with an attempt that is there. */
    bool (*any)(const mien_past *past, int attempt);
    int (*height)(const mien_past *past, int attempt); /* in pixels */
    mien_status (*draw)(mien_chart *c, const mien_past *past, int attempt);
} mien_picture_ops;

const mien_picture_ops *const *mien_pictures(int *count);

/* Whether it would show more than a remark that nothing was recorded. */
bool mien_picture_any(const mien_picture_ops *picture, const mien_past *past,
                      int attempt);

/* Draw one into a PNG or SVG file, or append it as SVG. A past without what
 * it shows gives a picture that says so.
 *
 * Errors: MIEN_EINVAL for another extension; MIEN_EIO, MIEN_ENOSPACE,
 *         MIEN_ENOMEM. */
mien_status mien_picture_save(const char *path, const mien_picture_ops *picture,
                              const mien_past *past, int attempt);
mien_status mien_picture_append(mien_buf *svg, const mien_picture_ops *picture,
                                const mien_past *past, int attempt);

/* All that have something to show, into a folder that is made if need be:
 * strip.png of the whole run, gains-1.png of its first start.
 *
 * Errors: as mien_picture_save(). */
mien_status mien_pictures_save(const char *folder, const mien_past *past);

#endif
