/* SPDX-License-Identifier: Apache-2.0 */
/* test_align.c - the alignment: fits by hand and by search, and the warp. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/rng.h"
#include "face/align.h"

static void assert_ok(mien_status status) {
    if (status != MIEN_OK) fail_msg("%s", mien_error());
}

static void assert_near(double a, double b, double tolerance) {
    if (!(fabs(a - b) <= tolerance)) fail_msg("%.12g is not %.12g", a, b);
}

static void fit__of_two_points_by_hand(void **state) {
    (void)state;
    /* (0,0) -> (1,2) and (2,0) -> (1,6): a quarter turn, twice as large. */
    const mien_point from[] = {{0, 0}, {2, 0}}, to[] = {{1, 2}, {1, 6}};
    mien_similarity s;
    assert_ok(mien_similarity_fit(&s, from, to, 2));
    assert_near(s.a, 0, 1e-15);
    assert_near(s.b, 2, 1e-15);
    assert_near(s.tx, 1, 1e-15);
    assert_near(s.ty, 2, 1e-15);
}

static void fit__of_three_points_by_hand(void **state) {
    (void)state;
    /* Umeyama's own example (figure 1): A to B, where his answer mirrors not
     * and has the scale 0.721, cos and sin 0.832 and 0.555, t (-0.8, 0.4). */
    const mien_point from[] = {{0, 0}, {1, 0}, {0, 2}};
    const mien_point to[] = {{0, 0}, {-1, 0}, {0, 2}};
    mien_similarity s;
    assert_ok(mien_similarity_fit(&s, from, to, 3));
    assert_near(hypot(s.a, s.b), 0.721, 1e-3);
    assert_near(s.a / hypot(s.a, s.b), 0.832, 1e-3);
    assert_near(fabs(s.b) / hypot(s.a, s.b), 0.555, 1e-3);
    assert_near(s.tx, -0.8, 1e-12);
    assert_near(s.ty, 0.4, 1e-12);
}

static double residual(const mien_similarity *s, const mien_point *from,
                       const mien_point *to, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
        const mien_point p = mien_similarity_apply(s, from[i]);
        sum += (p.x - to[i].x) * (p.x - to[i].x) +
               (p.y - to[i].y) * (p.y - to[i].y);
    }
    return sum;
}

static void random_points(mien_point *p, mien_rng *rng, int n, double spread) {
    for (int i = 0; i < n; i++)
        p[i] = (mien_point){mien_rng_range(rng, -spread, spread),
                            mien_rng_range(rng, -spread, spread)};
}

static void fit__has_the_least_residual(void **state) {
    (void)state;
    for (uint32_t seed = 0; seed < 20; seed++) {
        mien_rng rng = mien_rng_at(seed, MIEN_RNG_TEST, 0, 0);
        mien_point from[5], to[5];
        random_points(from, &rng, 5, 50);
        random_points(to, &rng, 5, 50);
        mien_similarity s;
        assert_ok(mien_similarity_fit(&s, from, to, 5));
        const double least = residual(&s, from, to, 5);
        for (int k = 0; k < 4; k++)
            for (int sign = -1; sign <= 1; sign += 2) {
                mien_similarity t = s;
                double *value = (double *[]){&t.a, &t.b, &t.tx, &t.ty}[k];
                *value += sign * (k < 2 ? 1e-4 : 1e-2);
                assert_true(residual(&t, from, to, 5) > least);
            }
    }
}

