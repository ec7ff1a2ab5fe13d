/* SPDX-License-Identifier: Apache-2.0 */
/* look_wrinkles.c - folds and lines of age and of expression.
 *
 * A fold is a groove along a parabola of the chart, of profile
 *
 *   h(d) = -depth bell(d / w),   d the distance to the line.
 *
 * Where a pixel is wider than the groove, w grows with it and the depth falls
 * by as much, so that what is seen of it stays the same on the mean. */
#include "synth/look_skin.h"

/* ---- which folds a person has ------------------------------------------ */

static float jitter(const mien_skin_look *k, uint32_t n, float most) {
    return most * (2 * mien_hash_unit(k->seed, n, 70) - 1);
}

static float height_at(const mien_skin_fold *f, float x) {
    return f->c[0] + x * (f->c[1] + x * f->c[2]);
}

/* Note the fold in the cells that it comes near. */
static void mark_cells(mien_skin_look *k, const mien_skin_fold *f, int n) {
    float reach = 2.5f * f->width + 4;
    float half = 0.5f * MIEN_SKIN_CELL;
    for (int r = 0; r < MIEN_SKIN_ROWS; r++)
        for (int c = 0; c < MIEN_SKIN_COLUMNS; c++) {
            float u = MIEN_SKIN_LEFT + (float)(c * MIEN_SKIN_CELL) + half;
            float v = MIEN_SKIN_LOW + (float)(r * MIEN_SKIN_CELL) + half;
            float along = f->upright ? v : u, across = f->upright ? u : v;
            if (along < f->from - half || along > f->to + half) continue;
            float x = mien_clamp(along, f->from, f->to) - f->from;
            float slope = fabsf(f->c[1] + 2 * f->c[2] * x);
            if (fabsf(across - height_at(f, x)) <
                half * (1 + slope) + reach * sqrtf(1 + slope * slope))
                k->fold_here[r][c] |= (uint64_t)1 << n;
        }
}

static void add(mien_skin_look *k, mien_skin_fold fold) {
    if (fold.depth < 0.02f || k->folds == MIEN_SKIN_FOLDS) return;
    mark_cells(k, &fold, k->folds);
    k->fold[k->folds++] = fold;
}

/* A fold given for u > 0, on both sides; no two sides are alike. */
static void add_pair(mien_skin_look *k, mien_skin_fold fold, uint32_t n) {
    for (int side = -1; side <= 1; side += 2) {
        mien_skin_fold f = fold;
        uint32_t salt = 2 * n + (uint32_t)(side > 0);
        f.depth *= 1 + jitter(k, salt, 0.25f);
        f.c[0] += jitter(k, salt + 500, 0.6f * fold.width);
        f.c[1] *= 1 + jitter(k, salt + 900, 0.12f);
        if (side < 0 && f.upright)
            for (int i = 0; i < 3; i++) f.c[i] = -f.c[i];
        if (side < 0 && !f.upright) {
            /* x' = length - x runs the other way along. */
            float length = f.to - f.from;
            float from = -f.to;
            f.to = -f.from;
            f.from = from;
            f.c[0] += length * (f.c[1] + length * f.c[2]);
            f.c[1] = -f.c[1] - 2 * length * f.c[2];
        }
        add(k, f);
    }
}

/* Depth of a fold that both sides have: with age from 0 at 20 years to 1 at
 * 70, and with a mood of 0 to 1,
 *   always + age a + old a^2 + mood (calm + aged a) + bag eye_bag. */
typedef struct fold_kind {
    mien_skin_fold fold;
    float always, age, old, bag;
    enum { SMILE, FROWN } mood;
    float calm, aged;
} fold_kind;

/* clang-format off */
static const fold_kind kinds[] = {
    /* between the brows */
    {{true, 9, 30, {5.5f, 0.09f, 0}, 1.4f}, .old = 0.22f,
     .mood = FROWN, .calm = 0.25f, .aged = 0.25f},
    /* from the outer corner of the eye */
    {{false, 51, 68, {2.5f, 0.45f, 0}, 1.1f}, .old = 0.32f,
     .calm = 0.06f, .aged = 0.34f},
    {{false, 51, 66, {0.3f, 0.12f, 0}, 1.1f}, .old = 0.32f,
     .calm = 0.06f, .aged = 0.34f},
    {{false, 51, 67, {-1.9f, -0.2f, 0}, 1.1f}, .old = 0.32f,
     .calm = 0.06f, .aged = 0.34f},
    {{false, 51, 63, {-4.1f, -0.55f, 0}, 1.1f}, .old = 0.32f,
     .calm = 0.06f, .aged = 0.34f},
    /* below the eye: the lid's edge, and from its inner corner downwards */
    {{false, 18, 44, {-6, -0.42f, 0.013f}, 1.6f}, .always = 0.1f,
     .age = 0.3f, .calm = 0.1f},
    {{false, 17, 38, {-9, -0.75f, 0.013f}, 2.6f}, .always = 0.1f,
     .age = 0.36f, .bag = 0.16f},
    /* from the wing of the nose past the mouth, and down from its corner */
    {{true, -80, -43, {37, -0.18f, -0.0085f}, 2.6f}, .always = 0.1f,
     .age = 0.55f, .calm = 0.36f, .aged = 0.24f},
    {{true, -94, -73, {33.5f, -0.33f, 0}, 1.8f}, .old = 0.42f},
    /* of the cheek */
    {{true, -84, -52, {50, -0.1f, -0.006f}, 2}, .aged = 0.28f},
    /* above the lip */
    {{true, -64, -56, {4.5f, 0.05f, 0}, 0.9f}, .old = 0.16f},
    {{true, -64, -56, {9.7f, 0.05f, 0}, 0.9f}, .old = 0.16f},
    {{true, -64, -56, {14.9f, 0.05f, 0}, 0.9f}, .old = 0.16f},
};
/* clang-format on */

