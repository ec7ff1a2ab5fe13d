/* SPDX-License-Identifier: Apache-2.0 */
/* test_quality.c - the pose from five points, and the quality of faces: each
 * part answers to what it is named after, and to little else. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "face/align.h"
#include "face/pose.h"
#include "mien/face.h"
#include "synth/photo.h"

enum { SIDE = 256 };

/* A pattern in the place of a face: what is measured is light and detail, and
 * these are known. */
static mien_image *portrait;
static mien_face face;

static void assert_ok(mien_status status) {
    if (status != MIEN_OK) fail_msg("%s", mien_error());
}

/* Levels around 120; every octave of detail is equally strong. */
static double pattern(int x, int y) {
    double level = 120, f = 0.1;
    for (int octave = 0; octave < 5; octave++, f *= 2)
        level += 28 * sin(f * x + octave) * cos(1.2 * f * y + 2 * octave);
    return level;
}

/* Upright, 1.5 times as large as an aligned face. */
static int setup(void **state) {
    (void)state;
    assert_ok(mien_image_new(&portrait, SIDE, SIDE, 3));
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < 3 * SIDE; x++)
            portrait->pixels[(size_t)y * portrait->stride + (size_t)x] =
                (uint8_t)lround(pattern(x / 3, y));
    face = (mien_face){.x = 70,
                       .y = 60,
                       .width = 110,
                       .height = 150,
                       .score = 1,
                       .has_points = true};
    for (int k = 0; k < 5; k++) {
        face.points[k][0] = (float)(1.5 * mien_align_reference[k].x + 44);
        face.points[k][1] = (float)(1.5 * mien_align_reference[k].y + 40);
    }
    return 0;
}

static int teardown(void **state) {
    (void)state;
    mien_image_free(portrait);
    return 0;
}

static mien_quality judge(const mien_image *photo, const mien_face *f) {
    mien_quality q;
    assert_ok(mien_face_quality(&q, photo, f));
    return q;
}

/* Each pixel of a copy by a function of its level and place. */
typedef float (*change)(float level, int x, int y, float amount);

static mien_image *changed(change how, float amount) {
    mien_image *image;
    assert_ok(mien_image_copy(&image, portrait));
    for (int y = 0; y < image->height; y++)
        for (int x = 0; x < 3 * image->width; x++) {
            uint8_t *p = image->pixels + (size_t)y * image->stride + (size_t)x;
            *p = (uint8_t)fmaxf(
                0, fminf(255, roundf(how((float)*p, x / 3, y, amount))));
        }
    return image;
}

static float lighten(float level, int x, int y, float by) {
    (void)x, (void)y;
    return level * by;
}

static float flatten(float level, int x, int y, float by) {
    (void)x, (void)y;
    return 128 + (level - 128) * by;
}

static float light_aside(float level, int x, int y, float by) {
    (void)y;
    return level * (float)(x < face.points[2][0] ? 1 : by);
}

/* ---- parts ------------------------------------------------------------ */

/* The value of a part falls from step to step, and the whole with it. */
static void assert_falls(mien_quality_part part, change how,
                         const float *amounts, int n) {
    mien_quality last = judge(portrait, &face);
    for (int i = 0; i < n; i++) {
        mien_image *image = changed(how, amounts[i]);
        const mien_quality q = judge(image, &face);
        mien_image_free(image);
        if (!(q.value[part] < last.value[part]))
            fail_msg("%s: %g, before %g", mien_quality_describe(part)->name,
                     (double)q.value[part], (double)last.value[part]);
        assert_true(q.overall < last.overall);
        last = q;
    }
}

static void quality__of_a_good_photo_is_high(void **state) {
    (void)state;
    const mien_quality q = judge(portrait, &face);
    mien_quality_part low[4];
    for (int i = 0; i < MIEN_QUALITY_PARTS; i++) {
        assert_true(q.value[i] >= 0 && q.value[i] <= 100);
        assert_non_null(mien_quality_describe((mien_quality_part)i)->reason);
    }
    assert_true(q.overall > 70);
    assert_int_equal(mien_quality_reasons(low, 4, &q), 0);
}