/* Solve the normal equations of the 2n x 4 system by elimination. */
static void least_squares(double x[4], const mien_point *from,
                          const mien_point *to, int n) {
    double m[4][5] = {{0}};
    for (int i = 0; i < 2 * n; i++) {
        const mien_point p = from[i / 2];
        const double rows[2][4] = {{p.x, -p.y, 1, 0}, {p.y, p.x, 0, 1}};
        const double *row = rows[i % 2];
        const double y = i % 2 ? to[i / 2].y : to[i / 2].x;
        for (int r = 0; r < 4; r++) {
            for (int c = 0; c < 4; c++) m[r][c] += row[r] * row[c];
            m[r][4] += row[r] * y;
        }
    }
    for (int k = 0; k < 4; k++)
        for (int r = 0; r < 4; r++) {
            if (r == k) continue;
            const double f = m[r][k] / m[k][k];
            for (int c = k; c < 5; c++) m[r][c] -= f * m[k][c];
        }
    for (int k = 0; k < 4; k++) x[k] = m[k][4] / m[k][k];
}

static void fit__is_least_squares(void **state) {
    (void)state;
    for (uint32_t seed = 0; seed < 20; seed++) {
        mien_rng rng = mien_rng_at(seed, MIEN_RNG_TEST, 1, 0);
        mien_point points[5];
        random_points(points, &rng, 5, 20);
        for (int i = 0; i < 5; i++) {
            points[i].x += 3 * mien_align_reference[i].x + 40;
            points[i].y += 3 * mien_align_reference[i].y;
        }
        mien_similarity s;
        double x[4];
        assert_ok(mien_align_fit(&s, points));
        least_squares(x, points, mien_align_reference, 5);
        assert_near(s.a, x[0], 1e-12);
        assert_near(s.b, x[1], 1e-12);
        assert_near(s.tx, x[2], 1e-9);
        assert_near(s.ty, x[3], 1e-9);
    }
}

static void fit__never_mirrors(void **state) {
    (void)state;
    mien_point mirrored[5];
    for (int i = 0; i < 5; i++)
        mirrored[i] = (mien_point){112 - mien_align_reference[i].x,
                                   mien_align_reference[i].y};
    mien_similarity s;
    assert_ok(mien_align_fit(&s, mirrored));
    /* Eyes that changed sides: no turn puts them right. */
    assert_true(residual(&s, mirrored, mien_align_reference, 5) > 1000);
}

static void assert_refused(const mien_point *points) {
    mien_similarity s = {1, 2, 3, 4};
    assert_int_equal(mien_align_fit(&s, points), MIEN_EINVAL);
    assert_true(s.a == 1 && s.b == 2 && s.tx == 3 && s.ty == 4);
}

static void fit__refuses_degenerate_points(void **state) {
    (void)state;
    mien_point same[5], nan[5], far[5], zero[5];
    for (int i = 0; i < 5; i++) {
        same[i] = (mien_point){1e6 + 1e-3 * i, 77};
        nan[i] = far[i] = mien_align_reference[i];
        zero[i] = (mien_point){0, 0};
    }
    nan[3].y = NAN;
    far[2].x = INFINITY;
    assert_refused(same);
    assert_refused(nan);
    assert_refused(far);
    assert_refused(zero);
    /* A square against its mirror image along both diagonals. */
    const mien_point a[] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
    const mien_point b[] = {{1, 0}, {0, -1}, {-1, 0}, {0, 1}};
    mien_similarity s;
    assert_int_equal(mien_similarity_fit(&s, a, b, 4), MIEN_EINVAL);
}

static void fit__of_the_funneled_points_is_upright(void **state) {
    (void)state;
    mien_similarity s;
    assert_ok(mien_align_fit(&s, mien_align_funneled));
    assert_true(fabs(atan2(s.b, s.a)) < 0.05);
    assert_true(s.a > 0.7 && s.a < 0.9);
    assert_true(residual(&s, mien_align_funneled, mien_align_reference, 5) <
                45); /* three pixels a point */
}

/* A smooth pattern whose value at any place is known. */
static double pattern(double x, double y) { return 40 + 0.5 * x + 0.25 * y; }

static mien_image *make_pattern(int width, int height) {
    mien_image *image;
    assert_ok(mien_image_new(&image, width, height, 1));
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            image->pixels[(size_t)y * image->stride + (size_t)x] =
                (uint8_t)lround(pattern(x, y) * 200 / pattern(width, height));
    return image;
}

