/* SPDX-License-Identifier: Apache-2.0 */
/* test_resize.c - against hand-computed values and a naive twin in double. */
#include <math.h>

#include "images.h"

static void check_row(const uint8_t *in, int n_in, const uint8_t *expected,
                      int n_out, mien_filter filter) {
    mien_image *image, *out;
    assert_ok(mien_image_new(&image, n_in, 1, 1));
    memcpy(image->pixels, in, (size_t)n_in);
    assert_ok(mien_image_resize(&out, image, n_out, 1, filter));
    for (int i = 0; i < n_out; i++)
        if (out->pixels[i] != expected[i])
            fail_msg("sample %d is %d, not %d", i, out->pixels[i], expected[i]);
    mien_image_free(out);
    mien_image_free(image);
}

static void area__averages_what_it_covers(void **state) {
    (void)state;
    /* 6 -> 3: pairs; 5 -> 2: 2.5 each, (10+20+15)/2.5 and (15+40+50)/2.5. */
    check_row((const uint8_t[]){0, 10, 20, 40, 100, 200}, 6,
              (const uint8_t[]){5, 30, 150}, 3, MIEN_FILTER_AREA);
    check_row((const uint8_t[]){10, 20, 30, 40, 50}, 5,
              (const uint8_t[]){18, 42}, 2, MIEN_FILTER_AREA);
}

static void bilinear__interpolates_between_centres(void **state) {
    (void)state;
    /* 2 -> 4: centres at -1/4, 1/4, 3/4, 5/4; the edge repeats. */
    check_row((const uint8_t[]){0, 100}, 2, (const uint8_t[]){0, 25, 75, 100},
              4, MIEN_FILTER_BILINEAR);
    /* 4 -> 2: weights 1/8 3/8 3/8 1/8 around 1 and 3. */
    check_row((const uint8_t[]){0, 80, 160, 240}, 4, (const uint8_t[]){50, 190},
              2, MIEN_FILTER_BILINEAR);
}

static void bicubic__has_catmull_rom_weights(void **state) {
    (void)state;
    /* 4 -> 8: at 1/4 past a centre -9/128, 111/128, 29/128, -3/128. */
    check_row((const uint8_t[]){128, 128, 0, 0}, 4,
              (const uint8_t[]){128, 131, 137, 102, 26, 0, 0, 0}, 8,
              MIEN_FILTER_BICUBIC);
}

static void nearest__picks_the_pixel_under_the_centre(void **state) {
    (void)state;
    check_row((const uint8_t[]){1, 2, 3}, 3,
              (const uint8_t[]){1, 1, 2, 2, 3, 3}, 6, MIEN_FILTER_NEAREST);
    check_row((const uint8_t[]){1, 2, 3, 4, 5, 6}, 6, (const uint8_t[]){2, 5},
              2, MIEN_FILTER_NEAREST);
}

/* ---- the twin: one weight a pixel pair, straight from the definition --- */

static double cubic(double t) {
    t = fabs(t);
    if (t <= 1) return 1.5 * t * t * t - 2.5 * t * t + 1;
    if (t < 2) return -0.5 * t * t * t + 2.5 * t * t - 4 * t + 2;
    return 0;
}

static double weight(mien_filter filter, int o, int i, double s) {
    const double c = (o + 0.5) * s, wide = s > 1 ? s : 1;
    const double t = (i + 0.5 - c) / wide;
    if (filter == MIEN_FILTER_AREA) {
        double a = fmax(i, o * s), b = fmin(i + 1, (o + 1) * s);
        return b > a ? b - a : 0;
    }
    if (filter == MIEN_FILTER_BILINEAR) return fabs(t) < 1 ? 1 - fabs(t) : 0;
    return cubic(t);
}

static int clamp(int v, int n) { return v < 0 ? 0 : v >= n ? n - 1 : v; }

static double twin(const mien_image *in, const mien_image *out, int x, int y,
                   int c, mien_filter filter) {
    const double sx = (double)in->width / out->width;
    const double sy = (double)in->height / out->height;
    const int rx = (int)(2 * fmax(sx, 1)) + 2, ry = (int)(2 * fmax(sy, 1)) + 2;
    const int cx = (int)((x + 0.5) * sx), cy = (int)((y + 0.5) * sy);
    double sum = 0, total = 0;
    for (int j = cy - ry; j <= cy + ry; j++)
        for (int i = cx - rx; i <= cx + rx; i++) {
            double w = weight(filter, x, i, sx) * weight(filter, y, j, sy);
            total += w;
            sum += w * at(in, clamp(i, in->width), clamp(j, in->height))[c];
        }
    return fmin(fmax(sum / total, 0), 255);
}

