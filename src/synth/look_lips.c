/* SPDX-License-Identifier: Apache-2.0 */
/* look_lips.c - the red of the lips, the line between them, their fine
 * upright lines and their wet shine.
 *
 * The borders in the chart, with x = u / MOUTH_U from corner to corner: the
 * upper one rises to two peaks beside the dip of Cupid's bow, the lower one
 * is a flat bow. */
#include "synth/look_skin.h"

/* Heights of the borders above and below the line between the lips. */
static float upper_border(float x, float bow) {
    float full = MIEN_CHART_LIP_TOP_V - MIEN_CHART_MOUTH_V;
    float fall = 1 - x * x;
    float peaks = mien_bell((x - 0.2f) / 0.16f);
    float dip = mien_bell(x / 0.12f);
    float edge = full * (0.25f * fall + 0.67f * fall * sqrtf(fall));
    return edge + (0.5f + 0.25f * bow) * peaks - (0.9f + 0.4f * bow) * dip;
}

static float lower_border(float x) {
    float full = MIEN_CHART_MOUTH_V - MIEN_CHART_LIP_BOTTOM_V;
    float fall = 1 - x * x;
    return full * fall * (0.62f + 0.38f * fall);
}

/* Upright lines, deeper towards the border. */
static void crease(mien_surface *s, mien_skin_point *p,
                   const mien_skin_look *k) {
    float fine = mien_look_fine(0.9f, p->size);
    if (fine <= 0) return;
    float lines = mien_noise2(p->u / 0.9f, p->v / 7, k->seed + 40);
    float next = mien_noise2((p->u + 0.1f) / 0.9f, p->v / 7, k->seed + 40);
    p->slope_u += fine * 1.1f * (next - lines);
    s->albedo = mien_scale(s->albedo, 1 + 0.13f * fine * lines);
}

void mien_paint_lips(mien_surface *s, mien_skin_point *p,
                     const mien_skin_look *k) {
    float x = p->out / (MIEN_CHART_MOUTH_U + 0.5f);
    if (x >= 1.1f || p->v > MIEN_CHART_LIP_TOP_V + 6 ||
        p->v < MIEN_CHART_LIP_BOTTOM_V - 6)
        return;
    float inner = fminf(x, 0.999f);
    float above = p->v - MIEN_CHART_MOUTH_V;
    float border = above > 0 ? upper_border(inner, k->bow) - above
                             : lower_border(inner) + above;
    float soft = 0.7f + 0.5f * p->size - 0.35f * k->paint;
    float red = mien_step(-soft, soft, border) * mien_step(1.06f, 0.97f, x);
    if (red > 0) {
        float depth = above > 0 ? 0.9f : 1.04f; /* the upper one is darker */
        s->albedo = mien_blend(s->albedo, mien_scale(k->lip, depth), red);
        s->roughness = mien_mix(s->roughness, 0.30f - 0.05f * k->paint, red);
        s->specular = mien_mix(s->specular, 0.035f, red);
        crease(s, p, k);
    }
    float width = sqrtf(0.6f * 0.6f + 0.2f * p->size * p->size);
    float line = mien_bell(above / width) * mien_step(1.1f, 0.95f, x);
    s->albedo = mien_scale(s->albedo, 1 - 0.75f * (0.6f / width) * line);
    s->occlusion *= 1 - 0.6f * (0.6f / width) * line;
}
