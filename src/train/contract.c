/* SPDX-License-Identifier: Apache-2.0 */
/* contract.c - a picture as a network expects it. */
#include <string.h>

#include "train/model_file.h"

/* Red and blue change places. */
static void turn_colours(mien_image *image) {
    for (int y = 0; y < image->height; y++) {
        uint8_t *row = image->pixels + (size_t)y * image->stride;
        for (int x = 0; x < image->width; x++) {
            uint8_t *pixel = row + (size_t)x * (size_t)image->channels;
            const uint8_t red = pixel[0];
            pixel[0] = pixel[2];
            pixel[2] = red;
        }
    }
}

mien_status mien_contract_fill(float *plane, const mien_contract *c,
                               const mien_image *image) {
    mien_image *fitted;
    MIEN_TRY(mien_image_copy(&fitted, image));
    const mien_status status = mien_input_fit(&fitted, &c->input);
    if (status == MIEN_OK && fitted->channels == 3 &&
        !strcmp(c->colour_order, "bgr"))
        turn_colours(fitted);
    if (status == MIEN_OK) mien_input_fill(plane, &c->input, fitted);
    mien_image_free(fitted);
    return status;
}
