/* SPDX-License-Identifier: Apache-2.0 */
/* images.h - pictures to test with, and comparisons of them. */
#ifndef TESTS_IMAGE_IMAGES_H
#define TESTS_IMAGE_IMAGES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/rng.h"
#include "mien/image.h"

static inline void assert_ok(mien_status status) {
    if (status != MIEN_OK) fail_msg("%s", mien_error());
}

static inline uint8_t *at(const mien_image *image, int x, int y) {
    return image->pixels + (size_t)y * image->stride +
           (size_t)(x * image->channels);
}

/* Smooth, and different at every corner and in every channel. */
static inline mien_image *make_gradient(int width, int height, int channels) {
    mien_image *image;
    assert_ok(mien_image_new(&image, width, height, channels));
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            for (int c = 0; c < channels; c++)
                at(image, x, y)[c] =
                    (uint8_t)(20 + 150 * x / width + 60 * y / height + 10 * c);
    return image;
}

static inline mien_image *make_noise(int width, int height, int channels,
                                     uint64_t seed) {
    mien_image *image;
    assert_ok(mien_image_new(&image, width, height, channels));
    mien_rng rng = mien_rng_at(seed, MIEN_RNG_TEST, 0, 0);
    for (size_t i = 0; i < image->stride * (size_t)height; i++)
        image->pixels[i] = (uint8_t)mien_rng_below(&rng, 256);
    return image;
}

/* The largest difference of a sample; -1 when the shapes differ. */
static inline int difference(const mien_image *a, const mien_image *b) {
    if (a->width != b->width || a->height != b->height ||
        a->channels != b->channels)
        return -1;
    int worst = 0;
    for (int y = 0; y < a->height; y++)
        for (int i = 0; i < a->width * a->channels; i++) {
            int d = abs(at(a, 0, y)[i] - at(b, 0, y)[i]);
            if (d > worst) worst = d;
        }
    return worst;
}

static inline double mean_of(const mien_image *image) {
    double sum = 0;
    for (int y = 0; y < image->height; y++)
        for (int i = 0; i < image->width * image->channels; i++)
            sum += at(image, 0, y)[i];
    return sum / ((double)image->width * image->height * image->channels);
}

#endif
