/* SPDX-License-Identifier: Apache-2.0 */
/* wall.c - a painted wall in light from one side; perhaps a picture on it, a
 * dado below, the sun of a window. */
#include "synth/backdrop.h"
#include "synth/paint.h"

static const uint32_t paints[] = {0xe8e4da, 0xdcd3c0, 0xc9d3d6, 0xb8c4b4,
                                  0xd8b9a5, 0xa9b7c6, 0xc2b6a8, 0x86a0a8,
                                  0xcfae7c, 0x9c6f63, 0x6f7f75, 0xf0ece4};

typedef struct plaster {
    mien_vec colour;
    float from, ratio; /* where the light comes from, dark side to bright */
    uint32_t seed;
} plaster;

static mien_vec tint(const void *what, float x, float y) {
    const plaster *p = what;
    float across = mien_step(-0.9f, 0.9f, p->from * x);
    float light = mien_mix(p->ratio, 1, across) * mien_mix(0.88f, 1, y);
    light *= 1 + 0.035f * mien_fractal2(x * 5, y * 5, 2, p->seed);
    return mien_scale(p->colour, 0.85f * light);
}

static void picture(mien_frame *frame, uint32_t seed) {
    float x = mien_chance(seed, 20, 0.16f, 0.4f);
    if (mien_chance_of(seed, 21, 2)) x = -x;
    float y = mien_chance(seed, 22, 0.62f, 0.85f);
    float w = mien_chance(seed, 23, 0.09f, 0.17f);
    float h = w * mien_chance(seed, 24, 0.7f, 1.4f), edge = 0.013f;
    mien_vec frame_colour = mien_chance_vary(
        mien_srgb(mien_chance_of(seed, 25, 2) ? 0x2a2522 : 0x8a6a45), seed, 26,
        0.3f);
    mien_vec inner = mien_chance_vary(mien_srgb(0x8fa3a8), seed, 27, 0.7f);
    mien_vec lower = mien_chance_vary(mien_srgb(0x77805f), seed, 28, 0.6f);
    mien_box box = {x - w, y - h, x + w, y + h};
    mien_box shadow = {box.left + 0.01f, box.bottom - 0.015f,
                       box.right + 0.015f, box.top};
    mien_paint_box(frame, shadow, (mien_brush){{0, 0, 0}, 0.02f, 0.35f});
    mien_paint_box(frame, box, (mien_brush){frame_colour, 0.003f, 1});
    box = (mien_box){x - w + edge, y - h + edge, x + w - edge, y + h - edge};
    mien_paint_box(frame, box, (mien_brush){inner, 0.003f, 1});
    box.top = y - h * mien_chance(seed, 29, -0.3f, 0.5f);
    mien_paint_box(frame, box, (mien_brush){lower, 0.015f, 1});
}

/* The sun through a window, aslant, with the shadow of its bars. */
static void sunlight(mien_frame *frame, uint32_t seed) {
    float x = mien_chance(seed, 40, -0.45f, 0.25f);
    float y = mien_chance(seed, 41, 0.35f, 0.65f), lean = 0.12f;
    if (mien_chance_of(seed, 42, 2)) lean = -lean;
    mien_vec sun = mien_vec_of(1.0f, 0.9f, 0.72f);
    for (int pane = 0; pane < 4; pane++) {
        float left = x + 0.17f * (float)(pane & 1);
        float low = y + 0.22f * (float)(pane >> 1);
        float shift = lean * (float)(pane >> 1);
        const float corner[4][2] = {{left + shift, low},
                                    {left + shift + 0.15f, low},
                                    {left + shift + lean + 0.15f, low + 0.2f},
                                    {left + shift + lean, low + 0.2f}};
        mien_paint_quad(frame, corner, (mien_brush){sun, 0.02f, 0.3f});
    }
}

static void dado(mien_frame *frame, mien_vec colour, uint32_t seed) {
    float side = mien_paint_side(frame);
    float y = mien_chance(seed, 30, 0.12f, 0.3f);
    mien_vec lower = mien_scale(colour, mien_chance(seed, 31, 0.35f, 0.7f));
    mien_vec rail = mien_scale(colour, 0.9f);
    mien_paint_box(frame, (mien_box){-side - 1, -1, side + 1, y},
                   (mien_brush){lower, 0.003f, 0.9f});
    mien_paint_box(frame, (mien_box){-side - 1, y, side + 1, y + 0.02f},
                   (mien_brush){rail, 0.003f, 0.7f});
}

static void paint(mien_frame *frame, uint32_t seed) {
    int count = (int)(sizeof paints / sizeof *paints);
    plaster p = {
        .colour = mien_srgb(paints[mien_chance_of(seed, 1, count)]),
        .from = mien_chance_of(seed, 2, 2) ? 1 : -1,
        .ratio = mien_chance(seed, 3, 0.35f, 0.85f),
        .seed = seed,
    };
    p.colour = mien_chance_vary(p.colour, seed, 4, 0.15f);
    mien_paint_wash(frame, (mien_wash){.tint = tint, .what = &p, .cells = 64});
    if (mien_chance_of(seed, 5, 4) == 0) dado(frame, p.colour, seed);
    if (mien_chance_of(seed, 6, 3) == 0) picture(frame, seed);
    if (mien_chance_of(seed, 7, 4) == 0) sunlight(frame, seed);
}

const mien_backdrop mien_backdrop_wall = {
    .name = "wall",
    .summary = "a painted wall in light from one side",
    .often = 1.6f,
    .paint = paint,
};
