/* SPDX-License-Identifier: Apache-2.0 */
/* slick.c - combed back from the forehead, close to the head. */
#include "synth/hair_style.h"
#include "synth/waves.h"

static mien_status build(mien_scene *scene, const mien_head *head) {
    mien_hairdo h;
    MIEN_TRY(mien_hairdo_begin(&h, scene, head, 0));
    MIEN_TRY(mien_hairdo_undercoat(&h, 4));
    const mien_gather back = {.scalp = &h.scalp,
                              .knot = {0, -20, -120},
                              .volume = mien_clamp(7 + 2 * h.volume, 3, 14),
                              .stop = 0.85f,
                              .top = mien_clamp(6 + 2.5f * h.length, 0, 14)};
    const mien_layer layer = {
        .flow = {mien_gather_at, &back, 420, {0.9f, 1}, h.seed},
        .sheet = {60, 16, 0, 2.5f},
        .root = 0.06f,
        .locks = {.n = 70,
                  .points = 9,
                  .from = {0, 0.2f},
                  .to = {0.7f, 1.03f},
                  .c = {0.12f, 0.88f},
                  .extra = {0, 3},
                  .broad = 9,
                  .drift = 0.02f},
        .pitch = 1.3f,
        .fray = 0.2f};
    return mien_hairdo_layer(&h, &layer);
}

const mien_hair mien_hair_slick = {
    .name = "slick",
    .summary = "combed back",
    .women = 0.2f,
    .men = 1,
    .old = 1.2f,
    .build = build,
};
