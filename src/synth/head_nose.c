/* SPDX-License-Identifier: Apache-2.0 */
/* head_nose.c - the nose: a ridge whose height and breadth run down the
 * middle line, two wings, and nostrils pressed into its underside. */
#include "synth/head_form.h"

/* mm before the plane of the face, over v. */
static const float ridge_height[][2] = {
    {-60, 0},     {-56, 0.6f},  {-53.2f, 2.6f}, {-51, 9.5f}, {-48.6f, 16.2f},
    {-46, 20},    {-43, 21.9f}, {-39, 21.4f},   {-33, 19},   {-24, 15},
    {-14, 10.6f}, {-6, 7.2f},   {2, 3.8f},      {9, 2.4f},   {16, 0}};
/* Half its breadth where it has fallen to half its height. */
static const float ridge_half[][2] = {
    {-60, 7},    {-52, 6.4f}, {-48, 9.4f}, {-43, 11.2f}, {-37, 9.4f},
    {-31, 8.1f}, {-20, 8.2f}, {-8, 8.6f},  {2, 8.8f},    {16, 12}};

#define KEYS(table) table, sizeof table / sizeof table[0]

static float ridge(const mien_form *f, float v) {
    float h = mien_form_curve(KEYS(ridge_height), v);
    float out = MIEN_AMOUNT(f, nose_out) / 19 - 1 + 0.03f * MIEN_AMOUNT(f, sex);
    h *= 1 + out * mien_step(6, -34, v);
    h += 2.2f * MIEN_NORMAL(f, nose_bridge) * mien_bell((v + 6) / 10);
    h += 1.6f * MIEN_NORMAL(f, nose_hump) * mien_bell((v + 17) / 6);
    return h;
}

static float half_breadth(const mien_form *f, float v) {
    float w = mien_form_curve(KEYS(ridge_half), v);
    w += 1.5f * MIEN_NORMAL(f, nose_bridge_breadth) * mien_bell((v + 12) / 12);
    w += 1.5f * MIEN_NORMAL(f, nose_tip_round) * mien_bell((v + 42) / 5);
    float wide = MIEN_NORMAL(f, nose_breadth);
    return w + 0.4f * wide * mien_bell((v + 38) / 8);
}

/* mm before the plane of the face at the wing. */
static float wing(const mien_form *f, float out, float v) {
    float x = (out - 13.2f) / 5.8f, y = (v + 45.4f) / 7.4f;
    float t = 1 - x * x - y * y;
    if (t <= 0) return 0;
    return (10.5f + 1.3f * MIEN_NORMAL(f, nostril)) * sqrtf(t) *
           (0.4f + 0.6f * t);
}

/* The larger of two, rounded where they meet. */
static float joined(float a, float b) {
    if (b <= 0) return a;
    float soft = 0.8f * b;
    float d = a - b;
    return 0.5f * (a + b + sqrtf(d * d + soft));
}

static void press_nostril(const mien_form *f, mien_vec *p, float out, float v) {
    float wide = 1.75f + 0.15f * MIEN_NORMAL(f, nostril);
    float w = mien_bell((out - 7.2f) / wide) * mien_bell((v + 50) / 1.3f);
    p->y += 3.4f * w;
    p->z -= 1.6f * w;
}

void mien_form_nose(const mien_form *f) {
    int first, end;
    mien_form_rows(f, -60, 16, &first, &end);
    float up =
        1.6f + 2 * MIEN_NORMAL(f, nose_tip_up) - 0.6f * MIEN_AMOUNT(f, sex);
    float bend = MIEN_AMOUNT(f, nose_bend);
    for (int r = first; r < end; r++) {
        float v = f->head->row_v[r];
        float high = ridge(f, v), half = half_breadth(f, v);
        float tip = mien_bell((v + 43) / 6);
        for (int c = 0; c < MIEN_HEAD_COLUMNS; c++) {
            float u = f->head->column_u[c], out = fabsf(u);
            if (out > 24) continue;
            mien_vec *p = mien_form_skin(f, r, c);
            float middle = high * mien_step(2, 0, out / half);
            float h = joined(middle, wing(f, out, v));
            p->z += h;
            p->x += bend * h / 22;
            p->y += up * tip * mien_step(18, 4, out);
            press_nostril(f, p, out, v);
        }
    }
    /* the groove behind the wing */
    const mien_brush groove = {18.6f, -45, 4, 10, {0, 0, -1}, 0};
    mien_form_brush(f, &groove, 1.4f, 1.4f);
}
