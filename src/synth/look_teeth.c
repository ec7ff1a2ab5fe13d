/* SPDX-License-Identifier: Apache-2.0 */
/* look_teeth.c - teeth with the gaps between them, and the dark mouth. */
#include "synth/looks.h"
#include "synth/waves.h"

typedef struct teeth_look {
    mien_vec enamel;
    uint32_t seed;
} teeth_look;

/* Distances of the gaps from the middle: incisors, canine, premolars. */
static const float gap[] = {0, 8.4f, 15, 22.2f, 28.5f, 34.5f};
enum { GAPS = sizeof gap / sizeof gap[0] };

static float from_gap(float out) {
    float nearest = out;
    for (int i = 1; i < GAPS; i++)
        nearest = fminf(nearest, fabsf(out - gap[i]));
    return nearest;
}

static void look_teeth(mien_surface *s, const void *what,
                       const mien_fragment *f) {
    const teeth_look *k = what;
    float out = fabsf(f->at[0]), off = from_gap(out);
    float wide = sqrtf(0.03f + 0.2f * f->size * f->size);
    float shade = 1 - 0.42f * (0.17f / wide) * mien_bell(off / wide);
    shade *= 1 - 0.5f * mien_step(10, 30, out);
    /* The gum reaches down between the teeth. */
    float gum = mien_step(8.4f, 9.0f, f->at[1] + 1.5f * mien_bell(off / 1.6f));
    mien_vec pink = {0.42f, 0.15f, 0.14f};
    s->albedo = mien_scale(mien_blend(k->enamel, pink, gum), shade);
    s->roughness = 0.2f;
    s->specular = 0.04f;
    s->scatter = 0.5f;
}

mien_status mien_look_teeth(mien_material *out, mien_scene *scene,
                            const mien_head *head) {
    teeth_look *k = mien_scene_room(scene, sizeof *k);
    if (k == NULL) return mien_fail(MIEN_ENOMEM, "synth: no room for teeth");
    k->seed = head->person->seed;
    k->enamel = mien_vec_of(0.62f, 0.56f, 0.45f);
    *out = (mien_material){.name = "teeth", .look = look_teeth, .what = k};
    return MIEN_OK;
}

static void look_mouth(mien_surface *s, const void *what,
                       const mien_fragment *f) {
    (void)what;
    (void)f;
    s->albedo = mien_vec_of(0.09f, 0.022f, 0.02f);
    s->roughness = 0.25f;
    s->specular = 0.03f;
    s->occlusion = 0.35f;
}

mien_status mien_look_mouth(mien_material *out, mien_scene *scene,
                            const mien_head *head) {
    (void)scene;
    (void)head;
    *out = (mien_material){.name = "mouth", .look = look_mouth};
    return MIEN_OK;
}
