/* SPDX-License-Identifier: Apache-2.0 */
/* test_chart.c - colours, ticks, and charts in memory. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "image/chart.h"
#include "mien/image.h"

static double luma(mien_paint p) {
    return 0.299 * p.r + 0.587 * p.g + 0.114 * p.b;
}

static void shade__gets_lighter_all_the_way(void **state) {
    (void)state;
    for (int i = 0; i < 100; i++)
        assert_true(luma(mien_shade(i / 100.0)) <
                    luma(mien_shade((i + 1) / 100.0)));
    assert_true(luma(mien_shade(1)) - luma(mien_shade(0)) > 0.6);
    assert_true(luma(mien_shade(NAN)) == luma(mien_shade(0)));
    assert_true(luma(mien_shade(7)) == luma(mien_shade(1)));
}

static void tick_text__is_short(void **state) {
    (void)state;
    const struct {
        double value;
        const char *want;
    } rows[] = {{0, "0"},        {0.25, "0.25"},  {-3, "-3"},
                {1e-3, "0.001"}, {1e-5, "1e-5"},  {2.5e-7, "2.5e-7"},
                {1e6, "1e6"},    {12000, "12000"}};
    char text[32];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        mien_tick_text(text, sizeof text, rows[i].value);
        assert_string_equal(text, rows[i].want);
    }
}

static void axes__of_powers_put_them_at_equal_distances(void **state) {
    (void)state;
    const mien_axes a = {.top = 10,
                         .width = 300,
                         .height = 400,
                         .x = {1e-4, 1e-1},
                         .y = {1e-3, 1e1},
                         .log_x = true,
                         .log_y = true};
    assert_float_equal(mien_axes_x(&a, 1e-3), 100, 1e-9);
    assert_float_equal(mien_axes_y(&a, 1e1), 10, 1e-9);
    assert_float_equal(mien_axes_y(&a, 1e-2), 310, 1e-9);
}

static mien_status draw(mien_buf *out, bool png) {
    const mien_paint cells[] = {mien_shade(0), mien_shade(1)};
    mien_chart *c;
    MIEN_TRY(mien_chart_open_memory(&c, png, 40, 20));
    mien_chart_cells(c, (mien_rect){0, 0, 20, 20}, cells, 2, 1);
    mien_chart_clip(c, (mien_rect){20, 0, 20, 10});
    mien_chart_dot(c, 30, 10, 8, mien_red);
    mien_chart_unclip(c);
    return mien_chart_append(c, out);
}

static void memory__holds_what_was_drawn(void **state) {
    (void)state;
    mien_buf png = {.cap = 1 << 20}, svg = {.cap = 1 << 20};
    mien_image *image;
    assert_int_equal(draw(&png, true), MIEN_OK);
    assert_int_equal(draw(&svg, false), MIEN_OK);
    assert_non_null(strstr((char *)svg.data, "</svg>"));
    assert_int_equal(
        mien_image_decode(&image, png.data, png.size, "chart", NULL), MIEN_OK);
    const uint8_t *p = image->pixels + 10 * image->stride;
    assert_true(p[3 * 5 + 1] < 80 && p[3 * 15 + 1] > 200); /* two cells */
    p = image->pixels + 5 * image->stride + 3 * 30;
    assert_true(p[0] > 150 && p[1] < 90); /* the dot's upper half */
    p = image->pixels + 15 * image->stride + 3 * 30;
    assert_int_equal(p[1], 255); /* its lower one is cut off */
    mien_image_free(image);
    mien_buf_close(&png);
    mien_buf_close(&svg);
}

static void memory__survives_failing_allocations(void **state) {
    (void)state;
    for (int n = 0, done = 0; !done; n++) {
        mien_buf out = {.cap = 1 << 20};
        mien_mem_fail_after(n);
        done = draw(&out, n % 2) == MIEN_OK;
        mien_mem_fail_after(-1);
        mien_buf_close(&out);
        assert_true(n < 100);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shade__gets_lighter_all_the_way),
        cmocka_unit_test(tick_text__is_short),
        cmocka_unit_test(axes__of_powers_put_them_at_equal_distances),
        cmocka_unit_test(memory__holds_what_was_drawn),
        cmocka_unit_test(memory__survives_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
