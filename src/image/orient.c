/* SPDX-License-Identifier: Apache-2.0 */
/* orient.c - mirror, and turn upright what a camera stored sideways.
 *
 * EXIF orientation k says where the stored row 0 and column 0 belong. As a
 * mirroring of the stored image (x, y) and then a transposition:
 *
 *   k           1   2   3   4   5   6   7   8
 *   mirror x        x   x               x   x
 *   mirror y            x   x       x   x
 *   transpose                   x   x   x   x
 *
 * Source: CIPA DC-008-2019 (Exif 2.32), tag 0x0112. */
#include <string.h>

#include "image/pixels.h"

static void swap_bytes(uint8_t *a, uint8_t *b, size_t n) {
    for (size_t i = 0; i < n; i++) {
        uint8_t t = a[i];
        a[i] = b[i];
        b[i] = t;
    }
}

void mien_image_flip_horizontal(mien_image *image) {
    mien_image_check(image);
    const size_t c = (size_t)image->channels;
    for (int y = 0; y < image->height; y++)
        for (int x = 0; x < image->width / 2; x++)
            swap_bytes(mien_image_at(image, x, y),
                       mien_image_at(image, image->width - 1 - x, y), c);
}

void mien_image_flip_vertical(mien_image *image) {
    mien_image_check(image);
    const size_t n = (size_t)image->width * (size_t)image->channels;
    for (int y = 0; y < image->height / 2; y++)
        swap_bytes(mien_image_at(image, 0, y),
                   mien_image_at(image, 0, image->height - 1 - y), n);
}

static mien_status transpose(mien_image **out, const mien_image *image) {
    MIEN_TRY(mien_image_new(out, image->height, image->width, image->channels));
    const size_t c = (size_t)image->channels;
    for (int y = 0; y < image->height; y++)
        for (int x = 0; x < image->width; x++)
            memcpy(mien_image_at(*out, y, x), mien_image_at(image, x, y), c);
    return MIEN_OK;
}

mien_status mien_image_orient(mien_image **out, const mien_image *image,
                              int orientation) {
    *out = NULL;
    if (orientation < 1 || orientation > 8)
        return mien_fail(MIEN_EINVAL, "orientation %d is not 1 to 8",
                         orientation);
    bool turned = orientation >= 5;
    if (turned)
        MIEN_TRY(transpose(out, image));
    else
        MIEN_TRY(mien_image_copy(out, image));
    /* After a transposition the stored x runs down and the stored y across. */
    bool x = orientation == 2 || orientation == 3 || orientation == 7 ||
             orientation == 8;
    bool y = orientation == 3 || orientation == 4 || orientation == 6 ||
             orientation == 7;
    if (turned ? y : x) mien_image_flip_horizontal(*out);
    if (turned ? x : y) mien_image_flip_vertical(*out);
    return MIEN_OK;
}
