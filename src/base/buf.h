/* SPDX-License-Identifier: Apache-2.0 */
/* buf.h - a growable byte buffer with a mandatory cap.
 *
 *   mien_buf b = {.cap = 1 << 20};
 *   mien_buf_printf(&b, "epoch %d", epoch);
 *   mien_buf_close(&b);
 *
 * The bytes are always followed by a NUL that `size` does not count. */
#ifndef MIEN_BASE_BUF_H
#define MIEN_BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

#include "base/fail.h"

typedef struct mien_buf {
    uint8_t *data;
    size_t size, room;
    size_t cap; /* the most bytes it may hold; set before the first append */
} mien_buf;

mien_status mien_buf_append(mien_buf *buf, const void *bytes, size_t size);
mien_status mien_buf_printf(mien_buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
mien_status mien_buf_resize(mien_buf *buf, size_t size);
void mien_buf_close(mien_buf *buf);

#endif
