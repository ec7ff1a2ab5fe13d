/* SPDX-License-Identifier: Apache-2.0 */
/* convert.c - grey to RGB, RGB to grey, alpha to none.
 *
 *   luma = .299 R + .587 G + .114 B          (ITU-R BT.601)
 *   over white: (c a + 255 (255 - a)) / 255, rounded */
#include <string.h>

#include "image/pixels.h"

void mien_pixels_over_white(uint8_t *dst, const uint8_t *src, size_t n,
                            int colours) {
    for (size_t i = 0; i < n; i++, dst += colours, src += colours + 1) {
        int a = src[colours];
        for (int c = 0; c < colours; c++)
            dst[c] = (uint8_t)((src[c] * a + 255 * (255 - a) + 127) / 255);
    }
}

void mien_pixels_convert(uint8_t *dst, int to, const uint8_t *src, int from,
                         size_t n) {
    if (to == from)
        memcpy(dst, src, n * (size_t)to);
    else if (to == 1)
        for (size_t i = 0; i < n; i++)
            dst[i] = mien_luma(src[3 * i], src[3 * i + 1], src[3 * i + 2]);
    else
        for (size_t i = 0; i < n; i++)
            dst[3 * i] = dst[3 * i + 1] = dst[3 * i + 2] = src[i];
}

mien_status mien_image_convert(mien_image **out, const mien_image *image,
                               int channels) {
    mien_image_check(image);
    MIEN_TRY(mien_image_new(out, image->width, image->height, channels));
    for (int y = 0; y < image->height; y++)
        mien_pixels_convert(mien_image_at(*out, 0, y), channels,
                            mien_image_at(image, 0, y), image->channels,
                            (size_t)image->width);
    return MIEN_OK;
}
