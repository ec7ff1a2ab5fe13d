/* SPDX-License-Identifier: Apache-2.0 */
/* long_straight.c - over the shoulders, straight, parted. */
#include "synth/hair_style.h"
#include "synth/waves.h"

static mien_status build(mien_scene *scene, const mien_head *head) {
    mien_hairdo h;
    MIEN_TRY(mien_hairdo_begin(&h, scene, head, 16));
    MIEN_TRY(mien_hairdo_undercoat(&h, 3));
    const mien_fall fall = {
        .drape = {.settle = 1,
                  .sweep = mien_clamp(6 - 5 * h.volume, 0, 18),
                  .part_u = mien_hairdo_part(&h, 24),
                  .ear_u = 86,
                  .fall = mien_clamp(215 + 25 * h.length, 150, 280),
                  .front = 0.95f,
                  .volume = mien_clamp(8 + 2.5f * h.volume, 4, 16),
                  .quiff = 3,
                  .frame = 22,
                  .tuck = 3,
                  .wave = 0.8f,
                  .wavelength = 120},
        .locks = {.n = 60,
                  .points = 14,
                  .from = {0, 0.4f},
                  .to = {0.8f, 1.02f},
                  .c = {0, 1},
                  .extra = {0.5f, 4},
                  .broad = 13,
                  .drift = 0.03f},
        .lumps = 2.5f,
        .fray = 0.12f};
    return mien_hairdo_fall(&h, &fall);
}

const mien_hair mien_hair_long_straight = {
    .name = "long_straight",
    .summary = "over the shoulders, straight",
    .women = 2,
    .men = 0.1f,
    .old = 0.35f,
    .build = build,
};
