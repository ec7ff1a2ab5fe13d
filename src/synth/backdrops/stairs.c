/* SPDX-License-Identifier: Apache-2.0 */
/* stairs.c - a flight of stairs that climbs to one side, with its rail. */
#include "synth/backdrop.h"
#include "synth/paint.h"

typedef struct flight {
    mien_vec wall, stone;
    float left, rise, tread, start;
} flight;

static mien_vec tint(const void *what, float x, float y) {
    const flight *f = what;
    float light = mien_mix(0.3f, 0.65f, mien_step(-0.2f, 1.2f, y)) *
                  mien_mix(0.8f, 1.1f, mien_step(-0.7f, 0.7f, f->left * x));
    return mien_scale(f->wall, light);
}

static void steps(mien_frame *frame, const flight *f) {
    float side = mien_paint_side(frame);
    for (int i = 24; i >= 0; i--) {
        float from = (float)i * f->tread - side - 0.1f;
        float top = f->start + (float)i * f->rise;
        mien_box riser = {from, -1, side + 1, top};
        if (f->left < 0) riser = (mien_box){-side - 1, -1, -from, top};
        if (from > side) continue;
        mien_vec shade = mien_scale(f->stone, 0.28f + 0.012f * (float)(i % 3));
        mien_paint_box(frame, riser, (mien_brush){shade, 0.004f, 1});
        riser.bottom = top - 0.022f;
        mien_paint_box(frame, riser,
                       (mien_brush){mien_scale(f->stone, 0.62f), 0.004f, 1});
    }
}

static void rail(mien_frame *frame, const flight *f, uint32_t seed) {
    float side = mien_paint_side(frame), slope = f->rise / f->tread;
    float lift = mien_chance(seed, 10, 0.24f, 0.34f), wide = 2 * side + 0.2f;
    mien_vec metal = mien_chance_vary(mien_srgb(0x4a4038), seed, 11, 0.6f);
    mien_brush brush = {mien_scale(metal, 0.7f), 0.003f, 1};
    float x0 = -side - 0.1f, y0 = f->start + lift;
    mien_stroke bar = {f->left * x0, y0, f->left * (x0 + wide),
                       y0 + slope * wide, 0.022f};
    for (float at = 0.02f; at < wide; at += 0.09f) {
        float x = f->left * (x0 + at), y = y0 + slope * at;
        mien_paint_stroke(frame, (mien_stroke){x, y - lift, x, y, 0.008f},
                          brush);
    }
    mien_paint_stroke(frame, bar, brush);
}

static void paint(mien_frame *frame, uint32_t seed) {
    static const uint32_t walls[] = {0xd8d2c6, 0xb7bfc2, 0xc8b394, 0x9c7a66};
    static const uint32_t stones[] = {0xa9a49a, 0x8a6a4c, 0xc9c2b4, 0x6d6a68};
    flight f = {mien_srgb(walls[mien_chance_of(seed, 1, 4)]),
                mien_srgb(stones[mien_chance_of(seed, 2, 4)]),
                mien_chance_of(seed, 3, 2) ? 1.0f : -1.0f,
                mien_chance(seed, 4, 0.045f, 0.07f),
                mien_chance(seed, 5, 0.09f, 0.13f),
                mien_chance(seed, 6, -0.1f, 0.2f)};
    mien_paint_wash(frame, (mien_wash){.tint = tint, .what = &f, .cells = 24});
    if (mien_chance_of(seed, 7, 2)) { /* a window of the landing */
        float x = -f.left * mien_chance(seed, 8, 0.15f, 0.35f);
        mien_paint_box(frame, (mien_box){x - 0.1f, 0.62f, x + 0.1f, 1.1f},
                       (mien_brush){mien_vec_of(1, 1.08f, 1.15f), 0.01f, 1});
        mien_paint_box(frame, (mien_box){x - 0.006f, 0.62f, x + 0.006f, 1.1f},
                       (mien_brush){mien_scale(f.wall, 0.3f), 0.004f, 1});
    }
    steps(frame, &f);
    rail(frame, &f, seed);
    mien_paint_grain(frame, (mien_grain){0.2f, 0.12f, seed});
}

const mien_backdrop mien_backdrop_stairs = {
    .name = "stairs",
    .summary = "a flight of stairs with its rail",
    .often = 0.6f,
    .paint = paint,
};
