/* SPDX-License-Identifier: Apache-2.0 */
/* park.c - a lawn, trees whose leaves let the sky through, their trunks. */
#include "synth/backdrop.h"
#include "synth/paint.h"

typedef struct park {
    float horizon, dense, autumn;
    uint32_t seed;
} park;

static mien_vec lawn(const park *p, float x, float y) {
    float depth = 0.25f / (p->horizon + 0.06f - y);
    float patch = mien_fractal2(x * depth * 3, depth * 9, 3, p->seed + 3);
    float sun = mien_step(-0.1f, 0.25f, patch);
    mien_vec shade = mien_vec_of(0.06f, 0.1f, 0.03f);
    mien_vec bright = mien_vec_of(0.3f, 0.42f, 0.11f);
    return mien_blend(shade, bright, 0.25f + 0.75f * sun);
}

static mien_vec leaves(const park *p, float x, float y) {
    float mass = mien_fractal2(x * 3, y * 3, 2, p->seed);
    float leaf = mien_fractal2(x * 17, y * 17, 2, p->seed + 1);
    float open = mien_step(0.02f, 0.2f,
                           mass + 0.7f * leaf - p->dense + 0.5f * (y - 0.6f));
    float lit = mien_clamp(0.45f + 0.9f * leaf + 0.5f * mass, 0, 1);
    mien_vec dark = mien_vec_of(0.022f, 0.04f, 0.014f);
    mien_vec green = mien_vec_of(0.26f, 0.38f, 0.08f);
    mien_vec yellow = mien_vec_of(0.6f, 0.33f, 0.06f);
    mien_vec sky = mien_vec_of(0.85f, 1.0f, 1.15f);
    float turn = p->autumn * mien_step(-0.2f, 0.4f, mass);
    mien_vec colour = mien_blend(dark, mien_blend(green, yellow, turn), lit);
    return mien_blend(colour, sky, open);
}

static mien_vec tint(const void *what, float x, float y) {
    const park *p = what;
    float edge = p->horizon + 0.015f * mien_noise2(x * 9, 0.5f, p->seed);
    float below = mien_step(edge + 0.012f, edge - 0.012f, y);
    if (below >= 1) return lawn(p, x, y);
    mien_vec wood = leaves(p, x, y);
    wood = mien_scale(wood, mien_mix(0.45f, 1, mien_step(0, 0.3f, y - edge)));
    return below > 0 ? mien_blend(wood, lawn(p, x, edge - 0.02f), below) : wood;
}

static void trunks(mien_frame *frame, const park *p) {
    float side = mien_paint_side(frame);
    for (uint32_t i = 0; i < 6; i++) {
        float far = mien_chance(p->seed, 10 + i, 0, 1);
        float x = mien_chance(p->seed, 20 + i, -side, side);
        float w = mien_mix(0.05f, 0.012f, far);
        float foot = p->horizon - mien_mix(0.12f, 0.005f, far);
        float lean = mien_chance(p->seed, 30 + i, -0.04f, 0.04f);
        float top = mien_chance(p->seed, 40 + i, 0.75f, 1.1f);
        mien_vec bark = mien_chance_vary(mien_vec_of(0.075f, 0.055f, 0.04f),
                                         p->seed, 50 + i, 0.4f);
        mien_paint_stroke(frame, (mien_stroke){x, foot, x + lean, top, w},
                          (mien_brush){bark, 0.35f * w, 0.92f});
    }
}

static void paint(mien_frame *frame, uint32_t seed) {
    park p = {mien_chance(seed, 1, 0.22f, 0.42f),
              mien_chance(seed, 2, 0.05f, 0.45f),
              mien_chance_of(seed, 3, 4) ? 0.15f : 0.9f, seed};
    mien_paint_wash(frame, (mien_wash){.tint = tint, .what = &p, .cells = 80});
    trunks(frame, &p);
    mien_paint_fall(frame, (mien_fall){mien_chance(seed, 4, -0.5f, 0.5f), 0.9f,
                                       1.8f, 0.75f});
}

const mien_backdrop mien_backdrop_park = {
    .name = "park",
    .summary = "a lawn and trees",
    .outdoor = true,
    .often = 1.6f,
    .paint = paint,
};
