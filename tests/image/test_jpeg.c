/* SPDX-License-Identifier: Apache-2.0 */
/* test_jpeg.c - what only JPEG has: EXIF, DCT scaling, CMYK, progression. */
#include <stdio.h>

#include <jpeglib.h>

#include "exif_block.h"
#include "images.h"

typedef struct bytes {
    uint8_t *data;
    size_t size;
} bytes;

/* Written by the peer itself, for the kinds that mien does not write. */
typedef struct kind {
    J_COLOR_SPACE stored;
    bool progressive, adobe;
} kind;

static bytes written(const uint8_t *pixels, int width, int height, int samples,
                     kind k) {
    struct jpeg_compress_struct c;
    struct jpeg_error_mgr errors;
    unsigned char *data = NULL;
    unsigned long size = 0;
    c.err = jpeg_std_error(&errors);
    jpeg_create_compress(&c);
    jpeg_mem_dest(&c, &data, &size);
    c.image_width = (JDIMENSION)width;
    c.image_height = (JDIMENSION)height;
    c.input_components = samples;
    c.in_color_space = samples == 1   ? JCS_GRAYSCALE
                       : samples == 3 ? JCS_RGB
                                      : JCS_CMYK;
    jpeg_set_defaults(&c);
    jpeg_set_colorspace(&c, k.stored);
    jpeg_set_quality(&c, 98, TRUE);
    if (k.progressive) jpeg_simple_progression(&c);
    c.write_Adobe_marker = k.adobe;
    jpeg_start_compress(&c, TRUE);
    while (c.next_scanline < c.image_height) {
        JSAMPROW row = (JSAMPROW)(pixels + (size_t)c.next_scanline *
                                               (size_t)(width * samples));
        jpeg_write_scanlines(&c, &row, 1);
    }
    jpeg_finish_compress(&c);
    jpeg_destroy_compress(&c);
    return (bytes){data, size};
}

static mien_image *decoded(bytes b, const mien_image_options *options) {
    mien_image *image;
    assert_ok(mien_image_decode(&image, b.data, b.size, "test.jpg", options));
    return image;
}

/* The same file with an APP1 of EXIF after its first marker. */
static bytes with_exif(const mien_image *image, int orientation, bool little) {
    uint8_t *plain;
    size_t size;
    assert_ok(mien_image_encode(&plain, &size, image, "jpg", 98));
    const size_t extra = 4 + 6 + EXIF_BLOCK;
    uint8_t *data = malloc(size + extra);
    memcpy(data, plain, 2);
    const uint8_t head[] = {0xff, 0xe1, 0, 2 + 6 + EXIF_BLOCK, 'E', 'x', 'i',
                            'f',  0,    0};
    memcpy(data + 2, head, sizeof(head));
    exif_block(data + 2 + sizeof(head), orientation, little);
    memcpy(data + 2 + extra, plain + 2, size - 2);
    mien_image_bytes_free(plain);
    return (bytes){data, size + extra};
}

static void exif__orientation_is_applied_by_default(void **state) {
    (void)state;
    mien_image *stored = make_gradient(40, 24, 3), *expected;
    for (int k = 1; k <= 8; k++) {
        bytes b = with_exif(stored, k, k % 2);
        mien_image *turned = decoded(b, NULL);
        assert_ok(mien_image_orient(&expected, stored, k));
        assert_in_range(difference(turned, expected), 0, 6);
        mien_image_options o;
        mien_image_defaults(&o);
        o.orient = false;
        mien_image *plain = decoded(b, &o);
        assert_in_range(difference(plain, stored), 0, 6);
        mien_image_free(plain);
        mien_image_free(expected);
        mien_image_free(turned);
        free(b.data);
    }
    mien_image_free(stored);
}

static void scaling__gives_the_smallest_eighth_not_below(void **state) {
    (void)state;
    mien_image *image = make_gradient(400, 240, 3);
    const int cases[][4] = {/* target, result */
                            {0, 0, 400, 240},     {50, 30, 50, 30},
                            {51, 30, 100, 60},    {50, 31, 100, 60},
                            {112, 0, 150, 90},    {0, 112, 200, 120},
                            {112, 112, 200, 120}, {350, 1, 350, 210},
                            {351, 1, 400, 240},   {999, 999, 400, 240}};
    uint8_t *data;
    size_t size;
    assert_ok(mien_image_encode(&data, &size, image, "jpg", 98));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        mien_image_options o;
        mien_image_defaults(&o);
        o.target_width = cases[i][0];
        o.target_height = cases[i][1];
        mien_image *out = decoded((bytes){data, size}, &o), *twin;
        assert_int_equal(out->width, cases[i][2]);
        assert_int_equal(out->height, cases[i][3]);
        assert_ok(mien_image_resize(&twin, image, out->width, out->height,
                                    MIEN_FILTER_AREA));
        assert_in_range(difference(out, twin), 0, 6);
        mien_image_free(twin);
        mien_image_free(out);
    }
    mien_image_bytes_free(data);
    mien_image_free(image);
}

