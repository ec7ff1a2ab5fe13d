/* SPDX-License-Identifier: Apache-2.0 */
/* messy.c - finger-long hair that lies as it likes. */
#include "synth/hair_style.h"
#include "synth/waves.h"

static mien_status build(mien_scene *scene, const mien_head *head) {
    mien_hairdo h;
    MIEN_TRY(mien_hairdo_begin(&h, scene, head, 0));
    const float top = mien_clamp(18 + 4 * h.volume, 10, 30);
    const mien_cut cut = {.sides = 0.5f * top,
                          .top = top,
                          .down = 6,
                          .forward = 8,
                          .rough = 0.6f,
                          .soft = 10,
                          .seed = h.seed};
    MIEN_TRY(mien_hairdo_cut(&h, &cut, 3));
    const mien_whorl whorl = {&h.scalp, -2 - 5 * mien_clamp(h.length, -1, 2),
                              0.4f * top, 30};
    const mien_layer layer = {
        .flow = {mien_whorl_at, &whorl, 480, {0.7f, 1}, h.seed},
        .locks = {.n = 190,
                  .points = 6,
                  .from = {0.1f, 0.75f},
                  .to = {0.6f, 1.02f},
                  .c = {0, 1},
                  .extra = {0, 0.8f * top},
                  .broad = 11,
                  .drift = 0.05f,
                  .coil = mien_clamp(1 + h.curl, 0, 4),
                  .turns = 1},
        .pitch = 1.2f};
    return mien_hairdo_layer(&h, &layer);
}

const mien_hair mien_hair_messy = {
    .name = "messy",
    .summary = "finger-long and tousled",
    .women = 0.2f,
    .men = 1.6f,
    .old = 0.4f,
    .build = build,
};
