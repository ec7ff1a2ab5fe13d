/* SPDX-License-Identifier: Apache-2.0 */
/* test_augment.c - the table, the moves, and lists of augmentations. */
#include <stdio.h>

#include "augmented.h"

/* ---- all of them ------------------------------------------------------ */

static void table__is_complete(void **state) {
    (void)state;
    int n;
    const mien_augment_ops *const *table = mien_augments(&n);
    assert_true(n > 0);
    for (int i = 0; i < n; i++) {
        const mien_augment_ops *ops = table[i];
        assert_true((ops->place == NULL) != (ops->apply == NULL));
        assert_true(strlen(ops->summary) > 0);
        bool has_p = false;
        for (const mien_param *row = ops->params; row->name; row++)
            has_p |= strcmp(row->name, "p") == 0 && row->offset == 0;
        assert_true(has_p);
    }
}

/* Same coordinates, same pixels, whatever was drawn in between; other
 * coordinates, other pixels. */
static void each__is_a_function_of_its_coordinates(void **state) {
    (void)state;
    int n, changed;
    const mien_augment_ops *const *table = mien_augments(&n);
    mien_image *image = make_photo(24, 20);
    for (int i = 0; i < n; i++) {
        char list[64];
        snprintf(list, sizeof(list), "[%s: {p: 0.9}]", table[i]->name);
        mien_augmenter *a = opened(list);
        changed = 0;
        for (uint32_t sample = 0; sample < 20; sample++) {
            mien_image *x = augmented(a, image, sample);
            mien_image *other = augmented(a, image, sample + 1);
            mien_image *y = augmented(a, image, sample);
            assert_int_equal(difference(x, y), 0);
            changed += difference(x, other) != 0;
            mien_image_free(x);
            mien_image_free(other);
            mien_image_free(y);
        }
        if (changed == 0) fail_msg("%s is always the same", table[i]->name);
    }
    mien_image_free(image);
}

/* Grey and RGB, from one pixel up, rows apart: the shape stays, and so do the
 * bytes between the rows. */
static void each__keeps_shape_and_padding(void **state) {
    (void)state;
    const int sizes[][2] = {{1, 1}, {1, 7}, {5, 1}, {9, 8}};
    int n;
    const mien_augment_ops *const *table = mien_augments(&n);
    for (int i = 0; i < n; i++) {
        char list[64];
        snprintf(list, sizeof(list), "[%s: {p: 1}]", table[i]->name);
        mien_augmenter *a = opened(list);
        for (int k = 0; k < 8; k++) {
            const int w = sizes[k / 2][0], h = sizes[k / 2][1];
            const int c = k % 2 ? 3 : 1;
            uint8_t pixels[8 * 40];
            memset(pixels, 77, sizeof(pixels));
            mien_image image = {w, h, c, 40, pixels};
            for (uint32_t sample = 0; sample < 5; sample++)
                assert_ok(mien_augmenter_apply(a, &image, 1, 2, sample));
            assert_int_equal(image.width * 100 + image.height, w * 100 + h);
            for (int y = 0; y < 8; y++)
                for (int x = y < h ? w * c : 0; x < 40; x++)
                    assert_int_equal(pixels[40 * y + x], 77);
        }
    }
}

static void zero__strength_changes_nothing(void **state) {
    (void)state;
    static const char *const lists[] = {"[flip: 0]",
                                        "[rotate: 0]",
                                        "[crop: 0]",
                                        "[shift: 0]",
                                        "[scale: 0]",
                                        ("[resized_crop: {area: 1, "
                                         "aspect: 1}]"),
                                        "[brightness: 0]",
                                        "[contrast: 0]",
                                        "[saturation: 0]",
                                        "[hue: 0]",
                                        "[grey: 0]",
                                        "[noise: 0]",
                                        "[blur: 0]",
                                        "[lowres: 1]",
                                        "[erase: 0]",
                                        "[jpeg: {p: 0}]",
                                        "[]",
                                        "~",
                                        "[erase: {p: 0, area: 1}]"};
    mien_image *image = make_noise(17, 12, 3, 3);
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        for (uint32_t sample = 0; sample < 4; sample++) {
            mien_image *out = augmented_by(lists[i], image, sample);
            if (difference(out, image) != 0)
                fail_msg("%s changes the photo", lists[i]);
            mien_image_free(out);
        }
    mien_image_free(image);
}

/* ---- what moves pixels ------------------------------------------------ */

static void flip__mirrors_and_undoes_itself(void **state) {
    (void)state;
    mien_image *image = make_noise(17, 12, 3, 3);
    mien_image *once = augmented_by("[flip: 1]", image, 0);
    mien_image *twice = augmented_by("[flip: 1, flip: 1]", image, 0);
    mien_image *apart = augmented_by("[flip: 1, noise: 0, flip: 1]", image, 0);
    assert_int_equal(difference(twice, image), 0);
    assert_int_equal(difference(apart, image), 0);
    mien_image_flip_horizontal(once);
    assert_int_equal(difference(once, image), 0);
    mien_image_free(apart);
    mien_image_free(twice);
    mien_image_free(once);
    mien_image_free(image);
}

