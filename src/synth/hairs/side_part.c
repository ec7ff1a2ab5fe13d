/* SPDX-License-Identifier: Apache-2.0 */
/* side_part.c - short sides, the top combed over from a parting. */
#include "synth/hair_style.h"
#include "synth/waves.h"

static mien_status build(mien_scene *scene, const mien_head *head) {
    mien_hairdo h;
    MIEN_TRY(mien_hairdo_begin(&h, scene, head, 0));
    const mien_cut cut = {.sides = mien_clamp(7 + 1.5f * h.length, 4, 12),
                          .top = 5,
                          .down = 6,
                          .soft = 10,
                          .seed = h.seed};
    MIEN_TRY(mien_hairdo_cut(&h, &cut, 3));
    const float volume = mien_clamp(12 + 3 * h.volume, 5, 22);
    const mien_fall fall = {.drape = {.settle = 0.25f,
                                      .part_u = mien_hairdo_part(&h, 42),
                                      .ear_u = 80,
                                      .back_v = 45,
                                      .volume = volume,
                                      .quiff = 0.5f * volume,
                                      .wave = mien_clamp(0.8f * h.curl, 0, 3),
                                      .wavelength = 45},
                            .locks = {.n = 70,
                                      .points = 8,
                                      .from = {0, 0.35f},
                                      .to = {0.75f, 1.06f},
                                      .c = {0, 1},
                                      .extra = {0, 4},
                                      .broad = 10,
                                      .drift = 0.06f},
                            .lumps = 2.5f,
                            .fray = 0.25f};
    return mien_hairdo_fall(&h, &fall);
}

const mien_hair mien_hair_side_part = {
    .name = "side_part",
    .summary = "short, combed over from a parting",
    .women = 0.1f,
    .men = 2,
    .old = 1.2f,
    .build = build,
};
