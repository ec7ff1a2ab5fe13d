/* SPDX-License-Identifier: Apache-2.0 */
/* kitchen.c - cupboards, tiles, a counter with jars, lamps that hang. */
#include "synth/backdrop.h"
#include "synth/paint.h"

static mien_vec tint(const void *what, float x, float y) {
    (void)x;
    return mien_scale(*(const mien_vec *)what, mien_mix(0.45f, 0.6f, y));
}

static void cupboard(mien_frame *frame, mien_box box, mien_vec colour) {
    float e = 0.014f, w = box.right - box.left;
    mien_box panel = {box.left + e, box.bottom + e, box.right - e, box.top - e};
    mien_box knob = {box.right - 0.12f * w - 0.006f, box.bottom + 0.03f,
                     box.right - 0.12f * w, box.bottom + 0.09f};
    mien_vec metal = mien_vec_of(0.55f, 0.55f, 0.56f);
    mien_paint_box(frame, box, (mien_brush){colour, 0.003f, 1});
    mien_paint_box(frame, panel,
                   (mien_brush){mien_scale(colour, 0.86f), 0.005f, 1});
    mien_paint_box(frame, knob, (mien_brush){metal, 0.003f, 1});
}

static void cupboards(mien_frame *frame, float low, float high, mien_vec colour,
                      uint32_t seed) {
    float side = mien_paint_side(frame);
    float w = mien_chance(seed, 10, 0.2f, 0.27f);
    int gap = mien_chance_of(seed, 11, 4);
    for (int i = 0; - side + (float)i * w < side; i++) {
        float x = -side + (float)i * w;
        if (low > 0.3f && i % 5 == gap) continue;
        cupboard(frame, (mien_box){x + 0.002f, low, x + w - 0.002f, high},
                 mien_scale(colour, 0.6f));
    }
}

static void tiles(mien_frame *frame, float low, float high, mien_vec colour) {
    float side = mien_paint_side(frame), size = 0.05f, e = 0.002f;
    mien_paint_box(frame, (mien_box){-side - 1, low, side + 1, high},
                   (mien_brush){mien_scale(colour, 0.4f), 0.003f, 1});
    for (float y = low; y < high - 0.01f; y += size)
        for (float x = -side - 0.01f; x < side; x += 2 * size)
            mien_paint_box(frame,
                           (mien_box){x + e, y + e, x + 2 * size - e,
                                      fminf(y + size - e, high)},
                           (mien_brush){mien_scale(colour, 0.55f), 0.004f, 1});
}

static void jars(mien_frame *frame, float y, uint32_t seed) {
    static const uint32_t colours[] = {0x8a3b2c, 0xd3c6a2, 0x3d5a42,
                                       0x2b2b2e, 0xb7b2a6, 0xc07d3a};
    float side = mien_paint_side(frame);
    for (uint32_t i = 0; i < 9; i++) {
        float x = mien_chance(seed, 20 + i, -side, side);
        float w = mien_chance(seed, 30 + i, 0.015f, 0.035f);
        float h = mien_chance(seed, 40 + i, 0.06f, 0.15f);
        mien_vec colour = mien_srgb(colours[mien_chance_of(seed, 50 + i, 6)]);
        mien_paint_box(frame, (mien_box){x - w, y, x + w, y + h},
                       (mien_brush){mien_scale(colour, 0.55f), 0.01f, 1});
        mien_paint_box(frame,
                       (mien_box){x - 0.5f * w, y, x - 0.2f * w, y + 0.9f * h},
                       (mien_brush){mien_scale(colour, 1.2f), 0.01f, 0.6f});
    }
}

static void lamp(mien_frame *frame, float x, float y) {
    mien_vec warm = mien_vec_of(1.5f, 1.15f, 0.7f);
    mien_paint_stroke(frame, (mien_stroke){x, y, x, 1.2f, 0.005f},
                      (mien_brush){mien_vec_of(0.03f, 0.03f, 0.03f), 0, 1});
    mien_paint_disc(frame, (mien_disc){x, y, 0.3f, 0.3f, true},
                    (mien_brush){mien_scale(warm, 0.18f), 0.3f, 1});
    mien_paint_disc(frame, (mien_disc){x, y, 0.045f, 0.04f, false},
                    (mien_brush){warm, 0.01f, 1});
}

static void paint(mien_frame *frame, uint32_t seed) {
    static const uint32_t fronts[] = {0xe6e2da, 0x8ea19a, 0x3f4f5c,
                                      0xb48a5c, 0xcfc6b6, 0x7d3f38};
    mien_vec wall = mien_chance_vary(mien_srgb(0xe4ddd0), seed, 1, 0.15f);
    mien_vec front = mien_srgb(fronts[mien_chance_of(seed, 2, 6)]);
    mien_vec top = mien_chance_vary(mien_srgb(0x9b9088), seed, 3, 0.6f);
    float side = mien_paint_side(frame);
    float counter = mien_chance(seed, 4, 0.28f, 0.36f);
    float upper = counter + mien_chance(seed, 5, 0.24f, 0.32f);
    mien_paint_wash(frame,
                    (mien_wash){.tint = tint, .what = &wall, .cells = 24});
    tiles(frame, counter, upper,
          mien_chance_vary(mien_srgb(0xd9dcd8), seed, 6, 0.2f));
    cupboards(frame, upper, 1.1f, front, seed);
    cupboards(frame, -0.3f, counter - 0.03f, front, seed + 1);
    mien_paint_box(frame,
                   (mien_box){-side - 1, counter - 0.03f, side + 1, counter},
                   (mien_brush){mien_scale(top, 0.8f), 0.004f, 1});
    mien_box shade = {-side - 1, upper - 0.05f, side + 1, upper};
    mien_paint_box(frame, shade, (mien_brush){{0, 0, 0}, 0.05f, 0.35f});
    jars(frame, counter, seed);
    if (mien_chance_of(seed, 7, 2))
        for (int i = 0; i < 2; i++)
            lamp(frame, mien_chance(seed, 8, -0.45f, -0.1f) + 0.5f * (float)i,
                 0.82f);
    mien_paint_fall(frame, (mien_fall){mien_chance(seed, 9, -0.8f, 0.8f), 0.7f,
                                       1.6f, 0.5f});
}

const mien_backdrop mien_backdrop_kitchen = {
    .name = "kitchen",
    .summary = "cupboards, tiles and a counter",
    .often = 1.0f,
    .paint = paint,
};
