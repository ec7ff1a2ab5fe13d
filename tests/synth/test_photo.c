/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/synth/photo*.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/mem.h"
#include "synth/backdrop.h"
#include "synth/photo.h"
#include "synth/wear.h"

enum { SIDE = 96, SEED = 5 };

static mien_studio *studio;

static int open_studio(void **state) {
    (void)state;
    return mien_studio_open(&studio) == MIEN_OK ? 0 : -1;
}

static int close_studio(void **state) {
    (void)state;
    mien_studio_close(studio);
    return 0;
}

typedef struct sitting {
    mien_person person;
    mien_shot shot;
    mien_photo_face truth;
    mien_image *photo;
} sitting;

static void arrange(sitting *s, uint32_t person, uint32_t photo,
                    mien_shot_kind kind) {
    mien_person_draw(&s->person, SEED, person);
    mien_shot_draw(&s->shot, &s->person, SEED, person, photo, kind);
}

static void take(sitting *s) {
    assert_int_equal(mien_photo_portrait(studio, &s->photo, &s->truth,
                                         &s->person, &s->shot, SIDE),
                     MIEN_OK);
}

static void assert_same_pixels(const mien_image *a, const mien_image *b) {
    assert_int_equal(a->width, b->width);
    assert_int_equal(a->height, b->height);
    for (int y = 0; y < a->height; y++)
        assert_memory_equal(a->pixels + (size_t)y * a->stride,
                            b->pixels + (size_t)y * b->stride,
                            3 * (size_t)a->width);
}

static bool in_box(const mien_photo_face *t, mien_vec p, float slack) {
    const float more = slack * t->width;
    return p.x >= t->x - more && p.x <= t->x + t->width + more &&
           p.y >= t->y - more && p.y <= t->y + t->height + more;
}

/* ---- portraits -------------------------------------------------------- */

/* What the studio made before leaves nothing behind. */
static void portrait__is_the_same_after_another(void **state) {
    (void)state;
    sitting a, b, c;
    arrange(&a, 1, 1, MIEN_SHOT_USUAL);
    arrange(&b, 2, 1, MIEN_SHOT_HARD);
    take(&a);
    take(&b);
    c = a;
    take(&c);
    assert_same_pixels(a.photo, c.photo);
    assert_memory_equal(&a.truth, &c.truth, sizeof a.truth);
    mien_image_free(a.photo);
    mien_image_free(b.photo);
    mien_image_free(c.photo);
}

static void portrait__truth_lies_within_the_picture(void **state) {
    (void)state;
    for (uint32_t i = 0; i < 12; i++) {
        sitting s;
        arrange(&s, i, 1, MIEN_SHOT_FRONTAL);
        take(&s);
        const mien_photo_face *t = &s.truth;
        assert_true(t->x >= 0 && t->x + t->width < SIDE);
        assert_true(t->y >= 0 && t->y + t->height < SIDE);
        assert_true(t->width > 0.2f * SIDE && t->height > t->width);
        for (int k = 0; k < 5; k++) assert_true(in_box(t, t->five[k], 0));
        for (int k = 0; k < MIEN_LANDMARKS; k++)
            assert_true(in_box(t, t->point[k], 0.08f));
        mien_image_free(s.photo);
    }
}

static void portrait__points_stand_as_in_a_face(void **state) {
    (void)state;
    sitting s;
    arrange(&s, 3, 2, MIEN_SHOT_FRONTAL);
    take(&s);
    const mien_vec *p = s.truth.five;
    assert_true(p[0].x < p[2].x && p[2].x < p[1].x);
    assert_true(p[3].x < p[2].x && p[2].x < p[4].x);
    assert_true(p[0].y < p[2].y && p[2].y < p[3].y);
    assert_true(p[2].z < p[0].z && p[2].z > 300);
    /* The chin is the lowest, the brows are above the eyes. */
    assert_true(s.truth.point[8].y > p[3].y);
    assert_true(s.truth.point[19].y < p[0].y);
    mien_image_free(s.photo);
}

/* yaw +: the face turns to the right of the picture; pitch +: it looks up;
 * roll +: the head leans to the right. */
