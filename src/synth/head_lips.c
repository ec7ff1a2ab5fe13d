/* SPDX-License-Identifier: Apache-2.0 */
/* head_lips.c - the lips: two rolls that meet in a line and end in corners.
 *
 * Rows within half a millimetre of the line lie inside the mouth. */
#include "synth/head_form.h"

/* Height of the roll over the share of the way from the line to the border
 * of the red. */
static const float upper_roll[][2] = {
    {0, 0},     {0.15f, 0.6f}, {0.45f, 1}, {0.75f, 0.85f},
    {1, 0.62f}, {1.3f, 0.22f}, {1.9f, 0}};
static const float lower_roll[][2] = {
    {0, 0}, {0.14f, 0.62f}, {0.42f, 1}, {0.7f, 0.86f}, {1, 0.36f}, {1.35f, 0}};

#define KEYS(table) table, sizeof table / sizeof table[0]

/* The line between the lips dips in the middle and towards the corners. */
static float wave(float x) {
    return 0.5f * mien_bell((x - 0.4f) / 0.22f) - 0.3f * mien_bell(x / 0.14f);
}

static void shape(const mien_form *f, mien_vec *p, float x, float v) {
    float above = v - MIEN_CHART_MOUTH_V, d = fabsf(above);
    bool upper = above > 0;
    float lens = 1 - x * x;
    float red = upper ? MIEN_CHART_LIP_TOP_V - MIEN_CHART_MOUTH_V
                      : MIEN_CHART_MOUTH_V - MIEN_CHART_LIP_BOTTOM_V;
    float edge = red * (0.25f + 0.75f * lens);
    float q = d / edge;
    float full = MIEN_NORMAL(f, lip_full);
    float high = upper ? 3 + full : 4 + 1.25f * full;
    float roll = upper ? mien_form_curve(KEYS(upper_roll), q)
                       : mien_form_curve(KEYS(lower_roll), q);
    p->z += high * roll * lens * (2 - lens);
    p->z -= 6 * mien_step(1.2f, 0.1f, d) * (0.4f + 0.6f * lens);
    float more = upper ? MIEN_AMOUNT(f, lip_upper) - 7
                       : 9.5f - MIEN_AMOUNT(f, lip_lower);
    float fade = upper ? mien_step(-53, MIEN_CHART_LIP_TOP_V, v)
                       : mien_step(-94, MIEN_CHART_LIP_BOTTOM_V, v);
    p->y += more * lens * (q < 1 ? q : fade);
    /* the lips touch along the line */
    p->y -= above * mien_step(1.6f, 0.4f, d);
    p->y += wave(x) * mien_step(9, 2, d);
}

void mien_form_lips(const mien_form *f) {
    int first, end;
    mien_form_rows(f, -94, -53, &first, &end);
    for (int r = first; r < end; r++)
        for (int c = 0; c < MIEN_HEAD_COLUMNS; c++) {
            float x = fabsf(f->head->column_u[c]) / MIEN_CHART_MOUTH_U;
            if (x < 1.001f)
                shape(f, mien_form_skin(f, r, c), fminf(x, 1),
                      f->head->row_v[r]);
        }
    const mien_brush corner = {24, -71, 14, 14, {0, 1, 0}, 0};
    float tilt = 1.1f * MIEN_NORMAL(f, mouth_tilt);
    float uneven = 0.5f * MIEN_AMOUNT(f, uneven_mouth);
    mien_form_brush(f, &corner, tilt - uneven, tilt + uneven);
}
