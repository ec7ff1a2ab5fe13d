/* SPDX-License-Identifier: Apache-2.0 */
/* flip.c - mirror left and right.
 *
 * A face and its mirror image are the same person to every data set here; it
 * doubles the photos for free and should be on nearly always. */
#include "data/augment.h"

typedef struct config {
    float p;
} config;

static const mien_param params[] = {
    {"p", "how often", offsetof(config, p), 0, 1, 0.5},
    {0},
};

static void place(double m[6], const mien_image *image, const void *cfg,
                  mien_rng *rng) {
    (void)cfg;
    (void)rng;
    mien_augment_place(m, (double[6]){-1, 0, image->width - 1, 0, 1, 0});
}

const mien_augment_ops mien_augment_flip = {
    .name = "flip",
    .summary = "mirror left and right",
    .params = params,
    .config_size = sizeof(config),
    .place = place,
};
