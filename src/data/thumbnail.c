/* SPDX-License-Identifier: Apache-2.0 */
/* thumbnail.c - mean grey of 12 x 12 cells, without light and contrast. */
#include "data/thumbnail.h"

#include <math.h>

enum { SIDE = MIEN_THUMBNAIL_SIDE, CELLS = MIEN_THUMBNAIL };

static float level(const mien_sample *s, int row, int column, int channels,
                   int width) {
    float sum = 0;
    for (int c = 0; c < channels; c++)
        sum += s->image
                   ? s->image->pixels[(size_t)row * s->image->stride +
                                      (size_t)(column * channels + c)]
                   : s->floats[((size_t)row * (size_t)width + (size_t)column) *
                                   (size_t)channels +
                               (size_t)c];
    return sum;
}

/* The pixels of cell i of SIDE along an extent, at least one. */
static int begin_of(int i, int extent) {
    return (int)((int64_t)i * extent / SIDE);
}

static int end_of(int i, int extent) {
    const int end = begin_of(i + 1, extent), begin = begin_of(i, extent);
    return end > begin ? end : begin + 1;
}

static void shrink(float *cell, const mien_sample *s) {
    const int height = s->image ? s->image->height : s->height;
    const int width = s->image ? s->image->width : s->width;
    const int channels = s->image ? s->image->channels : s->channels;
    for (int i = 0; i < CELLS; i++) {
        const int top = begin_of(i / SIDE, height);
        const int left = begin_of(i % SIDE, width);
        const int bottom = end_of(i / SIDE, height);
        const int right = end_of(i % SIDE, width);
        float sum = 0;
        for (int y = top; y < bottom; y++)
            for (int x = left; x < right; x++)
                sum += level(s, y, x, channels, width);
        cell[i] = sum / (float)((bottom - top) * (right - left));
    }
}

/* Mean 0, length 1; false for what is flat or no number. */
static bool normalise(float *cell) {
    double mean = 0, squares = 0;
    for (int i = 0; i < CELLS; i++) mean += cell[i];
    mean /= CELLS;
    for (int i = 0; i < CELLS; i++) {
        cell[i] -= (float)mean;
        squares += (double)cell[i] * cell[i];
    }
    if (!(squares > 1e-6 * CELLS * (1e-6 + mean * mean)) ||
        !(squares < INFINITY))
        return false;
    for (int i = 0; i < CELLS; i++) cell[i] /= (float)sqrt(squares);
    return true;
}

mien_status mien_thumbnail_read(float *cell, bool *shows, const mien_reader *r,
                                uint32_t sample) {
    mien_sample s;
    const mien_want want = {.width = SIDE, .height = SIDE};
    MIEN_TRY(r->ops->decode(&s, r, (int)sample, want));
    shrink(cell, &s);
    mien_sample_close(&s);
    *shows = normalise(cell);
    return MIEN_OK;
}

float mien_thumbnail_cosine(const float *a, const float *b) {
    float part[16] = {0}, sum = 0;
    for (int i = 0; i < CELLS; i += 16)
        for (int k = 0; k < 16; k++) part[k] += a[i + k] * b[i + k];
    for (int k = 0; k < 16; k++) sum += part[k];
    return sum;
}
