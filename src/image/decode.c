/* SPDX-License-Identifier: Apache-2.0 */
/* decode.c - pick the format by the first bytes, decode, turn upright. */
#include "base/file.h"
#include "base/mem.h"
#include "image/format.h"

/* No encoding in use spends more bytes on a pixel: "65535 " three times. */
enum { MAX_BYTES_PER_PIXEL = 18, MAX_METADATA = 64 << 20 };

void mien_image_defaults(mien_image_options *options) {
    *options = (mien_image_options){.max_pixels = 100000000, .orient = true};
}

mien_status mien_source_check_size(const mien_source *source,
                                   const mien_image_options *options,
                                   uint64_t width, uint64_t height) {
    if (width == 0 || height == 0)
        return mien_fail(MIEN_EFORMAT, "%s: the image has no pixels",
                         source->name);
    if (width > MIEN_IMAGE_MAX_SIDE || height > MIEN_IMAGE_MAX_SIDE)
        return mien_fail(MIEN_ELIMIT,
                         "%s: %llu x %llu pixels; a side may have %d",
                         source->name, (unsigned long long)width,
                         (unsigned long long)height, MIEN_IMAGE_MAX_SIDE);
    if (width * height > options->max_pixels)
        return mien_fail(MIEN_ELIMIT,
                         "%s: %llu x %llu pixels are over the limit of %zu",
                         source->name, (unsigned long long)width,
                         (unsigned long long)height, options->max_pixels);
    return MIEN_OK;
}

/* Replace *image by `with(*image, number)`. */
static mien_status replace(mien_image **image, int number,
                           mien_status (*with)(mien_image **,
                                               const mien_image *, int)) {
    mien_image *changed;
    MIEN_TRY(with(&changed, *image, number));
    mien_image_free(*image);
    *image = changed;
    return MIEN_OK;
}

static mien_status finish(mien_image **image, int orientation,
                          const mien_image_options *options) {
    if (options->channels && (*image)->channels != options->channels)
        MIEN_TRY(replace(image, options->channels, mien_image_convert));
    if (options->orient && orientation != 1)
        MIEN_TRY(replace(image, orientation, mien_image_orient));
    return MIEN_OK;
}

static mien_status check_options(const mien_image_options *options) {
    if (options->channels != 0 && options->channels != 1 &&
        options->channels != 3)
        return mien_fail(MIEN_EINVAL,
                         "image options: channels is %d, not 0, 1 or 3",
                         options->channels);
    if (options->target_width < 0 || options->target_height < 0)
        return mien_fail(MIEN_EINVAL,
                         "image options: a target of %d x %d is negative",
                         options->target_width, options->target_height);
    return MIEN_OK;
}

static mien_status decode(mien_image **out, const mien_source *source,
                          const mien_image_options *options) {
    mien_image_options defaults;
    mien_image_defaults(&defaults);
    if (!options) options = &defaults;
    MIEN_TRY(check_options(options));
    if (source->size == 0)
        return mien_fail(MIEN_EFORMAT, "%s: the file is empty", source->name);
    for (int i = 0; i < mien_format_count; i++) {
        const mien_format *format = mien_formats[i];
        if (!format->matches(source->bytes, source->size)) continue;
        mien_image *image = NULL;
        int orientation = 1;
        mien_status status =
            format->decode(&image, &orientation, source, options);
        if (status == MIEN_OK) status = finish(&image, orientation, options);
        if (status == MIEN_OK)
            *out = image;
        else
            mien_image_free(image);
        return status;
    }
    return mien_fail(MIEN_EFORMAT, "%s: not a JPEG, PNG, WebP, PGM or PPM file",
                     source->name);
}

mien_status mien_image_decode(mien_image **out, const void *bytes, size_t size,
                              const char *name,
                              const mien_image_options *options) {
    *out = NULL;
    mien_source source = {bytes, size, name};
    return decode(out, &source, options);
}

mien_status mien_image_load(mien_image **out, const char *path,
                            const mien_image_options *options) {
    *out = NULL;
    mien_image_options defaults;
    mien_image_defaults(&defaults);
    size_t pixels = options ? options->max_pixels : defaults.max_pixels;
    mien_buf file = {0};
    if (!mien_size_mul(&file.cap, pixels, MAX_BYTES_PER_PIXEL) ||
        !mien_size_add(&file.cap, file.cap, MAX_METADATA))
        file.cap = SIZE_MAX / 2;
    mien_status status = mien_file_read(&file, path);
    mien_source source = {file.data, file.size, path};
    if (status == MIEN_OK) status = decode(out, &source, options);
    mien_buf_close(&file);
    return status;
}
