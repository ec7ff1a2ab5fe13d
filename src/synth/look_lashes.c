/* SPDX-License-Identifier: Apache-2.0 */
/* look_lashes.c - eyelashes, cut out of a fringe strand by strand. */
#include "synth/looks.h"
#include "synth/waves.h"

typedef struct lash_look {
    mien_vec colour;
    uint32_t seed;
    float dense;
} lash_look;

enum { STRANDS = 70 };

static bool covers(const void *what, const mien_fragment *f) {
    const lash_look *k = what;
    float along = f->at[0] * STRANDS;
    uint32_t i = (uint32_t)(along < 0 ? 0 : along);
    float offset = along - (float)i - 0.5f;
    float length = 0.6f + 0.4f * mien_hash_unit(k->seed, i, 1);
    float width = 0.34f * k->dense * (1 - f->at[1] / length);
    return fabsf(offset) < width;
}

static void look_lashes(mien_surface *s, const void *what,
                        const mien_fragment *f) {
    const lash_look *k = what;
    (void)f;
    s->albedo = k->colour;
    s->roughness = 0.5f;
    s->specular = 0.02f;
}

mien_status mien_look_lashes(mien_material *out, mien_scene *scene,
                             const mien_head *head) {
    lash_look *k = mien_scene_room(scene, sizeof *k);
    if (k == NULL) return mien_fail(MIEN_ENOMEM, "synth: no room for lashes");
    float makeup = head->person->trait[MIEN_TRAIT_makeup];
    k->colour = mien_scale(head->person->brow_colour, 0.5f - 0.3f * makeup);
    k->seed = head->person->seed;
    k->dense = 0.8f + 0.5f * makeup;
    *out = (mien_material){.name = "lashes",
                           .covers = covers,
                           .look = look_lashes,
                           .what = k,
                           .unshadowing = true};
    return MIEN_OK;
}
