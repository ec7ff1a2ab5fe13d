/* SPDX-License-Identifier: Apache-2.0 */
/* test_pictures.c - each picture of each kind of run: there is ink, and
 * nothing breaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "health/picture.h"
#include "health/survival.h"
#include "mien/image.h"
#include "past_fixture.h"
#include "scratch.h"

static mien_past *read_plan(const fixture_plan *plan) {
    mien_past *past;
    const char *path = scratch("health.jsonl");
    assert_int_equal(fixture_write(path, plan), 0);
    assert_int_equal(mien_past_read(&past, path), MIEN_OK);
    return past;
}

/* The share of pixels that are not white. */
static double ink_of(const char *path, int *height) {
    mien_image *image;
    int64_t ink = 0;
    assert_int_equal(mien_image_load(&image, path, NULL), MIEN_OK);
    for (int y = 0; y < image->height; y++)
        for (int x = 0; x < image->width; x++) {
            const uint8_t *p =
                image->pixels + y * image->stride + (size_t)x * image->channels;
            ink += p[0] < 250 || p[image->channels - 1] < 250;
        }
    const double share = (double)ink / image->width / image->height;
    *height = image->height;
    mien_image_free(image);
    return share;
}

static void draw_all(const mien_past *past, int attempt) {
    int n, height;
    const mien_picture_ops *const *all = mien_pictures(&n);
    const char *path = scratch("picture.png");
    assert_int_equal(n, 8);
    for (int i = 0; i < n; i++) {
        mien_buf svg = {.cap = 32 << 20};
        assert_int_equal(mien_picture_save(path, all[i], past, attempt),
                         MIEN_OK);
        const bool any = mien_picture_any(all[i], past, attempt);
        const double ink = ink_of(path, &height);
        if (!(ink > (any ? 0.01 : 0.005)))
            fail_msg("%s: %g of it is ink", all[i]->name, ink);
        assert_int_equal(mien_picture_append(&svg, all[i], past, attempt),
                         MIEN_OK);
        assert_non_null(strstr((char *)svg.data, "</svg>"));
        assert_null(strstr((char *)svg.data, "nan"));
        mien_buf_close(&svg);
    }
}

static void pictures__of_a_run_with_everything(void **state) {
    (void)state;
    int n;
    mien_past *past = read_plan(&(fixture_plan){
        .layers = 12, .steps = 400, .every = 10, .troubled = true});
    const mien_picture_ops *const *all = mien_pictures(&n);
    for (int i = 0; i < n; i++) assert_true(mien_picture_any(all[i], past, 1));
    draw_all(past, 0);
    draw_all(past, 1);
    draw_all(past, 2); /* there is none */
    mien_past_free(past);
}

static void pictures__of_nothing(void **state) {
    (void)state;
    mien_past *past = read_plan(&(fixture_plan){0});
    draw_all(past, 0);
    draw_all(past, -1);
    mien_past_free(past);
}

static void pictures__of_a_single_step(void **state) {
    (void)state;
    mien_past *past =
        read_plan(&(fixture_plan){.layers = 3, .steps = 1, .every = 1});
    draw_all(past, 0);
    mien_past_free(past);
}

static void pictures__of_a_single_layer(void **state) {
    (void)state;
    mien_past *past =
        read_plan(&(fixture_plan){.layers = 1, .steps = 30, .every = 3});
    draw_all(past, 0);
    mien_past_free(past);
}

static void pictures__where_nothing_is_a_number(void **state) {
    (void)state;
    mien_past *past = read_plan(&(fixture_plan){
        .layers = 7, .steps = 40, .every = 5, .nulls = true, .troubled = true});
    draw_all(past, 0);
    draw_all(past, 1);
    mien_past_free(past);
}

