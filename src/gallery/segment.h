/* SPDX-License-Identifier: Apache-2.0 */
/* segment.h - coded templates side by side, as a scan wants them.
 *
 *   mien_segment s;
 *   MIEN_TRY(mien_segment_open(&s, 1000, 512));
 *   mien_segment_put(&s, id, person, x);
 *   mien_segment_close(&s); */
#ifndef MIEN_GALLERY_SEGMENT_H
#define MIEN_GALLERY_SEGMENT_H

#include <stddef.h>
#include <stdint.h>

#include "base/fail.h"

typedef struct mien_segment {
    size_t n, room, stride;
    int width;
    uint8_t *codes; /* room x stride */
    float *scales;
    int64_t *ids, *persons;
    float error; /* the largest of its rows, see code.h */
} mien_segment;

/* Errors: MIEN_ENOMEM; *out is then empty. */
mien_status mien_segment_open(mien_segment *out, size_t room, int width);
void mien_segment_close(mien_segment *segment);

/* More room; on MIEN_ENOMEM it is as it was. */
mien_status mien_segment_grow(mien_segment *segment, size_t room);

/* Append a template; there must be room. */
void mien_segment_put(mien_segment *segment, int64_t id, int64_t person,
                      const float *x);

/* Append another's rows; there must be room. */
void mien_segment_join(mien_segment *segment, const mien_segment *other);

#endif
