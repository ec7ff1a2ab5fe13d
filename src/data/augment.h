/* SPDX-License-Identifier: Apache-2.0 */
/* augment.h - change a training photo at random, replayably.
 *
 *   augment: [flip, rotate: 10, {crop: {pad: 4}}, {blur: {sigma: 1, p: 0.2}}]
 *
 *   mien_augmenter *augmenter;
 *   MIEN_TRY(mien_augmenter_open(&augmenter, tree, &arena));
 *   MIEN_TRY(mien_augmenter_apply(augmenter, image, seed, epoch, sample));
 *
 * The items are applied in the order of the list, each with its probability
 * `p`. The photo keeps its size and channels.
 *
 * Those that move pixels (flip, rotate, crop, resized_crop, shift, scale) only
 * write down where each pixel comes from; the matrices of neighbours in the
 * list are multiplied and looked up once. So a photo that is turned, scaled
 * and shifted is interpolated once and not blurred three times, and nothing
 * is lost that a later step would bring back into view. What comes from beyond
 * the edge repeats the edge: a black corner would tell the network how far
 * the photo was turned. */
#ifndef MIEN_DATA_AUGMENT_H
#define MIEN_DATA_AUGMENT_H

#include <stdint.h>

#include "base/param.h"
#include "base/rng.h"
#include "data/mixup.h"
#include "mien/image.h"

typedef struct mien_augmenter mien_augmenter;

/* Read the list of a recipe; NULL gives an augmenter that does nothing.
 *
 * Owns:   all of it lives in `arena`.
 * Errors: MIEN_EINVAL with file and line, MIEN_ENOMEM. */
mien_status mien_augmenter_open(mien_augmenter **out, const mien_tree *list,
                                mien_arena *arena);

/* Change `image` in place; the same seed, epoch and sample give the same
 * pixels, in whatever order and on whatever thread.
 *
 * Thread: any number at once on one augmenter.
 * Errors: MIEN_ENOMEM. */
mien_status mien_augmenter_apply(const mien_augmenter *augmenter,
                                 mien_image *image, uint64_t seed,
                                 uint32_t epoch, uint32_t sample);

/* How many items there are, mixup not counted: 0 leaves photos alone. */
int mien_augmenter_count(const mien_augmenter *augmenter);

/* Whether one of them moves pixels: flip, rotate, crop... */
bool mien_augmenter_moves(const mien_augmenter *augmenter);

/* The batch's mixup, where the list has `mixup`, else NULL. */
const mien_mixup *mien_augmenter_mixup(const mien_augmenter *augmenter);

/* ---- for augmentations ------------------------------------------------ */

/* A file in augments/ ends in one of these and a line in augments.def lists
 * it. Its config begins with `float p`, and exactly one of `place` and `apply`
 * is set. */
typedef struct mien_augment_ops {
    const char *name, *summary;
    const mien_param *params;
    size_t config_size;

    /* Where each pixel comes from: multiply the map from new to old
     * coordinates onto m by mien_augment_place(). */
    void (*place)(double m[6], const mien_image *image, const void *config,
                  mien_rng *rng);

    /* Change the pixels. */
    mien_status (*apply)(mien_image *image, const void *config, mien_rng *rng);
} mien_augment_ops;

const mien_augment_ops *const *mien_augments(int *count);

/* m = m next: what `next` looks up is looked up through m. */
void mien_augment_place(double m[6], const double next[6]);

/* The map that turns by `radians` and enlarges by `factor` about the centre. */
void mien_augment_place_about(double m[6], const mien_image *image,
                              double radians, double factor);

/* Every sample: scale * it + offset, rounded and clipped. */
void mien_augment_levels(mien_image *image, float scale, float offset);

/* Every RGB pixel: m (3 x 3, by rows) times it, rounded and clipped; grey
 * images stay. */
void mien_augment_colours(mien_image *image, const float m[9]);

/* Give `image` the pixels of `made`, of the same shape, and free `made`. */
void mien_augment_take(mien_image *image, mien_image *made);

/* Uniform in [1 - by, 1 + by]. */
float mien_augment_factor(mien_rng *rng, float by);

#endif