static void portrait__pose_turns_as_it_says(void **state) {
    (void)state;
    sitting s;
    arrange(&s, 4, 1, MIEN_SHOT_FRONTAL);
    for (int i = 0; i < 3; i++) {
        s.shot.pose =
            (mien_pose){i == 0 ? 40 : 0, i == 1 ? 20 : 0, i == 2 ? 20 : 0};
        take(&s);
        const mien_vec *p = s.truth.five;
        const float middle = 0.5f * (p[0].x + p[1].x);
        const float eyes = 0.5f * (p[0].y + p[1].y);
        const float mouth = 0.5f * (p[3].y + p[4].y);
        const float nose = (p[2].y - eyes) / (mouth - eyes);
        if (i == 0) assert_true(p[2].x > middle + 2);
        if (i == 1) assert_true(nose < 0.5f);
        if (i == 2) assert_true(p[1].y > p[0].y + 2);
        if (i != 0) assert_true(fabsf(s.truth.pose.yaw) < 0.01f);
        mien_image_free(s.photo);
    }
}

static float hidden_with(sitting *s, const mien_wear *wear) {
    memset(s->shot.wear, 0, sizeof s->shot.wear);
    s->shot.wear[0] = wear;
    take(s);
    mien_image_free(s->photo);
    return s->truth.hidden;
}

static void portrait__what_is_before_the_face_hides_it(void **state) {
    (void)state;
    sitting s;
    arrange(&s, 6, 1, MIEN_SHOT_FRONTAL);
    s.person.beard = NULL;
    const float bare = hidden_with(&s, NULL);
    assert_true(bare >= 0 && bare < 0.3f);
    for (int i = 0; mien_wears[i]; i++)
        if (mien_wears[i]->place == MIEN_WEAR_FACE)
            assert_true(hidden_with(&s, mien_wears[i]) > bare + 0.005f);
}

static void portrait__out_of_the_picture_is_hidden(void **state) {
    (void)state;
    sitting s;
    arrange(&s, 6, 1, MIEN_SHOT_FRONTAL);
    s.shot.shift[0] = 0.9f;
    take(&s);
    assert_true(s.truth.hidden > 0.3f);
    assert_int_equal(s.truth.seen[16], MIEN_SIGHT_OUTSIDE);
    mien_image_free(s.photo);
}

static void shine_sideways(mien_light *light, float heading, uint32_t seed) {
    (void)heading;
    (void)seed;
    *light =
        (mien_light){.towards = {-1, 0, 0}, .colour = {1, 1, 1}, .size = 0.1f};
    light->sky[0] = (mien_vec){0.02f, 0.02f, 0.02f};
}

static const mien_lamp sideways = {.name = "sideways", .shine = shine_sideways};

static void portrait__light_from_the_side_tells(void **state) {
    (void)state;
    sitting s;
    arrange(&s, 7, 1, MIEN_SHOT_FRONTAL);
    take(&s);
    const float even = s.truth.light_ratio;
    mien_image_free(s.photo);
    s.shot.lamp = &sideways;
    take(&s);
    mien_image_free(s.photo);
    assert_true(even >= 1 && even < 3);
    assert_true(s.truth.light_ratio > 2 * even);
}

static void portrait__refuses_sides_out_of_range(void **state) {
    (void)state;
    sitting s;
    arrange(&s, 1, 1, MIEN_SHOT_FRONTAL);
    const int sides[] = {-1, 0, 31, 4097};
    for (int i = 0; i < 4; i++) {
        mien_image *photo = (mien_image *)&s;
        assert_int_equal(mien_photo_portrait(studio, &photo, &s.truth,
                                             &s.person, &s.shot, sides[i]),
                         MIEN_EINVAL);
        assert_null(photo);
        assert_non_null(strstr(mien_error(), "32 to 4096"));
    }
}

/* Each allocation of a first portrait fails in turn; later ones, of which
 * there are many alike, by growing steps. */
