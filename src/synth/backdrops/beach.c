/* SPDX-License-Identifier: Apache-2.0 */
/* beach.c - sky, sea and sand; the sun low or high. */
#include "synth/backdrop.h"
#include "synth/paint.h"

typedef struct shore {
    float horizon, sand, dusk;
    uint32_t seed;
} shore;

static mien_vec sky_at(const shore *s, float x, float y) {
    float up = mien_step(s->horizon, 1.1f, y);
    mien_vec high = mien_blend(mien_vec_of(0.2f, 0.42f, 0.85f),
                               mien_vec_of(0.16f, 0.2f, 0.4f), s->dusk);
    mien_vec low = mien_blend(mien_vec_of(0.72f, 0.88f, 1.0f),
                              mien_vec_of(1.15f, 0.62f, 0.34f), s->dusk);
    float cloud = mien_fractal2(x * 1.7f, y * 5, 4, s->seed);
    cloud = mien_step(0.05f, 0.45f, cloud) * 0.75f;
    mien_vec white = mien_blend(mien_vec_of(1.05f, 1.05f, 1.05f),
                                mien_vec_of(1.0f, 0.6f, 0.45f), s->dusk);
    return mien_blend(mien_blend(low, high, up), white, cloud);
}

static mien_vec sea_at(const shore *s, float x, float y) {
    float depth = 0.05f / (s->horizon - y + 0.008f);
    float wave = mien_fractal2(x * depth * 6, depth * 22, 2, s->seed + 1);
    float near = mien_step(s->horizon, s->sand, y);
    mien_vec deep = mien_blend(mien_vec_of(0.035f, 0.14f, 0.26f),
                               mien_vec_of(0.1f, 0.1f, 0.16f), s->dusk);
    mien_vec shallow = mien_blend(mien_vec_of(0.16f, 0.42f, 0.45f),
                                  mien_vec_of(0.4f, 0.26f, 0.2f), s->dusk);
    mien_vec water = mien_blend(deep, shallow, near);
    float foam = mien_step(0.25f, 0.5f, wave + 0.5f * near - 0.25f);
    water = mien_scale(water, 1 + 0.5f * wave);
    return mien_blend(water, mien_vec_of(0.85f, 0.87f, 0.88f), foam * 0.8f);
}

static mien_vec sand_at(const shore *s, float x, float y) {
    float wet = mien_step(s->sand - 0.1f, s->sand, y);
    float heap = mien_fractal2(x * 9, y * 22, 3, s->seed + 2);
    mien_vec dry = mien_vec_of(0.62f, 0.5f, 0.35f);
    mien_vec damp = mien_vec_of(0.28f, 0.22f, 0.16f);
    mien_vec sand = mien_blend(dry, damp, wet);
    return mien_scale(sand, (1 - 0.45f * s->dusk) * (1 + 0.25f * heap));
}

static mien_vec tint(const void *what, float x, float y) {
    const shore *s = what;
    float edge = s->sand + 0.02f * mien_noise2(x * 3, 0.5f, s->seed + 4);
    if (y > s->horizon + 0.004f) return sky_at(s, x, y);
    if (y > edge) return sea_at(s, x, y);
    return sand_at(s, x, y);
}

static void paint(mien_frame *frame, uint32_t seed) {
    shore s = {mien_chance(seed, 1, 0.42f, 0.66f), 0,
               mien_chance_of(seed, 2, 3) ? 0 : mien_chance(seed, 3, 0.4f, 1),
               seed};
    s.sand = s.horizon - mien_chance(seed, 4, 0.1f, 0.3f);
    mien_paint_wash(frame, (mien_wash){.tint = tint, .what = &s, .cells = 85});
    if (s.dusk <= 0) return;
    float x = mien_chance(seed, 5, -0.45f, 0.45f);
    mien_vec sun = mien_vec_of(0.9f, 0.6f, 0.3f);
    mien_paint_disc(frame, (mien_disc){x, s.horizon + 0.06f, 0.4f, 0.35f, true},
                    (mien_brush){mien_scale(sun, 0.5f), 0.35f, 1});
    mien_paint_disc(frame,
                    (mien_disc){x, s.horizon + 0.06f, 0.035f, 0.035f, true},
                    (mien_brush){mien_scale(sun, 1.5f), 0.01f, 1});
}

const mien_backdrop mien_backdrop_beach = {
    .name = "beach",
    .summary = "sky, sea and sand",
    .outdoor = true,
    .often = 1.1f,
    .paint = paint,
};
