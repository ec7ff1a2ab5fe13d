/* SPDX-License-Identifier: Apache-2.0 */
/* resize.c - separable resampling with precomputed weights.
 *
 *   out(o) = sum_i w(o, i) in(i),      c = (o + 1/2) s,   s = n_in / n_out
 *
 *   nearest     1 at i = floor(c)
 *   area        the share of [o s, (o + 1) s) that pixel i covers
 *   otherwise   k((i + 1/2 - c) / max(s, 1)), made to sum to 1
 *
 *   bilinear    k(t) = 1 - |t|                          |t| < 1
 *   bicubic     k(t) = 3/2 |t|^3 - 5/2 |t|^2 + 1        |t| < 1
 *                     -1/2 |t|^3 + 5/2 |t|^2 - 4|t| + 2 |t| < 2
 *
 * Widening the kernel by s when shrinking is the low-pass filter that keeps
 * fine texture from aliasing. Pixels beyond an edge repeat it.
 *
 * Each output row first gathers its source rows into one float row, the long
 * loop and one the compiler vectorises, and is then filtered along. Only that
 * row is held, so memory does not grow with the image.
 * Source: Keys, Cubic convolution interpolation, IEEE TASSP 29(6), 1981. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "image/pixels.h"
#include "image/simd.h"

/* Of every output sample: `width` weights from source sample start[o] on. */
typedef struct taps {
    int width;
    int *start;
    float *weight; /* n_out x width */
} taps;

static double kernel(mien_filter filter, double t) {
    t = fabs(t);
    if (filter == MIEN_FILTER_BILINEAR) return t < 1 ? 1 - t : 0;
    if (t < 1) return (1.5 * t - 2.5) * t * t + 1;
    return t < 2 ? ((2.5 - 0.5 * t) * t - 4) * t + 2 : 0;
}

/* Half the extent of the weights around c, in source samples. */
static double reach(mien_filter filter, double s) {
    if (filter == MIEN_FILTER_NEAREST) return 0;
    if (filter == MIEN_FILTER_AREA) return s / 2;
    return (filter == MIEN_FILTER_BILINEAR ? 1 : 2) * fmax(s, 1);
}

static double weight_of(mien_filter filter, double s, double c, double i) {
    if (filter == MIEN_FILTER_NEAREST) return i == floor(c);
    if (filter == MIEN_FILTER_AREA)
        return fmax(0, fmin(i + 1, c + s / 2) - fmax(i, c - s / 2));
    return kernel(filter, (i + 0.5 - c) / fmax(s, 1));
}

static int clamp(int v, int low, int high) {
    return v < low ? low : v > high ? high : v;
}

static void fill_taps(taps *t, mien_filter filter, int n_in, int n_out) {
    const double s = (double)n_in / n_out, r = reach(filter, s);
    for (int o = 0; o < n_out; o++) {
        const double c = (o + 0.5) * s;
        const int low = (int)floor(c - r), high = (int)floor(c + r);
        float *w = t->weight + (size_t)o * (size_t)t->width;
        t->start[o] = clamp(low, 0, n_in - t->width);
        double sum = 0;
        for (int i = low; i <= high; i++) sum += weight_of(filter, s, c, i);
        for (int i = low; i <= high; i++)
            w[clamp(i, 0, n_in - 1) - t->start[o]] +=
                (float)(weight_of(filter, s, c, i) / sum);
    }
}

static void taps_close(taps *t) {
    mien_free(t->start);
    mien_free(t->weight);
}

static mien_status taps_open(taps *t, mien_filter filter, int n_in, int n_out) {
    const double s = (double)n_in / n_out;
    t->width = clamp((int)(2 * reach(filter, s)) + 2, 1, n_in);
    t->start = mien_alloc((size_t)n_out, sizeof(*t->start));
    t->weight = mien_alloc((size_t)n_out, sizeof(float) * (size_t)t->width);
    if (!t->start || !t->weight) return MIEN_ENOMEM;
    fill_taps(t, filter, n_in, n_out);
    return MIEN_OK;
}

MIEN_CLONES
static void add_row(float *sum, const uint8_t *row, float w, size_t n) {
    for (size_t i = 0; i < n; i++) sum[i] += w * (float)row[i];
}

/* Columns: the weighted sum of source rows start .. start + width - 1. */
static void gather(float *sum, const mien_image *image, const taps *t, int o) {
    const size_t n = (size_t)image->width * (size_t)image->channels;
    const float *w = t->weight + (size_t)o * (size_t)t->width;
    memset(sum, 0, n * sizeof(*sum));
    for (int k = 0; k < t->width; k++)
        if (w[k] != 0)
            add_row(sum, mien_image_at(image, 0, t->start[o] + k), w[k], n);
}

/* Rows: filter along, c samples a pixel. */
static void filter_grey(uint8_t *out, const float *row, const taps *t, int n) {
    const float *w = t->weight;
    for (int o = 0; o < n; o++, w += t->width) {
        const float *x = row + t->start[o];
        float sum = 0;
        for (int k = 0; k < t->width; k++) sum += w[k] * x[k];
        out[o] = mien_byte(sum);
    }
}

static void filter_rgb(uint8_t *out, const float *row, const taps *t, int n) {
    const float *w = t->weight;
    for (int o = 0; o < n; o++, w += t->width, out += 3) {
        const float *x = row + 3 * (size_t)t->start[o];
        float r = 0, g = 0, b = 0;
        for (int k = 0; k < t->width; k++, x += 3) {
            r += w[k] * x[0];
            g += w[k] * x[1];
            b += w[k] * x[2];
        }
        out[0] = mien_byte(r);
        out[1] = mien_byte(g);
        out[2] = mien_byte(b);
    }
}

static mien_status resample(mien_image *out, const mien_image *image,
                            const taps *across, const taps *down) {
    float *row = mien_alloc((size_t)image->width,
                            sizeof(float) * (size_t)image->channels);
    if (!row) return MIEN_ENOMEM;
    for (int y = 0; y < out->height; y++) {
        gather(row, image, down, y);
        (out->channels == 3 ? filter_rgb : filter_grey)(
            mien_image_at(out, 0, y), row, across, out->width);
    }
    mien_free(row);
    return MIEN_OK;
}

mien_status mien_image_resize(mien_image **out, const mien_image *image,
                              int width, int height, mien_filter filter) {
    mien_image_check(image);
    *out = NULL;
    if (filter > MIEN_FILTER_BICUBIC)
        return mien_fail(MIEN_EINVAL, "resize: filter %d is not one",
                         (int)filter);
    if (width == image->width && height == image->height)
        return mien_image_copy(out, image);
    mien_image *made = NULL;
    taps across = {0}, down = {0};
    mien_status status = mien_image_new(&made, width, height, image->channels);
    if (status == MIEN_OK)
        status = taps_open(&across, filter, image->width, width);
    if (status == MIEN_OK)
        status = taps_open(&down, filter, image->height, height);
    if (status == MIEN_OK) status = resample(made, image, &across, &down);
    taps_close(&across);
    taps_close(&down);
    if (status == MIEN_OK)
        *out = made;
    else
        mien_image_free(made);
    return status;
}
