/* SPDX-License-Identifier: Apache-2.0 */
/* hue.c - turn all colours around the grey axis.
 *
 *   Cb = (B - Y) / 1.772   Cr = (R - Y) / 1.402
 *   (Cb', Cr') = (cos t Cb - sin t Cr, sin t Cb + cos t Cr)
 *   R' = Y + 1.402 Cr'   B' = Y + 1.772 Cb'   G' = Y - .344136 Cb' - .714136
 * Cr'
 *
 * Another white balance. Brightness stays, which turning in HSV would not
 * keep. More than a few hundredths of a turn make skin green. Grey photos stay
 * as they are. */
#include <math.h>

#include "data/augment.h"

typedef struct config {
    float p, by;
} config;

static const mien_param params[] = {
    {"by", "the most, in turns, either way", offsetof(config, by), 0, 0.5,
     0.02},
    {"p", "how often", offsetof(config, p), 0, 1, 1},
    {0},
};

/* Column j of the matrix: where red, green or blue goes. */
static void turn(float m[9], int j, double c, double s) {
    static const double luma[3] = {0.299, 0.587, 0.114};
    const double y = luma[j];
    const double cb = ((j == 2) - y) / 1.772, cr = ((j == 0) - y) / 1.402;
    const double cb2 = c * cb - s * cr, cr2 = s * cb + c * cr;
    m[j] = (float)(y + 1.402 * cr2);
    m[3 + j] = (float)(y - 0.344136286 * cb2 - 0.714136286 * cr2);
    m[6 + j] = (float)(y + 1.772 * cb2);
}

static mien_status apply(mien_image *image, const void *cfg, mien_rng *rng) {
    const double by = ((const config *)cfg)->by;
    const double t = mien_rng_range(rng, -by, by) * 6.283185307179586;
    float m[9];
    for (int j = 0; j < 3; j++) turn(m, j, cos(t), sin(t));
    mien_augment_colours(image, m);
    return MIEN_OK;
}

const mien_augment_ops mien_augment_hue = {
    .name = "hue",
    .summary = "turn all colours, as another white balance",
    .params = params,
    .config_size = sizeof(config),
    .apply = apply,
};
