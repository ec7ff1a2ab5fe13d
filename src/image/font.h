/* SPDX-License-Identifier: Apache-2.0 */
/* font.h - the built-in letters.
 *
 *   const uint8_t *rows = mien_glyph('A');
 *   bool ink = rows[y] >> (4 - x) & 1; */
#ifndef MIEN_IMAGE_FONT_H
#define MIEN_IMAGE_FONT_H

#include <stdint.h>

enum { MIEN_GLYPH_COLUMNS = 5, MIEN_GLYPH_ROWS = 8 };

/* The rows of a character; '?' for what is not printable ASCII. */
const uint8_t *mien_glyph(char c);

#endif
