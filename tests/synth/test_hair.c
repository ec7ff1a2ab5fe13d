/* SPDX-License-Identifier: Apache-2.0 */
/* test_hair.c - every style of hair and beard on many heads. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "synth/hair.h"
#include "synth/hair_scalp.h"
#include "synth/waves.h"
#include "synth/wear.h"

/* A head in head space, with the things of a style by themselves. */
typedef struct model {
    mien_scene body, hair;
    mien_person person;
    mien_shot shot;
    mien_head head;
} model;

static void make_model(model *m, uint32_t number) {
    memset(m, 0, sizeof *m);
    mien_person_draw(&m->person, 11, number);
    m->head.pose.turn = (mien_turn){{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    assert_int_equal(
        mien_head_build(&m->head, &m->body, &m->person, &m->shot, 0), MIEN_OK);
}

static void free_model(model *m) {
    mien_scene_free(&m->hair);
    mien_scene_free(&m->body);
}

typedef mien_status (*builder)(mien_scene *, const mien_head *);

/* The builders of all styles, hair first; how many there are. */
static int all_styles(builder out[64], const char *name[64]) {
    int n = 0;
    for (int i = 0; mien_hairs[i]; i++, n++) {
        out[n] = mien_hairs[i]->build;
        name[n] = mien_hairs[i]->name;
    }
    for (int i = 0; mien_beards[i]; i++, n++) {
        out[n] = mien_beards[i]->build;
        name[n] = mien_beards[i]->name;
    }
    return n;
}

static uint64_t hash_bytes(uint64_t h, const void *bytes, size_t n) {
    const uint8_t *b = bytes;
    for (size_t i = 0; i < n; i++) h = (h ^ b[i]) * 0x100000001b3u;
    return h;
}

static uint64_t hash_scene(const mien_scene *scene) {
    uint64_t h = 0xcbf29ce484222325u;
    for (int i = 0; i < scene->things; i++) {
        const mien_mesh *m = &scene->thing[i].mesh;
        const size_t n = (size_t)m->vertices;
        h = hash_bytes(h, m->position, n * sizeof *m->position);
        h = hash_bytes(h, m->normal, n * sizeof *m->normal);
        h = hash_bytes(h, m->rest, n * sizeof *m->rest);
        h = hash_bytes(h, m->at, n * sizeof *m->at);
        h = hash_bytes(h, m->corner, (size_t)m->triangles * sizeof *m->corner);
    }
    return h;
}

static bool within(mien_vec p, mien_vec low, mien_vec high) {
    return p.x >= low.x && p.y >= low.y && p.z >= low.z && p.x <= high.x &&
           p.y <= high.y && p.z <= high.z; /* false for what is no number */
}

static void check_mesh(const mien_mesh *m, const char *name) {
    const mien_vec low = {-220, -420, -240}, high = {220, 270, 190};
    for (int i = 0; i < m->vertices; i++) {
        if (!within(m->position[i], low, high))
            fail_msg("%s: vertex %d at %g %g %g", name, i, m->position[i].x,
                     m->position[i].y, m->position[i].z);
        const float n = mien_length(m->normal[i]);
        if (!(n < 1.01f)) fail_msg("%s: normal %d is %g long", name, i, n);
        assert_true(mien_length(m->rest[i]) < 1.01f);
        assert_true(fabsf(m->at[i][0]) < 40000 && fabsf(m->at[i][1]) < 400);
    }
    for (int i = 0; i < m->triangles; i++)
        for (int k = 0; k < 3; k++)
            assert_true(m->corner[i][k] < (uint32_t)m->vertices);
}

static void style__fits_fifty_heads(void **state) {
    (void)state;
    builder build[64];
    const char *name[64];
    const int n = all_styles(build, name);
    assert_true(n >= 12 + 6);
    for (uint32_t k = 0; k < 50; k++) {
        model m;
        make_model(&m, k);
        for (int i = 0; i < n; i++) {
            int triangles = 0;
            mien_scene_empty(&m.hair);
            assert_int_equal(build[i](&m.hair, &m.head), MIEN_OK);
            for (int t = 0; t < m.hair.things; t++) {
                check_mesh(&m.hair.thing[t].mesh, name[i]);
                triangles += m.hair.thing[t].mesh.triangles;
                assert_int_equal(m.hair.thing[t].material.owner, 0);
            }
            assert_true(triangles < 18000);
        }
        free_model(&m);
    }
}

/* ---- the eyes ----------------------------------------------------------- */

static float side_of(mien_vec a, mien_vec b, mien_vec p) {
    return (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x);
}

/* Is the triangle before p, seen from the front? */
static bool hides(const mien_mesh *m, const uint32_t *c, mien_vec p) {
    const mien_vec a = m->position[c[0]], b = m->position[c[1]],
                   d = m->position[c[2]];
    if (a.z < p.z && b.z < p.z && d.z < p.z) return false;
    const float e = side_of(a, b, p), f = side_of(b, d, p),
                g = side_of(d, a, p);
    return (e > 0 && f > 0 && g > 0) || (e < 0 && f < 0 && g < 0);
}

static void check_eyes(const model *m, const char *name) {
    for (int k = 0; k < 30; k++) {
        const float side = k % 2 ? 1 : -1;
        const float u = side * (15 + 7 * (float)(k / 2 % 5));
        const float v = -12 + 12 * (float)(k / 10);
        const mien_vec p = mien_head_at(&m->head, u, v, NULL);
        for (int t = 0; t < m->hair.things; t++) {
            const mien_mesh *mesh = &m->hair.thing[t].mesh;
            for (int i = 0; i < mesh->triangles; i++)
                if (hides(mesh, mesh->corner[i], p))
                    fail_msg("%s hides u %g v %g", name, u, v);
        }
    }
}

static void style__leaves_the_eyes_clear(void **state) {
    (void)state;
    builder build[64];
    const char *name[64];
    const int n = all_styles(build, name);
    for (uint32_t k = 0; k < 12; k++) {
        model m;
        make_model(&m, 100 + k);
        for (int i = 0; i < n; i++) {
            mien_scene_empty(&m.hair);
            assert_int_equal(build[i](&m.hair, &m.head), MIEN_OK);
            check_eyes(&m, name[i]);
        }
        free_model(&m);
    }
}

/* ---- the same, and not the same ----------------------------------------- */

static void style__gives_the_same_bits_twice(void **state) {
    (void)state;
    builder build[64];
    const char *name[64];
    const int n = all_styles(build, name);
    model a, b;
    make_model(&a, 3);
    make_model(&b, 3);
    for (int i = 0; i < n; i++) {
        mien_scene_empty(&a.hair);
        mien_scene_empty(&b.hair);
        assert_int_equal(build[i](&a.hair, &a.head), MIEN_OK);
        assert_int_equal(build[i](&b.hair, &b.head), MIEN_OK);
        if (hash_scene(&a.hair) != hash_scene(&b.hair))
            fail_msg("%s differs", name[i]);
    }
    free_model(&a);
    free_model(&b);
}

static void style__follows_the_traits(void **state) {
    (void)state;
    static const mien_trait hair[] = {MIEN_TRAIT_hair_length,
                                      MIEN_TRAIT_hair_volume,
                                      MIEN_TRAIT_beard_length};
    model m;
    make_model(&m, 5);
    builder build[64];
    const char *name[64];
    const int n = all_styles(build, name);
    for (int i = 0; i < n; i++) {
        uint64_t was = 0;
        bool changed = false;
        for (int k = 0; k < 4; k++) {
            for (int t = 0; t < 3; t++) m.person.trait[hair[t]] = 0;
            if (k > 0) m.person.trait[hair[k - 1]] = 0.7f;
            mien_scene_empty(&m.hair);
            assert_int_equal(build[i](&m.hair, &m.head), MIEN_OK);
            const uint64_t now = hash_scene(&m.hair);
            changed |= k > 0 && now != was;
            if (k == 0) was = now;
        }
        if (!changed && strcmp(name[i], "bald") != 0)
            fail_msg("%s is the same whatever the traits", name[i]);
    }
    free_model(&m);
}

static void style__moves_with_the_head(void **state) {
    (void)state;
    model m;
    make_model(&m, 8);
    const mien_hair *bob = NULL;
    for (int i = 0; mien_hairs[i]; i++)
        if (strcmp(mien_hairs[i]->name, "bob") == 0) bob = mien_hairs[i];
    assert_non_null(bob);
    assert_int_equal(bob->build(&m.hair, &m.head), MIEN_OK);
    mien_scene moved = {0};
    m.head.pose =
        mien_head_motion((mien_pose){30, 10, 5}, (mien_vec){20, -40, 10});
    assert_int_equal(bob->build(&moved, &m.head), MIEN_OK);
    assert_int_equal(moved.things, m.hair.things);
    for (int t = 0; t < moved.things; t++) {
        const mien_mesh *a = &m.hair.thing[t].mesh, *b = &moved.thing[t].mesh;
        assert_int_equal(a->vertices, b->vertices);
        for (int i = 0; i < a->vertices; i++) {
            const mien_vec p = mien_moved(&m.head.pose, a->position[i]);
            const mien_vec way = mien_turned(&m.head.pose.turn, a->rest[i]);
            assert_true(mien_length(mien_sub(p, b->position[i])) < 1e-3f);
            assert_true(mien_length(mien_sub(way, b->rest[i])) < 1e-5f);
        }
    }
    mien_scene_free(&moved);
    free_model(&m);
}

static void style__survives_failing_allocations(void **state) {
    (void)state;
    builder build[64];
    const char *name[64];
    const int n = all_styles(build, name);
    model m;
    make_model(&m, 2);
    for (int i = 0; i < n; i++) {
        mien_status status = MIEN_ENOMEM;
        for (int fails = 0; status != MIEN_OK; fails++) {
            mien_scene fresh = {0};
            mien_mem_fail_after(fails);
            status = build[i](&fresh, &m.head);
            mien_mem_fail_after(-1);
            mien_scene_free(&fresh);
            if (status != MIEN_OK) assert_int_equal(status, MIEN_ENOMEM);
            assert_true(fails < 2000);
        }
    }
    free_model(&m);
}

static void hat__presses_hair_flat(void **state) {
    (void)state;
    model m;
    make_model(&m, 9);
    for (int i = 0; mien_wears[i]; i++)
        if (strcmp(mien_wears[i]->name, "hat") == 0)
            m.shot.wear[0] = mien_wears[i];
    assert_non_null(m.shot.wear[0]);
    builder build[64];
    const char *name[64];
    const int n = all_styles(build, name);
    for (int i = 0; i < n; i++) {
        mien_scene_empty(&m.hair);
        assert_int_equal(build[i](&m.hair, &m.head), MIEN_OK);
        mien_scalp s;
        mien_scalp_of(&s, &m.head, 0);
        for (int t = 0; t < m.hair.things; t++) {
            const mien_mesh *mesh = &m.hair.thing[t].mesh;
            for (int k = 0; k < mesh->vertices; k++) {
                const mien_vec p = mesh->position[k];
                const float far = mien_length(mien_sub(p, s.centre));
                if (p.y > 60 && far > mien_scalp_radius(&s, p) + 6)
                    fail_msg("%s stands off below a hat", name[i]);
            }
        }
    }
    free_model(&m);
}

/* ---- the scalp ---------------------------------------------------------- */

static void scalp__lifts_off_the_skin(void **state) {
    (void)state;
    model m;
    make_model(&m, 4);
    mien_scalp s;
    mien_scalp_of(&s, &m.head, 0);
    for (int i = 0; i < 200; i++) {
        const float u = -220 + 2.2f * (float)i;
        const float v = 60 + 90 * mien_hash_unit((uint32_t)i, 0, 1);
        const mien_vec skin = mien_head_at(&m.head, u, v, NULL);
        const mien_vec on = mien_scalp_lift(&s, skin, 0);
        assert_true(mien_length(mien_sub(on, skin)) < 6);
        const mien_vec off = mien_scalp_lift(&s, skin, 20);
        assert_true(fabsf(mien_length(mien_sub(off, on)) - 20) < 0.01f);
        const mien_vec same = mien_scalp_clear(&s, off, 10);
        assert_true(mien_length(mien_sub(same, off)) < 1e-4f);
        const mien_vec out = mien_scalp_clear(&s, skin, 15);
        assert_true(mien_length(mien_sub(out, on)) > 14.9f);
    }
    free_model(&m);
}

static void scalp__hair_grows_above_the_line(void **state) {
    (void)state;
    model m;
    make_model(&m, 6);
    mien_scalp s;
    mien_scalp_of(&s, &m.head, 0);
    for (float u = -240; u <= 240; u += 3) {
        const float line = mien_scalp_line(&s, u);
        assert_true(line > -90 && line < 120);
        assert_true(fabsf(mien_scalp_inside(&s, u, line)) < 1e-3f);
        assert_true(mien_scalp_inside(&s, u, line + 40) > 3);
        assert_true(mien_scalp_inside(&s, u, line - 20) < 0);
    }
    /* Receding hair begins higher. */
    const float before = mien_scalp_line(&s, 0);
    m.person.trait[MIEN_TRAIT_hairline] += 1;
    mien_scalp_of(&s, &m.head, 0);
    assert_true(mien_scalp_line(&s, 0) > before + 2);
    free_model(&m);
}

static void table__names_are_unique(void **state) {
    (void)state;
    builder build[64];
    const char *name[64];
    const int n = all_styles(build, name);
    float women = 0, men = 0;
    for (int i = 0; mien_hairs[i]; i++) {
        women += mien_hairs[i]->women;
        men += mien_hairs[i]->men;
        assert_true(mien_hairs[i]->old > 0);
    }
    assert_true(women > 0 && men > 0);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < i; k++) assert_string_not_equal(name[i], name[k]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(style__fits_fifty_heads),
        cmocka_unit_test(style__leaves_the_eyes_clear),
        cmocka_unit_test(style__gives_the_same_bits_twice),
        cmocka_unit_test(style__follows_the_traits),
        cmocka_unit_test(style__moves_with_the_head),
        cmocka_unit_test(hat__presses_hair_flat),
        cmocka_unit_test(style__survives_failing_allocations),
        cmocka_unit_test(scalp__lifts_off_the_skin),
        cmocka_unit_test(scalp__hair_grows_above_the_line),
        cmocka_unit_test(table__names_are_unique),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