static void p__is_how_often(void **state) {
    (void)state;
    mien_augmenter *a = opened("[flip: 0.3]");
    mien_image *image = make_noise(4, 1, 1, 3);
    int flipped = 0;
    for (uint32_t sample = 0; sample < 4000; sample++) {
        mien_image *out = augmented(a, image, sample);
        flipped += difference(out, image) != 0;
        mien_image_free(out);
    }
    assert_in_range(flipped, 1080, 1320); /* 4 deviations of 29 */
    mien_image_free(image);
}

static void crop__moves_by_whole_pixels(void **state) {
    (void)state;
    mien_augmenter *a = opened("[crop: 2]");
    mien_image *image = make_noise(12, 12, 3, 3);
    bool seen[5][5] = {{false}};
    for (uint32_t sample = 0; sample < 300; sample++) {
        mien_image *out = augmented(a, image, sample);
        int found = 0;
        for (int dy = -2; dy <= 2; dy++)
            for (int dx = -2; dx <= 2; dx++)
                if (memcmp(at(out, 5, 5), at(image, 5 + dx, 5 + dy), 9) == 0) {
                    seen[dy + 2][dx + 2] = true;
                    found++;
                }
        assert_int_equal(found, 1);
        mien_image_free(out);
    }
    for (int i = 0; i < 25; i++) assert_true(seen[i / 5][i % 5]);
    mien_image_free(image);
}

static void moves__are_multiplied_in_order(void **state) {
    (void)state;
    const double a[6] = {2, 1, 3, -1, 0.5, 4}, b[6] = {0, -1, 7, 3, 2, -5};
    double m[6];
    memcpy(m, a, sizeof(m));
    mien_augment_place(m, b);
    const double x = 1.5, y = -2;
    const double u = b[0] * x + b[1] * y + b[2], v = b[3] * x + b[4] * y + b[5];
    assert_true(fabs(m[0] * x + m[1] * y + m[2] -
                     (a[0] * u + a[1] * v + a[2])) < 1e-12);
    assert_true(fabs(m[3] * x + m[4] * y + m[5] -
                     (a[3] * u + a[4] * v + a[5])) < 1e-12);
}

/* Each interpolation blurs; a step in between that changes nothing, noise of
 * 0, forces one, so that the chain below it pays three times. */
static void moves__are_looked_up_once(void **state) {
    (void)state;
    mien_image *image = make_noise(32, 32, 1, 3), *one, *two;
    one = augmented_by("[rotate: 20, shift: 0.1, scale: 0.2]", image, 5);
    two = augmented_by(
        "[rotate: 20, noise: 0, shift: 0.1, noise: 0, scale: 0.2]", image, 5);
    assert_true(deviation_of(one) > 1.1 * deviation_of(two));
    mien_image_free(two);
    mien_image_free(one);
    mien_image_free(image);
}

/* A quarter to the right and twice as large: what is seen four pixels below
 * the centre came from two pixels right of it. */
static void about__turns_and_scales_round_the_centre(void **state) {
    (void)state;
    mien_image *image = make_noise(9, 9, 1, 1);
    double m[6] = {1, 0, 0, 0, 1, 0};
    mien_augment_place_about(m, image, 1.5707963267948966, 2);
    const double u = m[0] * 4 + m[1] * 8 + m[2];
    const double v = m[3] * 4 + m[4] * 8 + m[5];
    assert_true(fabs(u - 6) < 1e-12 && fabs(v - 4) < 1e-12);
    mien_image_free(image);
}

static void resized_crop__stays_inside_the_photo(void **state) {
    (void)state;
    int n;
    const mien_augment_ops *const *table = mien_augments(&n);
    const mien_augment_ops *ops = NULL;
    for (int i = 0; i < n; i++)
        if (strcmp(table[i]->name, "resized_crop") == 0) ops = table[i];
    const float config[3] = {1, 0.3f, 1.5f};
    mien_image *image = make_noise(40, 30, 1, 1);
    for (uint32_t sample = 0; sample < 500; sample++) {
        mien_rng rng = mien_rng_at(1, MIEN_RNG_TEST, 0, sample);
        double m[6] = {1, 0, 0, 0, 1, 0};
        ops->place(m, image, config, &rng);
        /* where the outer corners come from: -1/2 to 39 1/2 */
        const double left = -0.5 * m[0] + m[2], right = 39.5 * m[0] + m[2];
        const double top = -0.5 * m[4] + m[5], low = 29.5 * m[4] + m[5];
        assert_true(left > -0.5001 && right < 39.5001);
        assert_true(top > -0.5001 && low < 29.5001);
        const double area = m[0] * m[4];
        assert_true(area > 0.199 && area < 1.0001);
        assert_true(m[0] / m[4] < 1.5001 && m[4] / m[0] < 1.5001);
    }
    mien_image_free(image);
}

