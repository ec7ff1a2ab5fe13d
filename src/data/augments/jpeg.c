/* SPDX-License-Identifier: Apache-2.0 */
/* jpeg.c - store the photo as a poor JPEG and read it back.
 *
 * Blocks and ringing, as of messengers and cameras that spare bandwidth. */
#include "data/augment.h"

typedef struct config {
    float p;
    int quality;
} config;

enum { BEST = 95 };

static const mien_param params[] = {
    {"quality", "the lowest; the highest is 95", offsetof(config, quality), 1,
     BEST, 40, .kind = MIEN_INT},
    {"p", "how often", offsetof(config, p), 0, 1, 1},
    {0},
};

static mien_status apply(mien_image *image, const void *cfg, mien_rng *rng) {
    const int least = ((const config *)cfg)->quality;
    const int quality =
        least + (int)mien_rng_below(rng, (uint32_t)(BEST - least + 1));
    mien_image_options options;
    mien_image_defaults(&options);
    options.channels = image->channels;
    uint8_t *bytes;
    size_t size;
    mien_image *coarse;
    MIEN_TRY(mien_image_encode(&bytes, &size, image, "jpg", quality));
    mien_status status =
        mien_image_decode(&coarse, bytes, size, "augment: jpeg", &options);
    mien_image_bytes_free(bytes);
    if (status == MIEN_OK) mien_augment_take(image, coarse);
    return status;
}

const mien_augment_ops mien_augment_jpeg = {
    .name = "jpeg",
    .summary = "the marks of strong JPEG compression",
    .params = params,
    .config_size = sizeof(config),
    .apply = apply,
};
