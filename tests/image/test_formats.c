/* SPDX-License-Identifier: Apache-2.0 */
/* test_formats.c - every format: round trips, limits, damage. */
#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

#include "images.h"

typedef struct bytes {
    uint8_t *data;
    size_t size;
} bytes;

static bytes encoded(const mien_image *image, const char *extension,
                     int quality) {
    bytes b;
    assert_ok(mien_image_encode(&b.data, &b.size, image, extension, quality));
    return b;
}

static mien_image *decoded(bytes b, const mien_image_options *options) {
    mien_image *image;
    assert_ok(mien_image_decode(&image, b.data, b.size, "test", options));
    return image;
}

static const char *const extensions[] = {"jpg", "png", "webp", "ppm", "pgm"};
enum { N_EXTENSIONS = 5 };

/* ---- what goes in comes out ------------------------------------------- */

static void lossless__formats_return_every_pixel(void **state) {
    (void)state;
    const struct {
        const char *extension;
        int channels, quality;
    } cases[] = {{"png", 1, 0}, {"png", 3, 0}, {"PPM", 3, 0},   {"pgm", 1, 0},
                 {"pnm", 1, 0}, {"pnm", 3, 0}, {"webp", 3, 100}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        mien_image *image = make_noise(19, 13, cases[i].channels, i);
        bytes b = encoded(image, cases[i].extension, cases[i].quality);
        mien_image *back = decoded(b, NULL);
        assert_int_equal(difference(image, back), 0);
        mien_image_free(back);
        mien_image_bytes_free(b.data);
        mien_image_free(image);
    }
}

static void lossy__formats_return_about_the_same(void **state) {
    (void)state;
    const char *const lossy[] = {"jpg", "JPEG", "webp"};
    for (int i = 0; i < 3; i++) {
        mien_image *image = make_gradient(48, 40, 3);
        bytes b = encoded(image, lossy[i], 95);
        mien_image *back = decoded(b, NULL);
        assert_in_range(difference(image, back), 0, 8);
        mien_image_free(back);
        mien_image_bytes_free(b.data);
        mien_image_free(image);
    }
}

static void jpeg__quality_trades_size(void **state) {
    (void)state;
    mien_image *image = make_noise(64, 64, 3, 5);
    bytes fine = encoded(image, "jpg", 95), coarse = encoded(image, "jpg", 10);
    assert_true(coarse.size * 3 < fine.size);
    mien_image_bytes_free(fine.data);
    mien_image_bytes_free(coarse.data);
    mien_image_free(image);
}

static void channels__are_as_asked_for(void **state) {
    (void)state;
    mien_image *image = make_gradient(24, 16, 3);
    for (int i = 0; i < N_EXTENSIONS; i++)
        for (int c = 0; c <= 3; c++) {
            if (c == 2) continue;
            bytes b = encoded(image, extensions[i], 0);
            mien_image_options o;
            mien_image_defaults(&o);
            o.channels = c;
            mien_image *back = decoded(b, &o);
            int stored = strcmp(extensions[i], "pgm") == 0 ? 1 : 3;
            assert_int_equal(back->channels, c ? c : stored);
            assert_true(abs((int)mean_of(back) - (int)mean_of(image)) <= 3);
            mien_image_free(back);
            mien_image_bytes_free(b.data);
        }
    mien_image_free(image);
}

static void save__writes_what_load_reads(void **state) {
    (void)state;
    char folder[] = "/tmp/mien-image-XXXXXX", path[128];
    assert_non_null(mkdtemp(folder));
    mien_image *image = make_noise(9, 8, 3, 7), *back;
    snprintf(path, sizeof(path), "%s/a.b.png", folder);
    assert_ok(mien_image_save(image, path, 0));
    assert_ok(mien_image_load(&back, path, NULL));
    assert_int_equal(difference(image, back), 0);
    mien_image_free(back);
    unlink(path);
    snprintf(path, sizeof(path), "%s/a.tiff", folder);
    assert_int_equal(mien_image_save(image, path, 0), MIEN_EINVAL);
    assert_non_null(strstr(mien_error(), "a.tiff"));
    assert_int_equal(mien_image_save(image, folder, 0), MIEN_EINVAL);
    assert_int_equal(rmdir(folder), 0); /* nothing left behind */
    assert_int_equal(mien_image_load(&back, path, NULL), MIEN_ENOTFOUND);
    assert_non_null(strstr(mien_error(), "a.tiff"));
    mien_image_free(image);
}

