/* SPDX-License-Identifier: Apache-2.0 */
/* fringe_bob.c - to the jaw all round, cut straight above the brows. */
#include "synth/hair_style.h"
#include "synth/waves.h"

static mien_status build(mien_scene *scene, const mien_head *head) {
    mien_hairdo h;
    MIEN_TRY(mien_hairdo_begin(&h, scene, head, 17));
    MIEN_TRY(mien_hairdo_undercoat(&h, 3));
    const float volume = mien_clamp(11 + 3 * h.volume, 5, 20);
    const mien_fall fall = {
        .drape = {.settle = 1,
                  .part_u = 4,
                  .ear_u = 90,
                  .fall = mien_clamp(85 + 14 * h.length, 55, 120),
                  .front = 0.95f,
                  .volume = volume,
                  .frame = 18,
                  .tuck = 14,
                  .wave = mien_clamp(h.curl, 0, 3),
                  .wavelength = 70},
        .locks = {.n = 44,
                  .points = 10,
                  .from = {0.1f, 0.4f},
                  .to = {0.93f, 1.01f},
                  .c = {0, 1},
                  .extra = {0.5f, 4},
                  .broad = 13,
                  .drift = 0.02f},
        .lumps = 2.5f,
        .fray = 0.05f};
    MIEN_TRY(mien_hairdo_fall(&h, &fall));
    return mien_hairdo_fringe(&h,
                              (mien_fringe){.half = 74,
                                            .root = 40,
                                            .end = {29, 13},
                                            .lift = 0.75f * volume,
                                            .sweep = 3 * h.part},
                              34);
}

const mien_hair mien_hair_fringe_bob = {
    .name = "fringe_bob",
    .summary = "to the jaw, with a straight fringe",
    .women = 1,
    .men = 0.05f,
    .old = 0.9f,
    .build = build,
};
