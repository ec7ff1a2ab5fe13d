/* SPDX-License-Identifier: Apache-2.0 */
/* test_head.c - the head: where things lie, what traits and expressions do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "synth/head.h"
#include "synth/waves.h"

typedef struct model {
    mien_scene scene;
    mien_person person;
    mien_shot shot;
    mien_head head;
} model;

/* Everybody's mean, with a face at rest. */
static model mean_model(void) {
    model m = {0};
    for (int t = 0; t < MIEN_TRAIT_COUNT; t++)
        m.person.trait[t] = mien_traits[t].mean;
    return m;
}

static void set(model *m, mien_trait trait, float deviations) {
    m->person.trait[trait] =
        mien_traits[trait].mean + deviations * mien_traits[trait].deviation;
}

static mien_status build(model *m) {
    mien_scene_empty(&m->scene);
    m->head = (mien_head){0};
    m->head.pose = mien_head_motion(m->shot.pose, mien_vec_of(0, -100, -30));
    return mien_head_build(&m->head, &m->scene, &m->person, &m->shot, 0);
}

static void assert_near(float a, float b, float within) {
    if (!(fabsf(a - b) <= within))
        fail_msg("%g is not within %g of %g", (double)a, (double)within,
                 (double)b);
}

static void assert_place(mien_vec p, float x, float y, float z, float within) {
    assert_near(p.x, x, within);
    assert_near(p.y, y, within);
    assert_near(p.z, z, within);
}

static void mean__lies_where_the_header_says(void **state) {
    (void)state;
    model m = mean_model();
    assert_int_equal(build(&m), MIEN_OK);
    const mien_head *h = &m.head;
    assert_place(h->five[0], -31.5f, 0, 82, 2);
    assert_place(h->five[1], 31.5f, 0, 82, 2);
    assert_place(h->five[2], 0, -38, 108, 3);
    assert_place(mien_head_at(h, 0, MIEN_CHART_MOUTH_V + 1.5f, NULL), 0, -68,
                 92, 3);
    assert_place(h->point[8], 0, -113, 87, 4);
    assert_place(mien_head_at(h, 0, MIEN_CHART_CROWN_V, NULL), 0, 125, -10, 2);
    assert_place(h->ear_canal[1], 74, -6, -8, 5);
    assert_place(h->ear_canal[0], -74, -6, -8, 5);
    assert_near(mien_head_at(h, MIEN_CHART_BACK, 25, NULL).z, -98, 3);
    mien_scene_free(&m.scene);
}

static void mean__is_the_same_on_both_sides(void **state) {
    (void)state;
    model m = mean_model();
    assert_int_equal(build(&m), MIEN_OK);
    for (float v = -180; v < 160; v += 7)
        for (float u = 0; u < 235; u += 3.7f) {
            mien_vec a = mien_head_at(&m.head, u, v, NULL);
            mien_vec b = mien_head_at(&m.head, -u, v, NULL);
            assert_place(a, -b.x, b.y, b.z, 1e-3f);
        }
    mien_scene_free(&m.scene);
}

/* ---- traits in millimetres --------------------------------------------- */

