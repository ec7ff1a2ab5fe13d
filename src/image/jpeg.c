/* SPDX-License-Identifier: Apache-2.0 */
/* jpeg.c - JPEG by libjpeg-turbo.
 *
 * The library reports a fatal error by longjmp; every object that lives across
 * one is in the job, so that the one caller of setjmp can free it. Warnings
 * that mean lost pixels are errors here: a half-grey face must not be
 * enrolled, and a truncated training set should be noticed. */
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

#include "base/mem.h"
#include "image/exif.h"
#include "image/format.h"

enum {
    MAX_SCANS = 200, /* a photo has about 10; each may cost a full pass */
    WRITE_SIZE = 16384
};

typedef struct failure {
    struct jpeg_error_mgr manager; /* first, so that the pointers agree */
    jmp_buf jump;
    const char *name;
    mien_status status;
} failure;

/* ---- messages --------------------------------------------------------- */

static void on_error(j_common_ptr c) {
    failure *f = (failure *)c->err;
    if (f->status == MIEN_OK) {
        char text[JMSG_LENGTH_MAX];
        c->err->format_message(c, text);
        f->status =
            c->err->msg_code == JERR_OUT_OF_MEMORY ? MIEN_ENOMEM : MIEN_EFORMAT;
        mien_fail(f->status, "%s: JPEG: %s", f->name, text);
    }
    longjmp(f->jump, 1);
}

static bool is_harmless(int code) {
    return code == JWRN_EXTRANEOUS_DATA || code == JWRN_JFIF_MAJOR ||
           code == JWRN_ADOBE_XFORM || code == JWRN_TOO_MUCH_DATA ||
           code == JWRN_NOT_SEQUENTIAL;
}

static void on_message(j_common_ptr c, int level) {
    failure *f = (failure *)c->err;
    if (level >= 0 || is_harmless(c->err->msg_code)) return;
    char text[JMSG_LENGTH_MAX];
    c->err->format_message(c, text);
    bool ended = c->err->msg_code == JWRN_JPEG_EOF;
    f->status = mien_fail(MIEN_EFORMAT, "%s: JPEG: %s%s", f->name,
                          ended ? "the file is truncated: " : "", text);
    on_error(c);
}

static void on_progress(j_common_ptr c) {
    failure *f = (failure *)c->err;
    if (!c->is_decompressor ||
        ((j_decompress_ptr)c)->input_scan_number <= MAX_SCANS)
        return;
    f->status = mien_fail(MIEN_ELIMIT, "%s: JPEG: more than %d scans", f->name,
                          MAX_SCANS);
    on_error(c);
}

static struct jpeg_error_mgr *failure_begin(failure *f, const char *name) {
    f->name = name;
    f->status = MIEN_OK;
    jpeg_std_error(&f->manager);
    f->manager.error_exit = on_error;
    f->manager.emit_message = on_message;
    return &f->manager;
}

/* ---- decode ----------------------------------------------------------- */

typedef struct reading {
    struct jpeg_decompress_struct c;
    struct jpeg_progress_mgr progress;
    failure failure;
    const mien_source *source;
    const mien_image_options *options;
    int orientation;
    uint8_t *row; /* of CMYK */
    mien_image *image;
} reading;

static int orientation_of(const struct jpeg_decompress_struct *c) {
    for (jpeg_saved_marker_ptr m = c->marker_list; m; m = m->next)
        if (m->marker == JPEG_APP0 + 1 && m->data_length >= 6 &&
            memcmp(m->data, "Exif\0\0", 6) == 0)
            return mien_exif_orientation(m->data, m->data_length);
    return 1;
}

/* The smallest M/8 whose image is not below the target. */
static void choose_scale(reading *r) {
    int w = r->options->target_width, h = r->options->target_height;
    r->c.scale_num = r->c.scale_denom = 8;
    if (w == 0 && h == 0) return;
    if (r->options->orient && r->orientation >= 5) {
        int t = w;
        w = h;
        h = t;
    }
    for (unsigned m = 1; m < 8; m++) {
        uint64_t width = ((uint64_t)r->c.image_width * m + 7) / 8;
        uint64_t height = ((uint64_t)r->c.image_height * m + 7) / 8;
        if (width < (uint64_t)w || height < (uint64_t)h) continue;
        r->c.scale_num = m;
        return;
    }
}

static void choose_colours(reading *r) {
    struct jpeg_decompress_struct *c = &r->c;
    int want = r->options->channels;
    if (c->num_components == 4) {
        c->out_color_space = JCS_CMYK;
    } else if (want == 1 || (want == 0 && c->num_components == 1)) {
        c->out_color_space = JCS_GRAYSCALE;
    } else {
        c->out_color_space = JCS_RGB;
    }
}

/* Ink to light. Adobe stores CMYK inverted and says so by its marker. */
static void cmyk_to_rgb(uint8_t *dst, const uint8_t *src, int width,
                        bool inverted) {
    for (int x = 0; x < width; x++, dst += 3, src += 4)
        for (int i = 0; i < 3; i++) {
            int light = inverted ? src[i] : 255 - src[i];
            int black = inverted ? src[3] : 255 - src[3];
            dst[i] = (uint8_t)((light * black + 127) / 255);
        }
}

