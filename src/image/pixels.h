/* SPDX-License-Identifier: Apache-2.0 */
/* pixels.h - address, round and mix 8-bit samples.
 *
 *   uint8_t *p = mien_image_at(image, x, y);
 *   p[0] = mien_byte(127.6f); */
#ifndef MIEN_IMAGE_PIXELS_H
#define MIEN_IMAGE_PIXELS_H

#include <assert.h>

#include "base/fail.h"
#include "mien/image.h"

/* That a caller's image is one; our own mistakes only. */
static inline void mien_image_check(const mien_image *image) {
    assert(image && image->pixels);
    assert(image->width > 0 && image->height > 0);
    assert(image->channels == 1 || image->channels == 3);
    assert(image->stride >= (size_t)image->width * (size_t)image->channels);
    (void)image;
}

static inline uint8_t *mien_image_at(const mien_image *image, int x, int y) {
    return image->pixels + (size_t)y * image->stride +
           (size_t)x * (size_t)image->channels;
}

/* The nearest byte; halves go up. */
static inline uint8_t mien_byte(float v) {
    v = v < 0 ? 0 : v > 255 ? 255 : v;
    return (uint8_t)(int)(v + 0.5f);
}

/* BT.601 luma in 16-bit fixed point; the weights add up to 1. */
static inline uint8_t mien_luma(int r, int g, int b) {
    return (uint8_t)((19595 * r + 38470 * g + 7471 * b + 32768) >> 16);
}

/* Samples from 0..max to 0..255, rounded to nearest. */
static inline uint8_t mien_scale_sample(uint32_t v, uint32_t max) {
    return (uint8_t)((v * 255 + max / 2) / max);
}

/* Compose n pixels of `colours` samples and an alpha over white; dst may be
 * src. */
void mien_pixels_over_white(uint8_t *dst, const uint8_t *src, size_t n,
                            int colours);

/* n pixels from one number of channels to another (1 or 3). */
void mien_pixels_convert(uint8_t *dst, int to, const uint8_t *src, int from,
                         size_t n);

#endif
