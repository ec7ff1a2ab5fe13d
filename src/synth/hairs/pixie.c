/* SPDX-License-Identifier: Apache-2.0 */
/* pixie.c - short and feathered, swept over the forehead. */
#include "synth/hair_style.h"
#include "synth/waves.h"

static mien_status build(mien_scene *scene, const mien_head *head) {
    mien_hairdo h;
    MIEN_TRY(mien_hairdo_begin(&h, scene, head, 0));
    const float top = mien_clamp(15 + 3 * h.volume, 9, 24);
    const mien_cut cut = {.sides = 9,
                          .top = top,
                          .down = 9,
                          .forward = 6,
                          .rough = 0.25f,
                          .soft = 9,
                          .seed = h.seed};
    MIEN_TRY(mien_hairdo_cut(&h, &cut, 3));
    const mien_whorl whorl = {&h.scalp, -4, 0.6f * top, 20};
    const mien_layer layer = {
        .flow = {mien_whorl_at, &whorl, 480, {0.75f, 1}, h.seed},
        .locks = {.n = 130,
                  .points = 7,
                  .from = {0, 0.5f},
                  .to = {0.8f, 1.08f},
                  .c = {0, 1},
                  .extra = {0, 5},
                  .broad = 12,
                  .drift = 0.03f},
        .pitch = 1.2f};
    MIEN_TRY(mien_hairdo_layer(&h, &layer));
    return mien_hairdo_fringe(
        &h,
        (mien_fringe){.half = 62,
                      .root = 34,
                      .end = {39 - 4 * mien_clamp(h.length, -1, 1), 28},
                      .lift = 0.5f * top,
                      .sweep = 26 * mien_hairdo_side(&h)},
        30);
}

const mien_hair mien_hair_pixie = {
    .name = "pixie",
    .summary = "short and feathered, swept over the forehead",
    .women = 1,
    .men = 0.2f,
    .old = 1.3f,
    .build = build,
};
