/* SPDX-License-Identifier: Apache-2.0 */
/* image.h - photos: read, write, resize, warp, draw.
 *
 *   mien_image *photo, *small;
 *   if (mien_image_load(&photo, "face.jpg", NULL) != MIEN_OK)
 *       fprintf(stderr, "%s\n", mien_error());
 *   mien_image_resize(&small, photo, 112, 112, MIEN_FILTER_BICUBIC);
 *   mien_image_save(small, "face.png", 0);
 *   mien_image_free(small);
 *   mien_image_free(photo);
 *
 * Pixels are 8-bit, interleaved, rows from the top; x runs right, y down.
 * Every function here may be called from any thread; two threads must not
 * change the same image. */
#ifndef MIEN_IMAGE_H
#define MIEN_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mien/status.h"

/* The longest side an image may have. */
#define MIEN_IMAGE_MAX_SIDE (1 << 20)

/* Pixel (x, y), channel c: pixels[y * stride + x * channels + c]. */
typedef struct mien_image {
    int width, height;
    int channels;  /* 1 grey, 3 red-green-blue */
    size_t stride; /* bytes from a row to the next */
    uint8_t *pixels;
} mien_image;

/* ---- make and free ---------------------------------------------------- */

/* A black image.
 *
 * Owns:   *out is the caller's; mien_image_free() frees it.
 * Errors: MIEN_EINVAL for sides or channels out of range, MIEN_ENOMEM;
 *         *out is then NULL. */
mien_status mien_image_new(mien_image **out, int width, int height,
                           int channels);
mien_status mien_image_copy(mien_image **out, const mien_image *image);
void mien_image_free(mien_image *image); /* NULL is fine */

/* ---- read and write --------------------------------------------------- */

typedef struct mien_image_options {
    /* The most pixels a file may declare, before any scaling; checked before
     * they are allocated. */
    size_t max_pixels;
    int channels; /* 1, 3, or 0: as stored */
    /* The size wanted in the end, as displayed; 0 for no matter. A JPEG is
     * decoded at the smallest eighth M/8 of its size that is not below it,
     * which is several times faster than decoding all; resize the rest. */
    int target_width, target_height;
    bool orient; /* turn the photo upright as its EXIF data say */
} mien_image_options;

/* 100 million pixels, channels as stored, full size, upright. */
void mien_image_defaults(mien_image_options *options);

/* Read a JPEG, PNG, WebP (still), PGM or PPM file, told apart by their first
 * bytes. Transparent pixels are composed over white, 16-bit samples rounded
 * to 8 bits, CMYK converted without a colour profile.
 *
 * Owns:   *out is the caller's.
 * Errors: MIEN_EIO, MIEN_ENOTFOUND; MIEN_EFORMAT for what is damaged, cut
 *         short or no image; MIEN_ELIMIT over max_pixels; MIEN_EUNSUPPORTED;
 *         MIEN_ENOMEM. *out is then NULL. Options may be NULL: defaults. */
mien_status mien_image_load(mien_image **out, const char *path,
                            const mien_image_options *options);

/* The same from memory; `name` begins the messages. */
mien_status mien_image_decode(mien_image **out, const void *bytes, size_t size,
                              const char *name,
                              const mien_image_options *options);

/* Write a file; its extension (jpg, jpeg, png, webp, pgm, ppm, pnm) decides
 * the format. It appears under its name only when complete.
 *
 * Units:  quality 1 to 100 for JPEG and WebP (100 makes WebP lossless), 0 for
 *         the default of 90; PNG, PGM and PPM are always lossless.
 * Errors: MIEN_EINVAL for an unknown extension or quality, MIEN_EUNSUPPORTED
 *         for an image too large for the format, MIEN_EIO, MIEN_ENOSPACE. */
mien_status mien_image_save(const mien_image *image, const char *path,
                            int quality);

/* The same into memory, in the format of an extension such as "png".
 *
 * Owns:   *bytes is the caller's; mien_image_bytes_free() frees it. */
mien_status mien_image_encode(uint8_t **bytes, size_t *size,
                              const mien_image *image, const char *extension,
                              int quality);
