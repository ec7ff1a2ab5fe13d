/* SPDX-License-Identifier: Apache-2.0 */
/* look_skin_marks.c - the grain of skin: mottles, pores, freckles, spots of
 * age, moles. */
#include "synth/look_dots.h"
#include "synth/look_skin.h"

/* ---- moles ------------------------------------------------------------- */

/* Note the mole in the cells that it reaches. */
static void place(mien_skin_look *k, const mien_skin_mole *mole) {
    float reach = 2 * mole->radius + 1;
    for (int r = 0; r < MIEN_SKIN_ROWS; r++)
        for (int c = 0; c < MIEN_SKIN_COLUMNS; c++) {
            float half = 0.5f * MIEN_SKIN_CELL;
            float u = MIEN_SKIN_LEFT + (float)(c * MIEN_SKIN_CELL) + half;
            float v = MIEN_SKIN_LOW + (float)(r * MIEN_SKIN_CELL) + half;
            if (fabsf(u - mole->u) < half + reach &&
                fabsf(v - mole->v) < half + reach)
                k->mole_here[r][c] |= 1u << k->moles;
        }
    k->mole[k->moles++] = *mole;
}

static bool on_feature(float out, float v) {
    bool lips = out < 30 && v < -58 && v > -88;
    bool eye = out > 10 && out < 54 && v > -9 && v < 28;
    return lips || eye;
}

void mien_skin_marks(mien_skin_look *k) {
    float many = mien_person_normal(k->person, MIEN_TRAIT_moles);
    int wanted = (int)(mien_clamp(many + 0.6f, 0, 3) * 4);
    for (uint32_t i = 0; i < 24 && k->moles < wanted; i++) {
        float t = mien_hash_unit(k->seed, i, 52);
        mien_skin_mole mole = {
            .u = 170 * (mien_hash_unit(k->seed, i, 50) - 0.5f),
            .v = -145 + 205 * mien_hash_unit(k->seed, i, 51),
            .radius = 0.5f + 1.3f * t * t * t,
            .dark = 0.45f + 0.45f * mien_hash_unit(k->seed, i, 53)};
        if (!on_feature(fabsf(mole.u), mole.v)) place(k, &mole);
    }
}

static void paint_moles(mien_surface *s, mien_skin_point *p,
                        const mien_skin_look *k) {
    if (p->row < 0) return;
    uint32_t here = k->mole_here[p->row][p->column];
    for (int i = 0; here != 0; i++, here >>= 1) {
        if ((here & 1) == 0) continue;
        const mien_skin_mole *m = &k->mole[i];
        float du = p->u - m->u, dv = p->v - m->v;
        float wide = sqrtf(m->radius * m->radius + 0.15f * p->size * p->size);
        float spread = m->radius * m->radius / (wide * wide);
        float d = sqrtf(du * du + dv * dv) / wide;
        float dark = m->dark * spread * mien_step(1.35f, 0.65f, d);
        mien_vec brown = {0.20f, 0.11f, 0.07f};
        s->albedo = mien_blend(s->albedo, mien_mul(k->skin, brown), dark);
        if (d > 1.4f || m->radius < 1) continue;
        float bump = 0.35f * spread * mien_look_fine(2 * m->radius, p->size);
        p->slope_u -= bump * du / wide;
        p->slope_v -= bump * dv / wide;
    }
}

/* ---- freckles and spots ------------------------------------------------ */

static void paint_freckles(mien_surface *s, const mien_skin_point *p,
                           const mien_skin_look *k) {
    if (k->freckles <= 0 || p->v > 80 || p->v < -150) return;
    float nose = mien_bell(p->out / 34) * mien_bell((p->v + 26) / 15);
    float cheek = mien_bell((p->out - 44) / 20) * mien_bell((p->v + 26) / 17);
    float here = mien_clamp(0.12f + nose + cheek, 0, 1) * k->freckles;
    mien_dots dots = {.cell = 2.1f,
                      .small = 0.25f,
                      .large = 0.85f,
                      .chance = mien_clamp(here, 0, 0.9f),
                      .seed = k->seed + 60};
    float warp = 0; /* no freckle is round */
    if (p->size < 0.7f)
        warp = 0.4f * mien_noise2(p->u / 1.5f, p->v / 1.5f, k->seed + 59);
    float cover =
        0.5f * mien_look_dots(&dots, p->u + warp, p->v - warp, p->size);
    mien_vec brown = {0.56f, 0.40f, 0.28f};
    s->albedo = mien_blend(s->albedo, mien_mul(s->albedo, brown), cover);
}

