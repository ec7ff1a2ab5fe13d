/* SPDX-License-Identifier: Apache-2.0 */
/* encode.c - pick the format by the extension, encode, write atomically. */
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "base/mem.h"
#include "image/format.h"

enum { DEFAULT_QUALITY = 90 };

/* Whether `extension` is one of "a|b|c", in whatever case. */
static bool is_one_of(const char *extension, const char *list) {
    size_t length = strlen(extension);
    while (length > 0) {
        size_t n = strcspn(list, "|");
        if (n == length && strncasecmp(list, extension, n) == 0) return true;
        if (!list[n]) break;
        list += n + 1;
    }
    return false;
}

static mien_status encode(mien_buf *out, const mien_image *image,
                          const char *extension, int quality) {
    mien_image_check(image);
    if (quality < 0 || quality > 100)
        return mien_fail(MIEN_EINVAL, "quality %d is not 0 to 100", quality);
    if (quality == 0) quality = DEFAULT_QUALITY;
    for (int i = 0; i < mien_format_count; i++)
        if (is_one_of(extension, mien_formats[i]->extensions))
            return mien_formats[i]->encode(out, image, extension, quality);
    return mien_fail(MIEN_EINVAL,
                     "no image format has the extension '%s': jpg, jpeg, png, "
                     "webp, pgm, ppm or pnm",
                     extension);
}

mien_status mien_image_encode(uint8_t **bytes, size_t *size,
                              const mien_image *image, const char *extension,
                              int quality) {
    *bytes = NULL;
    *size = 0;
    mien_buf buf = {.cap = SIZE_MAX / 4};
    mien_status status = encode(&buf, image, extension, quality);
    if (status != MIEN_OK) {
        mien_buf_close(&buf);
        return status;
    }
    *bytes = buf.data;
    *size = buf.size;
    return MIEN_OK;
}

void mien_image_bytes_free(uint8_t *bytes) { mien_free(bytes); }

static const char *extension_of(const char *path) {
    const char *slash = strrchr(path, '/');
    const char *dot = strrchr(slash ? slash : path, '.');
    return dot ? dot + 1 : "";
}

mien_status mien_image_save(const mien_image *image, const char *path,
                            int quality) {
    mien_buf buf = {.cap = SIZE_MAX / 4};
    mien_status status = encode(&buf, image, extension_of(path), quality);
    if (status == MIEN_OK)
        status = mien_file_write(path, buf.data, buf.size);
    else
        mien_fail_in(status, "%s", path);
    mien_buf_close(&buf);
    return status;
}