/* ---- the list --------------------------------------------------------- */

static void list__is_read_as_in_a_recipe(void **state) {
    (void)state;
    mien_augmenter *a = opened(
        "[flip, rotate: 10, {crop: {pad: 4}}, brightness: 0.2, mixup: 0.4]");
    assert_int_equal(mien_augmenter_count(a), 4);
    assert_non_null(mien_augmenter_mixup(a));
    assert_true(mien_augmenter_mixup(a)->alpha == 0.4f);
    assert_ok(mien_augmenter_open(&a, NULL, &arena));
    assert_int_equal(mien_augmenter_count(a), 0);
    assert_null(mien_augmenter_mixup(a));
    a = opened("- flip\n- mixup\n- blur: {sigma: 2, p: 0.5}\n- noise:\n");
    assert_int_equal(mien_augmenter_count(a), 3);
    assert_true(mien_augmenter_mixup(a)->alpha == 0.2f);
}

static void list__errors_name_line_and_remedy(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"[flip,\n rotat: 10]",
         "recipe.yaml:2: augment: there is no 'rotat'; "
         "did you mean 'rotate'?"},
        {"[rotate: 200]",
         "recipe.yaml:1: augment: rotate: degrees = 200 is "
         "outside 0..180"},
        {"[rotate: fast]", "augment: rotate: degrees is 'fast'"},
        {"[{crop: {pat: 4}}]", "pat"},
        {"{flip: 1}", "augment: want a list"},
        {"flip", "augment: want a list"},
        {"[{flip: 1, rotate: 2}]", "want a name or one"},
        {"[[flip]]", "want a name or one"},
        {"[mixup, mixup: 1]", "mixup is there twice"},
        {"[mixup: 0]", "augment: mixup: alpha = 0 is outside"},
        {"[jpeg: 96]", "outside 1..95"},
        {"[flip: {p: 1.5}]", "outside 0..1"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        mien_augmenter *a;
        assert_true(try_open(&a, cases[i][0]) != MIEN_OK);
        assert_null(a);
        if (!strstr(mien_error(), cases[i][1]))
            fail_msg("'%s' does not say '%s'", mien_error(), cases[i][1]);
    }
}

static const char everything[] =
    "[flip: 1, rotate, crop, resized_crop, shift, scale, brightness, contrast,"
    " saturation, hue, grey: 1, noise, blur, jpeg, lowres, erase: 1, mixup]";

static void list__survives_every_failing_allocation(void **state) {
    (void)state;
    mien_tree *tree;
    assert_ok(mien_tree_parse(&tree, &arena, everything, strlen(everything),
                              "recipe.yaml"));
    mien_augmenter *a;
    mien_image *image = make_photo(20, 20), *copy;
    mien_status status = MIEN_ENOMEM;
    for (int n = 0; status != MIEN_OK; n++) {
        mien_arena own = {0};
        mien_mem_fail_after(n);
        status = mien_augmenter_open(&a, tree, &own);
        mien_mem_fail_after(-1);
        if (status != MIEN_OK) assert_int_equal(status, MIEN_ENOMEM);
        mien_arena_close(&own);
        assert_true(n < 100);
    }
    assert_ok(mien_augmenter_open(&a, tree, &arena));
    status = MIEN_ENOMEM;
    for (int n = 0; status != MIEN_OK; n++) {
        assert_ok(mien_image_copy(&copy, image));
        mien_mem_fail_after(n);
        status = mien_augmenter_apply(a, copy, 1, 1, 1);
        mien_mem_fail_after(-1);
        if (status != MIEN_OK) assert_int_equal(status, MIEN_ENOMEM);
        mien_image_free(copy);
        assert_true(n < 100);
    }
    mien_image_free(image);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table__is_complete),
        cmocka_unit_test(each__is_a_function_of_its_coordinates),
        cmocka_unit_test(each__keeps_shape_and_padding),
        cmocka_unit_test(zero__strength_changes_nothing),
        cmocka_unit_test(flip__mirrors_and_undoes_itself),
        cmocka_unit_test(p__is_how_often),
        cmocka_unit_test(crop__moves_by_whole_pixels),
        cmocka_unit_test(moves__are_multiplied_in_order),
        cmocka_unit_test(moves__are_looked_up_once),
        cmocka_unit_test(about__turns_and_scales_round_the_centre),
        cmocka_unit_test(resized_crop__stays_inside_the_photo),
        cmocka_unit_test(list__is_read_as_in_a_recipe),
        cmocka_unit_test(list__errors_name_line_and_remedy),
        cmocka_unit_test(list__survives_every_failing_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, close_arena);
}
