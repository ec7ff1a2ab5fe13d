/* SPDX-License-Identifier: Apache-2.0 */
/* shift.c - move by a random share of the width and height.
 *
 * A detector that puts the box beside the face; unlike crop it scales with the
 * photo and moves by fractions of a pixel. */
#include "data/augment.h"

typedef struct config {
    float p, by;
} config;

static const mien_param params[] = {
    {"by", "the most, as a share of each side", offsetof(config, by), 0, 1,
     0.05},
    {"p", "how often", offsetof(config, p), 0, 1, 1},
    {0},
};

static void place(double m[6], const mien_image *image, const void *cfg,
                  mien_rng *rng) {
    const double by = ((const config *)cfg)->by;
    const double x = mien_rng_range(rng, -by, by) * image->width;
    const double y = mien_rng_range(rng, -by, by) * image->height;
    mien_augment_place(m, (double[6]){1, 0, x, 0, 1, y});
}

const mien_augment_ops mien_augment_shift = {
    .name = "shift",
    .summary = "move by a share of each side",
    .params = params,
    .config_size = sizeof(config),
    .place = place,
};
