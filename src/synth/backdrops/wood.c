/* SPDX-License-Identifier: Apache-2.0 */
/* wood.c - planks, upright or level, with their grain. */
#include "synth/backdrop.h"
#include "synth/paint.h"

static const uint32_t woods[] = {0x8a5a36, 0x6b4226, 0xb98b5a, 0xc9a678,
                                 0x4a3326, 0x8f8578, 0xa5653a};

typedef struct planks {
    mien_vec colour;
    float breadth;
    bool level;
    uint32_t seed;
} planks;

static mien_vec tint(const void *what, float x, float y) {
    const planks *p = what;
    float across = (p->level ? y : x) / p->breadth + 64;
    float along = p->level ? x : y;
    float number = floorf(across), in = across - number;
    uint32_t plank = mien_hash(p->seed, (uint32_t)(int)number, 1);
    float drift = mien_hash_unit(plank, 2, 0) * 37;
    float knot = mien_noise2(in * 1.5f + drift, along * 2.5f, plank);
    float ring = mien_noise2(in * 9 + knot * 5 + drift, along * 1.7f, plank);
    float gap = mien_step(0, 0.05f, in) * mien_step(1, 0.95f, in);
    float light = (0.9f + 0.22f * ring) * mien_mix(0.18f, 1, gap) *
                  (0.8f + 0.4f * mien_hash_unit(plank, 3, 0));
    return mien_scale(p->colour, 0.8f * light);
}

static void paint(mien_frame *frame, uint32_t seed) {
    int count = (int)(sizeof woods / sizeof *woods);
    planks p = {
        .colour = mien_srgb(woods[mien_chance_of(seed, 1, count)]),
        .breadth = mien_chance(seed, 2, 0.08f, 0.2f),
        .level = mien_chance_of(seed, 3, 3) == 0,
        .seed = seed,
    };
    mien_paint_wash(frame, (mien_wash){.tint = tint, .what = &p, .cells = 128});
    mien_paint_fall(frame, (mien_fall){mien_chance(seed, 4, -0.6f, 0.6f), 0.8f,
                                       1.5f, mien_chance(seed, 5, 0.3f, 0.7f)});
}

const mien_backdrop mien_backdrop_wood = {
    .name = "wood",
    .summary = "a wall of planks",
    .often = 0.8f,
    .paint = paint,
};
