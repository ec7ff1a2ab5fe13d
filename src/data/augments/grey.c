/* SPDX-License-Identifier: Apache-2.0 */
/* grey.c - take the colours out: R = G = B = luma.
 *
 * A night camera or an old photo; the network must not lean on skin colour.
 * The image keeps its three channels. */
#include "data/augment.h"
#include "image/pixels.h"

typedef struct config {
    float p;
} config;

static const mien_param params[] = {
    {"p", "how often", offsetof(config, p), 0, 1, 0.1},
    {0},
};

static mien_status apply(mien_image *image, const void *cfg, mien_rng *rng) {
    (void)cfg;
    (void)rng;
    if (image->channels != 3) return MIEN_OK;
    for (int y = 0; y < image->height; y++) {
        uint8_t *p = mien_image_at(image, 0, y);
        for (int x = 0; x < image->width; x++, p += 3)
            p[0] = p[1] = p[2] = mien_luma(p[0], p[1], p[2]);
    }
    return MIEN_OK;
}

const mien_augment_ops mien_augment_grey = {
    .name = "grey",
    .summary = "take the colours out",
    .params = params,
    .config_size = sizeof(config),
    .apply = apply,
};
