/* SPDX-License-Identifier: Apache-2.0 */
/* look_brows.c - the eyebrows, hair by hair. */
#include "synth/look_skin.h"

/* 0 to 1: how dense the brow is here; its middle line and half height. */
static float brow_density(const mien_skin_point *p, const mien_skin_look *k) {
    float from = 12 - 1.6f * k->brow_gap;
    float to = 57 + 2.5f * k->brow_length;
    float s = (p->out - from) / (to - from);
    if (s < -0.15f || s > 1.1f) return 0;
    float peak = (s - 0.62f) / 0.62f;
    float middle = MIEN_CHART_BROW_V + 1.5f + (1 + 0.9f * k->brow_arch) -
                   (3.2f + 1.6f * k->brow_arch) * peak * peak +
                   (s - 0.5f) * 1.6f * k->brow_tilt +
                   0.5f * p->side * k->brow_uneven;
    float half = (3.4f + 0.9f * k->brow_thick) *
                 (1 - 0.75f * mien_step(0.45f, 1.05f, s));
    float soft = 0.9f + 0.4f * p->size;
    float across = fabsf(p->v - middle);
    return mien_step(half + soft, half - soft, across) *
           mien_step(-0.06f, 0.12f, s) * mien_step(1.06f, 0.9f, s);
}

void mien_paint_brows(mien_surface *s, mien_skin_point *p,
                      const mien_skin_look *k) {
    if (p->v < 6 || p->v > 36 || p->out > 70) return;
    float dense = brow_density(p, k);
    if (dense <= 0) return;
    float cover = dense * mien_clamp(0.68f + 0.1f * k->brow_dense, 0.3f, 0.95f);
    s->albedo = mien_blend(s->albedo, k->brow, cover);
    s->specular = mien_mix(s->specular, 0.02f, cover);
}
