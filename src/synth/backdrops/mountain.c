/* SPDX-License-Identifier: Apache-2.0 */
/* mountain.c - ranges that pale into the distance, a meadow before them. */
#include "synth/backdrop.h"
#include "synth/paint.h"

typedef struct range {
    float base, height, scale, snow; /* snow: the height it lies from */
    float aside;                     /* shifts it, for the shaded flanks */
    uint32_t seed;
} range;

static float ridge(const void *what, float x) {
    const range *r = what;
    float sum = 0, high = 1, wide = r->scale;
    for (uint32_t i = 0; i < 5; i++) {
        float n = mien_noise2((x + r->aside) * wide, 0.37f, r->seed + i);
        sum += high * (0.5f - fabsf(n));
        high *= 0.48f;
        wide *= 2.1f;
    }
    return r->base + r->height * sum;
}

/* As far up as there is no snow. */
static float bare(const void *what, float x) {
    const range *r = what;
    float line = r->snow + 0.07f * mien_noise2(x * 13, 0.7f, r->seed + 9) +
                 0.03f * mien_noise2(x * 41, 0.2f, r->seed + 10);
    return fminf(line, ridge(what, x));
}

/* The flank away from the sun: below the ridge shifted, and lower. */
static float flank(const void *what, float x) {
    range shifted = *(const range *)what;
    float top = ridge(&shifted, x);
    shifted.aside += 0.05f;
    return fminf(ridge(&shifted, x), top) - 0.02f;
}

static void raise(mien_frame *frame, const range *r, mien_vec colour,
                  float far) {
    mien_vec haze = mien_vec_of(0.62f, 0.74f, 0.88f);
    mien_vec snow = mien_vec_of(0.92f, 0.95f, 1);
    mien_vec rock = mien_blend(colour, haze, far);
    mien_vec white = r->snow > 1 ? rock : mien_blend(snow, haze, 0.5f * far);
    mien_vec shade = mien_blend(mien_scale(colour, 0.55f), haze, far);
    mien_paint_below(frame, ridge, r, (mien_brush){white, 0.004f, 1});
    mien_paint_below(frame, bare, r, (mien_brush){rock, 0.02f, 1});
    mien_paint_below(frame, flank, r, (mien_brush){shade, 0.04f, 0.55f});
}

static mien_vec sky(const void *what, float x, float y) {
    uint32_t seed = *(const uint32_t *)what;
    float cloud = mien_step(0.0f, 0.5f, mien_fractal2(x * 2, y * 4, 4, seed));
    mien_vec blue =
        mien_blend(mien_vec_of(0.75f, 0.87f, 1.0f),
                   mien_vec_of(0.2f, 0.42f, 0.85f), mien_step(0.4f, 1.1f, y));
    return mien_blend(blue, mien_vec_of(1.05f, 1.05f, 1.05f), 0.7f * cloud);
}

static void paint(mien_frame *frame, uint32_t seed) {
    mien_vec stone = mien_vec_of(0.24f, 0.23f, 0.22f);
    mien_vec forest = mien_vec_of(0.06f, 0.1f, 0.045f);
    mien_vec meadow =
        mien_chance_vary(mien_vec_of(0.24f, 0.32f, 0.09f), seed, 1, 0.3f);
    float base = mien_chance(seed, 2, 0.42f, 0.56f);
    float snow = mien_chance_of(seed, 3, 4) ? base + 0.12f : 2;
    range high = {base, 0.42f, 1.6f, snow, 0, seed + 20};
    range middle = {base - 0.12f, 0.22f, 2.2f, 2, 0, seed + 40};
    range low = {base - 0.26f, 0.1f, 2.8f, 2, 0, seed + 60};
    range ground = {base - 0.32f, 0.03f, 1.5f, 2, 0, seed + 80};
    mien_paint_wash(frame,
                    (mien_wash){.tint = sky, .what = &seed, .cells = 48});
    raise(frame, &high, stone, mien_chance(seed, 4, 0.12f, 0.4f));
    raise(frame, &middle, mien_blend(stone, forest, 0.6f), 0.3f);
    raise(frame, &low, forest, 0.08f);
    mien_paint_below(frame, ridge, &ground, (mien_brush){meadow, 0.012f, 1});
    mien_paint_grain(frame, (mien_grain){0.09f, 0.3f, seed});
}

const mien_backdrop mien_backdrop_mountain = {
    .name = "mountain",
    .summary = "ranges in the distance and a meadow",
    .outdoor = true,
    .often = 0.9f,
    .paint = paint,
};
