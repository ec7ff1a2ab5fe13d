/* SPDX-License-Identifier: Apache-2.0 */
/* crc32c.c - four bits at a time.
 *
 * table[i] is what i becomes after four steps of c = c / x, where a 1 that
 * drops out adds the polynomial, 0x1edc6f41 with its bits in reverse.
 * Source: RFC 3720, appendix B.4. */
#include "health/crc32c.h"

static const uint32_t table[16] = {
    0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3,
    0x61c69362, 0x7198540d, 0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
    0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75};

uint32_t mien_crc32c(const void *bytes, size_t size) {
    const uint8_t *p = bytes;
    uint32_t c = 0xffffffff;
    for (size_t i = 0; i < size; i++) {
        c ^= p[i];
        c = c >> 4 ^ table[c & 15];
        c = c >> 4 ^ table[c & 15];
    }
    return ~c;
}

uint32_t mien_crc32c_masked(const void *bytes, size_t size) {
    const uint32_t c = mien_crc32c(bytes, size);
    return (c >> 15 | c << 17) + 0xa282ead8;
}
