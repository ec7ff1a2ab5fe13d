/* SPDX-License-Identifier: Apache-2.0 */
/* recordio.h - MXNet's record files, in which CASIA-WebFace and MS1M come.
 *
 *   mien_record rec;
 *   MIEN_TRY(mien_record_read(&rec, bytes, size, offset, "train.rec"));
 *   ... rec.label, rec.body ...
 *   mien_record_close(&rec);
 *
 * A record is 0xced7230a, a word of 3 bits of part flag and 29 bits of
 * length, the bytes, padding to 4. A record whose bytes contain that magic at
 * a multiple of 4 was cut there: parts 1 (first), 2, ... 3 (last) are joined
 * with the magic between them. The bytes are a header (flag, label, two ids;
 * 24 bytes), then `flag` floats that replace the label, then the photo.
 * Source: dmlc-core recordio.h; mxnet/python/mxnet/recordio.py. */
#ifndef MIEN_DATA_RECORDIO_H
#define MIEN_DATA_RECORDIO_H

#include "base/buf.h"

typedef struct mien_record {
    uint32_t flag;
    float label;         /* the header's, or the first of the floats */
    float second;        /* the second of the floats, else 0 */
    const uint8_t *body; /* what follows header and floats */
    size_t size;         /* of body */
    uint64_t next;       /* offset of the record behind this one */
    mien_buf joined;     /* holds a record of several parts */
} mien_record;

/* Errors: MIEN_EFORMAT with the offset; MIEN_ENOMEM. *out is then closed. */
mien_status mien_record_read(mien_record *out, const uint8_t *bytes,
                             size_t size, uint64_t offset, const char *name);
void mien_record_close(mien_record *record);

#endif
