/* SPDX-License-Identifier: Apache-2.0 */
/* long_curly.c - curls to the shoulders. */
#include "synth/hair_style.h"
#include "synth/waves.h"

static mien_status build(mien_scene *scene, const mien_head *head) {
    mien_hairdo h;
    MIEN_TRY(mien_hairdo_begin(&h, scene, head, 19));
    MIEN_TRY(mien_hairdo_undercoat(&h, 4));
    const mien_fall fall = {
        .drape = {.settle = 1,
                  .sweep = 8,
                  .part_u = mien_hairdo_part(&h, 26),
                  .ear_u = 91,
                  .fall = mien_clamp(115 + 22 * h.length, 60, 190),
                  .front = 0.9f,
                  .volume = mien_clamp(20 + 5 * h.volume, 10, 34),
                  .quiff = 8,
                  .frame = 10,
                  .tuck = -10,
                  .wave = 4,
                  .wavelength = 42},
        .locks = {.n = 54,
                  .points = 28,
                  .from = {0, 0.45f},
                  .to = {0.75f, 1.06f},
                  .c = {0, 1},
                  .extra = {0, 14},
                  .broad = 17,
                  .drift = 0.08f,
                  .coil = mien_clamp(6 + 1.2f * h.curl, 3.5f, 9),
                  .turns = 4.5f},
        .lumps = 8,
        .fray = 0.25f};
    return mien_hairdo_fall(&h, &fall);
}

const mien_hair mien_hair_long_curly = {
    .name = "long_curly",
    .summary = "curls to the shoulders",
    .women = 1.1f,
    .men = 0.15f,
    .old = 0.5f,
    .build = build,
};
