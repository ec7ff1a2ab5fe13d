/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/synth/person.c and draw.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "synth/draw.h"
#include "synth/hair.h"
#include "synth/person.h"
#include "synth/wear.h"

enum { PEOPLE = 4000 };

static mien_person people[PEOPLE];

static int draw_people(void **state) {
    (void)state;
    for (int i = 0; i < PEOPLE; i++)
        mien_person_draw(&people[i], 7, (uint32_t)i);
    return 0;
}

static double mean_of(mien_trait t) {
    double sum = 0;
    for (int i = 0; i < PEOPLE; i++) sum += people[i].trait[t];
    return sum / PEOPLE;
}

static double correlation(mien_trait a, mien_trait b) {
    const double ma = mean_of(a), mb = mean_of(b);
    double ab = 0, aa = 0, bb = 0;
    for (int i = 0; i < PEOPLE; i++) {
        const double x = people[i].trait[a] - ma, y = people[i].trait[b] - mb;
        ab += x * y, aa += x * x, bb += y * y;
    }
    return ab / sqrt(aa * bb);
}

#define CORRELATION(a, b) correlation(MIEN_TRAIT_##a, MIEN_TRAIT_##b)

/* ---- draws ------------------------------------------------------------ */

static void draw__normal_numbers_are_bounded_and_of_deviation_one(void **s) {
    (void)s;
    mien_rng rng = mien_rng_at(1, MIEN_RNG_TEST, 0, 0);
    double sum = 0, square = 0;
    for (int i = 0; i < 20000; i++) {
        const double x = mien_draw_normal(&rng, 2.5f);
        assert_true(x >= -2.5 && x <= 2.5);
        sum += x, square += x * x;
    }
    assert_true(fabs(sum / 20000) < 0.03);
    assert_true(fabs(square / 20000 - 1) < 0.1);
}

static void draw__weights_are_shares(void **s) {
    (void)s;
    mien_rng rng = mien_rng_at(2, MIEN_RNG_TEST, 0, 0);
    const float weight[] = {1, 0, -5, 3};
    int n[4] = {0};
    for (int i = 0; i < 8000; i++) n[mien_draw_weighted(&rng, weight, 4)]++;
    assert_int_equal(n[1] + n[2], 0);
    assert_in_range(n[0], 1800, 2200);
}

static void draw__without_weight_nothing_is_chosen(void **s) {
    (void)s;
    mien_rng rng = mien_rng_at(3, MIEN_RNG_TEST, 0, 0);
    const float none[] = {0, -1};
    assert_int_equal(mien_draw_weighted(&rng, none, 2), -1);
    assert_int_equal(mien_draw_weighted(&rng, none, 0), -1);
}

/* ---- people ----------------------------------------------------------- */

static void person__is_the_same_whatever_else_is_drawn(void **s) {
    (void)s;
    mien_person a, b;
    mien_person_draw(&a, 5, 9);
    mien_person_draw(&b, 5, 1);
    mien_person_draw(&b, 5, 9);
    assert_memory_equal(a.trait, b.trait, sizeof a.trait);
    assert_int_equal(a.seed, b.seed);
    assert_ptr_equal(a.hair, b.hair);
    assert_memory_equal(&a.skin, &b.skin, sizeof a.skin);
    mien_person_draw(&b, 6, 9);
    assert_memory_not_equal(a.trait, b.trait, sizeof a.trait);
}

static void person__traits_stay_within_their_bounds(void **s) {
    (void)s;
    for (int i = 0; i < PEOPLE; i++)
        for (int t = MIEN_TRAIT_head_breadth; t < MIEN_TRAIT_COUNT; t++) {
            const mien_trait_info *info = &mien_traits[t];
            const float most = info->deviation > 0 ? 2.5001f : 0;
            const float x = people[i].trait[t];
            if (most > 0)
                assert_true(fabsf(x - info->mean) <= most * info->deviation);
            else
                assert_true(x >= 0 && x <= 1);
        }
}

static void person__ages_are_of_adults_and_sexes_near_the_ends(void **s) {
    (void)s;
    int women = 0, between = 0;
    for (int i = 0; i < PEOPLE; i++) {
        const float age = people[i].trait[MIEN_TRAIT_age];
        const float sex = people[i].trait[MIEN_TRAIT_sex];
        assert_true(age >= 18 && age <= 80);
        assert_true(sex >= -1 && sex <= 1);
        women += sex < 0;
        between += fabsf(sex) < 0.8f;
    }
    assert_in_range(women, PEOPLE * 46 / 100, PEOPLE * 54 / 100);
    assert_true(between < PEOPLE / 2);
}

