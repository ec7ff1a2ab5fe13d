/* SPDX-License-Identifier: Apache-2.0 */
/* contrast.c - y = mean + f (x - mean), f in 1 - by .. 1 + by.
 *
 * Harder or softer light on the face; the mean luma stays, save for what is
 * clipped. */
#include "data/augment.h"
#include "image/pixels.h"

typedef struct config {
    float p, by;
} config;

static const mien_param params[] = {
    {"by", "the most, as a share", offsetof(config, by), 0, 1, 0.2},
    {"p", "how often", offsetof(config, p), 0, 1, 1},
    {0},
};

static float mean_luma(const mien_image *image) {
    uint64_t sum = 0;
    for (int y = 0; y < image->height; y++) {
        const uint8_t *p = mien_image_at(image, 0, y);
        for (int x = 0; x < image->width; x++, p += image->channels)
            sum += image->channels == 1 ? p[0] : mien_luma(p[0], p[1], p[2]);
    }
    return (float)((double)sum / ((double)image->width * image->height));
}

static mien_status apply(mien_image *image, const void *cfg, mien_rng *rng) {
    const float f = mien_augment_factor(rng, ((const config *)cfg)->by);
    mien_augment_levels(image, f, (1 - f) * mean_luma(image));
    return MIEN_OK;
}

const mien_augment_ops mien_augment_contrast = {
    .name = "contrast",
    .summary = "stretch or squeeze about the mean",
    .params = params,
    .config_size = sizeof(config),
    .apply = apply,
};
