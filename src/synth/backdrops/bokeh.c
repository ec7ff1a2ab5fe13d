/* SPDX-License-Identifier: Apache-2.0 */
/* bokeh.c - the lamps of a town at night, far out of focus. */
#include "synth/backdrop.h"
#include "synth/paint.h"

static const uint32_t lamps[] = {0xffb45a, 0xff8a3c, 0xffd9a0, 0xfff0dc,
                                 0xff5a4a, 0x8fc4ff, 0x7dffb0, 0xffc070};

static mien_vec tint(const void *what, float x, float y) {
    uint32_t seed = *(const uint32_t *)what;
    float t = 0.5f + 0.7f * mien_fractal2(x * 1.8f, y * 1.8f, 2, seed);
    mien_vec dark = mien_vec_of(0.01f, 0.012f, 0.022f);
    mien_vec glow =
        mien_chance_vary(mien_vec_of(0.09f, 0.06f, 0.045f), seed, 9, 0.5f);
    return mien_blend(dark, glow, mien_clamp(t, 0, 1) * mien_step(1.2f, 0, y));
}

static void paint(mien_frame *frame, uint32_t seed) {
    float side = mien_paint_side(frame);
    int count = (int)(2 * side * mien_chance(seed, 1, 20, 46));
    float size = mien_chance(seed, 2, 0.018f, 0.05f);
    float line = mien_chance(seed, 3, 0.35f, 0.75f);
    int kinds = (int)(sizeof lamps / sizeof *lamps);
    mien_paint_wash(frame,
                    (mien_wash){.tint = tint, .what = &seed, .cells = 20});
    for (int i = 0; i < count; i++) {
        uint32_t one = mien_hash(seed, (uint32_t)i, 4);
        float x = mien_chance(one, 1, -side, side);
        float low = mien_chance(one, 2, -0.5f, 0.5f);
        float y = line + low * fabsf(low) * 2.2f;
        float r = size * mien_chance(one, 3, 0.6f, 1.3f);
        float light = mien_chance(one, 4, 0.08f, 0.9f);
        mien_vec colour = mien_srgb(lamps[mien_chance_of(one, 5, kinds)]);
        mien_disc disc = {x, y, r, r, true};
        mien_paint_disc(
            frame, disc,
            (mien_brush){mien_scale(colour, light * light), 0.006f, 1});
    }
}

const mien_backdrop mien_backdrop_bokeh = {
    .name = "bokeh",
    .summary = "lamps at night, out of focus",
    .outdoor = true,
    .often = 0.7f,
    .paint = paint,
};
