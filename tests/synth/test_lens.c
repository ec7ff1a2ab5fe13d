/* SPDX-License-Identifier: Apache-2.0 */
/* test_lens.c - what a camera makes of light. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "synth/lens.h"

enum { SIDE = 96, PIXELS = SIDE * SIDE };

typedef struct plate {
    mien_vec light[PIXELS];
    float depth[PIXELS];
    mien_frame frame;
} plate;

static void fill(plate *p, mien_vec light, float depth) {
    p->frame = (mien_frame){SIDE, SIDE, p->light, p->depth};
    for (int i = 0; i < PIXELS; i++) {
        p->light[i] = light;
        p->depth[i] = depth;
    }
}

static mien_image *develop(plate *p, mien_shot shot) {
    mien_image *image = NULL;
    assert_int_equal(mien_lens_develop(&image, &p->frame, &shot, 1000),
                     MIEN_OK);
    assert_int_equal(image->width, SIDE);
    assert_int_equal(image->channels, 3);
    return image;
}

static int at(const mien_image *image, int x, int y, int channel) {
    return image->pixels[(size_t)y * image->stride + (size_t)(3 * x + channel)];
}

static double mean_of(const mien_image *image, int channel) {
    double sum = 0;
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) sum += at(image, x, y, channel);
    return sum / PIXELS;
}

static void lens__leaves_a_constant_picture_constant(void **state) {
    (void)state;
    plate *p = malloc(sizeof *p);
    const mien_shot shots[] = {{0},
                               {.blur = 9},
                               {.shake = {6, -2}},
                               {.defocus = 2.5f},
                               {.blur = 3, .shake = {1, 1}, .defocus = 1}};
    for (size_t k = 0; k < sizeof shots / sizeof *shots; k++) {
        fill(p, (mien_vec){0.2f, 0.2f, 0.2f}, k & 1 ? INFINITY : 1000);
        mien_image *image = develop(p, shots[k]);
        const int first = at(image, 0, 0, 0);
        for (int y = 0; y < SIDE; y++)
            for (int x = 0; x < SIDE; x++)
                for (int c = 0; c < 3; c++)
                    assert_in_range(at(image, x, y, c), first - 1, first + 1);
        assert_in_range(first, 90, 160); /* exposed */
        mien_image_free(image);
    }
    free(p);
}

static void exposure__evens_out_and_obeys(void **state) {
    (void)state;
    plate *p = malloc(sizeof *p);
    int level[3];
    const float light[3] = {0.04f, 0.2f, 1};
    for (int k = 0; k < 3; k++) {
        fill(p, (mien_vec){light[k], light[k], light[k]}, 1000);
        mien_image *image = develop(p, (mien_shot){0});
        level[k] = at(image, 9, 9, 0);
        mien_image_free(image);
    }
    assert_true(level[0] > 60 && level[2] < 210);
    assert_true(level[0] < level[1] && level[1] < level[2]);
    for (int stops = -1; stops <= 1; stops++) {
        fill(p, (mien_vec){0.2f, 0.2f, 0.2f}, 1000);
        mien_image *image = develop(p, (mien_shot){.exposure = (float)stops});
        level[stops + 1] = at(image, 9, 9, 0);
        mien_image_free(image);
    }
    assert_true(level[0] + 25 < level[1] && level[1] + 25 < level[2]);
    free(p);
}

static void balance__goes_from_blue_to_amber(void **state) {
    (void)state;
    plate *p = malloc(sizeof *p);
    for (int k = -1; k <= 1; k++) {
        fill(p, (mien_vec){0.2f, 0.2f, 0.2f}, 1000);
        mien_image *image = develop(p, (mien_shot){.warmth = (float)k});
        const int difference = at(image, 9, 9, 0) - at(image, 9, 9, 2);
        if (k < 0) assert_true(difference < -8);
        if (k == 0) assert_int_equal(difference, 0);
        if (k > 0) assert_true(difference > 8);
        mien_image_free(image);
    }
    free(p);
}

static void noise__has_the_deviation_asked_for(void **state) {
    (void)state;
    plate *p = malloc(sizeof *p);
    fill(p, (mien_vec){0.2f, 0.2f, 0.2f}, 1000);
    mien_image *image = develop(p, (mien_shot){.noise = 0.04f, .seed = 7});
    for (int c = 0; c < 3; c++) {
        const double mean = mean_of(image, c);
        double square = 0;
        for (int y = 0; y < SIDE; y++)
            for (int x = 0; x < SIDE; x++) {
                const double d = at(image, x, y, c) - mean;
                square += d * d;
            }
        const double deviation = sqrt(square / PIXELS) / 255;
        assert_true(deviation > 0.03 && deviation < 0.05);
    }
    mien_image_free(image);
    free(p);
}

