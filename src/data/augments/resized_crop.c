/* SPDX-License-Identifier: Apache-2.0 */
/* resized_crop.c - cut out a part and enlarge it to the old size.
 *
 * The face is nearer, off centre and a little stretched. Keep most of the
 * area: a recogniser that never sees a chin learns not to need one, and then
 * cannot use it.
 * Source: Szegedy et al., Going deeper with convolutions, CVPR 2015
 * (arXiv:1409.4842), section 6. */
#include <math.h>

#include "data/augment.h"

typedef struct config {
    float p, area, aspect;
} config;

static const mien_param params[] = {
    {"area", "the least share of the photo kept", offsetof(config, area), 0.01,
     1, 0.7},
    {"aspect", "the most it is stretched, either way", offsetof(config, aspect),
     1, 4, 1.1},
    {"p", "how often", offsetof(config, p), 0, 1, 1},
    {0},
};

static void place(double m[6], const mien_image *image, const void *cfg,
                  mien_rng *rng) {
    const config *k = cfg;
    const double area = mien_rng_range(rng, k->area, 1);
    const double most = log(k->aspect);
    const double stretch = exp(mien_rng_range(rng, -most, most) / 2);
    const double sx = fmin(sqrt(area) * stretch, 1);
    const double sy = fmin(sqrt(area) / stretch, 1);
    const double x = mien_rng_range(rng, 0, image->width * (1 - sx));
    const double y = mien_rng_range(rng, 0, image->height * (1 - sy));
    /* Corners, not centres, are mapped: hence the halves. */
    mien_augment_place(
        m, (double[6]){sx, 0, x + sx / 2 - 0.5, 0, sy, y + sy / 2 - 0.5});
}

const mien_augment_ops mien_augment_resized_crop = {
    .name = "resized_crop",
    .summary = "enlarge a part to the old size",
    .params = params,
    .config_size = sizeof(config),
    .place = place,
};
