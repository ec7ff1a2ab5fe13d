/* SPDX-License-Identifier: Apache-2.0 */
/* afro.c - tight curls that stand out into a ball. */
#include "synth/hair_style.h"
#include "synth/waves.h"

typedef struct ball {
    float radius; /* mm off the skin on top */
    uint32_t seed;
} ball;

static mien_tuft grow(const void *what, const mien_root *root) {
    const ball *b = what;
    const mien_vec p = root->position;
    const float lump = 1 + 0.10f * mien_noise3(mien_scale(p, 0.045f), b->seed) +
                       0.09f * mien_noise3(mien_scale(p, 0.11f), b->seed + 1);
    const float edge = mien_step(-4, 30, root->inside);
    const float nape = mien_step(-60, 30, p.y);
    /* Round as a whole, whatever the skull: away from its middle. */
    const mien_vec out = mien_unit(mien_sub(p, (mien_vec){0, 30, -10}));
    const float rise =
        b->radius * lump * mien_mix(0.16f, 1, edge) * mien_mix(0.45f, 1, nape);
    mien_vec comb = mien_scale(mien_sub(out, root->normal), 0.7f * rise);
    return (mien_tuft){rise, comb, mien_step(-2.5f, 6, root->inside)};
}

static mien_status build(mien_scene *scene, const mien_head *head) {
    static const float level[] = {0.6f, 0.74f, 0.87f, 1};
    mien_hairdo h;
    MIEN_TRY(mien_hairdo_begin(&h, scene, head, 0));
    const ball all = {mien_clamp(34 + 9 * h.length + 5 * h.volume, 12, 75),
                      h.seed};
    const mien_crop crop = {.scalp = &h.scalp,
                            .grow = grow,
                            .what = &all,
                            .level = level,
                            .levels = 4,
                            .coat = {.pitch = 1.8f, .stretch = 1, .curl = 1}};
    return mien_crop_build(scene, h.strands, &crop);
}

const mien_hair mien_hair_afro = {
    .name = "afro",
    .summary = "tight curls that stand out",
    .women = 0.7f,
    .men = 0.6f,
    .old = 0.6f,
    .build = build,
};