/* A face of one colour before a striped wall, the left half of the picture. */
static void face_before_wall(plate *p) {
    fill(p, (mien_vec){0.2f, 0.2f, 0.2f}, 1000);
    for (int y = 0; y < SIDE; y++)
        for (int x = SIDE / 2; x < SIDE; x++) {
            const float bar = x / 3 % 2 ? 0.45f : 0.05f;
            p->light[y * SIDE + x] = (mien_vec){bar, bar, bar};
            p->depth[y * SIDE + x] = INFINITY;
        }
}

static void blur__takes_the_wall_and_leaves_the_face(void **state) {
    (void)state;
    plate *p = malloc(sizeof *p);
    int contrast[2];
    for (int k = 0; k < 2; k++) {
        face_before_wall(p);
        mien_image *image = develop(p, (mien_shot){.blur = k ? 16 : 0});
        int low = 255, high = 0;
        for (int x = SIDE / 2 + 8; x < SIDE - 8; x++) {
            const int v = at(image, x, 40, 0);
            low = v < low ? v : low;
            high = v > high ? v : high;
        }
        contrast[k] = high - low;
        for (int x = 1; x < SIDE / 2; x++)
            assert_int_equal(at(image, x, 40, 0), at(image, 0, 40, 0));
        mien_image_free(image);
    }
    assert_true(contrast[0] > 80 && contrast[1] < 20);
    free(p);
}

static void shake__smears_along_its_direction(void **state) {
    (void)state;
    plate *p = malloc(sizeof *p);
    fill(p, (mien_vec){0.2f, 0.2f, 0.2f}, 1000);
    for (int y = 44; y < 52; y++)
        for (int x = 44; x < 52; x++)
            p->light[y * SIDE + x] = (mien_vec){0.6f, 0.6f, 0.6f};
    mien_image *image = develop(p, (mien_shot){.shake = {24, 0}});
    const int still = at(image, 2, 2, 0);
    assert_true(at(image, 42, 48, 0) > still + 5);
    assert_int_equal(at(image, 48, 41, 0), still);
    mien_image_free(image);
    free(p);
}

static void lens__gives_the_same_bytes_twice(void **state) {
    (void)state;
    plate *p = malloc(sizeof *p);
    const mien_shot shot = {
        .seed = 3, .noise = 0.02f, .blur = 5, .shake = {2, 1}, .defocus = 1};
    mien_image *image[2];
    for (int k = 0; k < 2; k++) {
        face_before_wall(p);
        image[k] = develop(p, shot);
    }
    for (int y = 0; y < SIDE; y++)
        assert_memory_equal(image[0]->pixels + (size_t)y * image[0]->stride,
                            image[1]->pixels + (size_t)y * image[1]->stride,
                            3 * SIDE);
    mien_image_free(image[0]);
    mien_image_free(image[1]);
    free(p);
}

static void lens__takes_light_that_is_no_number(void **state) {
    (void)state;
    plate *p = malloc(sizeof *p);
    fill(p, (mien_vec){0.2f, 0.2f, 0.2f}, 1000);
    p->light[40] = (mien_vec){NAN, INFINITY, -1};
    mien_image_free(develop(p, (mien_shot){.noise = 0.01f}));
    free(p);
}

static void lens__fails_cleanly_without_memory(void **state) {
    (void)state;
    plate *p = malloc(sizeof *p);
    bool failed = true;
    for (int n = 0; failed; n++) {
        assert_true(n < 20);
        face_before_wall(p);
        mien_image *image;
        const mien_shot shot = {.blur = 5};
        mien_mem_fail_after(n);
        const mien_status status =
            mien_lens_develop(&image, &p->frame, &shot, 1000);
        failed = mien_mem_fail_after(-1) > n;
        assert_int_equal(status, failed ? MIEN_ENOMEM : MIEN_OK);
        if (failed) assert_null(image);
        mien_image_free(image);
    }
    free(p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lens__leaves_a_constant_picture_constant),
        cmocka_unit_test(exposure__evens_out_and_obeys),
        cmocka_unit_test(balance__goes_from_blue_to_amber),
        cmocka_unit_test(noise__has_the_deviation_asked_for),
        cmocka_unit_test(blur__takes_the_wall_and_leaves_the_face),
        cmocka_unit_test(shake__smears_along_its_direction),
        cmocka_unit_test(lens__gives_the_same_bytes_twice),
        cmocka_unit_test(lens__takes_light_that_is_no_number),
        cmocka_unit_test(lens__fails_cleanly_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
