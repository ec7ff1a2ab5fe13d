/* SPDX-License-Identifier: Apache-2.0 */
/* look_lids.c - the rims of the lids, the roots of the lashes, and make-up.
 *
 * The slit of the eye is the line v = 0 of the chart; the rim of each lid ends
 * at |v| = 1, where the lashes grow. */
#include "synth/look_skin.h"

static void line(mien_surface *s, const mien_skin_point *p, mien_vec colour,
                 float v, float wide) {
    float wider = sqrtf(wide * wide + 0.12f * p->size * p->size);
    float x = fabsf(p->out - MIEN_CHART_EYE_U) / MIEN_CHART_EYE_HALF;
    float cover = mien_bell((p->v - v) / wider) * (wide / wider) *
                  mien_step(1.15f, 0.9f, x);
    s->albedo = mien_blend(s->albedo, colour, cover);
}

static void shadow(mien_surface *s, const mien_skin_point *p,
                   const mien_skin_look *k) {
    static const mien_vec fashion[4] = {{0.16f, 0.09f, 0.06f},
                                        {0.12f, 0.10f, 0.11f},
                                        {0.22f, 0.10f, 0.12f},
                                        {0.07f, 0.09f, 0.15f}};
    mien_vec colour = fashion[k->seed >> 3 & 3];
    float lid = mien_bell((p->out - 34) / 9) * mien_step(0, 2, p->v) *
                mien_step(13, 6, p->v);
    float cover = 0.5f * (k->makeup - 0.3f) * lid;
    if (cover > 0) s->albedo = mien_blend(s->albedo, colour, cover);
}

void mien_paint_lids(mien_surface *s, mien_skin_point *p,
                     const mien_skin_look *k) {
    if (p->v < -8 || p->v > 15 || p->out < 10 || p->out > 58) return;
    float x = fabsf(p->out - MIEN_CHART_EYE_U) / MIEN_CHART_EYE_HALF;
    float rim = mien_step(1.3f, 0.8f, fabsf(p->v)) * mien_step(1.2f, 1, x);
    mien_vec pink = mien_mul(k->skin, mien_vec_of(0.88f, 0.60f, 0.58f));
    s->albedo = mien_blend(s->albedo, pink, 0.75f * rim);
    s->roughness = mien_mix(s->roughness, 0.2f, rim);
    if (k->makeup > 0.3f) shadow(s, p, k);
    float lash =
        0.15f *
        mien_clamp(mien_person_normal(k->person, MIEN_TRAIT_lash), -2, 2);
    mien_vec root = mien_scale(k->brow, 0.45f);
    mien_vec upper = mien_blend(
        s->albedo, root, mien_clamp(0.62f + lash + 0.4f * k->makeup, 0, 1));
    mien_vec lower =
        mien_blend(s->albedo, root,
                   mien_clamp(0.14f + 0.5f * lash + 0.35f * k->makeup, 0, 1));
    line(s, p, upper, 1.4f, 2.3f + 0.9f * k->makeup);
    line(s, p, lower, -1.3f, 0.9f);
}
