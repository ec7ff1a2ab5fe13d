/* SPDX-License-Identifier: Apache-2.0 */
/* rotate.c - turn about the centre by a random angle.
 *
 * A tilted head. Aligned faces differ by a few degrees of what the five points
 * leave over; 5 to 15 degrees make up for a detector's jitter. */
#include "data/augment.h"

typedef struct config {
    float p, degrees;
} config;

static const mien_param params[] = {
    {"degrees", "the most, either way", offsetof(config, degrees), 0, 180, 10},
    {"p", "how often", offsetof(config, p), 0, 1, 1},
    {0},
};

static void place(double m[6], const mien_image *image, const void *cfg,
                  mien_rng *rng) {
    const double most = ((const config *)cfg)->degrees;
    const double degrees = mien_rng_range(rng, -most, most);
    mien_augment_place_about(m, image, degrees * 0.017453292519943295, 1);
}

const mien_augment_ops mien_augment_rotate = {
    .name = "rotate",
    .summary = "turn about the centre",
    .params = params,
    .config_size = sizeof(config),
    .place = place,
};
