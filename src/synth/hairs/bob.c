/* SPDX-License-Identifier: Apache-2.0 */
/* bob.c - to the chin, parted, the tips turned in. */
#include "synth/hair_style.h"
#include "synth/waves.h"

static mien_status build(mien_scene *scene, const mien_head *head) {
    mien_hairdo h;
    MIEN_TRY(mien_hairdo_begin(&h, scene, head, 17));
    MIEN_TRY(mien_hairdo_undercoat(&h, 3));
    const mien_fall fall = {
        .drape = {.settle = 1,
                  .sweep = mien_clamp(6 + 6 * h.length, 0, 18),
                  .part_u = mien_hairdo_part(&h, 34),
                  .ear_u = 86,
                  .fall = mien_clamp(95 + 14 * h.length, 60, 135),
                  .front = 1.05f,
                  .volume = mien_clamp(12 + 3 * h.volume, 6, 22),
                  .quiff = 5,
                  .frame = 16,
                  .tuck = 16,
                  .wave = mien_clamp(1 + h.curl, 0, 4),
                  .wavelength = 75},
        .locks = {.n = 54,
                  .points = 11,
                  .from = {0, 0.35f},
                  .to = {0.92f, 1.02f},
                  .c = {0, 1},
                  .extra = {0.5f, 5},
                  .broad = 13,
                  .drift = 0.03f},
        .lumps = 3,
        .fray = 0.07f};
    return mien_hairdo_fall(&h, &fall);
}

const mien_hair mien_hair_bob = {
    .name = "bob",
    .summary = "to the chin, parted",
    .women = 1.4f,
    .men = 0.05f,
    .old = 1.3f,
    .build = build,
};