static void pictures__of_100_layers_give_each_a_row(void **state) {
    (void)state;
    int n, height;
    mien_past *past =
        read_plan(&(fixture_plan){.layers = 100, .steps = 60, .every = 10});
    const mien_picture_ops *const *all = mien_pictures(&n);
    draw_all(past, 0);
    for (int i = 0; i < n; i++) {
        if (strcmp(all[i]->name, "gradient_flow")) continue;
        const char *path = scratch("flow.png");
        assert_int_equal(mien_picture_save(path, all[i], past, 0), MIEN_OK);
        ink_of(path, &height);
        assert_true(height > 100 * 12); /* pixels that a name needs */
    }
    mien_past_free(past);
}

static void pictures__want_png_or_svg(void **state) {
    (void)state;
    int n;
    mien_past *past = read_plan(&(fixture_plan){0});
    assert_int_equal(mien_picture_save(scratch("picture.gif"),
                                       mien_pictures(&n)[0], past, 0),
                     MIEN_EINVAL);
    mien_past_free(past);
}

static void pictures__survive_failing_allocations(void **state) {
    (void)state;
    int n;
    mien_past *past = read_plan(&(fixture_plan){
        .layers = 4, .steps = 60, .every = 10, .troubled = true});
    const mien_picture_ops *const *all = mien_pictures(&n);
    for (int i = 0; i < n; i++)
        for (int k = 0, done = 0; !done; k++) {
            mien_buf svg = {.cap = 32 << 20};
            mien_mem_fail_after(k);
            done = mien_picture_append(&svg, all[i], past, 1) == MIEN_OK;
            mien_mem_fail_after(-1);
            mien_buf_close(&svg);
            assert_true(k < 1000);
        }
    mien_past_free(past);
}

/* ---- the survival map ------------------------------------------------- */

static const double rates[] = {0.01, 0.1, 1}, scales[] = {0.1, 1};
static const double plain[] = {0.2, NAN, NAN, 0.9, 0.4, INFINITY};
static const double doctor[] = {0.9, 0.9, 0.8, 1, 0.95, 0.7};

static const mien_survival map = {
    .title = "Where does training survive?",
    .note = "two panels",
    .columns = 3,
    .rows = 2,
    .rates = rates,
    .scales = scales,
    .n_panels = 2,
    .panels = {{"plain", plain}, {"doctor", doctor}}};

static void survival__draws_both_panels(void **state) {
    (void)state;
    int height;
    assert_int_equal(mien_survival_draw(&map, scratch("map.png")), MIEN_OK);
    assert_true(ink_of(scratch("map.png"), &height) > 0.1);
    assert_int_equal(mien_survival_draw(&map, scratch("map.svg")), MIEN_OK);
    mien_survival one = map;
    one.columns = one.rows = one.n_panels = 1;
    one.note = NULL;
    assert_int_equal(mien_survival_draw(&one, scratch("map.png")), MIEN_OK);
}

static void survival__refuses_what_is_no_map(void **state) {
    (void)state;
    mien_survival bad = map;
    bad.columns = 0;
    assert_int_equal(mien_survival_draw(&bad, scratch("map.png")), MIEN_EINVAL);
    bad = map;
    bad.n_panels = 9;
    assert_int_equal(mien_survival_draw(&bad, scratch("map.png")), MIEN_EINVAL);
    assert_int_equal(mien_survival_draw(&map, scratch("map.txt")), MIEN_EINVAL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pictures__of_a_run_with_everything),
        cmocka_unit_test(pictures__of_nothing),
        cmocka_unit_test(pictures__of_a_single_step),
        cmocka_unit_test(pictures__of_a_single_layer),
        cmocka_unit_test(pictures__where_nothing_is_a_number),
        cmocka_unit_test(pictures__of_100_layers_give_each_a_row),
        cmocka_unit_test(pictures__want_png_or_svg),
        cmocka_unit_test(pictures__survive_failing_allocations),
        cmocka_unit_test(survival__draws_both_panels),
        cmocka_unit_test(survival__refuses_what_is_no_map),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
