/* SPDX-License-Identifier: Apache-2.0 */
/* long_wavy.c - over the shoulders, in waves. */
#include "synth/hair_style.h"
#include "synth/waves.h"

static mien_status build(mien_scene *scene, const mien_head *head) {
    mien_hairdo h;
    MIEN_TRY(mien_hairdo_begin(&h, scene, head, 17));
    MIEN_TRY(mien_hairdo_undercoat(&h, 3));
    const mien_fall fall = {
        .drape = {.settle = 1,
                  .sweep = mien_clamp(9 + 5 * h.part, 0, 20),
                  .part_u = mien_hairdo_part(&h, 30),
                  .ear_u = 86,
                  .fall = mien_clamp(190 + 25 * h.length, 120, 260),
                  .front = 0.9f,
                  .volume = mien_clamp(13 + 3 * h.volume, 6, 24),
                  .quiff = 6,
                  .frame = 20,
                  .tuck = -4,
                  .wave = mien_clamp(5 + 1.5f * h.curl, 2, 9),
                  .wavelength = 78 - 6 * h.curl},
        .locks = {.n = 62,
                  .points = 16,
                  .from = {0, 0.35f},
                  .to = {0.8f, 1.04f},
                  .c = {0, 1},
                  .extra = {0.5f, 8},
                  .broad = 16,
                  .drift = 0.06f,
                  .coil = 2.5f,
                  .turns = 2.5f},
        .lumps = 3.5f,
        .fray = 0.15f};
    return mien_hairdo_fall(&h, &fall);
}

const mien_hair mien_hair_long_wavy = {
    .name = "long_wavy",
    .summary = "over the shoulders, in waves",
    .women = 2,
    .men = 0.1f,
    .old = 0.4f,
    .build = build,
};
