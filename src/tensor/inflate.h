/* SPDX-License-Identifier: Apache-2.0 */
/* inflate.h - unpack deflated bytes, never more than a cap.
 *
 *   mien_buf b = {.cap = 64 << 20};
 *   MIEN_TRY(mien_gzip_read(&b, "t10k-images-idx3-ubyte.gz"));
 *   mien_buf_close(&b); */
#ifndef MIEN_TENSOR_INFLATE_H
#define MIEN_TENSOR_INFLATE_H

#include "base/buf.h"

typedef enum mien_deflated {
    MIEN_DEFLATED_RAW, /* as in a zip */
    MIEN_DEFLATED_GZIP /* with header and CRC; several members are joined */
} mien_deflated;

/* Append what `bytes` unpack to; `name` begins the messages.
 *
 * Errors: MIEN_EFORMAT for damaged or truncated input and for bytes behind
 *         the end, MIEN_ELIMIT over out->cap, MIEN_ENOMEM. */
mien_status mien_inflate(mien_buf *out, mien_deflated format,
                         const uint8_t *bytes, size_t size, const char *name);

/* A whole file, unpacked when it begins as gzip does, else as it is. */
mien_status mien_gzip_read(mien_buf *out, const char *path);

#endif