static void person__traits_go_together(void **s) {
    (void)s;
    assert_true(CORRELATION(age, hair_grey) > 0.5);
    assert_true(CORRELATION(age, lip_upper) < -0.2);
    assert_true(CORRELATION(age, ear_length) > 0.15);
    assert_true(CORRELATION(weight, cheek_full) > 0.4);
    assert_true(CORRELATION(weight, double_chin) > 0.4);
    assert_true(CORRELATION(tone, hair_dark) > 0.4);
    assert_true(CORRELATION(tone, iris) < -0.4);
    assert_true(CORRELATION(sex, jaw_breadth) > 0.3);
    assert_true(CORRELATION(sex, lash) < -0.3);
    assert_true(CORRELATION(face_breadth, head_breadth) > 0.1);
}

/* Nobody's nose is told by the colour of the skin. */
static void person__tone_decides_no_shape(void **s) {
    (void)s;
    assert_true(fabs(CORRELATION(tone, nose_breadth)) < 0.5);
    assert_true(fabs(CORRELATION(tone, lip_full)) < 0.5);
    assert_true(fabs(CORRELATION(tone, face_breadth)) < 0.1);
    assert_true(fabs(CORRELATION(tone, age)) < 0.1);
}

static void person__normal_is_the_trait_in_deviations(void **s) {
    (void)s;
    mien_person p = people[0];
    p.trait[MIEN_TRAIT_face_breadth] =
        mien_traits[MIEN_TRAIT_face_breadth].mean +
        mien_traits[MIEN_TRAIT_face_breadth].deviation;
    assert_float_equal(mien_person_normal(&p, MIEN_TRAIT_face_breadth), 1,
                       1e-6);
    p.trait[MIEN_TRAIT_face_breadth] = 900;
    assert_float_equal(mien_person_normal(&p, MIEN_TRAIT_face_breadth), 2.5,
                       1e-6);
    assert_float_equal(mien_person_normal(&p, MIEN_TRAIT_tone), 0, 0);
}

static bool is_colour(mien_vec c) {
    return c.x >= 0 && c.x <= 1 && c.y >= 0 && c.y <= 1 && c.z >= 0 && c.z <= 1;
}

static void person__colours_are_albedos(void **s) {
    (void)s;
    for (int i = 0; i < PEOPLE; i++) {
        const mien_person *p = &people[i];
        assert_true(is_colour(p->skin) && is_colour(p->hair_colour));
        assert_true(is_colour(p->brow_colour) && is_colour(p->beard_colour));
        assert_true(is_colour(p->iris_colour) && is_colour(p->lip_colour));
    }
}

static void person__some_wear_glasses_and_only_men_beards(void **s) {
    (void)s;
    int glasses = 0, beards = 0;
    for (int i = 0; i < PEOPLE; i++) {
        const mien_person *p = &people[i];
        assert_non_null(p->hair);
        glasses += p->glasses != NULL;
        beards += p->beard != NULL;
        if (p->glasses) assert_int_equal(p->glasses->place, MIEN_WEAR_EYES);
        if (p->beard) assert_true(p->trait[MIEN_TRAIT_sex] > 0);
    }
    assert_in_range(glasses, PEOPLE * 20 / 100, PEOPLE * 32 / 100);
    assert_in_range(beards, PEOPLE * 12 / 100, PEOPLE * 26 / 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draw__normal_numbers_are_bounded_and_of_deviation_one),
        cmocka_unit_test(draw__weights_are_shares),
        cmocka_unit_test(draw__without_weight_nothing_is_chosen),
        cmocka_unit_test(person__is_the_same_whatever_else_is_drawn),
        cmocka_unit_test(person__traits_stay_within_their_bounds),
        cmocka_unit_test(person__ages_are_of_adults_and_sexes_near_the_ends),
        cmocka_unit_test(person__traits_go_together),
        cmocka_unit_test(person__tone_decides_no_shape),
        cmocka_unit_test(person__normal_is_the_trait_in_deviations),
        cmocka_unit_test(person__colours_are_albedos),
        cmocka_unit_test(person__some_wear_glasses_and_only_men_beards),
    };
    return cmocka_run_group_tests(tests, draw_people, NULL);
}
