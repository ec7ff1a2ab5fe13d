/* SPDX-License-Identifier: Apache-2.0 */
/* receding.c - bald on top, hair round the sides and the back. */
#include "synth/hair_style.h"
#include "synth/waves.h"

typedef struct ring {
    mien_cut cut;
    float top; /* v where the hair ends in the back */
} ring;

static mien_tuft grow(const void *what, const mien_root *root) {
    const ring *r = what;
    mien_tuft t = mien_cut_grow(&r->cut, root);
    const float u = root->u < 0 ? -root->u : root->u;
    /* Highest above the ears, lower in the back, none on the forehead. */
    const float high = r->top + 16 * mien_bell((u - 120) / 40);
    const float below = mien_step(high + 12, high - 8, root->v);
    const float aside = mien_step(58, 76, u);
    const float left = below * aside;
    t.rise *= mien_mix(0.4f, 1, left);
    t.dense *= left;
    return t;
}

static mien_status build(mien_scene *scene, const mien_head *head) {
    static const float level[] = {0.3f, 0.55f, 0.78f, 1};
    mien_hairdo h;
    MIEN_TRY(mien_hairdo_begin(&h, scene, head, 0));
    const float sides = mien_clamp(8 + 2 * h.length + 2 * h.volume, 3, 16);
    const ring r = {.cut = {.sides = sides,
                            .top = 0.5f * sides,
                            .down = 5,
                            .rough = 0.2f,
                            .soft = 10,
                            .seed = h.seed},
                    .top = 62 - 8 * h.part};
    const mien_crop crop = {
        .scalp = &h.scalp,
        .grow = grow,
        .what = &r,
        .level = level,
        .levels = 4,
        .coat = {.pitch = 0.5f, .stretch = 5, .curl = 0.4f}};
    return mien_crop_build(scene, h.strands, &crop);
}

const mien_hair mien_hair_receding = {
    .name = "receding",
    .summary = "bald on top, hair at the sides",
    .women = 0,
    .men = 0.5f,
    .old = 5,
    .build = build,
};
