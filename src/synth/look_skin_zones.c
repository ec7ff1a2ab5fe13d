/* SPDX-License-Identifier: Apache-2.0 */
/* look_skin_zones.c - where a face is red, yellow, dark, oily, bearded.
 *
 * The zones change over centimetres, so they are worked out once a person on
 * a grid of 5 mm over the chart and read from it bilinearly. */
#include "synth/look_skin.h"

typedef struct patch {
    float u, v, wide, high; /* middle; deviations of the bell */
    float red, yellow, dark, oil, pores;
} patch;

/* For u > 0; the other side is mirrored. */
static const patch patches[] = {
    {0, -40, 12, 12, 0.45f, 0, 0, 1, 1},             /* tip of the nose */
    {15, -45, 7, 8, 0.4f, 0, 0.1f, 0.5f, 1},         /* its wing */
    {0, -12, 9, 18, 0.15f, 0, 0, 0.7f, 0.5f},        /* its bridge */
    {46, -36, 22, 18, 0.58f, -0.3f, 0, 0.15f, 0.5f}, /* cheek */
    {30, -30, 14, 12, 0.3f, -0.1f, 0, 0.2f, 0.9f},
    {0, -104, 18, 13, 0.35f, 0, 0, 0.3f, 0.6f},  /* chin */
    {0, 48, 48, 22, -0.1f, 0.5f, 0, 0.6f, 0.4f}, /* forehead */
    {70, 20, 20, 30, -0.2f, 0.3f, 0, 0, 0.1f},   /* temple */
    {27, -11, 15, 7, 0.05f, -0.3f, 0.16f, 0, 0}, /* below the eye */
    {16, 2, 7, 9, 0.25f, -0.2f, 0.16f, 0, 0},    /* its inner corner */
    {34, 7, 16, 6, 0.22f, 0, 0.12f, 0, 0},       /* the lid */
    {0, -58, 12, 6, 0.1f, 0, 0.08f, 0.2f, 0.3f}, /* below the nose */
    {28, -73, 7, 7, 0.15f, 0, 0.12f, 0, 0},      /* corner of the mouth */
    {118, 0, 22, 34, 0.6f, 0, 0, 0, 0},          /* ear */
    {0, -150, 90, 22, 0.15f, 0.25f, 0.3f, 0, 0}, /* neck */
};

/* Where the beard begins, from the chin along the jaw to the sideburn. */
static const float border[][2] = {{0, -85},  {16, -84}, {25, -70}, {34, -64},
                                  {52, -57}, {76, -44}, {90, -20}, {100, 30}};

static float border_at(float out) {
    enum { LAST = sizeof border / sizeof border[0] - 1 };
    if (out >= border[LAST][0]) return border[LAST][1];
    int i = 0;
    while (out > border[i + 1][0]) i++;
    float t = (out - border[i][0]) / (border[i + 1][0] - border[i][0]);
    return mien_mix(border[i][1], border[i + 1][1], t);
}

/* 0 outside, 1 well within the area where a beard grows. */
static float beard_area(float out, float v) {
    float soft = 3 + 0.10f * out;
    float edge = border_at(out);
    float jaw = mien_step(edge + soft, edge - soft, v) *
                mien_step(-142, -115, v) * mien_step(135, 112, out);
    float lip = mien_step(-52, -57, v) * mien_step(-70, -65, v) *
                mien_step(34, 24, out) * (1 - 0.5f * mien_bell(out / 3));
    /* Beside the lower lip there is little. */
    float bare = mien_bell((out - 15) / 5) * mien_bell((v + 86) / 4);
    return fmaxf(jaw * (1 - 0.75f * bare), lip);
}

static mien_skin_zone zone_of(const mien_skin_look *k, float u, float v) {
    mien_skin_zone z = {0};
    float out = fabsf(u);
    for (size_t i = 0; i < sizeof patches / sizeof patches[0]; i++) {
        const patch *a = &patches[i];
        float b =
            mien_bell((out - a->u) / a->wide) * mien_bell((v - a->v) / a->high);
        z.red += b * a->red;
        z.yellow += b * a->yellow;
        z.dark += b * a->dark;
        z.oil += b * a->oil;
        z.pores += b * a->pores;
    }
    float mottle = mien_noise2(u / 17, v / 17, k->seed);
    z.red += 0.36f * mottle;
    z.yellow += 0.25f * mien_noise2(u / 26, v / 26, k->seed + 1);
    z.dark += 0.09f * mien_noise2(u / 21, v / 21, k->seed + 2);
    z.beard = beard_area(out, v) * (0.9f + 0.2f * mottle);
    return z;
}

/* Traits scale what the table says of the mean. */
static void suit(mien_skin_zone *z, const mien_skin_look *k) {
    float blush = mien_person_normal(k->person, MIEN_TRAIT_blush);
    float light = mien_step(0.06f, 0.55f, k->skin.x);
    z->red *= (0.55f + 0.5f * light) * (1 + 0.22f * blush);
    z->yellow *= 0.5f + 0.5f * light;
    z->dark *= 0.8f + 0.5f * (1 - light);
    z->oil = mien_clamp(z->oil, 0, 1);
    z->pores = mien_clamp(z->pores, 0, 1);
}

void mien_skin_zones(mien_skin_look *k) {
    for (int r = 0; r <= MIEN_SKIN_ROWS; r++)
        for (int c = 0; c <= MIEN_SKIN_COLUMNS; c++) {
            float u = MIEN_SKIN_LEFT + (float)(c * MIEN_SKIN_CELL);
            float v = MIEN_SKIN_LOW + (float)(r * MIEN_SKIN_CELL);
            k->zone[r][c] = zone_of(k, u, v);
            suit(&k->zone[r][c], k);
        }
}

static mien_skin_zone mixed(const mien_skin_zone *a, const mien_skin_zone *b,
                            float t) {
    return (mien_skin_zone){.red = mien_mix(a->red, b->red, t),
                            .yellow = mien_mix(a->yellow, b->yellow, t),
                            .dark = mien_mix(a->dark, b->dark, t),
                            .beard = mien_mix(a->beard, b->beard, t),
                            .oil = mien_mix(a->oil, b->oil, t),
                            .pores = mien_mix(a->pores, b->pores, t)};
}

void mien_skin_zone_at(mien_skin_point *p, const mien_skin_look *k) {
    float x = (p->u - MIEN_SKIN_LEFT) / MIEN_SKIN_CELL;
    float y = (p->v - MIEN_SKIN_LOW) / MIEN_SKIN_CELL;
    float fx = mien_clamp(x, 0, MIEN_SKIN_COLUMNS - 0.001f);
    float fy = mien_clamp(y, 0, MIEN_SKIN_ROWS - 0.001f);
    int c = (int)fx, r = (int)fy;
    bool inside = fx == x && fy == y;
    p->row = inside ? r : -1;
    p->column = inside ? c : -1;
    mien_skin_zone low =
        mixed(&k->zone[r][c], &k->zone[r][c + 1], fx - (float)c);
    mien_skin_zone high =
        mixed(&k->zone[r + 1][c], &k->zone[r + 1][c + 1], fx - (float)c);
    p->zone = mixed(&low, &high, fy - (float)r);
}
