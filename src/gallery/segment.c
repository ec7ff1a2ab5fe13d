/* SPDX-License-Identifier: Apache-2.0 */
/* segment.c - coded templates side by side, as a scan wants them. */
#include "gallery/segment.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "gallery/code.h"
#include "gallery/scan/scan.h"

mien_status mien_segment_open(mien_segment *out, size_t room, int width) {
    *out = (mien_segment){
        .room = room, .width = width, .stride = mien_scan_stride(width)};
    size_t bytes;
    if (!mien_size_mul(&bytes, room, out->stride))
        return mien_fail(MIEN_ELIMIT, "%zu templates are too many", room);
    out->codes = mien_pages_alloc(bytes);
    out->scales = mien_alloc(room, sizeof *out->scales);
    out->ids = mien_alloc(room, sizeof *out->ids);
    out->persons = mien_alloc(room, sizeof *out->persons);
    if (out->codes && out->scales && out->ids && out->persons) return MIEN_OK;
    mien_segment_close(out);
    return MIEN_ENOMEM;
}

void mien_segment_close(mien_segment *segment) {
    mien_pages_free(segment->codes, segment->room * segment->stride);
    mien_free(segment->scales);
    mien_free(segment->ids);
    mien_free(segment->persons);
    *segment = (mien_segment){0};
}

void mien_segment_put(mien_segment *segment, int64_t id, int64_t person,
                      const float *x) {
    assert(segment->n < segment->room);
    const size_t r = segment->n++;
    const mien_code code = mien_code_template(
        segment->codes + r * segment->stride, x, segment->width);
    segment->scales[r] = code.scale;
    segment->ids[r] = id;
    segment->persons[r] = person;
    if (code.error > segment->error) segment->error = code.error;
}

void mien_segment_join(mien_segment *segment, const mien_segment *other) {
    const size_t at = segment->n, n = other->n;
    assert(n <= segment->room - at && other->stride == segment->stride);
    if (n == 0) return;
    memcpy(segment->codes + at * segment->stride, other->codes,
           n * segment->stride);
    memcpy(segment->scales + at, other->scales, n * sizeof *other->scales);
    memcpy(segment->ids + at, other->ids, n * sizeof *other->ids);
    memcpy(segment->persons + at, other->persons, n * sizeof *other->persons);
    segment->n += n;
    if (other->error > segment->error) segment->error = other->error;
}

mien_status mien_segment_grow(mien_segment *segment, size_t room) {
    mien_segment larger;
    if (room <= segment->room) return MIEN_OK;
    MIEN_TRY(mien_segment_open(&larger, room, segment->width));
    mien_segment_join(&larger, segment);
    mien_segment_close(segment);
    *segment = larger;
    return MIEN_OK;
}
