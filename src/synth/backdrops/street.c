/* SPDX-License-Identifier: Apache-2.0 */
/* street.c - houses on both sides of a street, shop windows, cars, the sky. */
#include "synth/backdrop.h"
#include "synth/paint.h"

static const uint32_t fronts[] = {0xb59a80, 0x9a5f4c, 0xcfc4b0, 0x8d9499,
                                  0xd8cdb8, 0x746a60, 0xa8b0a0, 0xc79a78};

typedef struct town {
    float x, y; /* where the street ends */
    mien_vec sky;
    uint32_t seed;
} town;

static mien_vec tint(const void *what, float x, float y) {
    const town *t = what;
    float cloud =
        mien_step(0.0f, 0.5f, mien_fractal2(x * 1.6f, y * 3, 3, t->seed));
    mien_vec white = mien_vec_of(1.1f, 1.1f, 1.1f);
    mien_vec sky = mien_blend(t->sky, white, 0.5f * cloud + 0.4f * (1 - y));
    mien_vec road = mien_vec_of(0.2f, 0.2f, 0.205f);
    float ground = mien_step(t->y + 0.01f, t->y - 0.01f, y);
    return mien_blend(sky, mien_scale(road, 0.8f + 0.4f * (t->y - y)), ground);
}

/* A point of the side `s` of the street: depth 1 is the nearest. */
static void put(float out[2], const town *t, float s, float depth,
                float height) {
    out[0] = t->x + s * 0.75f / depth;
    out[1] = t->y + (height - 0.34f) / depth;
}

/* A panel of the wall of houses between two depths and two heights. */
static void panel(mien_frame *frame, const town *t, float s,
                  const float span[4], mien_brush brush) {
    float c[4][2];
    float a = s > 0 ? span[1] : span[0], b = s > 0 ? span[0] : span[1];
    put(c[0], t, s, a, span[2]);
    put(c[1], t, s, b, span[2]);
    put(c[2], t, s, b, span[3]);
    put(c[3], t, s, a, span[3]);
    mien_paint_quad(frame, (const float(*)[2])c, brush);
}

static void house(mien_frame *frame, const town *t, float s,
                  const float depth[2], uint32_t seed) {
    int count = (int)(sizeof fronts / sizeof *fronts);
    mien_vec wall = mien_srgb(fronts[mien_chance_of(seed, 1, count)]);
    float light = (s > 0 ? 0.75f : 0.4f) * mien_chance(seed, 2, 0.8f, 1.1f);
    float haze = mien_clamp((depth[0] - 1) * 0.12f, 0, 0.6f);
    wall = mien_blend(mien_scale(wall, light), t->sky, haze);
    float roof = mien_chance(seed, 3, 0.9f, 1.7f);
    float span[4] = {depth[0], depth[1], 0, roof};
    panel(frame, t, s, span, (mien_brush){wall, 0.004f, 1});
    int floors = 2 + mien_chance_of(seed, 4, 3), columns = 3;
    for (int f = 0; f <= floors; f++)
        for (int c = 0; c < columns; c++) {
            float step = (depth[1] - depth[0]) / (float)columns;
            float low = roof * ((float)f + 0.25f) / ((float)floors + 1.2f);
            float from = depth[0] + step * ((float)c + 0.25f);
            float window[4] = {from, from + 0.5f * step, low,
                               low + 0.55f * roof / ((float)floors + 1.2f)};
            uint32_t pane = mien_hash(seed, (uint32_t)f, (uint32_t)c);
            mien_vec glass = mien_chance_of(pane, 5, 4)
                                 ? mien_vec_of(0.05f, 0.06f, 0.07f)
                                 : mien_vec_of(0.7f, 0.6f, 0.4f);
            if (f == 0) glass = mien_chance_vary(glass, pane, 6, 0.9f);
            panel(frame, t, s, window,
                  (mien_brush){mien_blend(glass, t->sky, haze), 0.004f, 0.9f});
        }
}

static void cars(mien_frame *frame, const town *t, uint32_t seed) {
    static const uint32_t paints[] = {0x8c1f22, 0xc9cccf, 0x202327,
                                      0x2c4b78, 0xe4e2dc, 0x6e7478};
    for (uint32_t i = 0; i < 4; i++) {
        float s = mien_chance_of(seed, 20 + i, 2) ? 0.55f : -0.55f, at[2];
        float depth = 5 - (float)i * mien_chance(seed, 30 + i, 0.7f, 1.1f);
        mien_vec body = mien_scale(
            mien_srgb(paints[mien_chance_of(seed, 40 + i, 6)]), 0.6f);
        put(at, t, s, depth, 0.04f);
        float w = 0.16f / depth, h = 0.09f / depth;
        mien_paint_disc(frame,
                        (mien_disc){at[0], at[1] + 1.9f * h, w * 0.8f, h, 0},
                        (mien_brush){mien_vec_of(0.05f, 0.06f, 0.07f), 0, 1});
        mien_paint_box(frame,
                       (mien_box){at[0] - w, at[1], at[0] + w, at[1] + 2 * h},
                       (mien_brush){body, 0.35f * h, 1});
        mien_paint_box(frame,
                       (mien_box){at[0] - w, at[1] - 0.2f * h, at[0] + w,
                                  at[1] + 0.3f * h},
                       (mien_brush){{0.02f, 0.02f, 0.02f}, 0.3f * h, 0.9f});
    }
}

static void paint(mien_frame *frame, uint32_t seed) {
    town t = {
        mien_chance(seed, 1, -0.3f, 0.3f), mien_chance(seed, 2, 0.36f, 0.52f),
        mien_blend(mien_vec_of(0.32f, 0.52f, 0.9f),
                   mien_vec_of(0.8f, 0.82f, 0.85f), mien_chance(seed, 3, 0, 1)),
        seed};
    mien_paint_wash(frame, (mien_wash){.tint = tint, .what = &t, .cells = 64});
    for (int i = 7; i >= 0; i--)
        for (int s = -1; s <= 1; s += 2) {
            float depth[2] = {0.5f + 0.6f * (float)i, 1.1f + 0.6f * (float)i};
            house(frame, &t, (float)s, depth,
                  mien_hash(seed, (uint32_t)i, (uint32_t)(s + 1)));
        }
    for (int s = -1; s <= 1; s += 2) { /* pavements */
        float span[4] = {0.3f, 8, -0.02f, 0.02f};
        panel(frame, &t, 0.9f * (float)s, span,
              (mien_brush){mien_vec_of(0.35f, 0.34f, 0.33f), 0.004f, 1});
    }
    cars(frame, &t, seed);
    mien_paint_grain(frame, (mien_grain){0.15f, 0.15f, seed});
}

const mien_backdrop mien_backdrop_street = {
    .name = "street",
    .summary = "houses on both sides of a street",
    .outdoor = true,
    .often = 1.4f,
    .paint = paint,
};
