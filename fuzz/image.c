/* SPDX-License-Identifier: Apache-2.0 */
/* image.c - fuzz the image decoders: any bytes give an image or an error. */
#include <stdlib.h>

#include "mien/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Whatever comes out must be a whole image: touch its last byte. */
static void try_with(const uint8_t *bytes, size_t size,
                     const mien_image_options *options) {
    mien_image *image;
    mien_status status =
        mien_image_decode(&image, bytes, size, "fuzz", options);
    if ((status == MIEN_OK) != (image != NULL)) abort();
    if (!image) return;
    const size_t pixels = (size_t)image->width * (size_t)image->height;
    if (pixels > options->max_pixels) abort();
    image->pixels[image->stride * (size_t)image->height - 1]++;
    mien_image_free(image);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    mien_image_options options;
    mien_image_defaults(&options);
    options.max_pixels = 1 << 20;
    try_with(bytes, size, &options);
    options.channels = 1;
    options.target_width = options.target_height = 8;
    options.orient = false;
    try_with(bytes, size, &options);
    return 0;
}