static void scaling__means_the_photo_as_displayed(void **state) {
    (void)state;
    mien_image *image = make_gradient(400, 240, 1);
    bytes b = with_exif(image, 6, false);
    mien_image_options o;
    mien_image_defaults(&o);
    o.target_width = 60;
    o.target_height = 1;
    mien_image *out = decoded(b, &o);
    assert_int_equal(out->width, 60); /* 240 * 2/8 */
    assert_int_equal(out->height, 100);
    mien_image_free(out);
    free(b.data);
    mien_image_free(image);
}

static void progressive__equals_baseline(void **state) {
    (void)state;
    mien_image *image = make_noise(50, 33, 3, 2);
    bytes a = written(image->pixels, 50, 33, 3, (kind){JCS_YCbCr});
    bytes b = written(image->pixels, 50, 33, 3,
                      (kind){JCS_YCbCr, .progressive = true});
    mien_image *x = decoded(a, NULL), *y = decoded(b, NULL), *part;
    assert_int_equal(difference(x, y), 0);
    for (size_t n = 0; n + 2 < b.size; n += 7)
        assert_int_equal(mien_image_decode(&part, b.data, n, "cut", NULL),
                         MIEN_EFORMAT);
    mien_image_free(y);
    mien_image_free(x);
    free(b.data);
    free(a.data);
    mien_image_free(image);
}

static void grey_and_rgb__are_read_as_stored(void **state) {
    (void)state;
    mien_image *grey = make_gradient(32, 32, 1);
    bytes b = written(grey->pixels, 32, 32, 1, (kind){JCS_GRAYSCALE});
    mien_image *back = decoded(b, NULL);
    assert_in_range(difference(grey, back), 0, 3);
    mien_image_free(back);
    free(b.data);
    mien_image_free(grey);
    mien_image *rgb = make_gradient(32, 32, 3);
    b = written(rgb->pixels, 32, 32, 3, (kind){JCS_RGB, .adobe = true});
    back = decoded(b, NULL);
    assert_in_range(difference(rgb, back), 0, 3);
    mien_image_free(back);
    free(b.data);
    mien_image_free(rgb);
}

static void cmyk__becomes_rgb_adobe_or_not(void **state) {
    (void)state;
    enum { SIDE = 16 };
    uint8_t ink[SIDE * SIDE * 4];
    for (int adobe = 0; adobe < 2; adobe++)
        for (int ycck = 0; ycck <= adobe; ycck++) {
            for (size_t i = 0; i < sizeof(ink); i += 4) {
                const uint8_t p[] = {200, 100, 0, 50}; /* of 255 */
                for (int c = 0; c < 4; c++)
                    ink[i + (size_t)c] = adobe ? (uint8_t)(255 - p[c]) : p[c];
            }
            bytes b =
                written(ink, SIDE, SIDE, 4,
                        (kind){ycck ? JCS_YCCK : JCS_CMYK, .adobe = adobe});
            mien_image *image = decoded(b, NULL);
            const int expected[] = {44, 125, 205}; /* (255-c)(255-50)/255 */
            for (int c = 0; c < 3; c++)
                assert_true(abs(at(image, 8, 8)[c] - expected[c]) <= 3);
            mien_image_free(image);
            free(b.data);
        }
}

static void truncated__is_said_so(void **state) {
    (void)state;
    mien_image *image = make_noise(64, 64, 3, 1), *out;
    uint8_t *data;
    size_t size;
    assert_ok(mien_image_encode(&data, &size, image, "jpg", 90));
    assert_int_equal(mien_image_decode(&out, data, size / 2, "half.jpg", NULL),
                     MIEN_EFORMAT);
    assert_non_null(strstr(mien_error(), "half.jpg: JPEG: the file is trunc"));
    mien_image_bytes_free(data);
    mien_image_free(image);
}

/* A few bytes that declare 65,500 x 65,500 must cost nothing. */
static void bomb__is_refused_by_its_header(void **state) {
    (void)state;
    mien_image *image = make_gradient(16, 16, 3), *out;
    uint8_t *data;
    size_t size;
    assert_ok(mien_image_encode(&data, &size, image, "jpg", 50));
    for (size_t i = 0; i + 8 < size; i++)
        if (data[i] == 0xff && data[i + 1] == 0xc0) {
            data[i + 5] = data[i + 7] = 0xff;
            data[i + 6] = data[i + 8] = 0xdc;
        }
    assert_int_equal(mien_image_decode(&out, data, size, "bomb.jpg", NULL),
                     MIEN_ELIMIT);
    assert_non_null(strstr(mien_error(), "bomb.jpg: 65500 x 65500"));
    mien_image_bytes_free(data);
    mien_image_free(image);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exif__orientation_is_applied_by_default),
        cmocka_unit_test(scaling__gives_the_smallest_eighth_not_below),
        cmocka_unit_test(scaling__means_the_photo_as_displayed),
        cmocka_unit_test(progressive__equals_baseline),
        cmocka_unit_test(grey_and_rgb__are_read_as_stored),
        cmocka_unit_test(cmyk__becomes_rgb_adobe_or_not),
        cmocka_unit_test(truncated__is_said_so),
        cmocka_unit_test(bomb__is_refused_by_its_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
