/* SPDX-License-Identifier: Apache-2.0 */
/* format.h - what a file format provides. To add one: a file that ends in a
 * const mien_format mien_format_NAME, and a line in formats.def. */
#ifndef MIEN_IMAGE_FORMAT_H
#define MIEN_IMAGE_FORMAT_H

#include "base/buf.h"
#include "image/pixels.h"

/* The bytes of a file, and what to call it in messages. */
typedef struct mien_source {
    const uint8_t *bytes;
    size_t size;
    const char *name;
} mien_source;

typedef struct mien_format {
    const char *name;       /* "JPEG" */
    const char *extensions; /* "jpg|jpeg" */
    bool (*matches)(const uint8_t *bytes, size_t size);

    /* Decode as stored, not turned; *orientation is set where the file says
     * one (it comes in as 1). options->channels is a wish that decode.c fulfils
     * where it is cheaper to leave it. */
    mien_status (*decode)(mien_image **out, int *orientation,
                          const mien_source *source,
                          const mien_image_options *options);

    /* Append the file to `out`; quality 1 to 100. `extension` is one of the
     * above. */
    mien_status (*encode)(mien_buf *out, const mien_image *image,
                          const char *extension, int quality);
} mien_format;

/* Every format, in the order of formats.def. */
extern const mien_format *const mien_formats[];
extern const int mien_format_count;

/* MIEN_ELIMIT when width x height is over the cap, MIEN_EFORMAT when a side is
 * 0; to be called before anything of that size is allocated. */
mien_status mien_source_check_size(const mien_source *source,
                                   const mien_image_options *options,
                                   uint64_t width, uint64_t height);

#endif
