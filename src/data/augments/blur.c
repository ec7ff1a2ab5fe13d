/* SPDX-License-Identifier: Apache-2.0 */
/* blur.c - a Gaussian of a random width, along y and then along x.
 *
 * Out of focus, or moving. The kernel reaches 3 sigma and sums to 1; the edge
 * repeats. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "data/augment.h"
#include "image/pixels.h"

enum { MAX_SIGMA = 16, MAX_RADIUS = 3 * MAX_SIGMA };

typedef struct config {
    float p, sigma;
} config;

static const mien_param params[] = {
    {"sigma", "the widest, in pixels", offsetof(config, sigma), 0, MAX_SIGMA,
     1.5},
    {"p", "how often", offsetof(config, p), 0, 1, 1},
    {0},
};

typedef struct gauss {
    int radius;
    float weight[2 * MAX_RADIUS + 1];
} gauss;

static gauss gauss_of(double sigma) {
    gauss g = {.radius = (int)ceil(3 * sigma)};
    double sum = 0;
    for (int k = -g.radius; k <= g.radius; k++)
        sum += exp(-k * k / (2 * sigma * sigma));
    for (int k = -g.radius; k <= g.radius; k++)
        g.weight[k + g.radius] =
            (float)(exp(-k * k / (2 * sigma * sigma)) / sum);
    return g;
}

static int clamp(int v, int high) { return v < 0 ? 0 : v > high ? high : v; }

static void blur_down(float *row, const mien_image *image, int y,
                      const gauss *g) {
    const int n = image->width * image->channels;
    memset(row, 0, (size_t)n * sizeof(*row));
    for (int k = -g->radius; k <= g->radius; k++) {
        const uint8_t *p =
            mien_image_at(image, 0, clamp(y + k, image->height - 1));
        const float w = g->weight[k + g->radius];
        for (int i = 0; i < n; i++) row[i] += w * (float)p[i];
    }
}

static void blur_across(mien_image *image, int y, const float *row,
                        const gauss *g) {
    const int channels = image->channels;
    for (int x = 0; x < image->width; x++)
        for (int c = 0; c < channels; c++) {
            float sum = 0;
            for (int k = -g->radius; k <= g->radius; k++)
                sum += g->weight[k + g->radius] *
                       row[clamp(x + k, image->width - 1) * channels + c];
            mien_image_at(image, x, y)[c] = mien_byte(sum);
        }
}

static mien_status apply(mien_image *image, const void *cfg, mien_rng *rng) {
    const double sigma = mien_rng_range(rng, 0, ((const config *)cfg)->sigma);
    if (sigma < 0.1) return MIEN_OK; /* no neighbour weighs 1e-20 */
    const gauss g = gauss_of(sigma);
    mien_image *sharp;
    MIEN_TRY(mien_image_copy(&sharp, image));
    float *row = mien_alloc(sharp->stride, sizeof(*row));
    for (int y = 0; row && y < image->height; y++) {
        blur_down(row, sharp, y, &g);
        blur_across(image, y, row, &g);
    }
    mien_image_free(sharp);
    mien_status status = row ? MIEN_OK : MIEN_ENOMEM;
    mien_free(row);
    return status;
}

const mien_augment_ops mien_augment_blur = {
    .name = "blur",
    .summary = "out of focus",
    .params = params,
    .config_size = sizeof(config),
    .apply = apply,
};
