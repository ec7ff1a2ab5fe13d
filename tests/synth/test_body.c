/* SPDX-License-Identifier: Apache-2.0 */
/* Shoulders and clothes of many people; patterns of cloth. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "model.h"
#include "synth/body.h"
#include "synth/clothes.h"
#include "synth/waves.h"

enum { PEOPLE = 40 };

static void body__is_sound_for_forty_people(void **state) {
    (void)state;
    for (uint32_t number = 0; number < PEOPLE; number++) {
        model m;
        model_open(&m, number, false);
        assert_int_equal(mien_body_build(&m.scene, &m.head, m.place), MIEN_OK);
        model_check(&m, "body", 1100);
        model_check_looks(&m, "body");
        model_close(&m);
    }
}

static void body__is_the_same_twice_and_changes_with_the_photo(void **state) {
    (void)state;
    model a, b;
    model_open(&a, 5, false);
    model_open(&b, 5, false);
    assert_int_equal(mien_body_build(&a.scene, &a.head, a.place), MIEN_OK);
    assert_int_equal(mien_body_build(&b.scene, &b.head, b.place), MIEN_OK);
    model_same(&a, &b);
    const uint32_t seed = mien_clothes_seed(&a.head);
    b.shot.seed++;
    assert_int_not_equal(seed, mien_clothes_seed(&b.head));
    model_close(&a);
    model_close(&b);
}

static void garments__say_when_memory_runs_out(void **state) {
    static const mien_garment *const garments[] = {
        &mien_garment_tee,    &mien_garment_sweater, &mien_garment_turtleneck,
        &mien_garment_blouse, &mien_garment_hoodie,  &mien_garment_shirt,
        &mien_garment_jacket};
    (void)state;
    for (size_t g = 0; g < sizeof garments / sizeof *garments; g++) {
        mien_status status = MIEN_ENOMEM;
        for (int fail = 0; status != MIEN_OK; fail++) {
            model m;
            assert_true(fail < 400);
            model_open(&m, 6, false);
            const mien_torso t = mien_torso_of(&m.head, m.place);
            mien_mem_fail_after(fail);
            status = garments[g]->build(&m.scene, &t, 17);
            mien_mem_fail_after(-1);
            assert_true(status == MIEN_OK || status == MIEN_ENOMEM);
            model_close(&m);
        }
    }
}

static void torso__is_as_broad_as_its_trait(void **state) {
    (void)state;
    model m;
    model_open(&m, 0, false);
    m.person.trait[MIEN_TRAIT_shoulder_breadth] = 360;
    const mien_torso narrow = mien_torso_of(&m.head, m.place);
    m.person.trait[MIEN_TRAIT_shoulder_breadth] = 460;
    const mien_torso broad = mien_torso_of(&m.head, m.place);
    const float turn = 0.5f * MIEN_PI;
    const float a = mien_torso_at(&narrow, turn, 4).x;
    const float b = mien_torso_at(&broad, turn, 4).x;
    assert_float_equal(b / a, 460.0 / 360, 0.02);
    model_close(&m);
}

/* Nothing of the neck shows between the head's skin and the body's. */
static void torso__begins_inside_the_neck(void **state) {
    (void)state;
    for (uint32_t number = 0; number < PEOPLE; number++) {
        model m;
        model_open(&m, number, false);
        const mien_torso t = mien_torso_of(&m.head, m.place);
        for (float turn = -3; turn < 3; turn += 0.25f) {
            const mien_vec skin = mien_head_at(&m.head, mien_torso_u(turn),
                                               MIEN_TORSO_NECK_V, NULL);
            const mien_vec top = mien_torso_at(&t, turn, 0);
            assert_true(mien_length(mien_sub(skin, top)) < 4);
            assert_true(fabsf(top.x) <= fabsf(skin.x) + 0.01f);
        }
        model_close(&m);
    }
}

static void neckline__is_deepest_in_front(void **state) {
    (void)state;
    const mien_neckline line = {0.5f, 0.8f, 3, 0.9f, true};
    assert_float_equal(mien_neckline_at(&line, 0), 3, 1e-6);
    assert_float_equal(mien_neckline_at(&line, 1), 0.8, 1e-6);
    assert_float_equal(mien_neckline_at(&line, MIEN_PI), 0.5, 1e-5);
    assert_float_equal(mien_neckline_at(&line, -0.45f),
                       mien_neckline_at(&line, 0.45f), 0);
}

/* Finer than a pixel, a pattern is its mean: no moire. */
static void cloth__fades_what_is_finer_than_a_pixel(void **state) {
    (void)state;
    mien_scene scene = {0};
    mien_cloth *cloth = mien_cloth_new(&scene, 5);
    assert_non_null(cloth);
    cloth->colour[0] = (mien_vec){0, 0, 0};
    cloth->colour[1] = (mien_vec){1, 1, 1};
    cloth->period = 10;
    cloth->share = 0.5f;
    for (int p = MIEN_CLOTH_HOOPS; p <= MIEN_CLOTH_DOTS; p++) {
        cloth->pattern = (mien_pattern)p;
        const mien_material m = mien_cloth_material(cloth, 0);
        float least = 1, most = 0;
        for (int i = 0; i < 100; i++) {
            mien_surface s = {0};
            mien_fragment f = {.at = {(float)i * 0.71f, (float)i * 0.37f},
                               .size = 12};
            m.look(&s, m.what, &f);
            least = fminf(least, s.albedo.x);
            most = fmaxf(most, s.albedo.x);
        }
        assert_true(most - least < 0.02f);
    }
    mien_scene_free(&scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(body__is_sound_for_forty_people),
        cmocka_unit_test(body__is_the_same_twice_and_changes_with_the_photo),
        cmocka_unit_test(garments__say_when_memory_runs_out),
        cmocka_unit_test(torso__is_as_broad_as_its_trait),
        cmocka_unit_test(torso__begins_inside_the_neck),
        cmocka_unit_test(neckline__is_deepest_in_front),
        cmocka_unit_test(cloth__fades_what_is_finer_than_a_pixel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
