/* SPDX-License-Identifier: Apache-2.0 */
/* saturation.c - y = luma + f (x - luma), f in 1 - by .. 1 + by.
 *
 * Paler or stronger colours at the same brightness, as cameras differ. Grey
 * photos stay as they are. */
#include "data/augment.h"

typedef struct config {
    float p, by;
} config;

static const mien_param params[] = {
    {"by", "the most, as a share", offsetof(config, by), 0, 1, 0.2},
    {"p", "how often", offsetof(config, p), 0, 1, 1},
    {0},
};

static mien_status apply(mien_image *image, const void *cfg, mien_rng *rng) {
    static const float luma[3] = {0.299f, 0.587f, 0.114f};
    const float f = mien_augment_factor(rng, ((const config *)cfg)->by);
    float m[9];
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            m[3 * i + j] = (1 - f) * luma[j] + (i == j ? f : 0);
    mien_augment_colours(image, m);
    return MIEN_OK;
}

const mien_augment_ops mien_augment_saturation = {
    .name = "saturation",
    .summary = "paler or stronger colours",
    .params = params,
    .config_size = sizeof(config),
    .apply = apply,
};
