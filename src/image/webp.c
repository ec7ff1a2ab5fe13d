/* SPDX-License-Identifier: Apache-2.0 */
/* webp.c - still WebP by libwebp; animations are refused.
 *
 * A WebP file is RIFF: "RIFF", size, "WEBP", then chunks of a four-letter
 * name, a little-endian size and that many bytes, padded to an even number. */
#include <string.h>

#include <webp/decode.h>
#include <webp/encode.h>

#include "base/mem.h"
#include "image/exif.h"
#include "image/format.h"

enum { RIFF_HEADER = 12, CHUNK_HEADER = 8 };

static bool matches(const uint8_t *bytes, size_t size) {
    return size >= RIFF_HEADER && memcmp(bytes, "RIFF", 4) == 0 &&
           memcmp(bytes + 8, "WEBP", 4) == 0;
}

/* ---- decode ----------------------------------------------------------- */

static mien_status fail(const mien_source *source, VP8StatusCode code) {
    switch (code) {
        case VP8_STATUS_OUT_OF_MEMORY:
            return mien_fail(MIEN_ENOMEM, "%s: WebP: out of memory",
                             source->name);
        case VP8_STATUS_NOT_ENOUGH_DATA:
            return mien_fail(MIEN_EFORMAT, "%s: WebP: the file is truncated",
                             source->name);
        case VP8_STATUS_UNSUPPORTED_FEATURE:
            return mien_fail(MIEN_EUNSUPPORTED,
                             "%s: WebP: it uses a feature libwebp lacks",
                             source->name);
        default:
            return mien_fail(MIEN_EFORMAT, "%s: WebP: the file is damaged",
                             source->name);
    }
}

static int orientation_of(const mien_source *source) {
    const uint8_t *bytes = source->bytes;
    size_t at = RIFF_HEADER;
    while (at < source->size && source->size - at >= CHUNK_HEADER) {
        const uint8_t *p = bytes + at;
        size_t size = (size_t)p[4] | (size_t)p[5] << 8 | (size_t)p[6] << 16 |
                      (size_t)p[7] << 24;
        at += CHUNK_HEADER;
        if (size > source->size - at) return 1;
        if (memcmp(p, "EXIF", 4) == 0)
            return mien_exif_orientation(bytes + at, size);
        at += size + (size & 1);
    }
    return 1;
}

static mien_status decode_pixels(mien_image *image, uint8_t *raw, bool alpha,
                                 const mien_source *source) {
    WebPDecoderConfig config;
    if (!WebPInitDecoderConfig(&config))
        return mien_fail(MIEN_EUNSUPPORTED,
                         "libwebp is older than the one compiled against");
    size_t stride = (size_t)image->width * (alpha ? 4 : 3);
    config.output.colorspace = alpha ? MODE_RGBA : MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = alpha ? raw : image->pixels;
    config.output.u.RGBA.stride = (int)stride;
    config.output.u.RGBA.size = stride * (size_t)image->height;
    VP8StatusCode code = WebPDecode(source->bytes, source->size, &config);
    WebPFreeDecBuffer(&config.output);
    return code == VP8_STATUS_OK ? MIEN_OK : fail(source, code);
}

static mien_status decode(mien_image **out, int *orientation,
                          const mien_source *source,
                          const mien_image_options *options) {
    WebPBitstreamFeatures f;
    VP8StatusCode code = WebPGetFeatures(source->bytes, source->size, &f);
    if (code != VP8_STATUS_OK) return fail(source, code);
    if (f.has_animation)
        return mien_fail(MIEN_EUNSUPPORTED,
                         "%s: WebP: an animation; only still images are read",
                         source->name);
    MIEN_TRY(mien_source_check_size(source, options, (uint64_t)f.width,
                                    (uint64_t)f.height));
    const size_t n = (size_t)f.width * (size_t)f.height;
    mien_image *image = NULL;
    uint8_t *raw = NULL;
    mien_status status = mien_image_new(&image, f.width, f.height, 3);
    if (status == MIEN_OK && f.has_alpha) {
        raw = mien_alloc(n, 4);
        if (!raw) status = MIEN_ENOMEM;
    }
    if (status == MIEN_OK)
        status = decode_pixels(image, raw, f.has_alpha, source);
    if (status == MIEN_OK) {
        if (raw) mien_pixels_over_white(image->pixels, raw, n, 3);
        *orientation = orientation_of(source);
        *out = image;
    } else {
        mien_image_free(image);
    }
    mien_free(raw);
    return status;
}

/* ---- encode ----------------------------------------------------------- */

typedef struct sink {
    mien_buf *out;
    mien_status status;
} sink;

static int on_write(const uint8_t *bytes, size_t size, const WebPPicture *p) {
    sink *s = p->custom_ptr;
    s->status = mien_buf_append(s->out, bytes, size);
    return s->status == MIEN_OK;
}

static mien_status encode_rgb(mien_buf *out, const mien_image *image,
                              int quality) {
    WebPConfig config;
    WebPPicture picture;
    if (!WebPConfigInit(&config) || !WebPPictureInit(&picture))
        return mien_fail(MIEN_EUNSUPPORTED,
                         "libwebp is older than the one compiled against");
    config.quality = (float)quality;
    config.lossless = quality == 100;
    picture.use_argb = config.lossless;
    picture.width = image->width;
    picture.height = image->height;
    sink s = {.out = out};
    picture.writer = on_write;
    picture.custom_ptr = &s;
    bool done =
        WebPPictureImportRGB(&picture, image->pixels, (int)image->stride) &&
        WebPEncode(&config, &picture);
    int code = picture.error_code;
    WebPPictureFree(&picture);
    if (done) return MIEN_OK;
    if (s.status != MIEN_OK) return s.status;
    if (code == VP8_ENC_ERROR_OUT_OF_MEMORY ||
        code == VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY)
        return mien_fail(MIEN_ENOMEM, "WebP: out of memory");
    return mien_fail(MIEN_EUNSUPPORTED, "WebP: the encoder failed (%d)", code);
}

static mien_status encode(mien_buf *out, const mien_image *image,
                          const char *extension, int quality) {
    (void)extension;
    if (image->width > WEBP_MAX_DIMENSION || image->height > WEBP_MAX_DIMENSION)
        return mien_fail(MIEN_EUNSUPPORTED,
                         "a WebP of %d x %d is not possible: sides are at most "
                         "%d",
                         image->width, image->height, WEBP_MAX_DIMENSION);
    if (image->channels == 3) return encode_rgb(out, image, quality);
    mien_image *rgb;
    MIEN_TRY(mien_image_convert(&rgb, image, 3));
    mien_status status = encode_rgb(out, rgb, quality);
    mien_image_free(rgb);
    return status;
}

const mien_format mien_format_webp = {
    .name = "WebP",
    .extensions = "webp",
    .matches = matches,
    .decode = decode,
    .encode = encode,
};