static void quality__falls_with_light_and_contrast(void **state) {
    (void)state;
    static const float darker[] = {0.26f, 0.22f, 0.2f};
    static const float brighter[] = {1.7f, 1.8f, 1.9f};
    static const float flatter[] = {0.4f, 0.25f, 0.15f};
    static const float aside[] = {0.4f, 0.3f, 0.2f};
    assert_falls(MIEN_QUALITY_under_exposure, lighten, darker, 2);
    assert_falls(MIEN_QUALITY_over_exposure, lighten, brighter, 3);
    assert_falls(MIEN_QUALITY_dynamic_range, flatten, flatter, 3);
    assert_falls(MIEN_QUALITY_illumination_uniformity, light_aside, aside, 2);
}

/* Blur by shrinking and growing again. */
static mien_image *blurred(int side) {
    mien_image *small, *back;
    assert_ok(
        mien_image_resize(&small, portrait, side, side, MIEN_FILTER_AREA));
    assert_ok(mien_image_resize(&back, small, SIDE, SIDE, MIEN_FILTER_BICUBIC));
    mien_image_free(small);
    return back;
}

static void sharpness__falls_with_blur_and_not_with_contrast(void **state) {
    (void)state;
    const mien_quality first = judge(portrait, &face);
    mien_quality last = first;
    for (int side = 128; side >= 32; side /= 2) {
        mien_image *image = blurred(side);
        const mien_quality q = judge(image, &face);
        assert_true(q.measure[MIEN_QUALITY_sharpness] <
                    last.measure[MIEN_QUALITY_sharpness]);
        assert_true(q.value[MIEN_QUALITY_sharpness] <=
                    last.value[MIEN_QUALITY_sharpness]);
        last = q;
        mien_image_free(image);
    }
    assert_true(last.value[MIEN_QUALITY_sharpness] < 20);
    assert_true(last.overall < 0.5f * first.overall);
    mien_image *grey = changed(flatten, 0.6f);
    const mien_quality q = judge(grey, &face);
    assert_float_equal(q.measure[MIEN_QUALITY_sharpness],
                       first.measure[MIEN_QUALITY_sharpness], 0.02);
    mien_image_free(grey);
}

static void size__is_that_of_the_photo(void **state) {
    (void)state;
    mien_image *small;
    mien_face f = face;
    assert_ok(mien_image_resize(&small, portrait, SIDE / 4, SIDE / 4,
                                MIEN_FILTER_AREA));
    f.x /= 4, f.y /= 4, f.width /= 4, f.height /= 4;
    for (int k = 0; k < 10; k++) f.points[k / 2][k % 2] /= 4;
    const mien_quality large = judge(portrait, &face);
    const mien_quality q = judge(small, &f);
    const mien_quality_part part = MIEN_QUALITY_inter_eye_distance;
    assert_float_equal(4 * q.measure[part], large.measure[part], 0.01);
    assert_true(q.value[part] < large.value[part]);
    mien_quality_part low[2];
    assert_true(mien_quality_reasons(low, 2, &q) >= 1);
    mien_image_free(small);
}

static void face__that_the_picture_cuts_off(void **state) {
    (void)state;
    mien_image *cut;
    const int half = (int)(face.x + face.width / 2);
    assert_ok(mien_image_crop(&cut, portrait, 0, 0, half, SIDE));
    const mien_quality q = judge(cut, &face);
    assert_float_equal(q.measure[MIEN_QUALITY_face_in_picture], 0.5, 0.02);
    assert_true(q.value[MIEN_QUALITY_face_in_picture] < 10);
    /* What is not there is not dark. */
    assert_true(q.value[MIEN_QUALITY_under_exposure] > 90);
    mien_image_free(cut);
}

static void face__without_points_has_no_pose(void **state) {
    (void)state;
    mien_face f = face;
    f.has_points = false;
    const mien_quality q = judge(portrait, &f);
    assert_true(isnan(q.value[MIEN_QUALITY_head_pose_yaw]));
    assert_true(q.overall > 0 && q.overall <= 100);
}

static void reasons__begin_with_the_worst(void **state) {
    (void)state;
    mien_quality q;
    mien_quality_part low[3];
    for (int i = 0; i < MIEN_QUALITY_PARTS; i++) q.value[i] = 90;
    q.value[1] = 50, q.value[4] = 10, q.value[6] = 30, q.value[8] = 20;
    assert_int_equal(mien_quality_reasons(low, 3, &q), 3);
    assert_int_equal(low[0], 4);
    assert_int_equal(low[1], 8);
    assert_int_equal(low[2], 6);
}