/* Every aligned pixel has the value of the place that it comes from. */
static void check_warp(double scale, double angle, int side) {
    mien_image *photo = make_pattern(side, side), *face;
    const double c = side / 2.0;
    const mien_similarity s = {scale * cos(angle), scale * sin(angle),
                               56 - scale * (cos(angle) - sin(angle)) * c,
                               56 - scale * (sin(angle) + cos(angle)) * c};
    assert_ok(mien_align_warp(&face, photo, &s));
    assert_int_equal(face->width, 112);
    assert_int_equal(face->height, 112);
    for (int y = 30; y < 80; y += 7)
        for (int x = 30; x < 80; x += 7) {
            const double u = x - s.tx, v = y - s.ty;
            const double q = scale * scale;
            const double px = (s.a * u + s.b * v) / q;
            const double py = (s.a * v - s.b * u) / q;
            const double want = pattern(px, py) * 200 / pattern(side, side);
            assert_near(face->pixels[(size_t)y * face->stride + (size_t)x],
                        want, 1.6);
        }
    mien_image_free(face);
    mien_image_free(photo);
}

static void warp__puts_each_point_where_it_belongs(void **state) {
    (void)state;
    check_warp(0.8, 0.2, 250);
    check_warp(1.5, -0.4, 120);
    check_warp(1, 3.1, 112);
}

static void warp__reduces_large_photos_first(void **state) {
    (void)state;
    check_warp(0.3, 0.1, 601);
    check_warp(0.11, -0.7, 1500);
    /* Rows of one pixel, alternately black and white, become grey. */
    mien_image *photo, *face;
    assert_ok(mien_image_new(&photo, 896, 896, 1));
    for (int y = 0; y < 896; y += 2)
        mien_image_fill(photo, 0, y, 896, 1, (mien_colour){255, 255, 255});
    const mien_similarity s = {0.125, 0, 0, 0};
    assert_ok(mien_align_warp(&face, photo, &s));
    for (int y = 10; y < 100; y++)
        assert_in_range(face->pixels[(size_t)y * face->stride + 50], 126, 129);
    mien_image_free(face);
    mien_image_free(photo);
}

static void warp__refuses_what_shows_nothing(void **state) {
    (void)state;
    mien_image *photo = make_pattern(50, 50), *face = photo;
    const mien_similarity bad[] = {
        {0, 0, 5, 5}, {NAN, 0, 0, 0}, {1, 0, INFINITY, 0}};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(mien_align_warp(&face, photo, &bad[i]), MIEN_EINVAL);
        assert_null(face);
    }
    mien_image_free(photo);
}

static void warp__frees_all_when_memory_runs_out(void **state) {
    (void)state;
    mien_image *photo = make_pattern(500, 400), *face = NULL;
    const mien_similarity s = {0.2, 0, 0, 0};
    mien_status status = MIEN_ENOMEM;
    for (int n = 0; status == MIEN_ENOMEM && n < 100; n++) {
        mien_mem_fail_after(n);
        status = mien_align_warp(&face, photo, &s);
        mien_mem_fail_after(-1);
        if (status == MIEN_ENOMEM) assert_null(face);
    }
    assert_ok(status);
    mien_image_free(face);
    mien_image_free(photo);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fit__of_two_points_by_hand),
        cmocka_unit_test(fit__of_three_points_by_hand),
        cmocka_unit_test(fit__has_the_least_residual),
        cmocka_unit_test(fit__is_least_squares),
        cmocka_unit_test(fit__never_mirrors),
        cmocka_unit_test(fit__refuses_degenerate_points),
        cmocka_unit_test(fit__of_the_funneled_points_is_upright),
        cmocka_unit_test(warp__puts_each_point_where_it_belongs),
        cmocka_unit_test(warp__reduces_large_photos_first),
        cmocka_unit_test(warp__refuses_what_shows_nothing),
        cmocka_unit_test(warp__frees_all_when_memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
