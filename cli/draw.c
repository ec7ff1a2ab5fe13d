/* SPDX-License-Identifier: Apache-2.0 */
/* draw.c - faces marked in a photo.
 *
 * Lines and letters grow with the photo, so that they can be read when it is
 * looked at as a whole: one step for each 600 pixels of the longer side. */
#include "draw.h"

#include <math.h>
#include <string.h>

enum { STEP = 600, LABEL = 128 };

static const mien_colour tints[] = {
    [CLI_GREEN] = {40, 180, 70},
    [CLI_AMBER] = {235, 160, 20},
    [CLI_RED] = {215, 45, 45},
    [CLI_BLUE] = {50, 120, 230},
};

mien_status cli_drawing_open(cli_drawing *out, const mien_image *photo) {
    const int longest =
        photo->width > photo->height ? photo->width : photo->height;
    out->scale = 1 + longest / STEP;
    return mien_image_convert(&out->image, photo, 3);
}

void cli_drawing_close(cli_drawing *d) {
    mien_image_free(d->image);
    d->image = NULL;
}

mien_status cli_drawing_save(const cli_drawing *d, const char *path) {
    return mien_image_save(d->image, path, 0);
}

/* ---- letters ---------------------------------------------------------- */

/* Latin letters with marks, U+00C0 to U+017F, as the letter below the mark. */
static const char latin[] =
    "AAAAAAACEEEEIIIIDNOOOOOxOUUUUYTsaaaaaaaceeeeiiiidnooooo/ouuuuyty"
    "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIiIiJjKkkLlLlLlL"
    "lLlNnNnNnnNnOoOoOoOoRrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs";

/* One letter of UTF-8; what is no letter of Latin is '?'. */
static char letter(const unsigned char **at) {
    const unsigned char *s = *at;
    if (*s < 0x80) {
        ++*at;
        return (char)*s;
    }
    const unsigned first = *s++;
    unsigned code = first & 0x1f;
    while ((*s & 0xc0) == 0x80) code = code << 6 | (*s++ & 0x3f);
    *at = s;
    const bool two = (first & 0xe0) == 0xc0;
    return two && code >= 0xc0 && code - 0xc0 < sizeof latin - 1
               ? latin[code - 0xc0]
               : '?';
}

static void fold(char out[LABEL], const char *label) {
    const unsigned char *s = (const unsigned char *)label;
    int n = 0;
    while (*s && n < LABEL - 1) out[n++] = letter(&s);
    out[n] = 0;
}

/* ---- marks ------------------------------------------------------------ */

static void draw_dot(mien_image *image, int x, int y, int r,
                     mien_colour colour) {
    for (int dy = -r; dy <= r; dy++) {
        const int half = (int)sqrt((double)(r * r - dy * dy));
        mien_image_fill(image, x - half, y + dy, 2 * half + 1, 1, colour);
    }
}

static void draw_points(cli_drawing *d, const mien_face *f) {
    const float side = fmaxf(f->width, f->height);
    const int most = 1 + (int)(side / 40);
    const int r = d->scale < most ? d->scale : most;
    for (int k = 0; k < 5; k++) {
        const int x = (int)lroundf(f->points[k][0]);
        const int y = (int)lroundf(f->points[k][1]);
        draw_dot(d->image, x, y, r + (r > 1), (mien_colour){0, 0, 0});
        draw_dot(d->image, x, y, r, (mien_colour){255, 235, 60});
    }
}

static int clamp(int x, int low, int high) {
    return x > high ? (high > low ? high : low) : x < low ? low : x;
}

static void draw_label(cli_drawing *d, const char *label, mien_box box,
                       mien_colour colour) {
    char text[LABEL];
    mien_image *image = d->image;
    fold(text, label);
    const int pad = d->scale + 1;
    int scale = d->scale;
    while (scale > 1 &&
           mien_image_text_width(text, scale) + 2 * pad > image->width)
        scale--;
    const int w = mien_image_text_width(text, scale) + 2 * pad;
    const int h = MIEN_TEXT_HEIGHT * scale + 2 * pad;
    const int x = clamp(box.x, 0, image->width - w);
    const int above = box.y - h;
    const int y = clamp(above >= 0 ? above : box.y, 0, image->height - h);
    mien_image_fill(image, x, y, w, h, colour);
    mien_image_draw_text(image, x + pad, y + pad, text,
                         (mien_text_style){scale, {255, 255, 255}});
}

/* Far outside of any photo there is nothing to draw, and no overflow. */
static int pixel(float x) {
    const float most = 2.0f * MIEN_IMAGE_MAX_SIDE;
    return (int)lroundf(fmaxf(-most, fminf(most, x)));
}

void cli_draw_face(cli_drawing *d, const mien_face *f, const char *label,
                   cli_tint tint) {
    const int x = pixel(f->x), y = pixel(f->y);
    const mien_box box = {x, y, pixel(f->x + f->width) - x,
                          pixel(f->y + f->height) - y};
    mien_image_draw_box(d->image, box, d->scale + 1, tints[tint]);
    if (f->has_points) draw_points(d, f);
    if (label && *label) draw_label(d, label, box, tints[tint]);
}