static float eye_distance(const mien_head *h) {
    return h->five[1].x - h->five[0].x;
}
static float eye_width(const mien_head *h) {
    return h->point[45].x - h->point[42].x;
}
static float mouth_breadth(const mien_head *h) {
    return h->point[54].x - h->point[48].x;
}
/* The widest of the skin within the bounds. */
static float breadth(const mien_head *h, float u, float low, float high) {
    float most = 0;
    for (int r = 0; r < MIEN_HEAD_ROWS; r++)
        for (int c = 0; c < MIEN_HEAD_COLUMNS; c++) {
            if (h->row_v[r] < low || h->row_v[r] > high ||
                fabsf(h->column_u[c]) > u)
                continue;
            most = fmaxf(most, h->skin[r * MIEN_HEAD_COLUMNS + c].x);
        }
    return 2 * most;
}
static float nose_breadth(const mien_head *h) {
    return breadth(h, MIEN_CHART_NOSE_WING_U, -50, -42);
}
static float face_breadth(const mien_head *h) {
    return breadth(h, 100, -26, -10);
}
static float head_breadth(const mien_head *h) {
    return breadth(h, MIEN_CHART_BACK, 20, 80);
}
static float jaw_breadth(const mien_head *h) {
    return breadth(h, 90, -76, -66);
}
static float head_height(const mien_head *h) {
    return mien_head_at(h, 0, MIEN_CHART_CROWN_V, NULL).y;
}
static float nose_length(const mien_head *h) {
    return mien_head_at(h, 0, 0, NULL).y -
           mien_head_at(h, 0, MIEN_CHART_NOSE_BASE_V, NULL).y;
}
static float face_length(const mien_head *h) {
    return mien_head_at(h, 0, 4, NULL).y - h->point[8].y;
}
static void traits__come_out_in_millimetres(void **state) {
    (void)state;
    static const struct {
        mien_trait trait;
        float (*measure)(const mien_head *h);
    } all[] = {{MIEN_TRAIT_eye_distance, eye_distance},
               {MIEN_TRAIT_eye_width, eye_width},
               {MIEN_TRAIT_mouth_breadth, mouth_breadth},
               {MIEN_TRAIT_nose_breadth, nose_breadth},
               {MIEN_TRAIT_face_breadth, face_breadth},
               {MIEN_TRAIT_head_breadth, head_breadth},
               {MIEN_TRAIT_jaw_breadth, jaw_breadth},
               {MIEN_TRAIT_head_height, head_height},
               {MIEN_TRAIT_nose_length, nose_length},
               {MIEN_TRAIT_face_length, face_length}};
    model m = mean_model();
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        for (float d = -2; d <= 2; d += 2) {
            set(&m, all[i].trait, d);
            assert_int_equal(build(&m), MIEN_OK);
            float asked = m.person.trait[all[i].trait];
            float got = all[i].measure(&m.head);
            if (fabsf(got - asked) > 0.08f * asked)
                fail_msg("%s: %.1f mm asked, %.1f mm built",
                         mien_traits[all[i].trait].name, (double)asked,
                         (double)got);
            set(&m, all[i].trait, 0);
        }
    mien_scene_free(&m.scene);
}

static void ear__is_as_long_as_its_trait(void **state) {
    (void)state;
    model m = mean_model();
    for (float d = -2; d <= 2; d += 2) {
        set(&m, MIEN_TRAIT_ear_length, d);
        assert_int_equal(build(&m), MIEN_OK);
        const mien_mesh *ears = NULL;
        for (int t = 0; t < m.scene.things; t++)
            if (strcmp(m.scene.thing[t].material.name, "ear") == 0)
                ears = &m.scene.thing[t].mesh;
        assert_non_null(ears);
        float low = 1000, high = -1000;
        for (int i = 0; i < ears->vertices; i++) {
            low = fminf(low, ears->rest[i].y);
            high = fmaxf(high, ears->rest[i].y);
        }
        float asked = m.person.trait[MIEN_TRAIT_ear_length];
        assert_near(high - low, asked, 0.08f * asked);
    }
    mien_scene_free(&m.scene);
}

/* ---- expressions ------------------------------------------------------- */

/* Between the lids or the lips at their middle. */
static float between(const mien_head *h, int above, int below) {
    return h->point[above].y - h->point[below].y;
}

static void eyes__open_and_shut(void **state) {
    (void)state;
    model m = mean_model();
    assert_int_equal(build(&m), MIEN_OK);
    assert_near(between(&m.head, 43, 47), 10, 2);
    m.shot.expression.closed[1] = 1;
    assert_int_equal(build(&m), MIEN_OK);
    assert_near(between(&m.head, 43, 47), 0, 0.1f);
    assert_near(between(&m.head, 37, 41), 10, 2);
    mien_scene_free(&m.scene);
}

static void mouth__opens_at_the_jaw(void **state) {
    (void)state;
    model m = mean_model();
    assert_int_equal(build(&m), MIEN_OK);
    mien_vec nose = m.head.five[2], chin = m.head.point[8];
    assert_near(between(&m.head, 62, 66), 0, 0.5f);
    m.shot.expression.open = 1;
    assert_int_equal(build(&m), MIEN_OK);
    assert_true(between(&m.head, 62, 66) > 15);
    assert_true(m.head.point[8].y < chin.y - 15);
    assert_place(m.head.five[2], nose.x, nose.y, nose.z, 1e-3f);
    mien_scene_free(&m.scene);
}

