/* SPDX-License-Identifier: Apache-2.0 */
/* buzz.c - cut to a few millimetres all over; the scalp shines through. */
#include "synth/hair_style.h"
#include "synth/waves.h"

static mien_status build(mien_scene *scene, const mien_head *head) {
    mien_hairdo h;
    MIEN_TRY(mien_hairdo_begin(&h, scene, head, 0));
    const float length = mien_clamp(3.0f + 0.9f * h.length, 1.2f, 6);
    const mien_cut cut = {
        .sides = 0.7f * length, .top = length, .soft = 13, .seed = h.seed};
    return mien_hairdo_cut(&h, &cut, 3);
}

const mien_hair mien_hair_buzz = {
    .name = "buzz",
    .summary = "a few millimetres all over",
    .women = 0.1f,
    .men = 1.4f,
    .old = 0.8f,
    .build = build,
};
