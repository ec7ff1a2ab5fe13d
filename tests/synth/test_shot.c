/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/synth/shot.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "synth/backdrop.h"
#include "synth/shot.h"
#include "synth/wear.h"

enum { PEOPLE = 100, PHOTOS = 20 };

typedef void (*visit)(const mien_person *person, const mien_shot *shot);

static void each(mien_shot_kind kind, visit look) {
    for (uint32_t i = 0; i < PEOPLE; i++) {
        mien_person person;
        mien_person_draw(&person, 11, i);
        for (uint32_t k = 0; k < PHOTOS; k++) {
            mien_shot shot;
            mien_shot_draw(&shot, &person, 11, i, k, kind);
            look(&person, &shot);
        }
    }
}

static bool turned_within(const mien_shot *s, float yaw, float pitch,
                          float roll) {
    return fabsf(s->pose.yaw) <= yaw && fabsf(s->pose.pitch) <= pitch &&
           fabsf(s->pose.roll) <= roll;
}

/* ---- frontal ---------------------------------------------------------- */

static void look_frontal(const mien_person *person, const mien_shot *s) {
    assert_true(turned_within(s, 12, 12, 8));
    assert_float_equal(s->expression.closed[0], 0, 0);
    assert_float_equal(s->expression.closed[1], 0, 0);
    assert_false(s->lamp->hard);
    for (int i = 0; i < MIEN_SHOT_WEARS && s->wear[i]; i++)
        assert_true(s->wear[i] == person->glasses ||
                    s->wear[i]->place == MIEN_WEAR_EARS);
    assert_float_equal(s->defocus, 0, 0);
    assert_float_equal(s->shake[0], 0, 0);
}

static void shot__frontal_hides_nothing(void **state) {
    (void)state;
    each(MIEN_SHOT_FRONTAL, look_frontal);
}

/* ---- usual ------------------------------------------------------------ */

static void look_usual(const mien_person *person, const mien_shot *s) {
    (void)person;
    assert_true(turned_within(s, 30, 15, 8));
    for (int i = 0; i < MIEN_SHOT_WEARS && s->wear[i]; i++) {
        assert_false(s->wear[i]->hard);
        assert_true(s->wear[i]->place != MIEN_WEAR_FACE);
    }
}

static void shot__usual_is_turned_moderately(void **state) {
    (void)state;
    each(MIEN_SHOT_USUAL, look_usual);
}

/* ---- hard ------------------------------------------------------------- */

static struct { int turned, masked, shut, harsh, shaken, coarse; } hard;

static void look_hard(const mien_person *person, const mien_shot *s) {
    (void)person;
    assert_true(turned_within(s, 70, 30, 30));
    for (int i = 0; i < MIEN_SHOT_WEARS && s->wear[i]; i++)
        hard.masked += s->wear[i]->place == MIEN_WEAR_FACE;
    hard.turned += fabsf(s->pose.yaw) > 45;
    hard.shut += s->expression.closed[0] == 1 && s->expression.closed[1] == 1;
    hard.harsh += s->lamp->hard;
    hard.shaken += s->shake[0] != 0;
    hard.coarse += s->quality < 45;
}

static void shot__hard_is_hard_in_every_way(void **state) {
    (void)state;
    memset(&hard, 0, sizeof hard);
    each(MIEN_SHOT_HARD, look_hard);
    const int n = PEOPLE * PHOTOS;
    assert_in_range(hard.turned, n / 20, n / 4);
    assert_in_range(hard.masked, n / 20, n / 4);
    assert_in_range(hard.shut, n / 100, n / 10);
    assert_in_range(hard.harsh, n / 3, n * 2 / 3);
    assert_in_range(hard.shaken, n / 5, n * 2 / 5);
    assert_in_range(hard.coarse, n / 10, n / 2);
}

/* ---- all kinds -------------------------------------------------------- */

static void look_any(const mien_person *person, const mien_shot *s) {
    (void)person;
    assert_non_null(s->lamp);
    assert_non_null(s->backdrop);
    assert_int_equal(s->lamp->outdoor, s->backdrop->outdoor);
    assert_in_range(s->quality, 25, 100);
    assert_true(s->field >= 15 && s->field <= 45);
    assert_true(s->near >= 0.3f && s->near <= 0.7f);
    for (int i = 0; i < 2; i++) {
        const float closed = s->expression.closed[i];
        assert_true(closed >= 0 && closed <= 1);
    }
    assert_true(s->expression.smile >= -1 && s->expression.smile <= 1);
    assert_true(s->expression.open >= 0 && s->expression.open <= 1);
    for (int i = 0; i < MIEN_SHOT_WEARS && s->wear[i]; i++)
        for (int k = 0; k < i; k++)
            assert_true(s->wear[i]->place != s->wear[k]->place);
}

static void shot__lamp_and_backdrop_agree(void **state) {
    (void)state;
    each(MIEN_SHOT_FRONTAL, look_any);
    each(MIEN_SHOT_USUAL, look_any);
    each(MIEN_SHOT_HARD, look_any);
}

static void shot__is_the_same_for_its_numbers(void **state) {
    (void)state;
    mien_person p;
    mien_shot a, b;
    mien_person_draw(&p, 3, 4);
    mien_shot_draw(&a, &p, 3, 4, 2, MIEN_SHOT_HARD);
    mien_shot_draw(&b, &p, 3, 4, 3, MIEN_SHOT_HARD);
    assert_memory_not_equal(&a.pose, &b.pose, sizeof a.pose);
    assert_int_not_equal(a.seed, b.seed);
    mien_shot_draw(&b, &p, 3, 4, 2, MIEN_SHOT_HARD);
    assert_memory_equal(&a, &b, sizeof a);
}

static int to_camera;

static void look_where(const mien_person *person, const mien_shot *s) {
    (void)person;
    to_camera += fabsf(s->expression.gaze[0] + s->pose.yaw) < 2.1f &&
                 fabsf(s->expression.gaze[1] + s->pose.pitch) < 1e-3f;
}

static void shot__most_look_into_the_camera(void **state) {
    (void)state;
    to_camera = 0;
    each(MIEN_SHOT_USUAL, look_where);
    assert_in_range(to_camera, PEOPLE * PHOTOS * 2 / 3,
                    PEOPLE * PHOTOS * 9 / 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shot__frontal_hides_nothing),
        cmocka_unit_test(shot__usual_is_turned_moderately),
        cmocka_unit_test(shot__hard_is_hard_in_every_way),
        cmocka_unit_test(shot__lamp_and_backdrop_agree),
        cmocka_unit_test(shot__is_the_same_for_its_numbers),
        cmocka_unit_test(shot__most_look_into_the_camera),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
