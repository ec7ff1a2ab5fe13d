/* SPDX-License-Identifier: Apache-2.0 */
/* head_chart.c - where the grid's lines lie in the chart, and the tools that
 * move what lies on them. */
#include "synth/head_form.h"

/* u of the columns from the middle to the ear, close where the face has
 * detail; 17 and 47 are the eyes' corners, 25 the mouth's. */
static const float near_u[] = {
    0,     1.6f, 3.2f,  4.7f,  6.2f,  7.7f,  9.2f, 10.7f, 12.3f, 13.9f, 15.5f,
    17,    18,   19.4f, 21.1f, 23,    25,    27,   29,    31,    33,    35,
    37,    39,   41,    43,    44.8f, 46.2f, 47,   48.5f, 51,    54,    57.5f,
    61.5f, 66,   71,    76.5f, 82,    88,    94,   100,   106,   112,   118};

enum { NEAR = sizeof near_u / sizeof near_u[0] };

/* Rows from the collar up: so many even steps up to v. */
static const struct band {
    float v;
    int steps;
} bands[] = {{-118, 12},   {-86, 13},   {-72.3f, 13}, {-71.5f, 1}, {-71.08f, 1},
             {-70.92f, 1}, {-70.5f, 1}, {-69.7f, 1},  {-59, 10},   {-38, 16},
             {-13, 11},    {-1, 11},    {-0.4f, 1},   {-0.08f, 1}, {0.08f, 1},
             {0.4f, 1},    {1, 1},      {13, 11},     {31, 7},     {165, 17}};

void mien_form_chart(mien_head *head) {
    for (int k = 0; k <= MIEN_FORM_SIDE; k++) {
        float far = (float)(k - NEAR + 1) / (float)(MIEN_FORM_SIDE - NEAR + 1);
        float u = k < NEAR ? near_u[k]
                           : MIEN_CHART_EAR_U +
                                 far * (MIEN_CHART_BACK - MIEN_CHART_EAR_U);
        if (k < MIEN_FORM_SIDE) head->column_u[MIEN_FORM_MIDDLE + k] = u;
        head->column_u[MIEN_FORM_MIDDLE - k] = -u;
    }
    int row = 0;
    float v = MIEN_CHART_COLLAR_V;
    head->row_v[row++] = v;
    for (size_t b = 0; b < sizeof bands / sizeof bands[0]; b++) {
        float from = v;
        for (int s = 1; s <= bands[b].steps; s++) {
            v = mien_mix(from, bands[b].v, (float)s / (float)bands[b].steps);
            head->row_v[row++] = v;
        }
    }
}

bool mien_form_slit(const mien_head *head, int row, int column) {
    if (row + 1 >= MIEN_HEAD_ROWS) return false;
    float low = head->row_v[row], high = head->row_v[row + 1];
    float u = fabsf(head->column_u[column]);
    if (low < MIEN_CHART_EYE_V && high > MIEN_CHART_EYE_V)
        return fabsf(u - MIEN_CHART_EYE_U) < MIEN_CHART_EYE_HALF + 0.1f;
    if (low < MIEN_CHART_MOUTH_V && high > MIEN_CHART_MOUTH_V)
        return u < MIEN_CHART_MOUTH_U + 0.1f;
    return false;
}

void mien_form_rows(const mien_form *f, float low, float high, int *first,
                    int *end) {
    int a = 0, b = MIEN_HEAD_ROWS;
    while (a < b && f->head->row_v[a] < low) a++;
    while (b > a && f->head->row_v[b - 1] > high) b--;
    *first = a;
    *end = b;
}

/* 1 within the flat part, 0 at distance 1, a bell when there is none. */
static float window(float x, float flat) {
    x = fabsf(x);
    if (x >= 1) return 0;
    return flat > 0 ? mien_step(1, flat, x) : mien_bell(2.5f * x);
}

void mien_form_brush(const mien_form *f, const mien_brush *b, float left,
                     float right) {
    int first, end;
    mien_form_rows(f, b->v - b->high, b->v + b->high, &first, &end);
    float across[MIEN_HEAD_COLUMNS];
    int from = MIEN_HEAD_COLUMNS, to = -1;
    for (int c = 0; c < MIEN_HEAD_COLUMNS; c++) {
        float u = f->head->column_u[c], out = fabsf(u);
        across[c] = window((out - b->u) / b->wide, b->flat);
        if (across[c] <= 0) continue;
        across[c] *= u < 0 ? left : u > 0 ? right : 0.5f * (left + right);
        if (c < from) from = c;
        to = c;
    }
    for (int r = first; r < end; r++) {
        float up = window((f->head->row_v[r] - b->v) / b->high, b->flat);
        for (int c = from; c <= to; c++) {
            mien_vec *p = mien_form_skin(f, r, c);
            float w = up * across[c];
            p->x += c < MIEN_FORM_MIDDLE   ? -w * b->by.x
                    : c > MIEN_FORM_MIDDLE ? w * b->by.x
                                           : 0;
            p->y += w * b->by.y;
            p->z += w * b->by.z;
        }
    }
}

static float slope(const float (*key)[2], int n, int i) {
    int a = i > 0 ? i - 1 : i, b = i + 1 < n ? i + 1 : i;
    return (key[b][1] - key[a][1]) / (key[b][0] - key[a][0]);
}

float mien_form_curve(const float (*key)[2], int n, float x) {
    if (x <= key[0][0]) return key[0][1];
    if (x >= key[n - 1][0]) return key[n - 1][1];
    int i = 0;
    while (x > key[i + 1][0]) i++;
    float h = key[i + 1][0] - key[i][0], t = (x - key[i][0]) / h;
    float a = slope(key, n, i) * h, b = slope(key, n, i + 1) * h;
    float d = key[i + 1][1] - key[i][1];
    return key[i][1] + t * (a + t * (3 * d - 2 * a - b + t * (a + b - 2 * d)));
}
