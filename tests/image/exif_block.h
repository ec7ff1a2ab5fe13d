/* SPDX-License-Identifier: Apache-2.0 */
/* exif_block.h - a TIFF block that says one orientation. */
#ifndef TESTS_IMAGE_EXIF_BLOCK_H
#define TESTS_IMAGE_EXIF_BLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { EXIF_BLOCK = 8 + 2 + 2 * 12 + 4 };

static inline void exif_put(uint8_t *p, int width, uint32_t v, bool little) {
    for (int i = 0; i < width; i++)
        p[little ? i : width - 1 - i] = (uint8_t)(v >> (8 * i));
}

static inline void exif_entry(uint8_t *p, uint32_t tag, uint32_t value,
                              bool little) {
    exif_put(p, 2, tag, little);
    exif_put(p + 2, 2, 3, little);
    exif_put(p + 4, 4, 1, little);
    exif_put(p + 8, 2, value, little);
}

/* Two entries: one of no interest, then the orientation. */
static inline void exif_block(uint8_t block[EXIF_BLOCK], int orientation,
                              bool little) {
    memset(block, 0, EXIF_BLOCK);
    memcpy(block, little ? "II" : "MM", 2);
    exif_put(block + 2, 2, 42, little);
    exif_put(block + 4, 4, 8, little);
    exif_put(block + 8, 2, 2, little);
    exif_entry(block + 10, 0x0100, 3, little);
    exif_entry(block + 22, 0x0112, (uint32_t)orientation, little);
}

#endif
