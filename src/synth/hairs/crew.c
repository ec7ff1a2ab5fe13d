/* SPDX-License-Identifier: Apache-2.0 */
/* crew.c - short sides, the top standing up a finger's breadth. */
#include "synth/hair_style.h"
#include "synth/waves.h"

static mien_status build(mien_scene *scene, const mien_head *head) {
    mien_hairdo h;
    MIEN_TRY(mien_hairdo_begin(&h, scene, head, 0));
    const mien_cut cut = {
        .sides = mien_clamp(5 + 1.2f * h.length, 2.5f, 9),
        .top = mien_clamp(15 + 3 * h.length + 2 * h.volume, 8, 26),
        .down = 3,
        .forward = 5,
        .across = 3 * h.part,
        .rough = 0.25f + 0.05f * mien_clamp(h.curl, 0, 2),
        .soft = 11,
        .seed = h.seed};
    return mien_hairdo_cut(&h, &cut, 4);
}

const mien_hair mien_hair_crew = {
    .name = "crew",
    .summary = "short sides, a brush on top",
    .women = 0.05f,
    .men = 2,
    .old = 0.8f,
    .build = build,
};
