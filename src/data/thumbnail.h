/* SPDX-License-Identifier: Apache-2.0 */
/* thumbnail.h - samples as a few grey cells, to be compared by their looks.
 *
 *   float a[MIEN_THUMBNAIL], b[MIEN_THUMBNAIL];
 *   bool shows;
 *   MIEN_TRY(mien_thumbnail_read(a, &shows, reader, sample));
 *   ...
 *   mien_thumbnail_cosine(a, b) ... 1: the same but for light and contrast */
#ifndef MIEN_DATA_THUMBNAIL_H
#define MIEN_DATA_THUMBNAIL_H

#include "data/reader.h"

enum { MIEN_THUMBNAIL_SIDE = 12, MIEN_THUMBNAIL = 144 }; /* 12 x 12 */

/* Shrink a sample to 12 x 12 grey cells, mean 0, length 1.
 *
 * Shapes: cell MIEN_THUMBNAIL.
 * Errors: as the reader's. *shows is false, and the cells are of no use, for
 *         a sample that is flat or not finite. */
mien_status mien_thumbnail_read(float *cell, bool *shows, const mien_reader *r,
                                uint32_t sample);

/* Of unit vectors, square distances are 2 - 2 cos. */
float mien_thumbnail_cosine(const float *a, const float *b);

#endif
