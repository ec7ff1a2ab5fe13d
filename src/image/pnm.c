/* SPDX-License-Identifier: Apache-2.0 */
/* pnm.c - PGM and PPM, written out (P2, P3) or in bytes (P5, P6).
 *
 * A header "P5 width height maxval", its fields apart by white space and
 * comments (# to the end of the line), one white space, then the samples:
 * numbers, or one byte each, or two (high first) where maxval is over 255.
 * Source: the pgm(5) and ppm(5) manual pages of Netpbm. */
#include <string.h>

#include "image/format.h"

static bool matches(const uint8_t *bytes, size_t size) {
    return size >= 3 && bytes[0] == 'P' && bytes[1] >= '1' && bytes[1] <= '7' &&
           (bytes[2] == '#' || (bytes[2] >= '\t' && bytes[2] <= '\r') ||
            bytes[2] == ' ');
}

typedef struct reader {
    const mien_source *source;
    size_t at;
    uint32_t max; /* the sample that is white */
} reader;

static bool is_space(uint8_t c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static void skip_space(reader *r) {
    const mien_source *s = r->source;
    while (r->at < s->size) {
        if (s->bytes[r->at] == '#')
            while (r->at < s->size && s->bytes[r->at] != '\n') r->at++;
        else if (is_space(s->bytes[r->at]))
            r->at++;
        else
            return;
    }
}

/* The next decimal number, at most `most`. */
static mien_status read_number(reader *r, const char *what, uint32_t most,
                               uint32_t *out) {
    const mien_source *s = r->source;
    skip_space(r);
    if (r->at == s->size)
        return mien_fail(MIEN_EFORMAT, "%s: PNM: truncated before the %s",
                         s->name, what);
    uint64_t v = 0;
    size_t from = r->at;
    for (; r->at < s->size && s->bytes[r->at] >= '0' && s->bytes[r->at] <= '9';
         r->at++) {
        v = v * 10 + (s->bytes[r->at] - '0');
        if (v > most)
            return mien_fail(MIEN_EFORMAT, "%s: PNM: the %s is over %u",
                             s->name, what, most);
    }
    if (r->at == from)
        return mien_fail(MIEN_EFORMAT,
                         "%s: PNM: byte %zu is 0x%02x where the %s should be",
                         s->name, from, s->bytes[from], what);
    *out = (uint32_t)v;
    return MIEN_OK;
}

static mien_status read_text(reader *r, mien_image *image) {
    size_t n = image->stride * (size_t)image->height;
    for (size_t i = 0; i < n; i++) {
        uint32_t v;
        MIEN_TRY(read_number(r, "next sample", r->max, &v));
        image->pixels[i] = mien_scale_sample(v, r->max);
    }
    return MIEN_OK;
}

static mien_status read_binary(reader *r, mien_image *image) {
    const uint8_t *p = r->source->bytes + r->at;
    const size_t n = image->stride * (size_t)image->height;
    const bool wide = r->max > 255;
    if (r->max == 255) {
        memcpy(image->pixels, p, n);
        return MIEN_OK;
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t v = wide ? (uint32_t)p[2 * i] << 8 | p[2 * i + 1] : p[i];
        if (v > r->max)
            return mien_fail(MIEN_EFORMAT,
                             "%s: PNM: sample %zu is %u, over the header's %u",
                             r->source->name, i, v, r->max);
        image->pixels[i] = mien_scale_sample(v, r->max);
    }
    return MIEN_OK;
}

/* Fewer bytes than the samples need, known before they are allocated. */
static mien_status check_length(const reader *r, size_t samples, bool text) {
    size_t left = r->source->size - r->at;
    /* text: a digit and a space each, the last space optional */
    size_t need = text ? 2 * samples - 1 : samples * (r->max > 255 ? 2 : 1);
    if (left >= need) return MIEN_OK;
    return mien_fail(MIEN_EFORMAT,
                     "%s: PNM: the file is truncated: %zu bytes of pixels "
                     "where at least %zu should be",
                     r->source->name, left, need);
}

static mien_status read_pixels(mien_image **out, reader *r, uint32_t width,
                               uint32_t height, char kind) {
    const bool text = kind == '2' || kind == '3';
    const int channels = kind == '3' || kind == '6' ? 3 : 1;
    if (r->at < r->source->size && !is_space(r->source->bytes[r->at]))
        return mien_fail(MIEN_EFORMAT,
                         "%s: PNM: the header does not end in white space",
                         r->source->name);
    if (!text && r->at < r->source->size) r->at++;
    MIEN_TRY(check_length(r, (size_t)width * height * (size_t)channels, text));
    MIEN_TRY(mien_image_new(out, (int)width, (int)height, channels));
    return text ? read_text(r, *out) : read_binary(r, *out);
}

static mien_status decode(mien_image **out, int *orientation,
                          const mien_source *source,
                          const mien_image_options *options) {
    (void)orientation;
    reader r = {.source = source, .at = 2};
    char kind = (char)source->bytes[1];
    if (!strchr("2356", kind))
        return mien_fail(MIEN_EUNSUPPORTED,
                         "%s: P%c is not read; PGM (P2, P5) and PPM (P3, P6) "
                         "are",
                         source->name, kind);
    uint32_t width, height;
    MIEN_TRY(read_number(&r, "width", UINT32_MAX, &width));
    MIEN_TRY(read_number(&r, "height", UINT32_MAX, &height));
    MIEN_TRY(read_number(&r, "largest sample", 65535, &r.max));
    if (r.max == 0)
        return mien_fail(MIEN_EFORMAT, "%s: PNM: the largest sample is 0",
                         source->name);
    MIEN_TRY(mien_source_check_size(source, options, width, height));
    mien_image *image = NULL;
    mien_status status = read_pixels(&image, &r, width, height, kind);
    if (status == MIEN_OK)
        *out = image;
    else
        mien_image_free(image);
    return status;
}

/* pgm is always grey and ppm always RGB; pnm is whichever the image is. */
static mien_status encode(mien_buf *out, const mien_image *image,
                          const char *extension, int quality) {
    (void)quality;
    int channels = image->channels;
    if (extension[1] == 'g' || extension[1] == 'G') channels = 1;
    if (extension[1] == 'p' || extension[1] == 'P') channels = 3;
    const size_t row = (size_t)image->width * (size_t)channels;
    MIEN_TRY(mien_buf_printf(out, "P%c\n%d %d\n255\n",
                             channels == 1 ? '5' : '6', image->width,
                             image->height));
    size_t at = out->size;
    MIEN_TRY(mien_buf_resize(out, at + row * (size_t)image->height));
    for (int y = 0; y < image->height; y++, at += row)
        mien_pixels_convert(out->data + at, channels,
                            mien_image_at(image, 0, y), image->channels,
                            (size_t)image->width);
    return MIEN_OK;
}

const mien_format mien_format_pnm = {
    .name = "PNM",
    .extensions = "pgm|ppm|pnm",
    .matches = matches,
    .decode = decode,
    .encode = encode,
};
