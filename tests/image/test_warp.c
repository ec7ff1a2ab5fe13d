/* SPDX-License-Identifier: Apache-2.0 */
/* test_warp.c - the affine look-up. */
#include <math.h>

#include "images.h"

static mien_image *warped(const mien_image *image, const double m[6],
                          mien_border border, int width, int height) {
    mien_warp warp = {.border = border, .outside = {200, 200, 200}};
    memcpy(warp.m, m, sizeof(warp.m));
    mien_image *out;
    assert_ok(mien_image_warp(&out, image, &warp, width, height));
    return out;
}

static void warp__by_identity_copies(void **state) {
    (void)state;
    mien_image *image = make_noise(9, 7, 3, 1);
    const double m[6] = {1, 0, 0, 0, 1, 0};
    for (int b = 0; b < 2; b++) {
        mien_image *out = warped(image, m, (mien_border)b, 9, 7);
        assert_int_equal(difference(image, out), 0);
        mien_image_free(out);
    }
    mien_image_free(image);
}

static void warp__by_whole_pixels_shifts_exactly(void **state) {
    (void)state;
    mien_image *image = make_noise(6, 5, 1, 2);
    const double m[6] = {1, 0, 2, 0, 1, -1};
    mien_image *fixed = warped(image, m, MIEN_BORDER_CONSTANT, 6, 5);
    mien_image *repeated = warped(image, m, MIEN_BORDER_REPLICATE, 6, 5);
    for (int y = 0; y < 5; y++)
        for (int x = 0; x < 6; x++) {
            const int u = x + 2, v = y - 1;
            const int cu = u > 5 ? 5 : u, cv = v < 0 ? 0 : v;
            assert_int_equal(*at(fixed, x, y),
                             cu == u && cv == v ? *at(image, u, v) : 200);
            assert_int_equal(*at(repeated, x, y), *at(image, cu, cv));
        }
    mien_image_free(repeated);
    mien_image_free(fixed);
    mien_image_free(image);
}

static void warp__mixes_four_neighbours(void **state) {
    (void)state;
    const uint8_t pixels[] = {0, 100, 40, 180};
    mien_image *image;
    assert_ok(mien_image_new(&image, 2, 2, 1));
    memcpy(image->pixels, pixels, 4);
    const double inside[6] = {1, 0, 0.25, 0, 1, 0.5};
    mien_image *out = warped(image, inside, MIEN_BORDER_REPLICATE, 1, 1);
    assert_int_equal(out->pixels[0], 50); /* (25 + 75) / 2 */
    mien_image_free(out);
    const double across[6] = {1, 0, -0.5, 0, 1, 0};
    out = warped(image, across, MIEN_BORDER_CONSTANT, 1, 1);
    assert_int_equal(out->pixels[0], 100); /* half of 200, half of 0 */
    mien_image_free(out);
    mien_image_free(image);
}

static void warp__rotates_by_a_quarter(void **state) {
    (void)state;
    mien_image *image = make_noise(5, 5, 3, 3), *turned;
    assert_ok(mien_image_orient(&turned, image, 6));
    const double m[6] = {0, 1, 0, -1, 0, 4};
    mien_image *out = warped(image, m, MIEN_BORDER_CONSTANT, 5, 5);
    assert_int_equal(difference(turned, out), 0);
    mien_image_free(out);
    mien_image_free(turned);
    mien_image_free(image);
}

static void warp__far_outside_is_only_border(void **state) {
    (void)state;
    mien_image *image = make_noise(4, 4, 3, 3);
    const double far[6] = {1e8, 0, 1e9, 0, -1e8, -1e9};
    mien_image *out = warped(image, far, MIEN_BORDER_CONSTANT, 3, 3);
    for (int i = 0; i < 27; i++) assert_int_equal(out->pixels[i], 200);
    mien_image_free(out);
    out = warped(image, far, MIEN_BORDER_REPLICATE, 3, 3);
    for (int i = 0; i < 27; i += 3)
        assert_memory_equal(out->pixels + i, at(image, 3, 0), 3);
    mien_image_free(out);
    mien_image_free(image);
}

static void warp__refuses_a_matrix_that_is_not_finite(void **state) {
    (void)state;
    mien_image *image = make_noise(4, 4, 1, 3), *out;
    const double bad[] = {NAN, INFINITY, -INFINITY, 1e300};
    for (int i = 0; i < 6; i++)
        for (int k = 0; k < 4; k++) {
            mien_warp warp = {.m = {1, 0, 0, 0, 1, 0}};
            warp.m[i] = bad[k];
            assert_int_equal(mien_image_warp(&out, image, &warp, 4, 4),
                             MIEN_EINVAL);
        }
    mien_image_free(image);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(warp__by_identity_copies),
        cmocka_unit_test(warp__by_whole_pixels_shifts_exactly),
        cmocka_unit_test(warp__mixes_four_neighbours),
        cmocka_unit_test(warp__rotates_by_a_quarter),
        cmocka_unit_test(warp__far_outside_is_only_border),
        cmocka_unit_test(warp__refuses_a_matrix_that_is_not_finite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
