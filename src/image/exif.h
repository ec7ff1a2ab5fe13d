/* SPDX-License-Identifier: Apache-2.0 */
/* exif.h - which way up a photo is. */
#ifndef MIEN_IMAGE_EXIF_H
#define MIEN_IMAGE_EXIF_H

#include <stddef.h>
#include <stdint.h>

/* The orientation, 1 to 8, in an EXIF block: a TIFF header, after "Exif\0\0"
 * or not. 1 (upright) where it is absent or damaged: a photo is worth more
 * than its metadata. */
int mien_exif_orientation(const uint8_t *bytes, size_t size);

#endif
