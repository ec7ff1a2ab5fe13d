/* SPDX-License-Identifier: Apache-2.0 */
/* brightness.c - y = f x, f in 1 - by .. 1 + by.
 *
 * More or less light on the face, as another exposure gives: dark skin and
 * shadows keep their ratios, which adding a constant would not do. */
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
    const config *k = cfg;
    mien_augment_levels(image, mien_augment_factor(rng, k->by), 0);
    return MIEN_OK;
}

const mien_augment_ops mien_augment_brightness = {
    .name = "brightness",
    .summary = "multiply by a factor about 1",
    .params = params,
    .config_size = sizeof(config),
    .apply = apply,
};
