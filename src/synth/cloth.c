/* SPDX-License-Identifier: Apache-2.0 */
/* cloth.c - woven and knitted stuff: colours, patterns, sheen. */
#include "synth/cloth.h"

#include "synth/paint.h"
#include "synth/waves.h"

/* What hangs in wardrobes: mostly dark, blue, grey and white. */
static const uint32_t colours[] = {
    0x1f232b, 0x22262c, 0x2b3650, 0x33435f, 0x5b7394, 0x8ba0b8, 0xe9e8e4,
    0xf2f1ee, 0xd8d6d0, 0x9a9b9d, 0x6b6e72, 0x45494e, 0x7b2b30, 0xa23a38,
    0x3f5a45, 0x5d6b4a, 0xb9a07a, 0xd6c4a2, 0x6a4a38, 0xc98d3c, 0x2f6a73,
    0x8a6f8f, 0xd9a7a0, 0x4f4060, 0xb8c9d6, 0xc7d3b8};

mien_vec mien_cloth_colour(uint32_t seed, uint32_t choice) {
    const int count = (int)(sizeof colours / sizeof *colours);
    const uint32_t rgb = colours[mien_chance_of(seed, choice, count)];
    return mien_chance_vary(mien_srgb(rgb), seed, choice + 1, 0.2f);
}

mien_cloth *mien_cloth_new(mien_scene *scene, uint32_t seed) {
    mien_cloth *cloth = mien_scene_room(scene, sizeof *cloth);
    if (!cloth) return NULL;
    *cloth = (mien_cloth){.pattern = MIEN_CLOTH_PLAIN,
                          .period = 20,
                          .share = 0.5f,
                          .roughness = 0.85f,
                          .specular = 0.03f,
                          .seed = seed};
    for (uint32_t i = 0; i < 3; i++)
        cloth->colour[i] = mien_cloth_colour(seed, 10 + 3 * i);
    return cloth;
}

static float light_of(mien_vec c) {
    return 0.3f * c.x + 0.6f * c.y + 0.1f * c.z;
}

void mien_cloth_pattern(mien_cloth *cloth, unsigned mask) {
    static const float period[] = {20, 26, 14, 42, 22, 80, 90, 7, 3};
    const uint32_t seed = cloth->seed;
    int choices[MIEN_CLOTH_MELANGE + 1], n = 0;
    for (int i = 1; i <= MIEN_CLOTH_MELANGE; i++)
        if (mask >> i & 1) choices[n++] = i;
    if (n == 0 || mien_hash_unit(seed, 1, 0) < 0.45f) return;
    const int one = choices[mien_chance_of(seed, 4, n)];
    cloth->pattern = (mien_pattern)one;
    cloth->period = period[one] * mien_chance(seed, 2, 0.6f, 1.6f);
    cloth->share = mien_chance(seed, 3, 0.2f, 0.6f);
    const float apart =
        fabsf(light_of(cloth->colour[0]) - light_of(cloth->colour[1]));
    if (apart < 0.08f) /* or the pattern would not be seen */
        cloth->colour[1] = light_of(cloth->colour[0]) > 0.3f
                               ? mien_srgb(0x2c3444)
                               : mien_srgb(0xe4e2dc);
}

/* ---- patterns -------------------------------------------------------------
 */

/* 1 within the first `share` of each period, 0 beyond, edges as soft as a
 * pixel; where a pixel spans the period, the mean. */
static float band(float x, float period, float share, float size) {
    const float u = x / period, edge = mien_clamp(size / period, 0.03f, 1);
    const float in = fabsf(u - floorf(u) - 0.5f);
    const float sharp =
        mien_step(0.5f * share + 0.5f * edge, 0.5f * share - 0.5f * edge, in);
    return mien_mix(sharp, share, mien_step(0.4f, 1, edge));
}

static float dots(const mien_cloth *c, float x, float y, float size) {
    const float u = x / c->period, v = y / c->period;
    const float row = floorf(v), a = u + 0.5f * (row - 2 * floorf(row / 2));
    const float dx = a - floorf(a) - 0.5f, dy = v - row - 0.5f;
    const float r = 0.32f * c->share + 0.08f;
    const float edge = mien_clamp(size / c->period, 0.03f, 1);
    const float sharp =
        mien_step(r + 0.5f * edge, r - 0.5f * edge, sqrtf(dx * dx + dy * dy));
    return mien_mix(sharp, 3.1f * r * r, mien_step(0.4f, 1, edge));
}

static float badge(float x, float y, uint32_t seed) {
    const float high = mien_chance(seed, 20, -175, -130);
    const float wide = mien_chance(seed, 21, 40, 85);
    const float bar =
        mien_step(8, 7, fabsf(y - high)) * mien_step(wide + 1, wide, fabsf(x));
    const float square = mien_step(17, 16, fabsf(y - high + 40)) *
                         mien_step(wide * 0.6f + 1, wide * 0.6f, fabsf(x));
    return bar > square ? bar : square;
}

static mien_vec pattern_at(const mien_cloth *c, const mien_fragment *f) {
    const float x = f->at[0], y = f->at[1], p = c->period, size = f->size;
    const mien_vec a = c->colour[0], b = c->colour[1];
    switch (c->pattern) {
        case MIEN_CLOTH_HOOPS:
            return mien_blend(a, b, band(y, p, c->share, size));
        case MIEN_CLOTH_STRIPES:
            return mien_blend(a, b, band(x, p, 0.5f * c->share, size));
        case MIEN_CLOTH_CHECKS: {
            const float h = band(y, p, c->share, size);
            const float v = band(x, p, c->share, size);
            const float thin = band(x + 0.3f * p, p, 0.08f, size) +
                               band(y + 0.3f * p, p, 0.08f, size);
            const mien_vec weave = mien_blend(a, b, 0.5f * (h + v));
            return mien_blend(weave, c->colour[2], 0.35f * thin);
        }
        case MIEN_CLOTH_DOTS: return mien_blend(a, b, dots(c, x, y, size));
        case MIEN_CLOTH_PRINT: {
            const float n = mien_noise2(x / p * 2, y / p * 2, c->seed);
            const float m = mien_noise2(x / p * 3 + 9, y / p * 3, c->seed);
            const mien_vec ground = mien_blend(a, b, mien_step(0.1f, 0.16f, n));
            return mien_blend(ground, c->colour[2], mien_step(0.25f, 0.3f, m));
        }
        case MIEN_CLOTH_BADGE:
            return f->rest.z > 0 ? mien_blend(a, b, badge(x, y, c->seed)) : a;
        case MIEN_CLOTH_RIBS:
            return mien_scale(a, 1 - 0.4f * band(x, p, 0.4f, size));
        case MIEN_CLOTH_MELANGE:
            return mien_scale(a, 1 + 0.16f *
                                         mien_noise2(x / 4, y / 2, c->seed) *
                                         mien_step(5, 1, size));
        default: return a;
    }
}

static void cloth_look(mien_surface *s, const void *what,
                       const mien_fragment *f) {
    const mien_cloth *c = what;
    s->albedo = pattern_at(c, f);
    s->roughness = c->roughness;
    s->specular = c->specular;
    s->scatter = 0.1f;
}

mien_material mien_cloth_material(const mien_cloth *cloth, int owner) {
    return (mien_material){.name = "cloth",
                           .look = cloth_look,
                           .what = cloth,
                           .owner = (int16_t)owner};
}
