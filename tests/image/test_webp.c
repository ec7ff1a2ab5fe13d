/* SPDX-License-Identifier: Apache-2.0 */
/* test_webp.c - alpha, EXIF and animation in WebP's container. */
#include <webp/encode.h>

#include "base/buf.h"
#include "exif_block.h"
#include "images.h"

static mien_buf file;

static void put(const void *bytes, size_t size) {
    assert_ok(mien_buf_append(&file, bytes, size));
}

static void put_little(uint32_t v, int width) {
    for (int i = 0; i < width; i++) put(&(uint8_t){(uint8_t)(v >> 8 * i)}, 1);
}

static void put_chunk(const char *name, const void *bytes, size_t size) {
    put(name, 4);
    put_little((uint32_t)size, 4);
    put(bytes, size);
    if (size & 1) put("", 1);
}

/* A lossless still inside the extended container, with its flags. */
static void extend(const mien_image *image, uint8_t flags, int orientation) {
    uint8_t *plain, block[EXIF_BLOCK];
    size_t size;
    assert_ok(mien_image_encode(&plain, &size, image, "webp", 100));
    file = (mien_buf){.cap = 1 << 20};
    put("RIFF\0\0\0\0WEBP", 12);
    put("VP8X", 4);
    put_little(10, 4);
    put_little(flags, 4);
    put_little((uint32_t)image->width - 1, 3);
    put_little((uint32_t)image->height - 1, 3);
    put(plain + 12, size - 12);
    if (orientation) {
        exif_block(block, orientation, true);
        put_chunk("JUNK", "odd", 3);
        put_chunk("EXIF", block, EXIF_BLOCK);
    }
    exif_put(file.data + 4, 4, (uint32_t)file.size - 8, true);
    mien_image_bytes_free(plain);
}

static void webp__is_turned_by_its_exif_chunk(void **state) {
    (void)state;
    mien_image *image = make_noise(9, 5, 3, 1), *out, *expected;
    extend(image, 0x08, 8);
    assert_ok(mien_image_decode(&out, file.data, file.size, "t.webp", NULL));
    assert_ok(mien_image_orient(&expected, image, 8));
    assert_int_equal(difference(out, expected), 0);
    mien_image_free(expected);
    mien_image_free(out);
    mien_image_free(image);
    mien_buf_close(&file);
}

static void webp__animation_is_refused(void **state) {
    (void)state;
    mien_image *image = make_noise(9, 5, 3, 1), *out;
    extend(image, 0x02, 0);
    assert_int_equal(
        mien_image_decode(&out, file.data, file.size, "t.webp", NULL),
        MIEN_EUNSUPPORTED);
    assert_non_null(strstr(mien_error(), "t.webp: WebP: an animation"));
    mien_image_free(image);
    mien_buf_close(&file);
}

static void webp__alpha_is_composed_over_white(void **state) {
    (void)state;
    const uint8_t rgba[4 * 4] = {10, 20, 30, 255, 10,  20, 30, 128,
                                 10, 20, 30, 1,   200, 0,  0,  51};
    uint8_t *data;
    size_t size = WebPEncodeLosslessRGBA(rgba, 4, 1, 16, &data);
    assert_true(size > 0);
    mien_image *out;
    assert_ok(mien_image_decode(&out, data, size, "t.webp", NULL));
    for (int x = 0; x < 4; x++)
        for (int c = 0; c < 3; c++) {
            const int v = rgba[4 * x + c], a = rgba[4 * x + 3];
            assert_int_equal(at(out, x, 0)[c],
                             (v * a + 255 * (255 - a) + 127) / 255);
        }
    mien_image_free(out);
    WebPFree(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(webp__is_turned_by_its_exif_chunk),
        cmocka_unit_test(webp__animation_is_refused),
        cmocka_unit_test(webp__alpha_is_composed_over_white),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