static void smile__lifts_and_widens_the_corners(void **state) {
    (void)state;
    model m = mean_model();
    assert_int_equal(build(&m), MIEN_OK);
    mien_vec rest = m.head.five[4];
    m.shot.expression.smile = 1;
    assert_int_equal(build(&m), MIEN_OK);
    assert_true(m.head.five[4].x > rest.x + 3);
    assert_true(m.head.five[4].y > rest.y + 3);
    m.shot.expression.smile = -1;
    assert_int_equal(build(&m), MIEN_OK);
    assert_true(m.head.five[4].y < rest.y - 2);
    mien_scene_free(&m.scene);
}

/* ---- every head -------------------------------------------------------- */

static bool finite_vec(mien_vec v) {
    return isfinite(v.x) && isfinite(v.y) && isfinite(v.z);
}

static void assert_sound(const model *m) {
    for (int t = 0; t < m->scene.things; t++) {
        const mien_thing *thing = &m->scene.thing[t];
        for (int i = 0; i < thing->mesh.vertices; i++) {
            assert_true(finite_vec(thing->mesh.position[i]));
            assert_true(finite_vec(thing->mesh.normal[i]));
        }
        for (int i = 0; i < thing->mesh.triangles; i++)
            for (int k = 0; k < 3; k++)
                assert_true(thing->mesh.corner[i][k] <
                            (uint32_t)thing->mesh.vertices);
    }
    for (int i = 0; i < MIEN_LANDMARKS; i++) {
        assert_true(finite_vec(m->head.point[i]));
        assert_true(mien_length(m->head.point[i]) < 200);
    }
}

static void any_head__is_finite(void **state) {
    (void)state;
    model m = {0};
    for (uint32_t n = 0; n < 150; n++) {
        mien_person_draw(&m.person, 3, n);
        mien_shot_draw(&m.shot, &m.person, 3, n, 0,
                       n % 2 ? MIEN_SHOT_HARD : MIEN_SHOT_USUAL);
        assert_int_equal(build(&m), MIEN_OK);
        assert_sound(&m);
    }
    mien_scene_free(&m.scene);
}

static void extreme_head__is_finite(void **state) {
    (void)state;
    model m = mean_model();
    for (uint32_t n = 0; n < 100; n++) {
        for (int t = 0; t < MIEN_TRAIT_COUNT; t++)
            set(&m, (mien_trait)t,
                mien_hash_unit(n, (uint32_t)t, 1) < 0.5f ? -2.5f : 2.5f);
        mien_expression *e = &m.shot.expression;
        e->smile = (float)(n % 3) - 1;
        e->open = (float)(n / 3 % 2);
        e->closed[0] = (float)(n / 6 % 2);
        e->brows = (float)(n / 12 % 3) - 1;
        e->gaze[0] = (float)(n % 5) * 15 - 30;
        e->gaze[1] = (float)(n % 7) * 8 - 24;
        m.shot.pose =
            (mien_pose){(float)(n % 9) * 22 - 88, (float)(n % 4) * 20 - 30, 0};
        assert_int_equal(build(&m), MIEN_OK);
        assert_sound(&m);
    }
    mien_scene_free(&m.scene);
}

static void head__is_the_same_each_time(void **state) {
    (void)state;
    model a = mean_model(), b = mean_model();
    mien_person_draw(&a.person, 3, 1);
    b.person = a.person;
    assert_int_equal(build(&a), MIEN_OK);
    assert_int_equal(build(&b), MIEN_OK);
    assert_memory_equal(a.head.skin, b.head.skin,
                        MIEN_HEAD_ROWS * MIEN_HEAD_COLUMNS * sizeof(mien_vec));
    mien_scene_free(&a.scene);
    mien_scene_free(&b.scene);
}

