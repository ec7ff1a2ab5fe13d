/* SPDX-License-Identifier: Apache-2.0 */
/* scale.c - enlarge or shrink about the centre.
 *
 * A face nearer or farther, both sides alike. Larger and smaller are equally
 * likely: the factor is 1 + by or its inverse at the most. */
#include <math.h>

#include "data/augment.h"

typedef struct config {
    float p, by;
} config;

static const mien_param params[] = {
    {"by", "the most: 0.1 is 1.1 times, or 1.1 times smaller",
     offsetof(config, by), 0, 1, 0.1},
    {"p", "how often", offsetof(config, p), 0, 1, 1},
    {0},
};

static void place(double m[6], const mien_image *image, const void *cfg,
                  mien_rng *rng) {
    const double most = log1p(((const config *)cfg)->by);
    mien_augment_place_about(m, image, 0,
                             exp(mien_rng_range(rng, -most, most)));
}

const mien_augment_ops mien_augment_scale = {
    .name = "scale",
    .summary = "enlarge or shrink about the centre",
    .params = params,
    .config_size = sizeof(config),
    .place = place,
};
