/* SPDX-License-Identifier: Apache-2.0 */
/* lowres.c - shrink to a random share of the size and enlarge again.
 *
 * A face far from the camera, cut out and enlarged: the detail is gone. What
 * makes a recogniser work on small faces. */
#include <math.h>

#include "data/augment.h"

typedef struct config {
    float p, share;
} config;

static const mien_param params[] = {
    {"share", "the least, of each side", offsetof(config, share), 0.01, 1,
     0.25},
    {"p", "how often", offsetof(config, p), 0, 1, 1},
    {0},
};

static int shrunk(int side, double share) {
    const int n = (int)lrint(side * share);
    return n < 1 ? 1 : n;
}

static mien_status apply(mien_image *image, const void *cfg, mien_rng *rng) {
    const double share = mien_rng_range(rng, ((const config *)cfg)->share, 1);
    mien_image *small, *large;
    MIEN_TRY(mien_image_resize(&small, image, shrunk(image->width, share),
                               shrunk(image->height, share), MIEN_FILTER_AREA));
    mien_status status = mien_image_resize(&large, small, image->width,
                                           image->height, MIEN_FILTER_BICUBIC);
    mien_image_free(small);
    if (status == MIEN_OK) mien_augment_take(image, large);
    return status;
}

const mien_augment_ops mien_augment_lowres = {
    .name = "lowres",
    .summary = "lose detail, as a face far away",
    .params = params,
    .config_size = sizeof(config),
    .apply = apply,
};