/* No point of the lids' outer skin may sink into the eyeball. */
static void lids__stay_outside_the_eyeball(void **state) {
    (void)state;
    model m = {0};
    for (uint32_t n = 0; n < 40; n++) {
        mien_person_draw(&m.person, 5, n);
        m.shot.expression.closed[1] = (float)(n % 3) * 0.5f;
        m.shot.expression.brows = (float)(n / 3 % 3) - 1;
        m.shot.expression.smile = (float)(n / 9 % 2);
        assert_int_equal(build(&m), MIEN_OK);
        for (int r = 0; r < MIEN_HEAD_ROWS; r++)
            for (int c = 0; c < MIEN_HEAD_COLUMNS; c++) {
                float u = m.head.column_u[c], v = fabsf(m.head.row_v[r]);
                if (u < 15 || u > 50 || v < 0.9f || v > 14) continue;
                mien_vec p = m.head.skin[r * MIEN_HEAD_COLUMNS + c];
                float far = mien_length(mien_sub(p, m.head.eye[1]));
                assert_true(far > m.head.eye_radius + 0.3f);
            }
    }
    mien_scene_free(&m.scene);
}

static void head_at__meets_the_grid(void **state) {
    (void)state;
    model m = mean_model();
    assert_int_equal(build(&m), MIEN_OK);
    for (int r = 0; r < MIEN_HEAD_ROWS; r += 7)
        for (int c = 0; c < MIEN_HEAD_COLUMNS; c += 5) {
            mien_vec n, want = m.head.skin[r * MIEN_HEAD_COLUMNS + c];
            mien_vec p =
                mien_head_at(&m.head, m.head.column_u[c], m.head.row_v[r], &n);
            assert_place(p, want.x, want.y, want.z, 1e-3f);
            assert_near(mien_length(n), 1, 1e-3f);
        }
    mien_vec back = mien_head_at(&m.head, MIEN_CHART_BACK, 20, NULL);
    mien_vec same = mien_head_at(&m.head, -MIEN_CHART_BACK, 20, NULL);
    assert_place(back, same.x, same.y, same.z, 1e-3f);
    mien_scene_free(&m.scene);
}

static void motion__faces_where_the_angles_say(void **state) {
    (void)state;
    mien_motion m =
        mien_head_motion((mien_pose){30, 20, 10}, mien_vec_of(1, 2, 3));
    mien_vec ahead = mien_turned(&m.turn, mien_vec_of(0, 0, 1));
    assert_place(ahead, 0.469846f, 0.342020f, 0.813798f, 1e-5f);
    mien_vec root = mien_moved(&m, mien_vec_of(0, -100, -30));
    assert_place(root, 1, 2, 3, 1e-4f);
    m = mien_head_motion((mien_pose){0, 0, 90}, mien_vec_of(0, 0, 0));
    assert_place(mien_turned(&m.turn, mien_vec_of(0, 1, 0)), 1, 0, 0, 1e-5f);
}

static void build__survives_failing_allocations(void **state) {
    (void)state;
    model m = mean_model();
    bool built = false;
    for (int n = 0; n < 400 && !built; n++) {
        mien_scene_free(&m.scene);
        mien_mem_fail_after(n);
        mien_status status = build(&m);
        mien_mem_fail_after(-1);
        built = status == MIEN_OK;
        if (!built) assert_int_equal(status, MIEN_ENOMEM);
    }
    assert_true(built);
    mien_scene_free(&m.scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mean__lies_where_the_header_says),
        cmocka_unit_test(mean__is_the_same_on_both_sides),
        cmocka_unit_test(traits__come_out_in_millimetres),
        cmocka_unit_test(ear__is_as_long_as_its_trait),
        cmocka_unit_test(eyes__open_and_shut),
        cmocka_unit_test(mouth__opens_at_the_jaw),
        cmocka_unit_test(smile__lifts_and_widens_the_corners),
        cmocka_unit_test(any_head__is_finite),
        cmocka_unit_test(extreme_head__is_finite),
        cmocka_unit_test(head__is_the_same_each_time),
        cmocka_unit_test(lids__stay_outside_the_eyeball),
        cmocka_unit_test(head_at__meets_the_grid),
        cmocka_unit_test(motion__faces_where_the_angles_say),
        cmocka_unit_test(build__survives_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