static void quality__refuses_impossible_faces(void **state) {
    (void)state;
    mien_quality q;
    mien_face f = face;
    f.width = 0;
    assert_int_equal(mien_face_quality(&q, portrait, &f), MIEN_EINVAL);
    f = face;
    f.points[2][0] = NAN;
    assert_int_equal(mien_face_quality(&q, portrait, &f), MIEN_EINVAL);
    f = face;
    for (int k = 0; k < 5; k++) /* all on one line */
        f.points[k][0] = f.points[k][1] = (float)(20 * k);
    assert_int_equal(mien_face_quality(&q, portrait, &f), MIEN_EINVAL);
}

static void quality__frees_all_when_memory_runs_out(void **state) {
    (void)state;
    mien_quality q;
    mien_status status = MIEN_ENOMEM;
    for (int n = 0; status == MIEN_ENOMEM && n < 100; n++) {
        mien_mem_fail_after(n);
        status = mien_face_quality(&q, portrait, &face);
        mien_mem_fail_after(-1);
    }
    assert_ok(status);
}

/* ---- pose ------------------------------------------------------------- */

static void pose__of_generated_people_is_near_the_truth(void **state) {
    (void)state;
    mien_studio *studio;
    double sum[3] = {0};
    const int n = 24;
    assert_ok(mien_studio_open(&studio));
    for (int i = 0; i < n; i++) {
        mien_person who;
        mien_shot how;
        mien_image *photo;
        mien_photo_face t;
        mien_point p[5];
        mien_head_pose pose;
        mien_person_draw(&who, 5, (uint32_t)i);
        mien_shot_draw(&how, &who, 5, (uint32_t)i, 0, MIEN_SHOT_USUAL);
        assert_ok(mien_photo_portrait(studio, &photo, &t, &who, &how, 64));
        mien_image_free(photo);
        for (int k = 0; k < 5; k++)
            p[k] = (mien_point){(double)t.five[k].x, (double)t.five[k].y};
        assert_ok(mien_head_pose_fit(&pose, p));
        sum[0] += pow(pose.yaw - (double)t.pose.yaw, 2);
        sum[1] += pow(pose.pitch - (double)t.pose.pitch, 2);
        sum[2] += pow(pose.roll - (double)t.pose.roll, 2);
    }
    mien_studio_close(studio);
    assert_true(sqrt(sum[0] / n) < 5);
    assert_true(sqrt(sum[1] / n) < 9);
    assert_true(sqrt(sum[2] / n) < 3);
}

/* A turned copy of the reference points has their pose and the roll. */
static void pose__rolls_with_the_points(void **state) {
    (void)state;
    mien_head_pose still, turned;
    mien_point p[5];
    assert_ok(mien_head_pose_fit(&still, mien_align_reference));
    const double angle = 0.4;
    for (int k = 0; k < 5; k++) {
        const mien_point q = mien_align_reference[k];
        p[k].x = 2 * (cos(angle) * q.x - sin(angle) * q.y) + 7;
        p[k].y = 2 * (sin(angle) * q.x + cos(angle) * q.y) - 3;
    }
    assert_ok(mien_head_pose_fit(&turned, p));
    assert_true(fabs(turned.yaw - still.yaw) < 1e-9);
    assert_true(fabs(turned.pitch - still.pitch) < 1e-9);
    assert_true(fabs(turned.roll - still.roll - angle * 57.29577951) < 1e-6);
    assert_true(fabs(still.yaw) < 3 && fabs(still.roll) < 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quality__of_a_good_photo_is_high),
        cmocka_unit_test(quality__falls_with_light_and_contrast),
        cmocka_unit_test(sharpness__falls_with_blur_and_not_with_contrast),
        cmocka_unit_test(size__is_that_of_the_photo),
        cmocka_unit_test(face__that_the_picture_cuts_off),
        cmocka_unit_test(face__without_points_has_no_pose),
        cmocka_unit_test(reasons__begin_with_the_worst),
        cmocka_unit_test(quality__refuses_impossible_faces),
        cmocka_unit_test(quality__frees_all_when_memory_runs_out),
        cmocka_unit_test(pose__of_generated_people_is_near_the_truth),
        cmocka_unit_test(pose__rolls_with_the_points),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
