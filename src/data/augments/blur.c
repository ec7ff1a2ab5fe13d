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

/* sum[i] += w row[i], the one long loop of each direction. */
static void add_bytes(float *sum, const uint8_t *row, float w, int n) {
    for (int i = 0; i < n; i++) sum[i] += w * (float)row[i];
}

static void add_floats(float *sum, const float *row, float w, int n) {
    for (int i = 0; i < n; i++) sum[i] += w * row[i];
}

/* The column sums of row y, with the edge repeated `radius` times before and
 * after. */
static void blur_down(float *padded, const mien_image *image, int y,
                      const gauss *g) {
    const int c = image->channels, n = image->width * c, r = g->radius;
    float *row = padded + r * c;
    memset(row, 0, (size_t)n * sizeof(*row));
    for (int k = -r; k <= r; k++)
        add_bytes(row, mien_image_at(image, 0, clamp(y + k, image->height - 1)),
                  g->weight[k + r], n);
    for (int i = 0; i < r * c; i++) {
        padded[i] = row[i % c];
        row[n + i] = row[n - c + i % c];
    }
}

static void blur_across(uint8_t *out, float *sum, const float *padded, int n,
                        const gauss *g, int channels) {
    memset(sum, 0, (size_t)n * sizeof(*sum));
    for (int k = 0; k <= 2 * g->radius; k++)
        add_floats(sum, padded + k * channels, g->weight[k], n);
    for (int i = 0; i < n; i++) out[i] = mien_byte(sum[i]);
}

static void blur(mien_image *image, const mien_image *sharp, float *room,
                 const gauss *g) {
    const int c = image->channels, n = image->width * c;
    float *sum = room, *padded = room + n;
    for (int y = 0; y < image->height; y++) {
        blur_down(padded, sharp, y, g);
        blur_across(mien_image_at(image, 0, y), sum, padded, n, g, c);
    }
}

static mien_status apply(mien_image *image, const void *cfg, mien_rng *rng) {
    const double sigma = mien_rng_range(rng, 0, ((const config *)cfg)->sigma);
    if (sigma < 0.1) return MIEN_OK; /* no neighbour weighs 1e-20 */
    const gauss g = gauss_of(sigma);
    mien_image *sharp;
    MIEN_TRY(mien_image_copy(&sharp, image));
    const size_t samples =
        2 * sharp->stride + 2 * (size_t)(g.radius * image->channels);
    float *room = mien_alloc(samples, sizeof(*room));
    if (room) blur(image, sharp, room, &g);
    mien_image_free(sharp);
    mien_status status = room ? MIEN_OK : MIEN_ENOMEM;
    mien_free(room);
    return status;
}

const mien_augment_ops mien_augment_blur = {
    .name = "blur",
    .summary = "out of focus",
    .params = params,
    .config_size = sizeof(config),
    .apply = apply,
};
