/* SPDX-License-Identifier: Apache-2.0 */
/* test_image.c - make, crop, mirror, turn, convert. */
#include "images.h"

static void new__refuses_impossible_shapes(void **state) {
    (void)state;
    mien_image *image;
    const int bad[][3] = {{0, 1, 1},  {1, 0, 3},
                          {-4, 4, 1}, {4, 4, 2},
                          {4, 4, 4},  {MIEN_IMAGE_MAX_SIDE + 1, 1, 1}};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(
            mien_image_new(&image, bad[i][0], bad[i][1], bad[i][2]),
            MIEN_EINVAL);
        assert_null(image);
    }
}

static void new__fails_cleanly_without_memory(void **state) {
    (void)state;
    for (int n = 0; n < 2; n++) {
        mien_image *image;
        mien_mem_fail_after(n);
        assert_int_equal(mien_image_new(&image, 3, 2, 3), MIEN_ENOMEM);
        assert_null(image);
    }
    mien_mem_fail_after(-1);
}

static void copy__reads_a_padded_image(void **state) {
    (void)state;
    uint8_t pixels[2 * 8] = {1, 2, 3, 9, 9, 9, 9, 9, 4, 5, 6};
    mien_image padded = {3, 2, 1, 8, pixels}, *copy;
    assert_ok(mien_image_copy(&copy, &padded));
    assert_int_equal(copy->stride, 3);
    const uint8_t expected[] = {1, 2, 3, 4, 5, 6};
    assert_memory_equal(copy->pixels, expected, 6);
    mien_image_free(copy);
}

static void crop__takes_the_rectangle(void **state) {
    (void)state;
    mien_image *image = make_noise(7, 5, 3, 1), *part;
    assert_ok(mien_image_crop(&part, image, 2, 1, 4, 3));
    for (int y = 0; y < 3; y++)
        assert_memory_equal(at(part, 0, y), at(image, 2, y + 1), 12);
    mien_image_free(part);
    const int bad[][4] = {{-1, 0, 2, 2},
                          {0, 0, 8, 1},
                          {6, 0, 2, 1},
                          {0, 0, 0, 1},
                          {1, 1, INT32_MAX, 1}};
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(mien_image_crop(&part, image, bad[i][0], bad[i][1],
                                         bad[i][2], bad[i][3]),
                         MIEN_EINVAL);
    mien_image_free(image);
}

static void flip__twice_is_the_original(void **state) {
    (void)state;
    mien_image *image = make_noise(7, 4, 3, 2), *copy;
    assert_ok(mien_image_copy(&copy, image));
    mien_image_flip_horizontal(image);
    assert_memory_equal(at(image, 0, 1), at(copy, 6, 1), 3);
    mien_image_flip_horizontal(image);
    assert_int_equal(difference(image, copy), 0);
    mien_image_flip_vertical(image);
    assert_memory_equal(at(image, 0, 0), at(copy, 0, 3), 21);
    mien_image_flip_vertical(image);
    assert_int_equal(difference(image, copy), 0);
    mien_image_free(copy);
    mien_image_free(image);
}

/* An upright F as each orientation stores it; all must come back upright. */
static void orient__turns_all_eight_upright(void **state) {
    (void)state;
    static const char *const stored[8][5] = {
        {"###", "#..", "##.", "#..", "#.."},
        {"###", "..#", ".##", "..#", "..#"},
        {"..#", "..#", ".##", "..#", "###"},
        {"#..", "#..", "##.", "#..", "###"},
        {"#####", "#.#..", "#...."},
        {"#....", "#.#..", "#####"},
        {"....#", "..#.#", "#####"},
        {"#####", "..#.#", "....#"}};
    for (int k = 1; k <= 8; k++) {
        const int w = k <= 4 ? 3 : 5, h = k <= 4 ? 5 : 3;
        mien_image *image, *upright;
        assert_ok(mien_image_new(&image, w, h, 1));
        for (int y = 0; y < h; y++)
            memcpy(at(image, 0, y), stored[k - 1][y], (size_t)w);
        assert_ok(mien_image_orient(&upright, image, k));
        assert_int_equal(upright->width, 3);
        assert_int_equal(upright->height, 5);
        for (int y = 0; y < 5; y++)
            assert_memory_equal(at(upright, 0, y), stored[0][y], 3);
        mien_image_free(upright);
        mien_image_free(image);
    }
}

static void orient__refuses_other_numbers(void **state) {
    (void)state;
    mien_image *image = make_gradient(2, 2, 1), *out;
    assert_int_equal(mien_image_orient(&out, image, 0), MIEN_EINVAL);
    assert_int_equal(mien_image_orient(&out, image, 9), MIEN_EINVAL);
    mien_image_free(image);
}

static void convert__weighs_as_bt601(void **state) {
    (void)state;
    const uint8_t rgb[] = {255, 0,   0,   0,   255, 0,  0, 0,
                           255, 255, 255, 255, 10,  10, 10};
    mien_image *image, *grey, *back;
    assert_ok(mien_image_new(&image, 5, 1, 3));
    memcpy(image->pixels, rgb, sizeof(rgb));
    assert_ok(mien_image_convert(&grey, image, 1));
    const uint8_t expected[] = {76, 150, 29, 255, 10};
    assert_memory_equal(grey->pixels, expected, 5);
    assert_ok(mien_image_convert(&back, grey, 3));
    for (int i = 0; i < 15; i++)
        assert_int_equal(back->pixels[i], expected[i / 3]);
    mien_image_free(back);
    mien_image_free(grey);
    mien_image_free(image);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new__refuses_impossible_shapes),
        cmocka_unit_test(new__fails_cleanly_without_memory),
        cmocka_unit_test(copy__reads_a_padded_image),
        cmocka_unit_test(crop__takes_the_rectangle),
        cmocka_unit_test(flip__twice_is_the_original),
        cmocka_unit_test(orient__turns_all_eight_upright),
        cmocka_unit_test(orient__refuses_other_numbers),
        cmocka_unit_test(convert__weighs_as_bt601),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
