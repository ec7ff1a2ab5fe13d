/* SPDX-License-Identifier: Apache-2.0 */
/* curtain.c - a curtain in folds, heavy or let through by the day. */
#include "synth/backdrop.h"
#include "synth/paint.h"

static const uint32_t cloths[] = {0x7a2a30, 0x2e3f58, 0x55624f, 0xd8d2c4,
                                  0xb7a68c, 0x5b4a5e, 0xe9e7e1, 0x8a8f94};

typedef struct cloth {
    mien_vec colour;
    float folds, depth; /* folds to the height of the picture */
    uint32_t seed;
} cloth;

static mien_vec tint(const void *what, float x, float y) {
    const cloth *c = what;
    float sway = 0.35f * mien_noise2(x * 1.5f, y * 0.8f, c->seed);
    float u = x * c->folds + sway;
    float fold = mien_noise2(u, y * 0.25f, c->seed + 1);
    float crease = mien_noise2(u * 2.3f, y * 0.4f, c->seed + 2);
    float light = 0.62f + c->depth * (0.75f * fold + 0.3f * crease);
    light = mien_clamp(light, 0.08f, 1.3f) * mien_mix(0.75f, 1, y);
    return mien_scale(c->colour, light);
}

static void paint(mien_frame *frame, uint32_t seed) {
    int count = (int)(sizeof cloths / sizeof *cloths);
    cloth c = {
        .colour = mien_srgb(cloths[mien_chance_of(seed, 1, count)]),
        .folds = mien_chance(seed, 2, 4, 11),
        .depth = mien_chance(seed, 3, 0.35f, 0.8f),
        .seed = seed,
    };
    c.colour = mien_chance_vary(c.colour, seed, 4, 0.2f);
    mien_paint_wash(frame, (mien_wash){.tint = tint, .what = &c, .cells = 80});
    mien_paint_fall(frame, (mien_fall){mien_chance(seed, 5, -0.6f, 0.6f), 0.7f,
                                       1.3f, mien_chance(seed, 6, 0.4f, 0.9f)});
}

const mien_backdrop mien_backdrop_curtain = {
    .name = "curtain",
    .summary = "a curtain in folds",
    .often = 0.7f,
    .paint = paint,
};
