/* SPDX-License-Identifier: Apache-2.0 */
/* head_mimic.c - what an expression does to the skin: the jaw turns about its
 * hinge, the corners of the mouth, the cheeks and the brows are drawn. */
#include "synth/head_form.h"

/* Of the jaw's hinge, and its turn with the mouth wide open. */
static const float hinge_y = -20, hinge_z = 0, widest = 0.27f;

float mien_jaw_share(float out, float v) {
    float beside = mien_step(-46, -92, v);
    float corner = mien_step(6, MIEN_CHART_MOUTH_U + 1, out);
    float share =
        v < MIEN_CHART_MOUTH_V ? 1 - (1 - beside) * corner : beside * corner;
    return share * mien_step(118, 48, out) * mien_step(-184, -104, v);
}

mien_vec mien_jaw_turned(const mien_form *f, mien_vec p, float share) {
    float a = widest * share * mien_clamp(f->mood->open, 0, 1);
    float s = mien_sine(a), c = mien_cosine(a);
    float y = p.y - hinge_y, z = p.z - hinge_z;
    return mien_vec_of(p.x, hinge_y + c * y - s * z, hinge_z + s * y + c * z);
}

static void turn_jaw(const mien_form *f) {
    if (!(f->mood->open > 0)) return;
    int first, end;
    mien_form_rows(f, -184, -46, &first, &end);
    for (int r = first; r < end; r++)
        for (int c = 0; c < MIEN_HEAD_COLUMNS; c++) {
            float out = fabsf(f->head->column_u[c]);
            float share = mien_jaw_share(out, f->head->row_v[r]);
            mien_vec *p = mien_form_skin(f, r, c);
            if (share > 0) *p = mien_jaw_turned(f, *p, share);
        }
}

/* The fold from the wing of the nose past the corner of the mouth. */
static void fold_cheek(const mien_form *f, float depth) {
    int first, end;
    mien_form_rows(f, -84, -40, &first, &end);
    for (int r = first; r < end; r++) {
        float t = (-42 - f->head->row_v[r]) / 40;
        float fold = 19 + 22 * t - 6 * t * t;
        float fade = mien_step(0.05f, 0.4f, t) * mien_step(1.05f, 0.65f, t);
        for (int c = 0; c < MIEN_HEAD_COLUMNS; c++) {
            float off = fabsf(f->head->column_u[c]) - fold;
            float hill =
                0.8f * mien_bell((off - 9) / 5.5f) - mien_bell(off / 3.8f);
            mien_form_skin(f, r, c)->z += depth * fade * hill;
        }
    }
}

/* The corners of the mouth, and with them the lips: sideways in proportion to
 * the distance from the middle, up and back by its square, so that the line
 * between the lips bends into an arc. */
static void draw_corners(const mien_form *f, mien_vec by) {
    const float end = 62, low = -104, high = -44;
    int first, last;
    mien_form_rows(f, low, high, &first, &last);
    for (int r = first; r < last; r++) {
        float v = f->head->row_v[r];
        float up = mien_step(low, -80, v) * mien_step(high, -64, v);
        for (int c = 0; c < MIEN_HEAD_COLUMNS; c++) {
            float u = f->head->column_u[c], out = fabsf(u);
            if (out >= end) continue;
            float x = fminf(out / (MIEN_CHART_MOUTH_U + 2), 1);
            float w = up * mien_step(end, MIEN_CHART_MOUTH_U, out);
            mien_vec *p = mien_form_skin(f, r, c);
            p->x += (u < 0 ? -w : w) * x * by.x;
            p->y += w * x * x * by.y;
            p->z += w * x * x * by.z;
        }
    }
}

static void draw_mouth(const mien_form *f, float smile) {
    static const mien_brush lip = {0, -63, 30, 11, {0, 0.9f, -1.2f}, 0.2f},
                            below = {0, -78, 30, 14, {0, 0.6f, -1.4f}, 0.2f},
                            cheek = {42, -36, 30, 26, {0.8f, 3.2f, 3.2f}, 0},
                            wing = {16, -46, 12, 12, {1, 0.6f, 0}, 0},
                            pout = {0, -88, 28, 16, {0, 1.6f, 1}, 0};
    if (smile > 0) {
        draw_corners(f, mien_vec_of(6.5f * smile, 3.8f * smile, -4.5f * smile));
        mien_form_brush(f, &lip, smile, smile);
        mien_form_brush(f, &below, smile, smile);
        mien_form_brush(f, &cheek, smile, smile);
        mien_form_brush(f, &wing, smile, smile);
    } else if (smile < 0) {
        draw_corners(f, mien_vec_of(0, 4.2f * smile, 0));
        mien_form_brush(f, &pout, -smile, -smile);
    }
}

static void draw_brows(const mien_form *f, float brows) {
    static const mien_brush rise = {34, 21, 44, 17, {0, 5, 0}, 0.3f},
                            inner = {12, 16, 20, 14, {-2, -3, 0.8f}, 0.1f},
                            knit = {3.5f, 17, 4, 12, {0, 0, 0.7f}, 0};
    if (brows > 0) mien_form_brush(f, &rise, brows, brows);
    if (brows < 0) {
        mien_form_brush(f, &inner, -brows, -brows);
        mien_form_brush(f, &knit, -brows, -brows);
    }
}

void mien_form_mimic(const mien_form *f) {
    float smile = mien_clamp(f->mood->smile, -1, 1);
    float depth = 0.35f + 1.2f * f->old + 0.12f * MIEN_NORMAL(f, cheek_full) +
                  1.2f * fmaxf(smile, 0);
    fold_cheek(f, fmaxf(depth, 0));
    draw_mouth(f, smile);
    draw_brows(f, mien_clamp(f->mood->brows, -1, 1));
    turn_jaw(f);
}
