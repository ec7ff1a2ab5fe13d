/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "base/mem.h"
#include "synth/look_dots.h"
#include "synth/look_skin_tone.h"
#include "synth/looks.h"
#include "synth/waves.h"

typedef mien_status (*maker)(mien_material *, mien_scene *, const mien_head *);

static const maker makers[] = {mien_look_skin,  mien_look_ear,
                               mien_look_eye,   mien_look_lashes,
                               mien_look_teeth, mien_look_mouth};
enum { MAKERS = sizeof makers / sizeof makers[0], PEOPLE = 12 };

/* Somebody's head without its shape: what the looks read of it. */
typedef struct sitter {
    mien_person person;
    mien_shot shot;
    mien_head head;
    mien_scene scene;
} sitter;

static void sit(sitter *s, uint32_t number) {
    memset(s, 0, sizeof *s);
    mien_person_draw(&s->person, 7, number);
    s->shot.seed = number;
    s->head.person = &s->person;
    s->head.shot = &s->shot;
    s->head.pose.turn = (mien_turn){{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    s->head.eye[0] = mien_vec_of(-32, 0, 65);
    s->head.eye[1] = mien_vec_of(32, 0, 65);
    s->head.eye_radius = 16.5f;
    s->scene.light.towards = mien_unit(mien_vec_of(0.4f, 0.5f, 0.8f));
    s->scene.light.colour = mien_vec_of(1, 1, 1);
    s->scene.light.size = 0.2f;
}

/* Somebody whose skin has no marks but those of the test. */
static void sit_plain(sitter *s) {
    sit(s, 1);
    float *trait = s->person.trait;
    trait[MIEN_TRAIT_freckles] = trait[MIEN_TRAIT_moles] = -2;
    trait[MIEN_TRAIT_age] = 25;
    trait[MIEN_TRAIT_wrinkles] = trait[MIEN_TRAIT_makeup] = 0;
    trait[MIEN_TRAIT_sex] = -1;
    trait[MIEN_TRAIT_stubble] = trait[MIEN_TRAIT_lip_red] = 0;
    s->person.skin = mien_skin_albedo(0.2f, 0);
    s->person.lip_colour = mien_lip_albedo(s->person.skin, 0);
    s->person.brow_colour = mien_hair_albedo(0.8f, 0, 0, 0);
}

static mien_fragment fragment_at(float u, float v, float size) {
    mien_fragment f = {.at = {u, v}, .size = size};
    f.position = f.rest = mien_vec_of(u, v, 80);
    f.normal = mien_unit(mien_vec_of(u / 120, 0.1f, 1));
    f.view = mien_vec_of(0, 0, 1);
    return f;
}

static mien_surface shade(const mien_material *m, float u, float v,
                          float size) {
    mien_fragment f = fragment_at(u, v, size);
    mien_surface s = {.albedo = {1, 1, 1},
                      .normal = f.normal,
                      .roughness = 0.5f,
                      .specular = 0.03f,
                      .occlusion = 1,
                      .opacity = 1};
    m->look(&s, m->what, &f);
    return s;
}

static float brightness(const mien_surface *s) {
    return (s->albedo.x + s->albedo.y + s->albedo.z) / 3;
}

static void assert_sane(const mien_surface *s) {
    const float share[] = {s->albedo.x, s->albedo.y, s->albedo.z,  s->roughness,
                           s->specular, s->scatter,  s->occlusion, s->opacity};
    for (size_t i = 0; i < sizeof share / sizeof share[0]; i++)
        assert_true(share[i] >= 0 && share[i] <= 1);
    assert_float_equal(mien_length(s->normal), 1, 1e-4f);
}

static void looks__are_finite_and_reflect_no_more_than_they_get(void **state) {
    (void)state;
    static sitter s;
    for (uint32_t who = 0; who < PEOPLE; who++) {
        sit(&s, who);
        s.shot.expression.smile = mien_hash_unit(who, 1, 1) * 2 - 1;
        s.shot.expression.brows = mien_hash_unit(who, 1, 2) * 2 - 1;
        for (int m = 0; m < MAKERS; m++) {
            mien_material material = {0};
            assert_int_equal(makers[m](&material, &s.scene, &s.head), 0);
            for (uint32_t i = 0; i < 1500; i++) {
                float u = 480 * mien_hash_unit(who, i, 3) - 240;
                float v = 355 * mien_hash_unit(who, i, 4) - 190;
                if (i & 1) { /* half of them about the face */
                    u /= 3;
                    v = v / 2 - 10;
                }
                float t = mien_hash_unit(who, i, 5);
                mien_surface out = shade(&material, u, v, 0.05f + 4 * t * t);
                assert_sane(&out);
            }
        }
        mien_scene_free(&s.scene);
    }
}

static void looks__give_the_same_bits_twice(void **state) {
    (void)state;
    static sitter a, b;
    for (uint32_t who = 0; who < 4; who++)
        for (int m = 0; m < MAKERS; m++) {
            sit(&a, who);
            sit(&b, who);
            mien_material one, two;
            assert_int_equal(makers[m](&one, &a.scene, &a.head), 0);
            assert_int_equal(makers[m](&two, &b.scene, &b.head), 0);
            for (uint32_t i = 0; i < 200; i++) {
                float u = 140 * mien_hash_unit(who, i, 6) - 70;
                float v = 160 * mien_hash_unit(who, i, 7) - 110;
                mien_surface x = shade(&one, u, v, 0.2f);
                mien_surface y = shade(&two, u, v, 0.2f);
                assert_memory_equal(&x, &y, sizeof x);
            }
            mien_scene_free(&a.scene);
            mien_scene_free(&b.scene);
        }
}

static void looks__survive_each_failing_allocation(void **state) {
    (void)state;
    static sitter s;
    for (int m = 0; m < MAKERS; m++)
        for (int n = 0;; n++) {
            sit(&s, 3);
            mien_material material;
            mien_mem_fail_after(n);
            mien_status status = makers[m](&material, &s.scene, &s.head);
            mien_mem_fail_after(-1);
            mien_scene_free(&s.scene);
            if (status == MIEN_OK) break;
            assert_int_equal(status, MIEN_ENOMEM);
            assert_true(n < 8);
        }
}

static void skin__has_brows_and_lips_at_their_places(void **state) {
    (void)state;
    static sitter s;
    sit_plain(&s);
    mien_material skin;
    assert_int_equal(mien_look_skin(&skin, &s.scene, &s.head), 0);
    for (float side = -1; side <= 1; side += 2) {
        mien_surface forehead = shade(&skin, side * 34.0f, 45, 1.2f);
        mien_surface brow =
            shade(&skin, side * 34.0f, MIEN_CHART_BROW_V + 1, 1.2f);
        assert_true(brightness(&brow) < 0.75f * brightness(&forehead));
        mien_surface chin = shade(&skin, side * 8.0f, -100, 1.2f);
        mien_surface lower = shade(&skin, side * 8.0f, -76, 1.2f);
        mien_surface upper = shade(&skin, side * 8.0f, -67.5f, 1.2f);
        float bare = chin.albedo.y / chin.albedo.x;
        assert_true(lower.albedo.y / lower.albedo.x < 0.85f * bare);
        assert_true(upper.albedo.y / upper.albedo.x < 0.85f * bare);
        mien_surface line = shade(&skin, side * 8.0f, MIEN_CHART_MOUTH_V, 0.3f);
        assert_true(brightness(&line) < 0.7f * brightness(&lower));
        mien_surface beside = shade(&skin, side * 32.0f, -71, 1.2f);
        assert_true(beside.albedo.y / beside.albedo.x > 0.9f * bare);
    }
    mien_scene_free(&s.scene);
}

/* Variance of the brightness and of the normal about one place. */
static float variance(const mien_material *m, float u, float v, float size) {
    float sum = 0, squares = 0, turned = 0;
    enum { N = 600 };
    for (uint32_t i = 0; i < N; i++) {
        float x = u + 6 * (mien_hash_unit(i, 1, 8) - 0.5f);
        float y = v + 6 * (mien_hash_unit(i, 2, 8) - 0.5f);
        mien_surface s = shade(m, x, y, size);
        mien_vec off = mien_sub(s.normal, fragment_at(x, y, size).normal);
        float b = brightness(&s);
        sum += b;
        squares += b * b;
        turned += mien_dot(off, off);
    }
    float mean = sum / N;
    return squares / N - mean * mean + turned / N;
}

static void skin__loses_detail_finer_than_a_pixel(void **state) {
    (void)state;
    static sitter s;
    sit_plain(&s);
    s.person.trait[MIEN_TRAIT_freckles] = 2;
    mien_material skin;
    assert_int_equal(mien_look_skin(&skin, &s.scene, &s.head), 0);
    static const float place[][2] = {
        {40, -34}, {-36, MIEN_CHART_BROW_V}, {0, 45}, {8, -76}};
    for (size_t i = 0; i < sizeof place / sizeof place[0]; i++) {
        float u = place[i][0], v = place[i][1];
        float close = variance(&skin, u, v, 0.1f);
        assert_true(close > 0);
        assert_true(variance(&skin, u, v, 8) < 0.6f * close);
    }
    mien_scene_free(&s.scene);
}

/* How far the normals about a place are turned. */
static float turning(sitter *s, float u, float v) {
    mien_material skin;
    assert_int_equal(mien_look_skin(&skin, &s->scene, &s->head), 0);
    float sum = 0;
    for (int y = -20; y <= 20; y++)
        for (int x = -20; x <= 20; x++) {
            float at_u = u + 0.3f * (float)x, at_v = v + 0.3f * (float)y;
            mien_surface out = shade(&skin, at_u, at_v, 1);
            sum += mien_length(
                mien_sub(out.normal, fragment_at(at_u, at_v, 1).normal));
        }
    mien_scene_free(&s->scene);
    return sum;
}

static void wrinkles__deepen_with_age_and_expression(void **state) {
    (void)state;
    static sitter s;
    static const float place[][2] = {{0, 42}, {58, 0}, {30, -62}, {-31, -60}};
    sit_plain(&s);
    for (size_t i = 0; i < sizeof place / sizeof place[0]; i++) {
        s.person.trait[MIEN_TRAIT_age] = 22;
        float young = turning(&s, place[i][0], place[i][1]);
        s.person.trait[MIEN_TRAIT_age] = 75;
        assert_true(turning(&s, place[i][0], place[i][1]) > 1.5f * young);
    }
    s.person.trait[MIEN_TRAIT_age] = 40;
    float calm = turning(&s, 31, -60);
    s.shot.expression.smile = 1;
    assert_true(turning(&s, 31, -60) > 1.2f * calm);
    float lowered = turning(&s, 0, 42);
    s.shot.expression.brows = 1;
    assert_true(turning(&s, 0, 42) > 1.2f * lowered);
}

static void stubble__darkens_the_jaw_of_men_only(void **state) {
    (void)state;
    static sitter s;
    float jaw[2];
    for (int man = 0; man <= 1; man++) {
        sit_plain(&s);
        s.person.trait[MIEN_TRAIT_sex] = man ? 1 : -1;
        s.person.trait[MIEN_TRAIT_stubble] = 1;
        s.person.beard_colour = mien_hair_albedo(0.9f, 0, 0, 0);
        mien_material skin;
        assert_int_equal(mien_look_skin(&skin, &s.scene, &s.head), 0);
        mien_surface out = shade(&skin, 20, -105, 1.5f);
        jaw[man] = brightness(&out);
        mien_scene_free(&s.scene);
    }
    assert_true(jaw[1] < 0.9f * jaw[0]);
}

static void dots__keep_their_mean_when_they_blur(void **state) {
    (void)state;
    mien_dots dots = {
        .cell = 2, .small = 0.3f, .large = 0.9f, .chance = 0.6f, .seed = 5};
    float sum = 0;
    enum { SIDE = 300 };
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++)
            sum += mien_look_dots(&dots, 0.31f * (float)x, 0.29f * (float)y,
                                  0.05f);
    float mean = sum / (SIDE * SIDE);
    float far = mien_look_dots(&dots, 3, 4, 20);
    assert_float_equal(far, mien_look_dots(&dots, 30, -40, 20), 1e-7f);
    assert_float_equal(far / mean, 1, 0.25f);
}

static void tones__darken_and_keep_the_order_of_channels(void **state) {
    (void)state;
    for (int u = -2; u <= 2; u++) {
        float last = 1;
        for (int i = 0; i <= 20; i++) {
            mien_vec c = mien_skin_albedo((float)i / 20, (float)u);
            assert_true(c.x < last && c.x > c.y && c.y > c.z && c.z > 0);
            last = c.x;
            mien_vec lip = mien_lip_albedo(c, (float)u);
            assert_true(lip.y / lip.x < c.y / c.x);
        }
        assert_true(last < 0.12f);
    }
    mien_vec fair = mien_hair_albedo(0, 0, 0, 0);
    mien_vec black = mien_hair_albedo(1, 0, 0, 0);
    mien_vec ginger = mien_hair_albedo(0.2f, 1, 0, 0);
    assert_true(fair.x > 0.4f && black.x < 0.03f);
    assert_true(ginger.x > 2 * ginger.y && ginger.y > ginger.z);
    mien_vec blue = mien_iris_albedo(1), brown = mien_iris_albedo(0.2f);
    assert_true(blue.z > blue.x && brown.x > brown.z);
}

static void eye__is_dark_in_the_middle_and_white_outside(void **state) {
    (void)state;
    static sitter s;
    sit(&s, 2);
    s.person.iris_colour = mien_iris_albedo(1);
    s.scene.light.towards = mien_vec_of(0, 0, -1); /* no bright mirror image */
    mien_material eye;
    assert_int_equal(mien_look_eye(&eye, &s.scene, &s.head), 0);
    mien_surface pupil = shade(&eye, 0.1f, -0.5f, 0.2f);
    mien_surface iris = shade(&eye, -4, -1, 0.2f);
    mien_surface ring = shade(&eye, -5.35f, -1, 0.1f);
    mien_surface white = shade(&eye, 9, -1, 0.2f);
    assert_true(brightness(&pupil) < 0.3f * brightness(&iris));
    assert_true(brightness(&ring) < brightness(&iris));
    assert_true(brightness(&iris) < brightness(&white));
    assert_true(white.albedo.x < 0.8f);
    mien_scene_free(&s.scene);
}

static void eye__mirrors_the_lamp(void **state) {
    (void)state;
    static sitter s;
    sit(&s, 2);
    mien_material eye;
    assert_int_equal(mien_look_eye(&eye, &s.scene, &s.head), 0);
    int bright = 0, n = 0;
    for (int y = -20; y <= 20; y++)
        for (int x = -20; x <= 20; x++, n++) {
            mien_fragment f =
                fragment_at(0.25f * (float)x, 0.25f * (float)y, 0.2f);
            f.normal =
                mien_unit(mien_vec_of(f.at[0] / 16.5f, f.at[1] / 16.5f, 1));
            mien_surface out = {.normal = f.normal, .occlusion = 1};
            eye.look(&out, eye.what, &f);
            bright += brightness(&out) > 0.8f;
        }
    assert_in_range(bright, 4, n / 4);
    mien_scene_free(&s.scene);
}

static void lashes__thin_out_to_their_tips(void **state) {
    (void)state;
    static sitter s;
    sit(&s, 2);
    mien_material lashes;
    assert_int_equal(mien_look_lashes(&lashes, &s.scene, &s.head), 0);
    int seen[3] = {0};
    static const float out[3] = {0.02f, 0.5f, 0.99f};
    for (int i = 0; i < 1000; i++)
        for (int k = 0; k < 3; k++) {
            mien_fragment f = {.at = {(float)i / 1000, out[k]},
                               .rest = {30, 5, 80},
                               .size = 0.2f};
            seen[k] += lashes.covers(lashes.what, &f);
        }
    assert_true(seen[0] > 800 && seen[0] > seen[1]);
    assert_true(seen[1] > 20 && seen[1] > seen[2]);
    assert_true(seen[2] < 60);
    mien_scene_free(&s.scene);
}

static void skin__is_a_dark_mouth_from_behind(void **state) {
    (void)state;
    static sitter s;
    sit_plain(&s);
    mien_material skin;
    assert_int_equal(mien_look_skin(&skin, &s.scene, &s.head), 0);
    mien_fragment f = fragment_at(40, -60, 1);
    f.back = true;
    mien_surface out = {.normal = f.normal, .occlusion = 1, .opacity = 1};
    skin.look(&out, skin.what, &f);
    assert_sane(&out);
    assert_true(brightness(&out) < 0.1f);
    mien_scene_free(&s.scene);
}

static void teeth__have_gaps(void **state) {
    (void)state;
    static sitter s;
    sit(&s, 2);
    mien_material teeth;
    assert_int_equal(mien_look_teeth(&teeth, &s.scene, &s.head), 0);
    mien_surface gap = shade(&teeth, 0, 4, 0.1f);
    mien_surface tooth = shade(&teeth, 4, 4, 0.1f);
    assert_true(brightness(&gap) < 0.9f * brightness(&tooth));
    assert_true(tooth.albedo.x > tooth.albedo.z);
    mien_scene_free(&s.scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(looks__are_finite_and_reflect_no_more_than_they_get),
        cmocka_unit_test(looks__give_the_same_bits_twice),
        cmocka_unit_test(looks__survive_each_failing_allocation),
        cmocka_unit_test(skin__has_brows_and_lips_at_their_places),
        cmocka_unit_test(skin__loses_detail_finer_than_a_pixel),
        cmocka_unit_test(wrinkles__deepen_with_age_and_expression),
        cmocka_unit_test(stubble__darkens_the_jaw_of_men_only),
        cmocka_unit_test(dots__keep_their_mean_when_they_blur),
        cmocka_unit_test(tones__darken_and_keep_the_order_of_channels),
        cmocka_unit_test(eye__is_dark_in_the_middle_and_white_outside),
        cmocka_unit_test(eye__mirrors_the_lamp),
        cmocka_unit_test(lashes__thin_out_to_their_tips),
        cmocka_unit_test(skin__is_a_dark_mouth_from_behind),
        cmocka_unit_test(teeth__have_gaps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
