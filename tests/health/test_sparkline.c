/* SPDX-License-Identifier: Apache-2.0 */
/* test_sparkline.c - curves of block letters. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "health/sparkline.h"

static char out[MIEN_SPARKLINE_ROOM(64)];

static int letters(const char *text) {
    int n = 0;
    for (; *text; text++) n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

static void sparkline__goes_from_the_least_to_the_largest(void **state) {
    (void)state;
    const double x[] = {0, 1, 2, 3, 4, 5, 6, 7};
    mien_sparkline(out, sizeof out, x, 8, 40);
    assert_string_equal(out, "▁▂▃▄▅▆▇█");
}

static void sparkline__of_equal_values_is_level(void **state) {
    (void)state;
    const double x[] = {5, 5, 5};
    mien_sparkline(out, sizeof out, x, 3, 40);
    assert_string_equal(out, "▄▄▄");
}

static void sparkline__takes_the_mean_of_several(void **state) {
    (void)state;
    const double x[] = {0, 0, 0, 10, 10, 10};
    mien_sparkline(out, sizeof out, x, 6, 2);
    assert_string_equal(out, "▁█");
}

static void sparkline__marks_what_is_not_finite(void **state) {
    (void)state;
    const double x[] = {1, NAN, 2, INFINITY, -INFINITY};
    mien_sparkline(out, sizeof out, x, 5, 40);
    assert_string_equal(out, "▁·█··");
    const double none[] = {NAN, NAN};
    mien_sparkline(out, sizeof out, none, 2, 40);
    assert_string_equal(out, "··");
}

static void sparkline__by_powers(void **state) {
    (void)state;
    const double x[] = {1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7};
    mien_sparkline_log(out, sizeof out, x, 8, 8);
    assert_string_equal(out, "▁▂▃▄▅▆▇█");
    const double odd[] = {1, 0, -1, 10};
    mien_sparkline_log(out, sizeof out, odd, 4, 8);
    assert_string_equal(out, "▁··█");
}

static void sparkline__bears_the_largest_numbers(void **state) {
    (void)state;
    const double x[] = {-1.7e308, 0, 1.7e308};
    mien_sparkline(out, sizeof out, x, 3, 3);
    assert_string_equal(out, "▁▅█");
}

static void sparkline__never_leaves_its_room(void **state) {
    (void)state;
    const double x[] = {1, 2, 3, 4, 5, 6, 7, 8, NAN};
    for (size_t room = 0; room < 32; room++) {
        memset(out, 'x', sizeof out);
        mien_sparkline(out, room, x, 9, 40);
        for (size_t i = room; i < sizeof out; i++)
            assert_int_equal(out[i], 'x');
        if (room) assert_true(strlen(out) < room);
        if (room) assert_true(letters(out) <= 9);
    }
    mien_sparkline(out, sizeof out, x, 0, 40);
    assert_string_equal(out, "");
    mien_sparkline(out, sizeof out, x, 9, 0);
    assert_string_equal(out, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sparkline__goes_from_the_least_to_the_largest),
        cmocka_unit_test(sparkline__of_equal_values_is_level),
        cmocka_unit_test(sparkline__takes_the_mean_of_several),
        cmocka_unit_test(sparkline__marks_what_is_not_finite),
        cmocka_unit_test(sparkline__by_powers),
        cmocka_unit_test(sparkline__bears_the_largest_numbers),
        cmocka_unit_test(sparkline__never_leaves_its_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
