/* SPDX-License-Identifier: Apache-2.0 */
/* crop.c - pad all around, then cut the old size out at a random place.
 *
 * The face sits some whole pixels off; every pixel keeps its exact value. The
 * classical augmentation of small photos. */
#include "data/augment.h"

typedef struct config {
    float p;
    int pad;
} config;

static const mien_param params[] = {
    {"pad", "pixels added on each side", offsetof(config, pad), 0, 1024, 4,
     .kind = MIEN_INT},
    {"p", "how often", offsetof(config, p), 0, 1, 1},
    {0},
};

static void place(double m[6], const mien_image *image, const void *cfg,
                  mien_rng *rng) {
    (void)image;
    const int pad = ((const config *)cfg)->pad;
    const uint32_t places = 2 * (uint32_t)pad + 1;
    const int x = (int)mien_rng_below(rng, places) - pad;
    const int y = (int)mien_rng_below(rng, places) - pad;
    mien_augment_place(m, (double[6]){1, 0, x, 0, 1, y});
}

const mien_augment_ops mien_augment_crop = {
    .name = "crop",
    .summary = "move by whole pixels, as a crop of the padded photo",
    .params = params,
    .config_size = sizeof(config),
    .place = place,
};