static void paired_folds(mien_skin_look *k, float age) {
    const mien_expression *face = &k->head->shot->expression;
    const float mood[] = {
        [SMILE] = fmaxf(face->smile, 0), [FROWN] = fmaxf(-face->brows, 0)};
    float bag = fmaxf(mien_person_normal(k->person, MIEN_TRAIT_eye_bag), 0);
    for (uint32_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const fold_kind *kind = &kinds[i];
        mien_skin_fold fold = kind->fold;
        fold.depth = kind->always + kind->age * age + kind->old * age * age +
                     mood[kind->mood] * (kind->calm + kind->aged * age) +
                     kind->bag * bag;
        add_pair(k, fold, 200 + i);
    }
}

static void forehead(mien_skin_look *k, float age) {
    float up = fmaxf(k->head->shot->expression.brows, 0);
    float depth = 0.36f * age * age + 0.42f * up * (0.35f + 0.65f * age);
    for (uint32_t i = 0; i < 4; i++) {
        float from = -46 + jitter(k, 10 + i, 14);
        float to = 46 + jitter(k, 20 + i, 14), wide = to - from;
        float rise = 3 + jitter(k, 30 + i, 3);
        float v = 33 + 9.2f * (float)i + jitter(k, 40 + i, 2);
        float share = (i == 3 ? 0.5f : 1) * (0.7f + jitter(k, 50 + i, 0.3f));
        add(k, (mien_skin_fold){
                   .from = from,
                   .to = to,
                   .c = {v, 4 * rise / wide, -4 * rise / (wide * wide)},
                   .width = 1.5f,
                   .depth = depth * share});
    }
}

static void neck(mien_skin_look *k, float age) {
    for (uint32_t i = 0; i < 2; i++)
        add(k,
            (mien_skin_fold){.from = -70,
                             .to = 70,
                             .c = {-138 - 13 * (float)i + jitter(k, 120 + i, 3),
                                   -0.12f, 0.12f / 140},
                             .width = 1.8f,
                             .depth = 0.08f + 0.25f * age});
}

/* The crease of the upper lid; an inner fold hides it. */
static void lid_crease(mien_skin_look *k) {
    float fold = mien_person_normal(k->person, MIEN_TRAIT_eye_fold);
    float shown = mien_step(1.8f, 0.2f, fold);
    add_pair(k,
             (mien_skin_fold){.from = 17,
                              .to = 48,
                              .c = {9, 0, 0},
                              .width = 0.8f,
                              .depth = 0.30f * shown},
             130);
}

void mien_skin_folds(mien_skin_look *k) {
    const float *trait = k->person->trait;
    float age =
        (trait[MIEN_TRAIT_age] - 20) / 50 + 0.3f * trait[MIEN_TRAIT_wrinkles];
    age = mien_clamp(age, 0, 1.35f);
    lid_crease(k);
    paired_folds(k, age);
    forehead(k, age);
    neck(k, age);
}

/* ---- painting ---------------------------------------------------------- */

static void groove(mien_surface *s, mien_skin_point *p, const mien_skin_fold *f,
                   uint32_t salt) {
    float along = f->upright ? p->v : p->u, across = f->upright ? p->u : p->v;
    float x = along - f->from, length = f->to - f->from;
    if (x <= 0 || x >= length) return;
    float tilt = f->c[1] + 2 * f->c[2] * x;
    float straight = 1 / sqrtf(1 + tilt * tilt);
    float d = (across - height_at(f, x)) * straight;
    float wide = sqrtf(f->width * f->width + 0.6f * p->size * p->size);
    float t = d / wide, in = 1 - 0.16f * t * t;
    if (in <= 0) return;
    float end = fminf(x, length - x) / length;
    float broken = 0.8f + 0.5f * mien_noise2(along / 8, 0.5f, salt);
    float depth =
        f->depth * (f->width / wide) * mien_step(0, 0.34f, end) * broken;
    float slope = depth / wide * 3 * in * in * 0.32f * t * straight;
    p->slope_u += f->upright ? slope : -slope * tilt;
    p->slope_v += f->upright ? -slope * tilt : slope;
    float valley = depth * in * in * in;
    s->occlusion *= 1 - mien_clamp(0.45f * valley, 0, 0.5f);
    float dark = mien_clamp(0.25f * valley, 0, 0.3f);
    s->albedo =
        mien_mul(s->albedo, mien_vec_of(1 - 0.7f * dark, 1 - dark, 1 - dark));
}

void mien_paint_folds(mien_surface *s, mien_skin_point *p,
                      const mien_skin_look *k) {
    if (p->row < 0) return;
    uint64_t here = k->fold_here[p->row][p->column];
    for (int i = 0; here != 0; i++, here >>= 1)
        if (here & 1) groove(s, p, &k->fold[i], k->seed + (uint32_t)i);
}
