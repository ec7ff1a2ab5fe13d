/* SPDX-License-Identifier: Apache-2.0 */
/* augmented.h - run a list of augmentations on a picture. */
#ifndef TESTS_DATA_AUGMENTED_H
#define TESTS_DATA_AUGMENTED_H

#include <math.h>

#include "../image/images.h"
#include "data/augment.h"

static mien_arena arena;

static inline int close_arena(void **state) {
    (void)state;
    mien_arena_close(&arena);
    return 0;
}

static inline mien_status try_open(mien_augmenter **out, const char *list) {
    mien_tree *tree;
    assert_ok(
        mien_tree_parse(&tree, &arena, list, strlen(list), "recipe.yaml"));
    return mien_augmenter_open(out, tree, &arena);
}

static inline mien_augmenter *opened(const char *list) {
    mien_augmenter *a;
    assert_ok(try_open(&a, list));
    return a;
}

/* A copy of `image`, augmented. */
static inline mien_image *augmented(const mien_augmenter *a,
                                    const mien_image *image, uint32_t sample) {
    mien_image *copy;
    assert_ok(mien_image_copy(&copy, image));
    assert_ok(mien_augmenter_apply(a, copy, 42, 3, sample));
    return copy;
}

static inline mien_image *augmented_by(const char *list,
                                       const mien_image *image,
                                       uint32_t sample) {
    return augmented(opened(list), image, sample);
}

static inline double deviation_of(const mien_image *image) {
    const double mean = mean_of(image);
    double sum = 0;
    for (size_t i = 0; i < image->stride * (size_t)image->height; i++)
        sum += (image->pixels[i] - mean) * (image->pixels[i] - mean);
    return sqrt(sum / (double)(image->stride * (size_t)image->height));
}

static inline double luma_of(const mien_image *image) {
    mien_image *grey;
    assert_ok(mien_image_convert(&grey, image, 1));
    const double mean = mean_of(grey);
    mien_image_free(grey);
    return mean;
}

/* Colours in the middle of the range, which no small change clips. */
static inline mien_image *make_photo(int width, int height) {
    mien_image *image = make_noise(width, height, 3, 9);
    for (size_t i = 0; i < image->stride * (size_t)height; i++)
        image->pixels[i] = (uint8_t)(96 + image->pixels[i] / 4);
    return image;
}

#endif
