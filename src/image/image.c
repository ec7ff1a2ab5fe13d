/* SPDX-License-Identifier: Apache-2.0 */
/* image.c - make, copy and free pixels. */
#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "image/pixels.h"

mien_status mien_image_new(mien_image **out, int width, int height,
                           int channels) {
    *out = NULL;
    if (width < 1 || height < 1 || width > MIEN_IMAGE_MAX_SIDE ||
        height > MIEN_IMAGE_MAX_SIDE)
        return mien_fail(MIEN_EINVAL,
                         "an image of %d x %d is not possible: sides are 1 to "
                         "%d",
                         width, height, MIEN_IMAGE_MAX_SIDE);
    if (channels != 1 && channels != 3)
        return mien_fail(MIEN_EINVAL,
                         "an image of %d channels is not possible: 1 or 3",
                         channels);
    mien_image *image = mien_alloc(1, sizeof(*image));
    if (!image) return MIEN_ENOMEM;
    size_t stride = (size_t)width * (size_t)channels;
    image->pixels = mien_alloc((size_t)height, stride);
    if (!image->pixels) {
        mien_free(image);
        return MIEN_ENOMEM;
    }
    image->width = width;
    image->height = height;
    image->channels = channels;
    image->stride = stride;
    *out = image;
    return MIEN_OK;
}

void mien_image_free(mien_image *image) {
    if (!image) return;
    mien_free(image->pixels);
    mien_free(image);
}

mien_status mien_image_copy(mien_image **out, const mien_image *image) {
    mien_image_check(image);
    return mien_image_crop(out, image, 0, 0, image->width, image->height);
}

mien_status mien_image_crop(mien_image **out, const mien_image *image, int x,
                            int y, int width, int height) {
    mien_image_check(image);
    *out = NULL;
    if (x < 0 || y < 0 || width < 1 || height < 1 || width > image->width - x ||
        height > image->height - y)
        return mien_fail(MIEN_EINVAL,
                         "crop: %d x %d at (%d, %d) is not inside the image of "
                         "%d x %d",
                         width, height, x, y, image->width, image->height);
    MIEN_TRY(mien_image_new(out, width, height, image->channels));
    for (int row = 0; row < height; row++)
        memcpy(mien_image_at(*out, 0, row), mien_image_at(image, x, y + row),
               (*out)->stride);
    return MIEN_OK;
}