static void portrait__survives_failing_allocations(void **state) {
    (void)state;
    sitting s;
    arrange(&s, 1, 1, MIEN_SHOT_USUAL);
    mien_status status = MIEN_ENOMEM;
    for (int64_t n = 0; status != MIEN_OK; n += 1 + n / 12) {
        mien_studio *fresh = NULL;
        mien_mem_fail_after(n);
        status = mien_studio_open(&fresh);
        if (status == MIEN_OK)
            status = mien_photo_portrait(fresh, &s.photo, &s.truth, &s.person,
                                         &s.shot, 32);
        else
            assert_null(fresh);
        mien_mem_fail_after(-1);
        if (status == MIEN_OK)
            mien_image_free(s.photo);
        else
            assert_int_equal(status, MIEN_ENOMEM);
        mien_studio_close(fresh);
        assert_true(n < 1000000);
    }
}

/* ---- groups ----------------------------------------------------------- */

enum { MOST = 16 };

typedef struct party {
    mien_person person[MOST];
    const mien_person *who[MOST];
    mien_shot shot[MOST];
    uint32_t number[MOST];
    mien_photo_face truth[MOST];
    mien_group group;
} party;

static void invite(party *p, int n) {
    for (int i = 0; i < n; i++) {
        p->number[i] = (uint32_t)(100 + i);
        p->who[i] = &p->person[i];
        mien_person_draw(&p->person[i], SEED, p->number[i]);
        mien_shot_draw(&p->shot[i], &p->person[i], SEED, p->number[i], 1,
                       MIEN_SHOT_USUAL);
    }
    p->group = (mien_group){n, 320, 240, p->who, p->number, p->shot};
}

static void look_at_group(const party *p) {
    float least = 1e9f, most = 0;
    for (int i = 0; i < p->group.n; i++) {
        const mien_photo_face *t = &p->truth[i];
        assert_int_equal(t->person, p->number[i]);
        assert_true(t->x >= 0 && t->x + t->width < 320);
        assert_true(t->y >= 0 && t->y + t->height < 240);
        assert_true(t->hidden < 0.9f);
        if (t->height < least) least = t->height;
        if (t->height > most) most = t->height;
        for (int k = 0; k < 5; k++) assert_true(in_box(t, t->five[k], 0.1f));
    }
    if (p->group.n > 3) assert_true(most > 1.1f * least);
}

static void group__everybody_is_within_the_picture(void **state) {
    (void)state;
    static party p;
    const int sizes[] = {1, 2, 5, 16};
    for (int i = 0; i < 4; i++) {
        mien_image *photo;
        invite(&p, sizes[i]);
        assert_int_equal(mien_photo_group(studio, &photo, p.truth, &p.group),
                         MIEN_OK);
        look_at_group(&p);
        mien_image_free(photo);
    }
}

static void group__refuses_none_and_too_many(void **state) {
    (void)state;
    static party p;
    invite(&p, 2);
    const int sizes[] = {-1, 0, 17};
    for (int i = 0; i < 3; i++) {
        mien_image *photo = (mien_image *)&p;
        p.group.n = sizes[i];
        assert_int_equal(mien_photo_group(studio, &photo, p.truth, &p.group),
                         MIEN_EINVAL);
        assert_null(photo);
    }
    p.group.n = 2;
    p.group.height = 5000;
    mien_image *photo;
    assert_int_equal(mien_photo_group(studio, &photo, p.truth, &p.group),
                     MIEN_EINVAL);
    assert_null(photo);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(portrait__is_the_same_after_another),
        cmocka_unit_test(portrait__truth_lies_within_the_picture),
        cmocka_unit_test(portrait__points_stand_as_in_a_face),
        cmocka_unit_test(portrait__pose_turns_as_it_says),
        cmocka_unit_test(portrait__what_is_before_the_face_hides_it),
        cmocka_unit_test(portrait__out_of_the_picture_is_hidden),
        cmocka_unit_test(portrait__light_from_the_side_tells),
        cmocka_unit_test(portrait__refuses_sides_out_of_range),
        cmocka_unit_test(portrait__survives_failing_allocations),
        cmocka_unit_test(group__everybody_is_within_the_picture),
        cmocka_unit_test(group__refuses_none_and_too_many),
    };
    return cmocka_run_group_tests(tests, open_studio, close_studio);
}
