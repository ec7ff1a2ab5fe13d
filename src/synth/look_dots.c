/* SPDX-License-Identifier: Apache-2.0 */
/* look_dots.c - dots strewn over the chart, one at most in a cell. */
#include "synth/look_dots.h"

#include "synth/waves.h"

/* A dot's radius is that of small + (large - small) t^2, t even in 0..1, and
 * its strength 0.4 to 1: the mean of r^2 times the strength, in closed form. */
static float share(const mien_dots *d) {
    float a = d->small, b = d->large - d->small;
    float squares = a * a + 2 * a * b / 3 + b * b / 5;
    return d->chance * 0.7f * MIEN_PI * squares / (d->cell * d->cell);
}

static float dot_in(const mien_dots *d, int column, int row, float x, float y,
                    float size) {
    uint32_t h = mien_hash((uint32_t)column, (uint32_t)row, d->seed);
    if ((float)(h & 255) >= d->chance * 256) return 0;
    uint32_t g = mien_hash(h, d->seed, 1);
    float cx = (float)column + (float)(g & 255) / 256;
    float cy = (float)row + (float)(g >> 8 & 255) / 256;
    float t = (float)(g >> 16 & 255) / 256;
    float strength = 0.4f + 0.6f * (float)(g >> 24) / 256;
    float dx = (x - cx) * d->cell, dy = (y - cy) * d->cell;
    float radius = d->small + (d->large - d->small) * t * t;
    float soft = 0.5f * radius + 0.5f * size;
    float inside =
        mien_step(radius + soft, radius - soft, sqrtf(dx * dx + dy * dy));
    return strength * inside;
}

float mien_look_dots(const mien_dots *d, float u, float v, float size) {
    float mean = share(d);
    float fine = mien_step(0.9f, 0.45f, size / d->cell);
    if (fine <= 0) return mean;
    float x = u / d->cell, y = v / d->cell;
    int column = (int)floorf(x - 0.5f), row = (int)floorf(y - 0.5f);
    float cover = 0;
    for (int r = 0; r < 2; r++)
        for (int c = 0; c < 2; c++) {
            float one = dot_in(d, column + c, row + r, x, y, size);
            cover = fmaxf(cover, one);
        }
    return mien_mix(mean, cover, fine);
}
