/* SPDX-License-Identifier: Apache-2.0 */
/* look_eye.c - the white, the iris, the pupil and the wet cornea. */
#include "synth/looks.h"
#include "synth/waves.h"

typedef struct eye_look {
    mien_vec iris;
    float pupil; /* radius, mm */
    uint32_t seed;
} eye_look;

static const float iris_radius = 5.9f;

static void look_eye(mien_surface *s, const void *what,
                     const mien_fragment *f) {
    const eye_look *k = what;
    float x = f->at[0], y = f->at[1];
    float r = sqrtf(x * x + y * y);
    float soft = 0.15f + 0.5f * f->size;
    mien_vec white = {0.66f, 0.60f, 0.55f};
    white = mien_scale(white, 1 - 0.35f * mien_step(7, 13, fabsf(x)));
    float ring = mien_step(4.2f, 5.9f, r);
    mien_vec iris = mien_scale(k->iris, 1 - 0.75f * ring);
    float pupil = mien_step(k->pupil + soft, k->pupil - soft, r);
    iris = mien_blend(iris, mien_vec_of(0.006f, 0.006f, 0.006f), pupil);
    float inside =
        mien_step(iris_radius + 0.3f + soft, iris_radius - 0.3f - soft, r);
    s->albedo = mien_blend(white, iris, inside);
    s->roughness = 0.08f;
    s->specular = 0.03f;
    s->scatter = 0.3f;
}

mien_status mien_look_eye(mien_material *out, mien_scene *scene,
                          const mien_head *head) {
    eye_look *k = mien_scene_room(scene, sizeof *k);
    if (k == NULL) return mien_fail(MIEN_ENOMEM, "synth: no room for an eye");
    k->iris = head->person->iris_colour;
    k->seed = head->person->seed;
    k->pupil = 1.6f + mien_hash_unit(head->shot->seed, 7, 0);
    *out = (mien_material){.name = "eye", .look = look_eye, .what = k};
    return MIEN_OK;
}
