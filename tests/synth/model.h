/* SPDX-License-Identifier: Apache-2.0 */
/* model.h - a person's head in a scene, for tests of what is put on it. */
#ifndef MIEN_TESTS_SYNTH_MODEL_H
#define MIEN_TESTS_SYNTH_MODEL_H

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "synth/hair.h"
#include "synth/head.h"

typedef struct model {
    mien_person person;
    mien_shot shot;
    mien_scene scene;
    mien_head head;
    mien_vec place;
    int own; /* things that were there before */
} model;

/* Person `number`, posed; with hair where `haired`. */
static inline void model_open(model *m, uint32_t number, bool haired) {
    memset(m, 0, sizeof *m);
    mien_person_draw(&m->person, 3, number);
    m->shot.seed = 100 + number;
    m->shot.pose = (mien_pose){(float)(number % 5) * 15 - 30,
                               (float)(number % 3) * 10 - 10, 5};
    m->place = (mien_vec){10, -100, -20};
    m->head.pose = mien_head_motion(m->shot.pose, m->place);
    assert_int_equal(
        mien_head_build(&m->head, &m->scene, &m->person, &m->shot, 7), MIEN_OK);
    if (haired && m->person.hair)
        assert_int_equal(m->person.hair->build(&m->scene, &m->head), MIEN_OK);
    m->own = m->scene.things;
}

static inline void model_close(model *m) { mien_scene_free(&m->scene); }

static inline void model_check_vec(mien_vec p, const char *name) {
    if (!isfinite(p.x) || !isfinite(p.y) || !isfinite(p.z))
        fail_msg("%s: %g %g %g", name, (double)p.x, (double)p.y, (double)p.z);
}

/* The things added since: finite, with unit normals and sound triangles,
 * owned, and none of them farther than `reach` from the head's middle. */
static inline void model_check(const model *m, const char *name, float reach) {
    const mien_vec middle = mien_moved(&m->head.pose, (mien_vec){0});
    assert_true(m->scene.things > m->own);
    for (int t = m->own; t < m->scene.things; t++) {
        const mien_mesh *mesh = &m->scene.thing[t].mesh;
        assert_int_equal(m->scene.thing[t].material.owner, 7);
        assert_true(mesh->vertices > 0 && mesh->triangles > 0);
        for (int i = 0; i < mesh->vertices; i++) {
            model_check_vec(mesh->position[i], name);
            model_check_vec(mesh->rest[i], name);
            model_check_vec((mien_vec){mesh->at[i][0], mesh->at[i][1], 0},
                            name);
            const float length = mien_length(mesh->normal[i]);
            if (!(length < 1.001f && (length > 0.999f || length == 0)))
                fail_msg("%s: a normal of %g", name, (double)length);
            const float far = mien_length(mien_sub(mesh->position[i], middle));
            if (far > reach) fail_msg("%s: %g mm away", name, (double)far);
        }
        for (int i = 0; i < mesh->triangles; i++)
            for (int k = 0; k < 3; k++)
                assert_true(mesh->corner[i][k] < (uint32_t)mesh->vertices);
    }
}

/* The materials answer with light that exists at every vertex. */
static inline void model_check_looks(const model *m, const char *name) {
    for (int t = m->own; t < m->scene.things; t++) {
        const mien_mesh *mesh = &m->scene.thing[t].mesh;
        const mien_material *material = &m->scene.thing[t].material;
        for (int i = 0; i < mesh->vertices; i += 7) {
            mien_fragment f = {.position = mesh->position[i],
                               .normal = mesh->normal[i],
                               .rest = mesh->rest[i],
                               .at = {mesh->at[i][0], mesh->at[i][1]},
                               .view = {0, 0, 1},
                               .size = 1};
            mien_surface s = {.albedo = {1, 1, 1},
                              .normal = f.normal,
                              .roughness = 1,
                              .occlusion = 1,
                              .opacity = 1};
            material->look(&s, material->what, &f);
            const mien_vec a = s.albedo;
            if (!(a.x >= 0 && a.y >= 0 && a.z >= 0 && a.x + a.y + a.z < 6))
                fail_msg("%s: albedo %g %g %g", name, (double)a.x, (double)a.y,
                         (double)a.z);
            assert_true(s.roughness > 0 && s.roughness <= 1);
            assert_true(s.opacity > 0 && s.opacity <= 1);
        }
    }
}

/* Do two models hold the same bits? */
static inline void model_same(const model *a, const model *b) {
    assert_int_equal(a->scene.things, b->scene.things);
    for (int t = 0; t < a->scene.things; t++) {
        const mien_mesh *p = &a->scene.thing[t].mesh;
        const mien_mesh *q = &b->scene.thing[t].mesh;
        assert_int_equal(p->vertices, q->vertices);
        if (p->vertices)
            assert_memory_equal(p->position, q->position,
                                (size_t)p->vertices * sizeof *p->position);
    }
}

#endif
