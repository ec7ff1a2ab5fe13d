/* SPDX-License-Identifier: Apache-2.0 */
/* hedge.c - leaves from near, some in the sun. */
#include "synth/backdrop.h"
#include "synth/paint.h"

static void leaf(mien_frame *frame, uint32_t seed, float size) {
    float side = mien_paint_side(frame);
    float x = mien_chance(seed, 1, -side, side), y = mien_chance(seed, 2, 0, 1);
    float light = mien_chance(seed, 3, 0, 1);
    mien_vec dark = mien_vec_of(0.03f, 0.06f, 0.02f);
    mien_vec lit = mien_vec_of(0.3f, 0.42f, 0.12f);
    mien_vec colour = mien_blend(dark, lit, light * light);
    colour = mien_chance_vary(colour, seed, 4, 0.25f);
    float long_ = size * mien_chance(seed, 5, 0.6f, 1.2f);
    float slim = long_ * mien_chance(seed, 6, 0.4f, 0.8f);
    if (mien_chance_of(seed, 7, 2)) {
        float swap = long_;
        long_ = slim;
        slim = swap;
    }
    mien_paint_disc(frame, (mien_disc){x, y, long_, slim, false},
                    (mien_brush){colour, 0.25f * slim, 0.9f});
}

static mien_vec tint(const void *what, float x, float y) {
    uint32_t seed = *(const uint32_t *)what;
    float t = 0.5f + 0.6f * mien_fractal2(x * 4, y * 4, 3, seed);
    return mien_blend(mien_vec_of(0.012f, 0.022f, 0.01f),
                      mien_vec_of(0.09f, 0.14f, 0.04f), mien_clamp(t, 0, 1));
}

static void paint(mien_frame *frame, uint32_t seed) {
    float size = mien_chance(seed, 1, 0.018f, 0.04f);
    float side = mien_paint_side(frame);
    int count = (int)(0.5f * side / (size * size));
    if (count > 1500) count = 1500;
    mien_paint_wash(frame,
                    (mien_wash){.tint = tint, .what = &seed, .cells = 64});
    for (int i = 0; i < count; i++)
        leaf(frame, mien_hash(seed, (uint32_t)i, 2), size);
    mien_paint_fall(
        frame, (mien_fall){mien_chance(seed, 2, -0.6f, 0.6f), 1, 1.5f, 0.4f});
}

const mien_backdrop mien_backdrop_hedge = {
    .name = "hedge",
    .summary = "leaves from near",
    .outdoor = true,
    .often = 0.8f,
    .paint = paint,
};
