/* SPDX-License-Identifier: Apache-2.0 */
/* look_stubble.c - the shadow of a shaven beard, and what has grown since.
 *
 * The roots of a shaven beard shimmer through the skin: darker and bluer, the
 * more so the darker the hair and the lighter the skin. Above the skin each
 * hair is a dot; from afar, a shade. */
#include "synth/look_dots.h"
#include "synth/look_skin.h"

void mien_paint_stubble(mien_surface *s, mien_skin_point *p,
                        const mien_skin_look *k) {
    float here = p->zone.beard * k->shadow;
    if (here <= 0.01f) return;
    float contrast = mien_clamp((k->skin.x - k->beard.x) / 0.5f, 0.15f, 1);
    float roots = here * contrast * (0.10f + 0.16f * k->stubble);
    mien_vec grey = {0.50f, 0.60f, 0.70f};
    s->albedo = mien_blend(s->albedo, mien_mul(s->albedo, grey), roots);
    if (k->stubble <= 0.05f) return;
    mien_dots dots = {.cell = 0.75f,
                      .small = 0.09f,
                      .large = 0.22f,
                      .chance = 0.95f,
                      .seed = k->seed + 90};
    /* Stretched downwards: hairs lie along the skin. */
    float cover = mien_look_dots(&dots, p->u * 1.4f, p->v * 0.8f, p->size);
    cover = mien_clamp(4.5f * k->stubble * here * cover, 0, 0.85f);
    s->albedo = mien_blend(s->albedo, k->beard, cover);
    s->specular *= 1 - 0.5f * cover;
}