static void read_rows(reading *r) {
    struct jpeg_decompress_struct *c = &r->c;
    while (c->output_scanline < c->output_height) {
        uint8_t *to = mien_image_at(r->image, 0, (int)c->output_scanline);
        JSAMPROW row = r->row ? r->row : to;
        jpeg_read_scanlines(c, &row, 1);
        if (r->row)
            cmyk_to_rgb(to, r->row, r->image->width, c->saw_Adobe_marker);
    }
}

static mien_status run_reading(reading *r) {
    struct jpeg_decompress_struct *c = &r->c;
    if (setjmp(r->failure.jump)) return r->failure.status;
    jpeg_create_decompress(c);
    r->progress.progress_monitor = on_progress;
    c->progress = &r->progress;
    jpeg_mem_src(c, r->source->bytes, r->source->size);
    jpeg_save_markers(c, JPEG_APP0 + 1, 0xffff);
    jpeg_read_header(c, TRUE);
    MIEN_TRY(mien_source_check_size(r->source, r->options, c->image_width,
                                    c->image_height));
    r->orientation = orientation_of(c);
    choose_scale(r);
    choose_colours(r);
    jpeg_start_decompress(c);
    MIEN_TRY(mien_image_new(&r->image, (int)c->output_width,
                            (int)c->output_height,
                            c->out_color_space == JCS_GRAYSCALE ? 1 : 3));
    if (c->out_color_space == JCS_CMYK) {
        r->row = mien_alloc(c->output_width, 4);
        if (!r->row) return MIEN_ENOMEM;
    }
    read_rows(r);
    jpeg_finish_decompress(c);
    return MIEN_OK;
}

static mien_status decode(mien_image **out, int *orientation,
                          const mien_source *source,
                          const mien_image_options *options) {
    reading r = {.source = source, .options = options, .orientation = 1};
    r.c.err = failure_begin(&r.failure, source->name);
    mien_status status = run_reading(&r);
    jpeg_destroy_decompress(&r.c);
    mien_free(r.row);
    if (status == MIEN_OK) {
        *out = r.image;
        *orientation = r.orientation;
    } else {
        mien_image_free(r.image);
    }
    return status;
}

/* ---- encode ----------------------------------------------------------- */

typedef struct writing {
    struct jpeg_compress_struct c;
    struct jpeg_destination_mgr to;
    failure failure;
    mien_buf *out;
    uint8_t block[WRITE_SIZE];
} writing;

static void flush_block(writing *w, size_t size) {
    mien_status status = mien_buf_append(w->out, w->block, size);
    if (status != MIEN_OK) {
        w->failure.status = status;
        on_error((j_common_ptr)&w->c);
    }
    w->to.next_output_byte = w->block;
    w->to.free_in_buffer = WRITE_SIZE;
}

static void on_begin(j_compress_ptr c) {
    writing *w = c->client_data;
    w->to.next_output_byte = w->block;
    w->to.free_in_buffer = WRITE_SIZE;
}

static boolean on_full(j_compress_ptr c) {
    flush_block(c->client_data, WRITE_SIZE);
    return TRUE;
}

static void on_end(j_compress_ptr c) {
    writing *w = c->client_data;
    flush_block(w, WRITE_SIZE - w->to.free_in_buffer);
}

static mien_status run_writing(writing *w, const mien_image *image,
                               int quality) {
    struct jpeg_compress_struct *c = &w->c;
    if (setjmp(w->failure.jump)) return w->failure.status;
    jpeg_create_compress(c);
    c->client_data = w;
    w->to.init_destination = on_begin;
    w->to.empty_output_buffer = on_full;
    w->to.term_destination = on_end;
    c->dest = &w->to;
    c->image_width = (JDIMENSION)image->width;
    c->image_height = (JDIMENSION)image->height;
    c->input_components = image->channels;
    c->in_color_space = image->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(c);
    jpeg_set_quality(c, quality, TRUE);
    jpeg_start_compress(c, TRUE);
    while (c->next_scanline < c->image_height) {
        JSAMPROW row = mien_image_at(image, 0, (int)c->next_scanline);
        jpeg_write_scanlines(c, &row, 1);
    }
    jpeg_finish_compress(c);
    return MIEN_OK;
}

static mien_status encode(mien_buf *out, const mien_image *image,
                          const char *extension, int quality) {
    (void)extension;
    if (image->width > JPEG_MAX_DIMENSION || image->height > JPEG_MAX_DIMENSION)
        return mien_fail(MIEN_EUNSUPPORTED,
                         "a JPEG of %d x %d is not possible: sides are at most "
                         "%ld",
                         image->width, image->height, JPEG_MAX_DIMENSION);
    writing *w = mien_alloc(1, sizeof(*w));
    if (!w) return MIEN_ENOMEM;
    w->out = out;
    w->c.err = failure_begin(&w->failure, "encoding");
    mien_status status = run_writing(w, image, quality);
    jpeg_destroy_compress(&w->c);
    mien_free(w);
    return status;
}

static bool matches(const uint8_t *bytes, size_t size) {
    return size >= 3 && memcmp(bytes, "\xff\xd8\xff", 3) == 0;
}

const mien_format mien_format_jpeg = {
    .name = "JPEG",
    .extensions = "jpg|jpeg",
    .matches = matches,
    .decode = decode,
    .encode = encode,
};
