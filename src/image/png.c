/* SPDX-License-Identifier: Apache-2.0 */
/* png.c - PNG by libpng.
 *
 * All colour types become 8-bit grey, grey + alpha, RGB or RGBA; alpha is then
 * composed over white. Gamma and colour profiles are left alone, as the JPEG
 * path does: a network is trained on stored values.
 *
 * The library reports a fatal error by longjmp; every object that lives across
 * one is in the job. */
#include <setjmp.h>
#include <string.h>

#include <png.h>

#include "base/mem.h"
#include "image/exif.h"
#include "image/format.h"

typedef struct job {
    const char *name;
    mien_status status;
    png_structp png;
    png_infop info;
    /* reading */
    const mien_source *source;
    const mien_image_options *options;
    size_t at; /* bytes read */
    int orientation;
    uint8_t *raw; /* pixels with alpha */
    mien_image *image;
    /* writing */
    mien_buf *out;
} job;

static void on_error(png_structp png, png_const_charp text) {
    job *j = png_get_error_ptr(png);
    if (j->status == MIEN_OK)
        j->status = mien_fail(MIEN_EFORMAT, "%s: PNG: %s", j->name, text);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text) {
    (void)png;
    (void)text;
}

static png_voidp on_alloc(png_structp png, png_alloc_size_t size) {
    job *j = png_get_mem_ptr(png);
    void *p = mien_alloc(1, size);
    if (!p) j->status = MIEN_ENOMEM;
    return p;
}

static void on_free(png_structp png, png_voidp p) {
    (void)png;
    mien_free(p);
}

/* ---- decode ----------------------------------------------------------- */

static void on_read(png_structp png, png_bytep to, size_t size) {
    job *j = png_get_io_ptr(png);
    if (size > j->source->size - j->at) png_error(png, "the file is truncated");
    memcpy(to, j->source->bytes + j->at, size);
    j->at += size;
}

static void normalise(job *j) {
    png_structp png = j->png;
    png_set_expand(png); /* palette to RGB, 1 to 4 bits to 8, tRNS to alpha */
    png_set_scale_16(png);
    png_set_interlace_handling(png);
    png_read_update_info(png, j->info);
}

/* Rows go straight to the image where there is no alpha, else to `raw`. */
static mien_status read_rows(job *j, int width, int height) {
    int samples = png_get_channels(j->png, j->info);
    int colours = samples <= 2 ? 1 : 3;
    MIEN_TRY(mien_image_new(&j->image, width, height, colours));
    size_t stride = (size_t)width * (size_t)samples;
    if (samples != colours) {
        j->raw = mien_alloc((size_t)height, stride);
        if (!j->raw) return MIEN_ENOMEM;
    }
    uint8_t *rows = j->raw ? j->raw : j->image->pixels;
    bool interlaced =
        png_get_interlace_type(j->png, j->info) != PNG_INTERLACE_NONE;
    for (int pass = 0; pass < (interlaced ? PNG_INTERLACE_ADAM7_PASSES : 1);
         pass++)
        for (int y = 0; y < height; y++)
            png_read_row(j->png, rows + (size_t)y * stride, NULL);
    if (j->raw)
        mien_pixels_over_white(j->image->pixels, j->raw,
                               (size_t)width * (size_t)height, colours);
    return MIEN_OK;
}

static int orientation_of(job *j) {
    png_uint_32 size = 0;
    png_bytep bytes = NULL;
    if (!png_get_eXIf_1(j->png, j->info, &size, &bytes)) return 1;
    return mien_exif_orientation(bytes, size);
}

static mien_status run_reading(job *j) {
    j->png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, j, on_error,
                                      on_warning, j, on_alloc, on_free);
    if (!j->png) return j->status == MIEN_OK ? MIEN_ENOMEM : j->status;
    if (setjmp(png_jmpbuf(j->png))) return j->status;
    j->info = png_create_info_struct(j->png);
    if (!j->info) return MIEN_ENOMEM;
    png_set_read_fn(j->png, j, on_read);
    png_set_user_limits(j->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_read_info(j->png, j->info);
    png_uint_32 width = png_get_image_width(j->png, j->info);
    png_uint_32 height = png_get_image_height(j->png, j->info);
    MIEN_TRY(mien_source_check_size(j->source, j->options, width, height));
    normalise(j);
    MIEN_TRY(read_rows(j, (int)width, (int)height));
    png_read_end(j->png, j->info);
    j->orientation = orientation_of(j);
    return j->status; /* libpng goes on without a chunk it had no room for */
}

static mien_status decode(mien_image **out, int *orientation,
                          const mien_source *source,
                          const mien_image_options *options) {
    job j = {.name = source->name,
             .source = source,
             .options = options,
             .orientation = 1};
    mien_status status = run_reading(&j);
    png_destroy_read_struct(&j.png, &j.info, NULL);
    mien_free(j.raw);
    if (status == MIEN_OK) {
        *out = j.image;
        *orientation = j.orientation;
    } else {
        mien_image_free(j.image);
    }
    return status;
}

/* ---- encode ----------------------------------------------------------- */

static void on_write(png_structp png, png_bytep from, size_t size) {
    job *j = png_get_io_ptr(png);
    j->status = mien_buf_append(j->out, from, size);
    if (j->status != MIEN_OK) png_error(png, "write");
}

static void on_flush(png_structp png) { (void)png; }

static mien_status run_writing(job *j, const mien_image *image) {
    j->png = png_create_write_struct_2(PNG_LIBPNG_VER_STRING, j, on_error,
                                       on_warning, j, on_alloc, on_free);
    if (!j->png) return j->status == MIEN_OK ? MIEN_ENOMEM : j->status;
    if (setjmp(png_jmpbuf(j->png))) return j->status;
    j->info = png_create_info_struct(j->png);
    if (!j->info) return MIEN_ENOMEM;
    png_set_write_fn(j->png, j, on_write, on_flush);
    png_set_user_limits(j->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_IHDR(
        j->png, j->info, (png_uint_32)image->width, (png_uint_32)image->height,
        8, image->channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB,
        PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
        PNG_FILTER_TYPE_DEFAULT);
    png_write_info(j->png, j->info);
    for (int y = 0; y < image->height; y++)
        png_write_row(j->png, mien_image_at(image, 0, y));
    png_write_end(j->png, j->info);
    return MIEN_OK;
}

static mien_status encode(mien_buf *out, const mien_image *image,
                          const char *extension, int quality) {
    (void)extension;
    (void)quality;
    job j = {.name = "encoding", .out = out};
    mien_status status = run_writing(&j, image);
    png_destroy_write_struct(&j.png, &j.info);
    return status;
}

static bool matches(const uint8_t *bytes, size_t size) {
    return size >= 8 && memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) == 0;
}

const mien_format mien_format_png = {
    .name = "PNG",
    .extensions = "png",
    .matches = matches,
    .decode = decode,
    .encode = encode,
};