static void encode__refuses_what_a_format_cannot_hold(void **state) {
    (void)state;
    mien_image *wide;
    bytes b;
    assert_ok(mien_image_new(&wide, 70000, 1, 1));
    assert_int_equal(mien_image_encode(&b.data, &b.size, wide, "jpg", 0),
                     MIEN_EUNSUPPORTED);
    assert_int_equal(mien_image_encode(&b.data, &b.size, wide, "webp", 0),
                     MIEN_EUNSUPPORTED);
    assert_int_equal(mien_image_encode(&b.data, &b.size, wide, "png", 101),
                     MIEN_EINVAL);
    assert_int_equal(mien_image_encode(&b.data, &b.size, wide, "", 0),
                     MIEN_EINVAL);
    assert_null(b.data);
    mien_image_free(wide);
}

/* ---- damage ----------------------------------------------------------- */

static void decode__of_every_truncation_fails_or_gives_the_same(void **state) {
    (void)state;
    mien_image *image = make_noise(11, 9, 3, 3);
    for (int i = 0; i < N_EXTENSIONS; i++) {
        bytes b = encoded(image, extensions[i], 60);
        mien_image *whole = decoded(b, NULL), *part;
        for (size_t n = 0; n < b.size; n++) {
            uint8_t *copy = malloc(n ? n : 1); /* so that ASan sees its end */
            memcpy(copy, b.data, n);
            mien_status status =
                mien_image_decode(&part, copy, n, "cut.bin", NULL);
            if (status == MIEN_OK) {
                assert_int_equal(difference(whole, part), 0);
            } else {
                assert_int_equal(status, MIEN_EFORMAT);
                assert_null(part);
                assert_non_null(strstr(mien_error(), "cut.bin"));
            }
            mien_image_free(part);
            free(copy);
        }
        mien_image_free(whole);
        mien_image_bytes_free(b.data);
    }
    mien_image_free(image);
}

static void decode__of_flipped_bytes_never_crashes(void **state) {
    (void)state;
    mien_image *image = make_noise(9, 7, 3, 3), *out;
    mien_image_options o;
    mien_image_defaults(&o);
    o.max_pixels = 1 << 16;
    for (int i = 0; i < N_EXTENSIONS; i++) {
        bytes b = encoded(image, extensions[i], 50);
        for (size_t n = 0; n < b.size; n++)
            for (int bit = 0; bit < 8; bit++) {
                b.data[n] ^= (uint8_t)(1 << bit);
                mien_status status =
                    mien_image_decode(&out, b.data, b.size, "flipped", &o);
                assert_true((status == MIEN_OK) == (out != NULL));
                mien_image_free(out);
                b.data[n] ^= (uint8_t)(1 << bit);
            }
        mien_image_bytes_free(b.data);
    }
    mien_image_free(image);
}