static void paint_spots(mien_surface *s, const mien_skin_point *p,
                        const mien_skin_look *k) {
    if (k->spots <= 0) return;
    float here = mien_step(20, 70, p->out) + mien_step(25, 60, p->v);
    mien_dots dots = {.cell = 13,
                      .small = 1,
                      .large = 4,
                      .chance = 0.3f * k->spots * mien_clamp(here, 0, 1),
                      .seed = k->seed + 61};
    float warp = 1.5f * mien_noise2(p->u / 4, p->v / 4, k->seed + 62);
    float cover = mien_look_dots(&dots, p->u + warp, p->v - warp, p->size);
    mien_vec brown = {0.72f, 0.60f, 0.50f};
    s->albedo = mien_blend(s->albedo, mien_mul(s->albedo, brown), 0.6f * cover);
}

/* ---- grain ------------------------------------------------------------- */

/* Add the slope of noise of a wavelength and a height in mm. */
static void bump(mien_skin_point *p, float wavelength, float height,
                 uint32_t seed) {
    float fine = mien_look_fine(wavelength, p->size);
    if (fine <= 0) return;
    float x = p->u / wavelength, y = p->v / wavelength;
    const float step = 0.08f;
    float here = mien_noise2(x, y, seed);
    float gain = fine * height / (step * wavelength);
    p->slope_u += gain * (mien_noise2(x + step, y, seed) - here);
    p->slope_v += gain * (mien_noise2(x, y + step, seed) - here);
}

static void paint_pores(mien_surface *s, mien_skin_point *p,
                        const mien_skin_look *k) {
    float fine = mien_look_fine(1.5f, p->size);
    if (fine <= 0 || p->zone.pores <= 0.05f) return;
    mien_dots dots = {.cell = 1.25f,
                      .small = 0.12f,
                      .large = 0.30f,
                      .chance = 0.75f,
                      .seed = k->seed + 63};
    float cover = mien_look_dots(&dots, p->u, p->v, p->size);
    float deep = fine * p->zone.pores * cover;
    s->albedo = mien_scale(s->albedo, 1 - (0.11f + 0.03f * k->rough) * deep);
    s->specular *= 1 - 0.4f * deep;
}

static void paint_grain(mien_surface *s, mien_skin_point *p,
                        const mien_skin_look *k) {
    float coarse = mien_clamp(1 + 0.3f * k->rough, 0.3f, 2);
    bump(p, 2.5f, 0.020f * coarse, k->seed + 64);
    bump(p, 0.9f, 0.024f * coarse, k->seed + 65);
    float fine = mien_look_fine(5.5f, p->size);
    if (fine <= 0) return;
    float n = fine * mien_noise2(p->u / 5.5f, p->v / 5.5f, k->seed + 66);
    s->albedo.x *= 1 - 0.010f * n;
    s->albedo.y *= 1 - 0.055f * n;
    s->albedo.z *= 1 - 0.050f * n;
    float small = mien_look_fine(1.4f, p->size);
    if (small <= 0) return;
    float m = small * mien_noise2(p->u / 1.4f, p->v / 1.4f, k->seed + 67);
    s->albedo = mien_scale(s->albedo, 1 + 0.03f * m);
}

void mien_paint_marks(mien_surface *s, mien_skin_point *p,
                      const mien_skin_look *k) {
    paint_grain(s, p, k);
    paint_pores(s, p, k);
    paint_freckles(s, p, k);
    paint_spots(s, p, k);
    paint_moles(s, p, k);
}
