/* SPDX-License-Identifier: Apache-2.0 */
/* inflate.c - zlib over our buffers and our heap. */
#include "tensor/inflate.h"

#include <limits.h>
#include <zlib.h>

#include "base/file.h"
#include "base/mem.h"

#define CHUNK 32768

static void *zlib_alloc(void *unused, uInt count, uInt size) {
    (void)unused;
    return mien_alloc(count, size);
}

static void zlib_free(void *unused, void *p) {
    (void)unused;
    mien_free(p);
}

/* Hand zlib the next stretch of input; its counter is 32 bits wide. */
static void feed(z_stream *z, const uint8_t *end) {
    if (z->avail_in) return;
    size_t left = (size_t)(end - z->next_in);
    z->avail_in = left > INT_MAX ? INT_MAX : (uInt)left;
}

static mien_status explain(int code, const z_stream *z, const char *name) {
    if (code == Z_MEM_ERROR) return MIEN_ENOMEM; /* mien_alloc said it */
    if (code == Z_BUF_ERROR)
        return mien_fail(MIEN_EFORMAT,
                         "%s: cut short within its deflated "
                         "data",
                         name);
    return mien_fail(MIEN_EFORMAT, "%s: damaged deflated data (%s)", name,
                     z->msg ? z->msg : "bad header");
}

/* One member; *ended is set when the input is used up with it. */
static mien_status unpack(z_stream *z, mien_buf *out, const uint8_t *end,
                          const char *name) {
    uint8_t chunk[CHUNK];
    int code = Z_OK;
    while (code != Z_STREAM_END) {
        feed(z, end);
        z->next_out = chunk;
        z->avail_out = sizeof chunk;
        code = inflate(z, Z_NO_FLUSH);
        if (code != Z_OK && code != Z_STREAM_END) return explain(code, z, name);
        size_t got = sizeof chunk - z->avail_out;
        if (got > out->cap - out->size)
            return mien_fail(MIEN_ELIMIT, "%s: unpacks to more than %zu bytes",
                             name, out->cap);
        MIEN_TRY(mien_buf_append(out, chunk, got));
    }
    return MIEN_OK;
}

mien_status mien_inflate(mien_buf *out, mien_deflated format,
                         const uint8_t *bytes, size_t size, const char *name) {
    z_stream z = {.zalloc = zlib_alloc, .zfree = zlib_free};
    const bool gzip = format == MIEN_DEFLATED_GZIP;
    z.next_in = (uint8_t *)bytes; /* zlib's type lacks a const it keeps */
    const uint8_t *end = bytes + size;
    int code = inflateInit2(&z, gzip ? 16 + MAX_WBITS : -MAX_WBITS);
    if (code != Z_OK) return explain(code, &z, name);
    mien_status status = unpack(&z, out, end, name);
    while (status == MIEN_OK && gzip && z.next_in < end) {
        inflateReset(&z);
        status = unpack(&z, out, end, name);
    }
    if (status == MIEN_OK && z.next_in != end)
        status = mien_fail(MIEN_EFORMAT,
                           "%s: %zu bytes behind the end of its "
                           "deflated data",
                           name, (size_t)(end - z.next_in));
    inflateEnd(&z);
    return status;
}

mien_status mien_gzip_read(mien_buf *out, const char *path) {
    mien_map map;
    MIEN_TRY(mien_map_open(&map, path));
    mien_status status;
    if (map.size >= 2 && map.data[0] == 0x1f && map.data[1] == 0x8b)
        status =
            mien_inflate(out, MIEN_DEFLATED_GZIP, map.data, map.size, path);
    else if (map.size > out->cap - out->size)
        status =
            mien_fail(MIEN_ELIMIT, "%s: more than %zu bytes", path, out->cap);
    else
        status = mien_buf_append(out, map.data, map.size);
    mien_map_close(&map);
    return status;
}
