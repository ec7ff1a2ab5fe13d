/* SPDX-License-Identifier: Apache-2.0 */
/* test_augment_pixels.c - what each augmentation of pixels changes and what it
 * must keep. */
#include "augmented.h"

static void brightness__multiplies(void **state) {
    (void)state;
    mien_image *image = make_photo(20, 20);
    double least = 9, most = 0;
    for (uint32_t sample = 0; sample < 60; sample++) {
        mien_image *out = augmented_by("[brightness: 0.2]", image, sample);
        const double f = mean_of(out) / mean_of(image);
        for (int i = 0; i < 1200; i++)
            assert_true(fabs(out->pixels[i] - f * image->pixels[i]) < 1);
        least = fmin(least, f);
        most = fmax(most, f);
        mien_image_free(out);
    }
    assert_true(least > 0.79 && least < 0.85 && most > 1.15 && most < 1.21);
    mien_image_free(image);
}

static void contrast__keeps_the_mean(void **state) {
    (void)state;
    mien_image *image = make_photo(20, 20);
    for (uint32_t sample = 0; sample < 30; sample++) {
        mien_image *out = augmented_by("[contrast: 0.4]", image, sample);
        const double f = deviation_of(out) / deviation_of(image);
        assert_true(f > 0.57 && f < 1.43);
        assert_true(fabs(luma_of(out) - luma_of(image)) < 0.6);
        mien_image_free(out);
    }
    mien_image_free(image);
}

static void colours__change_and_brightness_stays(void **state) {
    (void)state;
    int changed[3] = {0};
    mien_image *image = make_photo(20, 20);
    for (uint32_t sample = 0; sample < 30; sample++) {
        const char *const lists[] = {"[saturation: 0.5]", "[hue: 0.5]",
                                     "[grey: 1]"};
        for (int i = 0; i < 3; i++) {
            mien_image *out = augmented_by(lists[i], image, sample);
            changed[i] += difference(out, image) > 0;
            for (int y = 0; y < 20; y++)
                for (int x = 0; x < 20; x++) {
                    const uint8_t *p = at(image, x, y), *q = at(out, x, y);
                    const double d = 0.299 * (p[0] - q[0]) +
                                     0.587 * (p[1] - q[1]) +
                                     0.114 * (p[2] - q[2]);
                    assert_true(fabs(d) < 1.01);
                    if (i == 2) assert_true(q[0] == q[1] && q[1] == q[2]);
                }
            mien_image_free(out);
        }
    }
    for (int i = 0; i < 3; i++) assert_in_range(changed[i], 25, 30);
    mien_image_free(image);
}

static void colours__leave_grey_photos_alone(void **state) {
    (void)state;
    mien_image *image = make_noise(20, 20, 1, 3);
    mien_image *out =
        augmented_by("[saturation: 1, hue: 0.5, grey: 1]", image, 1);
    assert_int_equal(difference(out, image), 0);
    mien_image_free(out);
    mien_image_free(image);
}

static void noise__has_mean_zero_and_its_deviation(void **state) {
    (void)state;
    mien_image *image;
    assert_ok(mien_image_new(&image, 100, 100, 3));
    memset(image->pixels, 128, 30000);
    double most = 0;
    for (uint32_t sample = 0; sample < 40; sample++) {
        mien_image *out = augmented_by("[noise: 0.1]", image, sample);
        const double sigma = deviation_of(out);
        assert_true(fabs(mean_of(out) - 128) < 0.7);
        assert_true(sigma < 25.9);
        most = fmax(most, sigma);
        mien_image_free(out);
    }
    assert_true(most > 22);
    mien_image_free(image);
}

static void blur__smooths_and_keeps_the_mean(void **state) {
    (void)state;
    mien_image *image = make_photo(40, 40), *out;
    for (uint32_t sample = 0; sample < 10; sample++) {
        out = augmented_by("[blur: 3]", image, sample);
        assert_true(deviation_of(out) <= deviation_of(image));
        assert_true(fabs(mean_of(out) - mean_of(image)) < 1.5);
        mien_image_free(out);
    }
    memset(image->pixels, 200, image->stride * 40);
    out = augmented_by("[blur: 16]", image, 1);
    assert_int_equal(difference(out, image), 0);
    mien_image_free(out);
    mien_image_free(image);
}

static void lowres__loses_detail_not_brightness(void **state) {
    (void)state;
    mien_image *image = make_photo(40, 40);
    mien_image *out = augmented_by("[lowres: 0.1]", image, 3);
    assert_true(deviation_of(out) < 0.8 * deviation_of(image));
    assert_true(fabs(mean_of(out) - mean_of(image)) < 1);
    mien_image_free(out);
    mien_image_free(image);
}

static void jpeg__comes_back_about_the_same(void **state) {
    (void)state;
    mien_image *image = make_gradient(40, 40, 3);
    mien_image *out = augmented_by("[jpeg: 20]", image, 3);
    assert_in_range(difference(out, image), 1, 40);
    assert_true(fabs(mean_of(out) - mean_of(image)) < 2);
    mien_image_free(out);
    mien_image_free(image);
}

static void erase__hides_no_more_than_its_share(void **state) {
    (void)state;
    mien_image *image;
    assert_ok(mien_image_new(&image, 50, 40, 1));
    mien_augmenter *a = opened("[erase: {area: 0.25, p: 1}]");
    int most = 0;
    for (uint32_t sample = 0; sample < 200; sample++) {
        mien_image *out = augmented(a, image, sample);
        int hidden = 0;
        for (int i = 0; i < 2000; i++) hidden += out->pixels[i] != 0;
        assert_in_range(hidden, 0, 500);
        if (hidden > most) most = hidden;
        mien_image_free(out);
    }
    assert_true(most > 300);
    mien_image_free(image);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(brightness__multiplies),
        cmocka_unit_test(contrast__keeps_the_mean),
        cmocka_unit_test(colours__change_and_brightness_stays),
        cmocka_unit_test(colours__leave_grey_photos_alone),
        cmocka_unit_test(noise__has_mean_zero_and_its_deviation),
        cmocka_unit_test(blur__smooths_and_keeps_the_mean),
        cmocka_unit_test(lowres__loses_detail_not_brightness),
        cmocka_unit_test(jpeg__comes_back_about_the_same),
        cmocka_unit_test(erase__hides_no_more_than_its_share),
    };
    return cmocka_run_group_tests(tests, NULL, close_arena);
}
