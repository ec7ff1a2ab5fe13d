/* SPDX-License-Identifier: Apache-2.0 */
/* test_draw.c - shapes and letters, inside the image and across its edge. */
#include "images.h"

static const mien_colour white = {255, 255, 255}, red = {255, 0, 0};

static mien_image *blank(int width, int height, int channels) {
    mien_image *image;
    assert_ok(mien_image_new(&image, width, height, channels));
    return image;
}

static void check_picture(const mien_image *image, const char *const *rows) {
    for (int y = 0; y < image->height; y++)
        for (int x = 0; x < image->width; x++)
            if ((*at(image, x, y) != 0) != (rows[y][x] == '#'))
                fail_msg("pixel (%d, %d) is %d", x, y, *at(image, x, y));
}

static void fill__is_clipped(void **state) {
    (void)state;
    mien_image *image = blank(5, 4, 1);
    mien_image_fill(image, -2, -1, 4, 3, white);
    mien_image_fill(image, 4, 3, INT32_MAX, INT32_MAX, white);
    mien_image_fill(image, 9, 9, 3, 3, white);
    mien_image_fill(image, 0, 0, -3, 2, white);
    check_picture(image, (const char *[]){"##...", "##...", ".....", "....#"});
    mien_image_free(image);
}

static void box__is_drawn_inward(void **state) {
    (void)state;
    mien_image *image = blank(7, 6, 1);
    mien_image_draw_box(image, (mien_box){1, 1, 5, 4}, 1, white);
    check_picture(image, (const char *[]){".......", ".#####.", ".#...#.",
                                          ".#...#.", ".#####.", "......."});
    mien_image_draw_box(image, (mien_box){1, 1, 5, 4}, 99, white);
    assert_int_equal(*at(image, 3, 2), 255);
    assert_int_equal(*at(image, 0, 2), 0);
    mien_image_free(image);
}

static void line__joins_both_ends(void **state) {
    (void)state;
    mien_image *image = blank(5, 5, 1);
    mien_image_draw_line(image, 0, 0, 4, 2, white);
    mien_image_draw_line(image, 1, 4, 0, 2, white);
    mien_image_draw_line(image, 4, 4, 4, 4, white);
    check_picture(
        image, (const char *[]){"#....", ".##..", "#..##", ".#...", ".#..#"});
    mien_image_free(image);
}

static void line__from_far_away_is_quick_and_clipped(void **state) {
    (void)state;
    mien_image *image = blank(5, 5, 1);
    mien_image_draw_line(image, INT32_MIN, INT32_MIN, INT32_MAX, INT32_MAX,
                         white);
    check_picture(
        image, (const char *[]){"#....", ".#...", "..#..", "...#.", "....#"});
    mien_image_free(image);
}

static void text__draws_its_letters(void **state) {
    (void)state;
    mien_image *image = blank(12, 9, 1);
    mien_image_draw_text(image, 0, 0, "F1", (mien_text_style){1, white});
    check_picture(image, (const char *[]){
                             "#####...#...", "#......##...", "#.......#...",
                             "####....#...", "#.......#...", "#.......#...",
                             "#......###..", "............", "............"});
    mien_image_free(image);
}

static void text__scales_breaks_lines_and_clips(void **state) {
    (void)state;
    assert_int_equal(mien_image_text_width("", 3), 0);
    assert_int_equal(mien_image_text_width("ab\nabc\n", 2), 36);
    mien_image *image = blank(12, 36, 3);
    mien_image_draw_text(image, 0, 0, "\n|", (mien_text_style){2, red});
    for (int y = 0; y < 36; y++)
        for (int x = 0; x < 12; x++) {
            bool ink = (x == 4 || x == 5) && y >= 18 && y < 32;
            assert_int_equal(at(image, x, y)[0], ink ? 255 : 0);
            assert_int_equal(at(image, x, y)[1], 0);
        }
    mien_image_draw_text(image, -3, -5, "\x01\xff out there",
                         (mien_text_style){9, white});
    mien_image_free(image);
}

/* Every printable character has ink, and no two look the same. */
static void text__has_95_different_letters(void **state) {
    (void)state;
    mien_image *seen[95];
    for (int i = 0; i < 95; i++) {
        const char text[] = {(char)(' ' + i), 0};
        seen[i] = blank(6, 9, 1);
        mien_image_draw_text(seen[i], 0, 0, text, (mien_text_style){1, white});
        assert_true((mean_of(seen[i]) > 0) == (i > 0));
        for (int j = 0; j < i; j++)
            if (difference(seen[i], seen[j]) == 0)
                fail_msg("'%c' looks like '%c'", ' ' + i, ' ' + j);
    }
    for (int i = 0; i < 95; i++) mien_image_free(seen[i]);
}

static void grey__takes_the_luma(void **state) {
    (void)state;
    mien_image *image = blank(1, 1, 1);
    mien_image_fill(image, 0, 0, 1, 1, red);
    assert_int_equal(image->pixels[0], 76);
    mien_image_free(image);
}

static void paste__converts_and_clips(void **state) {
    (void)state;
    mien_image *sheet = blank(6, 5, 3), *photo = make_noise(4, 4, 1, 1);
    mien_image_paste(sheet, photo, -1, -2);
    mien_image_paste(sheet, photo, 4, 3);
    mien_image_paste(sheet, photo, 6, 0);
    mien_image_paste(sheet, photo, INT32_MAX, INT32_MIN);
    for (int c = 0; c < 3; c++) {
        assert_int_equal(at(sheet, 0, 0)[c], *at(photo, 1, 2));
        assert_int_equal(at(sheet, 2, 1)[c], *at(photo, 3, 3));
        assert_int_equal(at(sheet, 5, 4)[c], *at(photo, 1, 1));
        assert_int_equal(at(sheet, 3, 2)[c], 0);
    }
    mien_image_free(photo);
    mien_image_free(sheet);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fill__is_clipped),
        cmocka_unit_test(box__is_drawn_inward),
        cmocka_unit_test(line__joins_both_ends),
        cmocka_unit_test(line__from_far_away_is_quick_and_clipped),
        cmocka_unit_test(text__draws_its_letters),
        cmocka_unit_test(text__scales_breaks_lines_and_clips),
        cmocka_unit_test(text__has_95_different_letters),
        cmocka_unit_test(grey__takes_the_luma),
        cmocka_unit_test(paste__converts_and_clips),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