void mien_image_bytes_free(uint8_t *bytes);

/* ---- size and place --------------------------------------------------- */

typedef enum mien_filter {
    MIEN_FILTER_NEAREST,
    MIEN_FILTER_AREA,     /* the mean of the source area under each pixel */
    MIEN_FILTER_BILINEAR, /* triangle, widened when shrinking */
    MIEN_FILTER_BICUBIC   /* Catmull-Rom (a = -1/2), widened when shrinking */
} mien_filter;

/* Resample to width x height; all but nearest are free of aliasing.
 *
 * Source: Keys, Cubic convolution interpolation for digital image processing,
 *         IEEE TASSP 29(6), 1981. */
mien_status mien_image_resize(mien_image **out, const mien_image *image,
                              int width, int height, mien_filter filter);

/* What lies beyond an image's edge. */
typedef enum mien_border {
    MIEN_BORDER_CONSTANT, /* one colour */
    MIEN_BORDER_REPLICATE /* the nearest pixel of the edge */
} mien_border;

typedef struct mien_colour {
    uint8_t r, g, b; /* on a grey image: their luma */
} mien_colour;

/* Fill *out by looking up each of its pixels in `image`, bilinearly:
 *
 *   source x = m[0] x + m[1] y + m[2]
 *   source y = m[3] x + m[4] y + m[5]
 *
 * Units:  pixel centres have whole coordinates, the first one is (0, 0).
 * Errors: MIEN_EINVAL for a matrix that is not finite.
 *
 * Shrinking by more than two aliases: resize first. */
typedef struct mien_warp {
    double m[6];
    mien_border border;
    mien_colour outside; /* of MIEN_BORDER_CONSTANT */
} mien_warp;

mien_status mien_image_warp(mien_image **out, const mien_image *image,
                            const mien_warp *warp, int width, int height);

/* Cut out a rectangle, which must lie inside.
 *
 * Errors: MIEN_EINVAL. */
mien_status mien_image_crop(mien_image **out, const mien_image *image, int x,
                            int y, int width, int height);

void mien_image_flip_horizontal(mien_image *image); /* left for right */
void mien_image_flip_vertical(mien_image *image);   /* top for bottom */

/* Turn upright what EXIF orientation 1 to 8 describes; 5 to 8 swap the sides.
 * 1 copies.
 *
 * Errors: MIEN_EINVAL for another number. */
mien_status mien_image_orient(mien_image **out, const mien_image *image,
                              int orientation);

/* Copy as grey (1) or RGB (3). Grey is BT.601 luma, .299 R + .587 G + .114 B,
 * as in JPEG. */
mien_status mien_image_convert(mien_image **out, const mien_image *image,
                               int channels);

/* ---- draw; all of it is clipped to the image -------------------------- */

void mien_image_fill(mien_image *image, int x, int y, int width, int height,
                     mien_colour colour);

/* The outline of a rectangle, drawn inward. */
typedef struct mien_box {
    int x, y, width, height;
} mien_box;

void mien_image_draw_box(mien_image *image, mien_box box, int thickness,
                         mien_colour colour);

/* One pixel wide, both ends included. */
void mien_image_draw_line(mien_image *image, int x0, int y0, int x1, int y1,
                          mien_colour colour);

/* The cell of a character at scale 1: 5 x 8 pixels and a gap. */
enum { MIEN_TEXT_WIDTH = 6, MIEN_TEXT_HEIGHT = 9 };

/* Printable ASCII in fixed cells; other bytes become '?', '\n' begins a new
 * line below the first. (x, y) is the top left corner. */
typedef struct mien_text_style {
    int scale; /* 1 or more */
    mien_colour colour;
} mien_text_style;

void mien_image_draw_text(mien_image *image, int x, int y, const char *text,
                          mien_text_style style);

/* Pixels that the widest line of `text` takes. */
int mien_image_text_width(const char *text, int scale);

/* Lay `from` on `image` with its top left corner at (x, y); grey and RGB are
 * converted. */
void mien_image_paste(mien_image *image, const mien_image *from, int x, int y);

#endif