static void resize__equals_the_naive_twin(void **state) {
    (void)state;
    const int sizes[][4] = {{13, 9, 5, 4},  {13, 9, 31, 20}, {40, 7, 6, 21},
                            {1, 1, 5, 3},   {17, 2, 1, 1},   {2, 3, 2, 7},
                            {64, 64, 7, 7}, {5, 5, 4, 6}};
    for (int f = MIEN_FILTER_AREA; f <= MIEN_FILTER_BICUBIC; f++)
        for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
            const int *s = sizes[k], channels = k % 2 ? 3 : 1;
            mien_image *in = make_noise(s[0], s[1], channels, k), *out;
            assert_ok(mien_image_resize(&out, in, s[2], s[3], (mien_filter)f));
            for (int y = 0; y < s[3]; y++)
                for (int x = 0; x < s[2]; x++)
                    for (int c = 0; c < channels; c++)
                        if (fabs(at(out, x, y)[c] -
                                 twin(in, out, x, y, c, (mien_filter)f)) >
                            0.501)
                            fail_msg("filter %d, case %zu, (%d, %d)", f, k, x,
                                     y);
            mien_image_free(out);
            mien_image_free(in);
        }
}

static void resize__keeps_a_flat_image_flat(void **state) {
    (void)state;
    mien_image *image, *out;
    assert_ok(mien_image_new(&image, 37, 23, 3));
    memset(image->pixels, 255, image->stride * 23);
    for (int f = 0; f <= MIEN_FILTER_BICUBIC; f++) {
        assert_ok(mien_image_resize(&out, image, 11, 50, (mien_filter)f));
        for (size_t i = 0; i < out->stride * 50; i++)
            assert_int_equal(out->pixels[i], 255);
        mien_image_free(out);
    }
    mien_image_free(image);
}

/* A one-pixel checkerboard has no frequency that a third can hold. */
static void resize__does_not_alias_when_shrinking(void **state) {
    (void)state;
    mien_image *image, *out;
    assert_ok(mien_image_new(&image, 96, 96, 1));
    for (int y = 0; y < 96; y++)
        for (int x = 0; x < 96; x++) *at(image, x, y) = (x + y) % 2 ? 255 : 0;
    for (int f = MIEN_FILTER_BILINEAR; f <= MIEN_FILTER_BICUBIC; f++) {
        assert_ok(mien_image_resize(&out, image, 32, 32, (mien_filter)f));
        for (int y = 2; y < 30; y++)
            for (int x = 2; x < 30; x++)
                assert_in_range(*at(out, x, y), 118, 137);
        mien_image_free(out);
    }
    mien_image_free(image);
}

static void resize__to_its_own_size_copies(void **state) {
    (void)state;
    mien_image *image = make_noise(8, 6, 3, 4), *out;
    assert_ok(mien_image_resize(&out, image, 8, 6, MIEN_FILTER_BICUBIC));
    assert_int_equal(difference(image, out), 0);
    mien_image_free(out);
    mien_image_free(image);
}

static void resize__refuses_bad_requests_and_frees(void **state) {
    (void)state;
    mien_image *image = make_noise(8, 6, 3, 4), *out;
    assert_int_equal(mien_image_resize(&out, image, 0, 6, MIEN_FILTER_AREA),
                     MIEN_EINVAL);
    assert_int_equal(mien_image_resize(&out, image, 4, 6, (mien_filter)9),
                     MIEN_EINVAL);
    int failed = 0;
    for (int n = 0;; n++) {
        mien_mem_fail_after(n);
        mien_status status =
            mien_image_resize(&out, image, 5, 5, MIEN_FILTER_BICUBIC);
        mien_mem_fail_after(-1);
        if (status == MIEN_OK) break;
        assert_int_equal(status, MIEN_ENOMEM);
        assert_null(out);
        failed++;
    }
    assert_int_equal(failed, 7);
    mien_image_free(out);
    mien_image_free(image);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(area__averages_what_it_covers),
        cmocka_unit_test(bilinear__interpolates_between_centres),
        cmocka_unit_test(bicubic__has_catmull_rom_weights),
        cmocka_unit_test(nearest__picks_the_pixel_under_the_centre),
        cmocka_unit_test(resize__equals_the_naive_twin),
        cmocka_unit_test(resize__keeps_a_flat_image_flat),
        cmocka_unit_test(resize__does_not_alias_when_shrinking),
        cmocka_unit_test(resize__to_its_own_size_copies),
        cmocka_unit_test(resize__refuses_bad_requests_and_frees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
