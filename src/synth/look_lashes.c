/* SPDX-License-Identifier: Apache-2.0 */
/* look_lashes.c - eyelashes, cut out of a fringe strand by strand. */
#include "synth/looks.h"
#include "synth/waves.h"

typedef struct lash_look {
    const mien_head *head;
    mien_vec colour;
    uint32_t seed;
    float dense;
} lash_look;

enum { STRANDS = 64 };

/* Strands lean towards their neighbours in tufts, taper and end at lengths of
 * their own; those of the lower lid are few and short. */
static bool covers(const void *what, const mien_fragment *f) {
    const lash_look *k = what;
    bool left = f->rest.x > 0;
    bool lower = f->rest.y < k->head->eye[left].y - 1;
    float out = f->at[1];
    float along = mien_clamp(f->at[0], 0, 0.9999f) * STRANDS;
    float tuft = along / 3.5f;
    float lean = (tuft - floorf(tuft) - 0.5f) * 3.5f;
    along += 0.5f * out * lean;
    float number = floorf(along);
    uint32_t g = mien_hash((uint32_t)(int)number, k->seed,
                           (left ? 1u : 0u) + (lower ? 2u : 0u));
    float length = 0.55f + 0.45f * (float)(g & 255) / 256;
    float middle = 0.3f + 0.4f * (float)(g >> 8 & 255) / 256;
    if (lower) {
        if ((g >> 16 & 3) != 0) return false;
        length *= 0.7f;
    }
    /* The roots stand so close that they make a line. */
    float width = 0.30f * k->dense * (1 - out / length) +
                  (lower ? 0 : 0.4f * mien_step(0.36f, 0.14f, out));
    return fabsf(along - number - middle) < width;
}

static void look_lashes(mien_surface *s, const void *what,
                        const mien_fragment *f) {
    const lash_look *k = what;
    (void)f;
    s->albedo = k->colour;
    s->roughness = 0.5f;
    s->specular = 0.015f;
}

mien_status mien_look_lashes(mien_material *out, mien_scene *scene,
                             const mien_head *head) {
    lash_look *k = mien_scene_room(scene, sizeof *k);
    if (k == NULL) return mien_fail(MIEN_ENOMEM, "synth: no room for lashes");
    float makeup = head->person->trait[MIEN_TRAIT_makeup];
    float lash = mien_person_normal(head->person, MIEN_TRAIT_lash);
    k->head = head;
    k->colour = mien_scale(head->person->brow_colour, 0.5f - 0.35f * makeup);
    k->seed = head->person->seed;
    k->dense = mien_clamp(0.75f + 0.1f * lash + 0.4f * makeup, 0.4f, 1.4f);
    *out = (mien_material){.name = "lashes",
                           .covers = covers,
                           .look = look_lashes,
                           .what = k,
                           .unshadowing = true};
    return MIEN_OK;
}
