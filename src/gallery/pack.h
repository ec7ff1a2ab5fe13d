/* SPDX-License-Identifier: Apache-2.0 */
/* pack.h - numbers as bytes, the least first, on any machine.
 *
 *   uint8_t *at = bytes;
 *   at = mien_pack(at, width, 4);
 *   ...
 *   width = mien_unpack(&at, 4); */
#ifndef MIEN_GALLERY_PACK_H
#define MIEN_GALLERY_PACK_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint8_t *mien_pack(uint8_t *at, uint64_t value, int bytes) {
    for (int i = 0; i < bytes; i++) *at++ = (uint8_t)(value >> 8 * i);
    return at;
}

static inline uint64_t mien_unpack(const uint8_t **at, int bytes) {
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++) value |= (uint64_t) * (*at)++ << 8 * i;
    return value;
}

static inline uint8_t *mien_pack_bytes(uint8_t *at, const void *bytes,
                                       size_t size) {
    memcpy(at, bytes, size);
    return at + size;
}

static inline void mien_unpack_bytes(void *out, const uint8_t **at,
                                     size_t size) {
    memcpy(out, *at, size);
    *at += size;
}

#endif
