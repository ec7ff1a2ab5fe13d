/* SPDX-License-Identifier: Apache-2.0 */
/* head_landmarks.c - the five and the 68 points of a face, as images of places
 * in the chart. Order and meaning of the 68: Sagonas et al., 300 Faces
 * in-the-Wild Challenge, ICCVW 2013. */
#include "synth/head_form.h"

#define EDGE MIEN_FORM_LID_EDGE
#define LINE 0.3f /* |v| from the lips' line to the edge of an opening */

static const float place[MIEN_LANDMARKS][2] = {
    {-113, -2},     {-112, -20},      {-108, -38},     {-101, -55},
    {-90, -72},     {-74, -87},       {-55, -100},     {-29, -110},
    {0, -113},      {29, -110},       {55, -100},      {74, -87},
    {90, -72},      {101, -55},       {108, -38},      {112, -20},
    {113, -2},      {-54, 18.6f},     {-43.5f, 22.5f}, {-34, 24},
    {-26, 23},      {-16.5f, 19.8f},  {16.5f, 19.8f},  {26, 23},
    {34, 24},       {43.5f, 22.5f},   {54, 18.6f},     {0, 2},
    {0, -13},       {0, -28},         {0, -42},        {-14, -51.5f},
    {-7, -53},      {0, -53.5f},      {7, -53},        {14, -51.5f},
    {-47, 0},       {-37.5f, EDGE},   {-27, EDGE},     {-17, 0},
    {-27, -EDGE},   {-37.5f, -EDGE},  {17, 0},         {27, EDGE},
    {37.5f, EDGE},  {47, 0},          {37.5f, -EDGE},  {27, -EDGE},
    {-25, -71},     {-16, -67.6f},    {-7.5f, -64.4f}, {0, -64.8f},
    {7.5f, -64.4f}, {16, -67.6f},     {25, -71},       {16, -75.9f},
    {7.5f, -79.4f}, {0, -80.5f},      {-7.5f, -79.4f}, {-16, -75.9f},
    {-23, -71},     {-9, -71 + LINE}, {0, -71 + LINE}, {9, -71 + LINE},
    {23, -71},      {9, -71 - LINE},  {0, -71 - LINE}, {-9, -71 - LINE}};

/* A brow's place follows what look_brows.c paints of its traits. */
static mien_vec brow_point(const mien_form *f, float u, float v) {
    float out = fabsf(u), s = (out - 12.5f) / 44.5f;
    float peak = (s - 0.64f) / 0.64f, tail = fmaxf(s - 0.64f, 0);
    float arch = MIEN_NORMAL(f, brow_arch), gap = MIEN_NORMAL(f, brow_gap);
    v += arch * (0.75f * (1 - peak * peak) - 6 * tail * tail) +
         1.5f * MIEN_NORMAL(f, brow_tilt) * (s - 0.4f) +
         0.4f * MIEN_NORMAL(f, brow_height) +
         (u < 0 ? -0.3f : 0.3f) * MIEN_AMOUNT(f, uneven_brows);
    out += 2.2f * s * MIEN_NORMAL(f, brow_length) - 1.7f * (1 - s) * gap;
    return mien_head_at(f->head, u < 0 ? -out : out, v, NULL);
}

/* The lips' opening is where their surfaces part, in front of what lies
 * inside the mouth. */
static mien_vec lip_edge(const mien_head *h, float u, float v) {
    mien_vec p = mien_head_at(h, u, v, NULL);
    float out = v > MIEN_CHART_MOUTH_V   ? 1.3f
                : v < MIEN_CHART_MOUTH_V ? -1.3f
                                         : 0;
    p.z = mien_head_at(h, u, MIEN_CHART_MOUTH_V + out, NULL).z;
    return p;
}

static mien_vec opening(const mien_form *f, int i) {
    const mien_form_eye *e = &f->eye[i];
    float y = 0.5f * (mien_lid_upper(e, 0) + mien_lid_lower(e, 0));
    float r = f->head->eye_radius;
    return mien_add(e->middle, mien_vec_of(0, y, sqrtf(r * r - y * y)));
}

void mien_form_landmarks(const mien_form *f) {
    mien_head *h = f->head;
    for (int i = 0; i < MIEN_LANDMARKS; i++) {
        float u = place[i][0], v = place[i][1];
        h->point[i] = i >= 48             ? lip_edge(h, u, v)
                      : i >= 17 && i < 27 ? brow_point(f, u, v)
                                          : mien_head_at(h, u, v, NULL);
    }
    h->five[0] = opening(f, 0);
    h->five[1] = opening(f, 1);
    h->five[2] = mien_head_at(h, 0, MIEN_CHART_NOSE_TIP_V, NULL);
    h->five[3] = h->point[48];
    h->five[4] = h->point[54];
    h->bridge = mien_head_at(h, 0, -2, NULL);
}