static void decode__says_what_is_wrong(void **state) {
    (void)state;
    const struct {
        const char *bytes;
        size_t size;
        mien_status status;
        const char *says;
    } cases[] = {
        {"", 0, MIEN_EFORMAT, "x.jpg: the file is empty"},
        {"hello, this is text", 19, MIEN_EFORMAT, "x.jpg: not a JPEG"},
        {"GIF89a..........", 16, MIEN_EFORMAT, "not a JPEG"},
        {"P4\n8 8\n........", 15, MIEN_EUNSUPPORTED, "P4"},
        {"P5 0 4 255\n....", 15, MIEN_EFORMAT, "no pixels"},
        {"P5 4 4 0\n....", 13, MIEN_EFORMAT, "largest sample is 0"},
        {"P5 4 4 65536\n....", 17, MIEN_EFORMAT, "over 65535"},
        {"P5 4 x 255\n", 11, MIEN_EFORMAT, "height should be"},
        {"P5 4 4 255\n0123", 15, MIEN_EFORMAT, "truncated"},
        {"P5 1 1 255x", 11, MIEN_EFORMAT, "white space"},
        {"P5 1 1 9\n\x0a", 10, MIEN_EFORMAT, "over the header's 9"},
        {"P2 2 1 9\n1 10", 13, MIEN_EFORMAT, "over 9"},
        {"P5 99999999999 1 255\n", 21, MIEN_EFORMAT, "over 4294967295"},
        {"P6 60000 60000 255\n", 19, MIEN_ELIMIT, "over the limit"},
        {"P6 4000000000 1 255\n", 20, MIEN_ELIMIT, "a side may have"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        mien_image *image;
        assert_int_equal(mien_image_decode(&image, cases[i].bytes,
                                           cases[i].size, "x.jpg", NULL),
                         cases[i].status);
        if (!strstr(mien_error(), cases[i].says))
            fail_msg("'%s' does not say '%s'", mien_error(), cases[i].says);
    }
}

static void cap__is_checked_before_pixels_are_allocated(void **state) {
    (void)state;
    mien_image *image = make_gradient(40, 30, 3), *out;
    for (int i = 0; i < N_EXTENSIONS; i++) {
        bytes b = encoded(image, extensions[i], 0);
        mien_image_options o;
        mien_image_defaults(&o);
        o.max_pixels = 1200;
        mien_image_free(decoded(b, &o));
        o.max_pixels = 1199;
        assert_int_equal(mien_image_decode(&out, b.data, b.size, "big", &o),
                         MIEN_ELIMIT);
        assert_non_null(strstr(mien_error(), "big: 40 x 30"));
        mien_image_bytes_free(b.data);
    }
    mien_image_free(image);
}

/* Rerun with each allocation failing in turn: no crash, no leak, no image. */
static void decode__survives_every_failing_allocation(void **state) {
    (void)state;
    mien_image *image = make_noise(9, 7, 3, 3), *out;
    mien_image_options o;
    mien_image_defaults(&o);
    o.channels = 1;
    for (int i = 0; i < N_EXTENSIONS; i++) {
        bytes b = encoded(image, extensions[i], 0);
        mien_status status = MIEN_ENOMEM;
        for (int n = 0; status != MIEN_OK; n++) {
            assert_true(n < 200);
            mien_mem_fail_after(n);
            status = mien_image_decode(&out, b.data, b.size, "test", &o);
            mien_mem_fail_after(-1);
            if (status != MIEN_OK) assert_int_equal(status, MIEN_ENOMEM);
            assert_true((status == MIEN_OK) == (out != NULL));
        }
        mien_image_free(out);
        mien_image_bytes_free(b.data);
    }
    mien_image_free(image);
}

static void encode__survives_every_failing_allocation(void **state) {
    (void)state;
    mien_image *image = make_noise(40, 30, 1, 3);
    for (int i = 0; i < N_EXTENSIONS; i++) {
        bytes b;
        mien_status status = MIEN_ENOMEM;
        for (int n = 0; status != MIEN_OK; n++) {
            assert_true(n < 200);
            mien_mem_fail_after(n);
            status =
                mien_image_encode(&b.data, &b.size, image, extensions[i], 90);
            mien_mem_fail_after(-1);
            if (status != MIEN_OK) assert_int_equal(status, MIEN_ENOMEM);
        }
        mien_image_bytes_free(b.data);
    }
    mien_image_free(image);
}

/* ---- PGM and PPM ------------------------------------------------------ */

static void check_pnm(const void *file, size_t size, const char *pixels) {
    mien_image *image = decoded((bytes){(uint8_t *)file, size}, NULL);
    const size_t n = image->stride * (size_t)image->height;
    assert_int_equal(n, strlen(pixels));
    assert_memory_equal(image->pixels, pixels, n);
    mien_image_free(image);
}

static void pnm__reads_all_its_forms(void **state) {
    (void)state;
    check_pnm("P2 # grey\n3 1\n# deep\n255\n65 66\n#x\n67", 37, "ABC");
    check_pnm("P3\n1 1 255 97 98\n99\n", 20, "abc");
    check_pnm("P5\n#c\n2 2\n255\nwxyz", 18, "wxyz");
    check_pnm("P6 1 1 255\rRGB", 14, "RGB");
    /* 51 of 100 is 130.05 of 255; 16-bit 0x4141 is 0x41 of 255 */
    check_pnm("P5 2 1 100\n\x33\x14", 13, "\x82\x33");
    check_pnm("P5 2 1 65535\n\x41\x41\x41\xc2", 17, "AB");
    check_pnm("P2 2 1 1000\n255 1000", 20, "A\xff");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lossless__formats_return_every_pixel),
        cmocka_unit_test(lossy__formats_return_about_the_same),
        cmocka_unit_test(jpeg__quality_trades_size),
        cmocka_unit_test(channels__are_as_asked_for),
        cmocka_unit_test(save__writes_what_load_reads),
        cmocka_unit_test(encode__refuses_what_a_format_cannot_hold),
        cmocka_unit_test(decode__of_every_truncation_fails_or_gives_the_same),
        cmocka_unit_test(decode__of_flipped_bytes_never_crashes),
        cmocka_unit_test(decode__says_what_is_wrong),
        cmocka_unit_test(cap__is_checked_before_pixels_are_allocated),
        cmocka_unit_test(decode__survives_every_failing_allocation),
        cmocka_unit_test(encode__survives_every_failing_allocation),
        cmocka_unit_test(pnm__reads_all_its_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
