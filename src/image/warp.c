/* SPDX-License-Identifier: Apache-2.0 */
/* warp.c - look every pixel up through a 2x3 matrix, bilinearly.
 *
 *   (u, v) = m (x, y, 1);  i = floor(u), a = u - i;  j = floor(v), b = v - j
 *   out = (1-b) [(1-a) I(i, j) + a I(i+1, j)]
 *       +    b  [(1-a) I(i, j+1) + a I(i+1, j+1)]
 *
 * At whole coordinates a = b = 0 and the pixel is copied exactly. */
#include <math.h>

#include "image/pixels.h"

/* The four neighbours and their weights along x and y. */
typedef struct corners {
    const uint8_t *p[4]; /* (i, j), (i+1, j), (i, j+1), (i+1, j+1) */
    float a, b;
} corners;

static inline void mix(uint8_t *out, const corners *k, int channels) {
    for (int c = 0; c < channels; c++) {
        float top = k->p[0][c] + k->a * (float)(k->p[1][c] - k->p[0][c]);
        float low = k->p[2][c] + k->a * (float)(k->p[3][c] - k->p[2][c]);
        out[c] = mien_byte(top + k->b * (low - top));
    }
}

static const uint8_t *pixel_or(const mien_image *image, int x, int y,
                               const uint8_t *outside) {
    bool inside = x >= 0 && y >= 0 && x < image->width && y < image->height;
    return inside ? mien_image_at(image, x, y) : outside;
}

static double clamp(double v, double high) {
    return v < 0 ? 0 : v > high ? high : v;
}

/* `outside` is the border's colour, or NULL to repeat the edge. */
static void look_up(uint8_t *out, const mien_image *image, double u, double v,
                    const uint8_t *outside) {
    const int w = image->width, h = image->height;
    if (!outside) {
        u = clamp(u, w - 1);
        v = clamp(v, h - 1);
    } else if (!(u > -1 && v > -1 && u < w && v < h)) {
        for (int c = 0; c < image->channels; c++) out[c] = outside[c];
        return;
    }
    const int i = (int)floor(u), j = (int)floor(v);
    /* With the edge repeated, i+1 may be w only where a is 0. */
    const int right = !outside && i + 1 == w ? i : i + 1;
    const int below = !outside && j + 1 == h ? j : j + 1;
    const corners k = {
        {pixel_or(image, i, j, outside), pixel_or(image, right, j, outside),
         pixel_or(image, i, below, outside),
         pixel_or(image, right, below, outside)},
        (float)(u - i),
        (float)(v - j)};
    mix(out, &k, image->channels);
}

/* One output row from (u, v) on in steps of m[0], m[3]. Where all four
 * neighbours exist, which is nearly everywhere, no border is asked about. */
static inline void warp_row(mien_image *made, int y, const mien_image *image,
                            const double m[6], int channels,
                            const uint8_t *outside) {
    uint8_t *out = mien_image_at(made, 0, y);
    const double right = image->width - 1, bottom = image->height - 1;
    for (int x = 0; x < made->width; x++, out += channels) {
        const double u = m[0] * x + m[1] * y + m[2];
        const double v = m[3] * x + m[4] * y + m[5];
        if (!(u >= 0 && v >= 0 && u < right && v < bottom)) {
            look_up(out, image, u, v, outside);
            continue;
        }
        const int i = (int)u, j = (int)v;
        const uint8_t *p = mien_image_at(image, i, j);
        const uint8_t *q = p + image->stride;
        const corners k = {
            {p, p + channels, q, q + channels}, (float)(u - i), (float)(v - j)};
        mix(out, &k, channels);
    }
}

/* Whether the map only mirrors and moves by whole pixels. */
static bool is_whole(const double m[6]) {
    return fabs(m[0]) == 1 && m[1] == 0 && m[3] == 0 && fabs(m[4]) == 1 &&
           m[2] == floor(m[2]) && m[5] == floor(m[5]);
}

static int clamp_whole(double v, int high) { return (int)clamp(v, high); }

/* The same for such a map, without arithmetic on pixels. */
static void copy_row(mien_image *made, int y, const mien_image *image,
                     const double m[6], const uint8_t *outside) {
    const int channels = image->channels;
    const int right = image->width - 1, bottom = image->height - 1;
    const double v = m[4] * y + m[5];
    const bool above_or_below = v < 0 || v > bottom;
    const uint8_t *row = mien_image_at(image, 0, clamp_whole(v, bottom));
    uint8_t *out = mien_image_at(made, 0, y);
    for (int x = 0; x < made->width; x++, out += channels) {
        const double u = m[0] * x + m[2];
        const uint8_t *p = row + clamp_whole(u, right) * channels;
        if (outside && (above_or_below || u < 0 || u > right)) p = outside;
        for (int c = 0; c < channels; c++) out[c] = p[c];
    }
}

mien_status mien_image_warp(mien_image **out, const mien_image *image,
                            const mien_warp *warp, int width, int height) {
    mien_image_check(image);
    *out = NULL;
    const double *m = warp->m;
    for (int i = 0; i < 6; i++)
        if (!isfinite(m[i]) || fabs(m[i]) > 1e9)
            return mien_fail(MIEN_EINVAL,
                             "warp: element %d of the matrix is %g", i, m[i]);
    MIEN_TRY(mien_image_new(out, width, height, image->channels));
    const mien_colour c = warp->outside;
    uint8_t colour[3] = {c.r, c.g, c.b};
    if (image->channels == 1) colour[0] = mien_luma(c.r, c.g, c.b);
    const uint8_t *outside =
        warp->border == MIEN_BORDER_CONSTANT ? colour : NULL;
    const bool whole = is_whole(m);
    for (int y = 0; y < height; y++) {
        if (whole)
            copy_row(*out, y, image, m, outside);
        else if (image->channels == 1)
            warp_row(*out, y, image, m, 1, outside);
        else
            warp_row(*out, y, image, m, 3, outside);
    }
    return MIEN_OK;
}
