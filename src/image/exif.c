/* SPDX-License-Identifier: Apache-2.0 */
/* exif.c - find tag 0x0112 in the first directory of a TIFF block.
 *
 *   0  "II" or "MM": the byte order of all that follows
 *   2  42
 *   4  offset of the directory: a count, then 12-byte entries
 *      of tag (2), type (2; 3 = 16 bits), count (4), value (4)
 *
 * Source: CIPA DC-008-2019 (Exif 2.32); TIFF 6.0, section 2. */
#include "image/exif.h"

#include <stdbool.h>
#include <string.h>

enum { TAG_ORIENTATION = 0x0112, TYPE_SHORT = 3, ENTRY = 12 };

typedef struct tiff {
    const uint8_t *bytes;
    size_t size;
    bool little;
} tiff;

/* `width` bytes at `at`; 0 beyond the end, which no valid field here is. */
static uint32_t get(const tiff *t, size_t at, int width) {
    if (at > t->size || t->size - at < (size_t)width) return 0;
    uint32_t v = 0;
    for (int i = 0; i < width; i++) {
        int k = t->little ? width - 1 - i : i;
        v = v << 8 | t->bytes[at + (size_t)k];
    }
    return v;
}

static int find_orientation(const tiff *t) {
    size_t directory = get(t, 4, 4);
    uint32_t count = get(t, directory, 2);
    for (uint32_t i = 0; i < count; i++) {
        size_t entry = directory + 2 + (size_t)i * ENTRY;
        if (get(t, entry, 2) != TAG_ORIENTATION) continue;
        if (get(t, entry + 2, 2) != TYPE_SHORT || get(t, entry + 4, 4) != 1)
            return 1;
        uint32_t value = get(t, entry + 8, 2);
        return value >= 1 && value <= 8 ? (int)value : 1;
    }
    return 1;
}

int mien_exif_orientation(const uint8_t *bytes, size_t size) {
    if (size >= 6 && memcmp(bytes, "Exif\0\0", 6) == 0) {
        bytes += 6;
        size -= 6;
    }
    tiff t = {bytes, size, size >= 2 && bytes[0] == 'I'};
    if (size < 8) return 1;
    if (memcmp(bytes, "II", 2) != 0 && memcmp(bytes, "MM", 2) != 0) return 1;
    if (get(&t, 2, 2) != 42) return 1;
    return find_orientation(&t);
}
