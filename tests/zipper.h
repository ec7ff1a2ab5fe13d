/* SPDX-License-Identifier: Apache-2.0 */
/* zipper.h - build a small zip archive in memory, as numpy.savez would.
 *
 *   zipper z = {0};
 *   zipper_add(&z, "labels.npy", bytes, size, true);   (deflated)
 *   zipper_end(&z);                                    (z.bytes, z.size) */
#ifndef MIEN_TESTS_ZIPPER_H
#define MIEN_TESTS_ZIPPER_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

typedef struct zipper {
    uint8_t bytes[1 << 16], directory[4096];
    size_t size, directory_size;
    int count;
} zipper;

static inline void zip_put(uint8_t *out, size_t *at, uint32_t value, int n) {
    for (int i = 0; i < n; i++) out[(*at)++] = (uint8_t)(value >> 8 * i);
}

/* The fields that a local header and the directory share. */
static inline void zip_fields(uint8_t *out, size_t *at, const uint32_t f[4],
                              size_t name) {
    zip_put(out, at, 20, 2);
    zip_put(out, at, 0, 2);
    zip_put(out, at, f[0], 2); /* method */
    zip_put(out, at, 0, 4);
    zip_put(out, at, f[1], 4); /* crc, packed size, size */
    zip_put(out, at, f[2], 4);
    zip_put(out, at, f[3], 4);
    zip_put(out, at, (uint32_t)name, 2);
    zip_put(out, at, 0, 2);
}

static inline void zipper_add(zipper *z, const char *name, const void *data,
                              size_t size, bool deflate_it) {
    static uint8_t packed[1 << 15];
    z_stream s = {.next_in = (uint8_t *)(uintptr_t)data,
                  .avail_in = (uInt)size,
                  .next_out = packed,
                  .avail_out = sizeof packed};
    if (deflate_it) {
        deflateInit2(&s, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY);
        deflate(&s, Z_FINISH);
        deflateEnd(&s);
    }
    const void *body = deflate_it ? packed : data;
    const uint32_t stored = deflate_it ? (uint32_t)s.total_out : (uint32_t)size;
    const uint32_t f[4] = {deflate_it ? 8 : 0, (uint32_t)crc32_z(0, data, size),
                           stored, (uint32_t)size};
    const size_t length = strlen(name);
    const uint32_t offset = (uint32_t)z->size;
    zip_put(z->bytes, &z->size, 0x04034b50, 4);
    zip_fields(z->bytes, &z->size, f, length);
    memcpy(z->bytes + z->size, name, length);
    memcpy(z->bytes + z->size + length, body, stored);
    z->size += length + stored;
    zip_put(z->directory, &z->directory_size, 0x02014b50, 4);
    zip_put(z->directory, &z->directory_size, 20, 2);
    zip_fields(z->directory, &z->directory_size, f, length);
    zip_put(z->directory, &z->directory_size, 0, 4);
    zip_put(z->directory, &z->directory_size, 0, 2);
    zip_put(z->directory, &z->directory_size, 0, 4);
    zip_put(z->directory, &z->directory_size, offset, 4);
    memcpy(z->directory + z->directory_size, name, length);
    z->directory_size += length;
    z->count++;
}

static inline void zipper_end(zipper *z) {
    const uint32_t start = (uint32_t)z->size;
    memcpy(z->bytes + z->size, z->directory, z->directory_size);
    z->size += z->directory_size;
    zip_put(z->bytes, &z->size, 0x06054b50, 4);
    zip_put(z->bytes, &z->size, 0, 4);
    zip_put(z->bytes, &z->size, (uint32_t)z->count, 2);
    zip_put(z->bytes, &z->size, (uint32_t)z->count, 2);
    zip_put(z->bytes, &z->size, (uint32_t)z->directory_size, 4);
    zip_put(z->bytes, &z->size, start, 4);
    zip_put(z->bytes, &z->size, 0, 2);
}

#endif
