/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdbool.h>
#include <string.h>

#include "synth/backdrop.h"
#include "synth/lamps.h"
#include "synth/waves.h"

enum { SEEDS = 12 };

static mien_light lit(const mien_lamp *lamp, float heading, uint32_t seed) {
    mien_light light;
    memset(&light, 0xff, sizeof light); /* a lamp sets all of it */
    lamp->shine(&light, heading, seed);
    return light;
}

static float mean(mien_vec c) { return (c.x + c.y + c.z) / 3; }

static void lamps__have_names_of_their_own(void **state) {
    (void)state;
    int usual = 0, hard = 0, outdoor = 0, count = 0;
    for (; mien_lamps[count]; count++) {
        const mien_lamp *lamp = mien_lamps[count];
        assert_non_null(lamp->name);
        assert_non_null(lamp->summary);
        assert_true(lamp->often > 0);
        usual += !lamp->hard;
        hard += lamp->hard;
        outdoor += lamp->outdoor && !lamp->hard;
        for (int i = 0; i < count; i++)
            assert_string_not_equal(lamp->name, mien_lamps[i]->name);
    }
    assert_true(count >= 8 && hard >= 2);
    assert_true(outdoor >= 2 && usual - outdoor >= 2);
}

static void lamps__light_what_faces_the_camera(void **state) {
    (void)state;
    for (int l = 0; mien_lamps[l]; l++)
        for (uint32_t seed = 0; seed < SEEDS; seed++) {
            mien_light light = lit(mien_lamps[l], 0, seed);
            mien_vec front = mien_light_on(&light, mien_vec_of(0, 0, 1));
            assert_true(front.x > 0 && front.y > 0 && front.z > 0);
            float least = mien_lamps[l]->hard ? 0.2f : 0.7f;
            assert_true(mean(front) > least && mean(front) < 1.5f);
            assert_float_equal(mien_length(light.towards), 1, 1e-4f);
            assert_true(light.size > 0 && light.size < 1);
        }
}

static void lamps__are_never_negative(void **state) {
    (void)state;
    for (int l = 0; mien_lamps[l]; l++)
        for (uint32_t seed = 0; seed < SEEDS; seed++) {
            float heading = 300 * mien_hash_unit(seed, 1, 1) - 150;
            mien_light light = lit(mien_lamps[l], heading, seed);
            for (uint32_t i = 0; i < 200; i++) {
                mien_vec n =
                    mien_unit(mien_vec_of(mien_hash_unit(i, 0, 9) - 0.5f,
                                          mien_hash_unit(i, 1, 9) - 0.5f,
                                          mien_hash_unit(i, 2, 9) - 0.5f));
                mien_vec on = mien_light_on(&light, n);
                assert_true(on.x >= 0 && on.y >= 0 && on.z >= 0);
                assert_true(mean(on) < 8);
            }
        }
}

/* Of usual lamps the darker cheek keeps enough light to be seen. */
static void lamps__leave_the_dark_side_some_light(void **state) {
    (void)state;
    mien_vec left = mien_unit(mien_vec_of(-0.8f, 0, 0.6f));
    mien_vec right = mien_unit(mien_vec_of(0.8f, 0, 0.6f));
    for (int l = 0; mien_lamps[l]; l++) {
        if (mien_lamps[l]->hard) continue;
        for (uint32_t seed = 0; seed < SEEDS; seed++) {
            mien_light light = lit(mien_lamps[l], 0, seed);
            float a = mean(mien_light_on(&light, left));
            float b = mean(mien_light_on(&light, right));
            float ratio = a > b ? a / b : b / a;
            assert_true(ratio < 5);
        }
    }
}

static void lamps__turn_with_the_heading(void **state) {
    (void)state;
    for (int l = 0; mien_lamps[l]; l++) {
        if (mien_lamps[l]->hard) continue;
        mien_light light = lit(mien_lamps[l], 0, 3);
        mien_light turned = lit(mien_lamps[l], 40, 3);
        assert_float_equal(light.towards.y, turned.towards.y, 1e-5f);
        assert_true(light.towards.x != turned.towards.x);
        /* To the right: what pointed at the camera points to the right. */
        float cross = light.towards.z * turned.towards.x -
                      light.towards.x * turned.towards.z;
        assert_true(cross > 0);
    }
}

/* Of a lobe along z, all of the harmonics: the closed form's own values. */
static void glow__is_the_clamped_cosine_in_second_order(void **state) {
    (void)state;
    mien_lamp_mix mix = {.key = {{0, 0, 1}, {0}, 0.1f},
                         .rim = {{0, 0, -1}, {0}, 0.1f},
                         .glow = {{{0, 0, 1}, {1, 1, 1}, 0}},
                         .level = 1};
    mien_light light;
    mien_light_mix(&light, &mix, 0);
    float top = mien_light_on(&light, mien_vec_of(0, 0, 1)).x;
    for (int i = 0; i <= 4; i++) {
        float c = 1 - 0.25f * (float)i;
        mien_vec n = {sqrtf(1 - c * c), 0, c};
        float wanted = 0.25f + 0.5f * c + 5.0f / 32 * (3 * c * c - 1);
        float got = mien_light_on(&light, n).x / top * (0.75f + 0.3125f);
        assert_float_equal(got, wanted, 1e-4f);
    }
}

static void lamps__give_the_same_bits_twice(void **state) {
    (void)state;
    for (int l = 0; mien_lamps[l]; l++) {
        mien_light a = lit(mien_lamps[l], 17, 5), b = lit(mien_lamps[l], 17, 5);
        assert_memory_equal(&a, &b, sizeof a);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lamps__have_names_of_their_own),
        cmocka_unit_test(lamps__light_what_faces_the_camera),
        cmocka_unit_test(lamps__are_never_negative),
        cmocka_unit_test(lamps__leave_the_dark_side_some_light),
        cmocka_unit_test(lamps__turn_with_the_heading),
        cmocka_unit_test(glow__is_the_clamped_cosine_in_second_order),
        cmocka_unit_test(lamps__give_the_same_bits_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
