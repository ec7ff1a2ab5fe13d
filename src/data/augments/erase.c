/* SPDX-License-Identifier: Apache-2.0 */
/* erase.c - fill a random rectangle with random pixels.
 *
 * A hand, a mask, a pair of sunglasses: the network must know a face by more
 * than one of its parts. Sides are log-uniform from 3:10 to 10:3.
 * Source: Zhong et al., Random erasing data augmentation, AAAI 2020
 * (arXiv:1708.04896). */
#include <math.h>

#include "data/augment.h"
#include "image/pixels.h"

typedef struct config {
    float p, area;
} config;

static const mien_param params[] = {
    {"area", "the largest share of the photo", offsetof(config, area), 0, 1,
     0.2},
    {"p", "how often", offsetof(config, p), 0, 1, 0.5},
    {0},
};

static int least(double a, int b) { return a < b ? (int)a : b; }

static mien_status apply(mien_image *image, const void *cfg, mien_rng *rng) {
    const double area = mien_rng_range(rng, 0, ((const config *)cfg)->area) *
                        image->width * image->height;
    const double aspect = exp(mien_rng_range(rng, -1, 1) * log(10.0 / 3));
    const int w = least(sqrt(area * aspect), image->width);
    const int h = least(sqrt(area / aspect), image->height);
    const int x = (int)mien_rng_below(rng, (uint32_t)(image->width - w + 1));
    const int y = (int)mien_rng_below(rng, (uint32_t)(image->height - h + 1));
    for (int j = 0; j < h; j++) {
        uint8_t *row = mien_image_at(image, x, y + j);
        for (int i = 0; i < w * image->channels; i++)
            row[i] = (uint8_t)(mien_rng_u32(rng) >> 24);
    }
    return MIEN_OK;
}

const mien_augment_ops mien_augment_erase = {
    .name = "erase",
    .summary = "hide a rectangle",
    .params = params,
    .config_size = sizeof(config),
    .apply = apply,
};
