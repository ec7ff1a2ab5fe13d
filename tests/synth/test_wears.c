/* SPDX-License-Identifier: Apache-2.0 */
/* The things of wears.def on many heads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "model.h"
#include "synth/wear.h"
#include "synth/wear_parts.h"

enum { PEOPLE = 30 };

static void wears__are_sound_on_thirty_heads(void **state) {
    (void)state;
    for (uint32_t number = 0; number < PEOPLE; number++)
        for (int w = 0; mien_wears[w]; w++) {
            model m;
            model_open(&m, number, false);
            assert_int_equal(mien_wears[w]->build(&m.scene, &m.head), MIEN_OK);
            /* A forearm or a scarf goes out of the picture; a headscarf
             * reaches the shoulders. */
            const bool long_ = mien_wears[w]->place == MIEN_WEAR_FACE ||
                               mien_wears[w]->place == MIEN_WEAR_NECK;
            model_check(&m, mien_wears[w]->name, long_ ? 680 : 390);
            model_check_looks(&m, mien_wears[w]->name);
            model_close(&m);
        }
}

static void wears__are_the_same_bits_twice(void **state) {
    (void)state;
    for (int w = 0; mien_wears[w]; w++) {
        model a, b;
        model_open(&a, 4, true);
        model_open(&b, 4, true);
        assert_int_equal(mien_wears[w]->build(&a.scene, &a.head), MIEN_OK);
        assert_int_equal(mien_wears[w]->build(&b.scene, &b.head), MIEN_OK);
        model_same(&a, &b);
        model_close(&a);
        model_close(&b);
    }
}

static void wears__say_when_memory_runs_out(void **state) {
    (void)state;
    for (int w = 0; mien_wears[w]; w++) {
        mien_status status = MIEN_ENOMEM;
        for (int fail = 0; status != MIEN_OK; fail++) {
            model m;
            assert_true(fail < 400);
            model_open(&m, 2, false);
            mien_mem_fail_after(fail);
            status = mien_wears[w]->build(&m.scene, &m.head);
            mien_mem_fail_after(-1);
            assert_true(status == MIEN_OK || status == MIEN_ENOMEM);
            model_close(&m);
        }
    }
}

static const mien_wear *wear_of(const char *name) {
    for (int w = 0; mien_wears[w]; w++)
        if (strcmp(mien_wears[w]->name, name) == 0) return mien_wears[w];
    fail_msg("no %s in wears.def", name);
    return NULL;
}

/* From the world back to head space. */
static mien_vec in_head(const model *m, mien_vec p) {
    const mien_motion *pose = &m->head.pose;
    const mien_vec q = mien_sub(mien_sub(p, pose->shift), pose->pivot);
    const mien_vec *row = pose->turn.row;
    const mien_vec back =
        mien_add(mien_add(mien_scale(row[0], q.x), mien_scale(row[1], q.y)),
                 mien_scale(row[2], q.z));
    return mien_add(back, pose->pivot);
}

static void glasses__stand_before_the_eyes(void **state) {
    (void)state;
    for (uint32_t number = 0; number < PEOPLE; number++) {
        model m;
        model_open(&m, number, false);
        const mien_wear *wear = wear_of("glasses_thick");
        assert_int_equal(wear->build(&m.scene, &m.head), MIEN_OK);
        const mien_thing *lens = &m.scene.thing[m.scene.things - 1];
        assert_true(lens->material.translucent);
        float low = 1e9f, high = -1e9f, near = 1e9f;
        for (int i = 0; i < lens->mesh.vertices; i++) {
            const mien_vec p = in_head(&m, lens->mesh.position[i]);
            low = fminf(low, p.y);
            high = fmaxf(high, p.y);
            near = fminf(near, p.z);
        }
        for (int eye = 0; eye < 2; eye++) {
            const mien_vec e = m.head.eye[eye];
            assert_true(low < e.y && e.y < high);
            assert_true(near > e.z + 0.6f * m.head.eye_radius);
        }
        model_close(&m);
    }
}

static void hats__press_the_hair_below_them(void **state) {
    (void)state;
    for (uint32_t number = 0; number < PEOPLE; number++) {
        model m;
        model_open(&m, number, true);
        const mien_hull hull = {&m.head, 50, 36, 0, 12};
        mien_hull_press(&m.scene, &hull);
        const float top = mien_hull_at(&hull, 0, 1).y;
        for (int t = 0; t < m.scene.things; t++) {
            const mien_thing *thing = &m.scene.thing[t];
            if (strcmp(thing->material.name, "hair") != 0) continue;
            for (int i = 0; i < thing->mesh.vertices; i++) {
                const mien_vec p = in_head(&m, thing->mesh.position[i]);
                assert_true(p.y < top);
            }
        }
        model_close(&m);
    }
}

static void headscarf__takes_the_hair_away(void **state) {
    (void)state;
    model m;
    model_open(&m, 1, true);
    assert_non_null(m.person.hair);
    assert_int_equal(wear_of("headscarf")->build(&m.scene, &m.head), MIEN_OK);
    for (int t = 0; t < m.own; t++)
        if (strcmp(m.scene.thing[t].material.name, "hair") == 0)
            assert_int_equal(m.scene.thing[t].mesh.triangles, 0);
    model_close(&m);
}

static void glasses__stay_with_the_person(void **state) {
    (void)state;
    model a, b;
    model_open(&a, 9, false);
    model_open(&b, 9, false);
    b.shot.seed++;
    const mien_wear *wear = wear_of("glasses_metal");
    assert_int_equal(wear->build(&a.scene, &a.head), MIEN_OK);
    assert_int_equal(wear->build(&b.scene, &b.head), MIEN_OK);
    model_same(&a, &b);
    model_close(&a);
    model_close(&b);
}

static void wears__are_of_every_place(void **state) {
    (void)state;
    int count[MIEN_WEAR_EARS + 1] = {0};
    for (int w = 0; mien_wears[w]; w++) {
        assert_true(mien_wears[w]->often > 0);
        assert_true(strlen(mien_wears[w]->summary) > 0);
        for (int k = 0; k < w; k++)
            assert_string_not_equal(mien_wears[w]->name, mien_wears[k]->name);
        count[mien_wears[w]->place]++;
    }
    for (int place = 0; place <= MIEN_WEAR_EARS; place++)
        assert_true(count[place] > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wears__are_sound_on_thirty_heads),
        cmocka_unit_test(wears__are_the_same_bits_twice),
        cmocka_unit_test(wears__say_when_memory_runs_out),
        cmocka_unit_test(wears__are_of_every_place),
        cmocka_unit_test(glasses__stand_before_the_eyes),
        cmocka_unit_test(glasses__stay_with_the_person),
        cmocka_unit_test(hats__press_the_hair_below_them),
        cmocka_unit_test(headscarf__takes_the_hair_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
