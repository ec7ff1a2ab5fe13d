/* SPDX-License-Identifier: Apache-2.0 */
/* buf.c - a growable byte buffer with a mandatory cap. */
#include "base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

/* Room for `size` bytes and the NUL behind them. */
static mien_status reserve(mien_buf *buf, size_t size) {
    assert(buf->cap > 0);
    if (size > buf->cap)
        return mien_fail(MIEN_ELIMIT, "%zu bytes are over the limit of %zu",
                         size, buf->cap);
    if (size < buf->room) return MIEN_OK;
    size_t room = buf->room > size / 2 ? 2 * buf->room : size + 1;
    if (room < 64) room = 64;
    if (room > buf->cap) room = buf->cap + 1;
    uint8_t *data = mien_realloc(buf->data, room, 1);
    if (!data) return MIEN_ENOMEM;
    buf->data = data;
    buf->room = room;
    return MIEN_OK;
}

mien_status mien_buf_append(mien_buf *buf, const void *bytes, size_t size) {
    size_t end;
    if (!mien_size_add(&end, buf->size, size)) end = SIZE_MAX;
    MIEN_TRY(reserve(buf, end));
    if (size > 0) memcpy(buf->data + buf->size, bytes, size);
    buf->size = end;
    buf->data[end] = 0;
    return MIEN_OK;
}

mien_status mien_buf_printf(mien_buf *buf, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    const int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    mien_status status =
        length < 0 ? mien_fail(MIEN_EINVAL, "cannot format \"%s\"", format)
                   : reserve(buf, buf->size + (size_t)length);
    if (status == MIEN_OK) {
        vsnprintf((char *)buf->data + buf->size, (size_t)length + 1, format,
                  again);
        buf->size += (size_t)length;
    }
    va_end(again);
    return status;
}

mien_status mien_buf_resize(mien_buf *buf, size_t size) {
    MIEN_TRY(reserve(buf, size));
    if (size > buf->size) memset(buf->data + buf->size, 0, size - buf->size);
    buf->size = size;
    buf->data[size] = 0;
    return MIEN_OK;
}

void mien_buf_close(mien_buf *buf) {
    mien_free(buf->data);
    *buf = (mien_buf){.cap = buf->cap};
}
