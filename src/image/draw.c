/* SPDX-License-Identifier: Apache-2.0 */
/* draw.c - rectangles, lines, letters and pictures on an image, clipped. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "image/font.h"
#include "image/pixels.h"

static void put(mien_image *image, int64_t x, int64_t y, mien_colour colour) {
    if (x < 0 || y < 0 || x >= image->width || y >= image->height) return;
    uint8_t *p = mien_image_at(image, (int)x, (int)y);
    if (image->channels == 1) {
        p[0] = mien_luma(colour.r, colour.g, colour.b);
    } else {
        p[0] = colour.r;
        p[1] = colour.g;
        p[2] = colour.b;
    }
}

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

/* The half-open rectangle [x0, x1) x [y0, y1). */
static void fill(mien_image *image, int64_t x0, int64_t y0, int64_t x1,
                 int64_t y1, mien_colour colour) {
    x1 = least(x1, image->width);
    y1 = least(y1, image->height);
    for (int64_t y = most(y0, 0); y < y1; y++)
        for (int64_t x = most(x0, 0); x < x1; x++) put(image, x, y, colour);
}

void mien_image_fill(mien_image *image, int x, int y, int width, int height,
                     mien_colour colour) {
    mien_image_check(image);
    fill(image, x, y, (int64_t)x + width, (int64_t)y + height, colour);
}

void mien_image_draw_box(mien_image *image, mien_box box, int thickness,
                         mien_colour colour) {
    mien_image_check(image);
    const int64_t x0 = box.x, y0 = box.y;
    const int64_t x1 = x0 + box.width, y1 = y0 + box.height;
    const int64_t t = least(thickness, least(box.width, box.height));
    fill(image, x0, y0, x1, y0 + t, colour);
    fill(image, x0, y1 - t, x1, y1, colour);
    fill(image, x0, y0, x0 + t, y1, colour);
    fill(image, x1 - t, y0, x1, y1, colour);
}

/* One pixel for each step along the longer side; only the steps that can lie
 * in the image are walked, so far ends cost nothing. */
void mien_image_draw_line(mien_image *image, int x0, int y0, int x1, int y1,
                          mien_colour colour) {
    mien_image_check(image);
    const int64_t dx = (int64_t)x1 - x0, dy = (int64_t)y1 - y0;
    const bool steep = llabs(dy) > llabs(dx);
    const int64_t from = steep ? y0 : x0, to = steep ? y1 : x1;
    const int64_t side = steep ? image->height : image->width;
    const double slope = to == from ? 0
                         : steep    ? (double)dx / (double)dy
                                    : (double)dy / (double)dx;
    const int64_t last = least(most(from, to), side - 1);
    for (int64_t i = most(least(from, to), 0); i <= last; i++) {
        int64_t j = (int64_t)floor((steep ? x0 : y0) +
                                   slope * (double)(i - from) + 0.5);
        put(image, steep ? j : i, steep ? i : j, colour);
    }
}

static void draw_glyph(mien_image *image, int64_t x, int64_t y, char c,
                       mien_text_style style) {
    const uint8_t *rows = mien_glyph(c);
    const int64_t s = style.scale;
    for (int j = 0; j < MIEN_GLYPH_ROWS; j++)
        for (int i = 0; i < MIEN_GLYPH_COLUMNS; i++)
            if (rows[j] >> (MIEN_GLYPH_COLUMNS - 1 - i) & 1)
                fill(image, x + i * s, y + j * s, x + (i + 1) * s,
                     y + (j + 1) * s, style.colour);
}

void mien_image_draw_text(mien_image *image, int x, int y, const char *text,
                          mien_text_style style) {
    mien_image_check(image);
    int64_t column = 0, line = 0;
    for (; *text; text++) {
        if (*text == '\n') {
            column = 0;
            line++;
            continue;
        }
        draw_glyph(image, x + column * MIEN_TEXT_WIDTH * style.scale,
                   y + line * MIEN_TEXT_HEIGHT * style.scale, *text, style);
        column++;
    }
}

int mien_image_text_width(const char *text, int scale) {
    size_t widest = 0;
    while (*text) {
        size_t n = strcspn(text, "\n");
        if (n > widest) widest = n;
        text += n + (text[n] == '\n');
    }
    return (int)widest * MIEN_TEXT_WIDTH * scale;
}

void mien_image_paste(mien_image *image, const mien_image *from, int x, int y) {
    mien_image_check(image);
    mien_image_check(from);
    const int64_t x0 = most(x, 0),
                  x1 = least((int64_t)x + from->width, image->width);
    const int64_t y0 = most(y, 0),
                  y1 = least((int64_t)y + from->height, image->height);
    if (x0 >= x1) return;
    for (int64_t j = y0; j < y1; j++)
        mien_pixels_convert(mien_image_at(image, (int)x0, (int)j),
                            image->channels,
                            mien_image_at(from, (int)(x0 - x), (int)(j - y)),
                            from->channels, (size_t)(x1 - x0));
}
