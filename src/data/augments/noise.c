/* SPDX-License-Identifier: Apache-2.0 */
/* noise.c - y = x + sigma z, z about normal, sigma in 0 .. its limit.
 *
 * A sensor in bad light. z is the sum of the four bytes of one random number,
 * brought to mean 0 and deviation 1: near enough to a normal for a sensor, and
 * one draw a sample. A byte has the variance (256^2 - 1) / 12. */
#include <math.h>

#include "data/augment.h"
#include "image/pixels.h"

typedef struct config {
    float p, sigma;
} config;

static const mien_param params[] = {
    {"sigma", "the largest deviation, as a share of white",
     offsetof(config, sigma), 0, 1, 0.04},
    {"p", "how often", offsetof(config, p), 0, 1, 1},
    {0},
};

static mien_status apply(mien_image *image, const void *cfg, mien_rng *rng) {
    const double most = ((const config *)cfg)->sigma;
    const double sigma = 255 * mien_rng_range(rng, 0, most);
    const float unit = (float)(sigma / sqrt(4 * 65535.0 / 12));
    const int n = image->width * image->channels;
    for (int y = 0; y < image->height; y++) {
        uint8_t *row = mien_image_at(image, 0, y);
        for (int i = 0; i < n; i++) {
            const uint32_t r = mien_rng_u32(rng);
            const int sum =
                (int)((r & 255) + (r >> 8 & 255) + (r >> 16 & 255) + (r >> 24));
            row[i] = mien_byte(row[i] + unit * (float)(sum - 510));
        }
    }
    return MIEN_OK;
}

const mien_augment_ops mien_augment_noise = {
    .name = "noise",
    .summary = "grain, as of a sensor in bad light",
    .params = params,
    .config_size = sizeof(config),
    .apply = apply,
};
