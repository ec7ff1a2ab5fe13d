/* SPDX-License-Identifier: Apache-2.0 */
/* office.c - a room with a window and its blind, desks, screens, folders. */
#include "synth/backdrop.h"
#include "synth/paint.h"

typedef struct room {
    mien_vec wall;
    float window; /* its x: the wall is brighter about it */
} room;

static mien_vec tint(const void *what, float x, float y) {
    const room *r = what;
    float near = mien_bell((x - r->window) * 1.2f);
    return mien_scale(r->wall, (0.35f + 0.3f * near) * mien_mix(0.8f, 1, y));
}

static void window(mien_frame *frame, float x, uint32_t seed) {
    float w = mien_chance(seed, 10, 0.18f, 0.3f);
    float low = mien_chance(seed, 11, 0.35f, 0.5f), high = 1.05f;
    mien_vec day =
        mien_chance_vary(mien_vec_of(1.0f, 1.08f, 1.15f), seed, 12, 0.15f);
    mien_vec bar = mien_vec_of(0.5f, 0.5f, 0.5f);
    mien_box pane = {x - w, low, x + w, high};
    mien_paint_box(frame, pane, (mien_brush){day, 0.006f, 1});
    mien_box town = {x - w, low, x + w, low + mien_chance(seed, 13, 0, 0.2f)};
    mien_paint_box(frame, town,
                   (mien_brush){mien_vec_of(0.4f, 0.48f, 0.5f), 0.05f, 0.8f});
    if (mien_chance_of(seed, 14, 2))
        for (float y = low; y < high; y += 0.03f)
            mien_paint_box(frame, (mien_box){x - w, y, x + w, y + 0.016f},
                           (mien_brush){bar, 0.006f, 0.55f});
    for (int i = -1; i <= 1; i++) {
        float at = x + w * (float)i;
        mien_paint_box(frame, (mien_box){at - 0.011f, low, at + 0.011f, high},
                       (mien_brush){bar, 0.003f, 1});
    }
    mien_paint_box(frame,
                   (mien_box){x - w - 0.02f, low - 0.02f, x + w + 0.02f, low},
                   (mien_brush){mien_scale(bar, 1.2f), 0.003f, 1});
}

static void screen(mien_frame *frame, float x, float y, uint32_t seed) {
    float w = mien_chance(seed, 20, 0.08f, 0.12f), h = 0.62f * w;
    mien_vec glow = mien_chance_vary(mien_srgb(0x7f9fb8), seed, 21, 0.5f);
    mien_vec black = mien_vec_of(0.02f, 0.02f, 0.022f);
    mien_paint_box(frame, (mien_box){x - 0.015f, y, x + 0.015f, y + 0.05f},
                   (mien_brush){black, 0.004f, 1});
    mien_box box = {x - w, y + 0.04f, x + w, y + 0.04f + 2 * h};
    mien_paint_box(frame, box, (mien_brush){black, 0.004f, 1});
    float e = 0.009f;
    mien_box lit = {box.left + e, box.bottom + e, box.right - e, box.top - e};
    mien_paint_box(frame, lit, (mien_brush){mien_scale(glow, 0.7f), 0.004f, 1});
    lit.right = lit.left + 0.4f * w;
    mien_paint_box(frame, lit, (mien_brush){mien_scale(glow, 0.3f), 0.01f, 1});
}

static void folders(mien_frame *frame, float x, float y, uint32_t seed) {
    static const uint32_t colours[] = {0x2f4a6b, 0x8c2f2c, 0xc9c5ba,
                                       0x30333a, 0x5c7a4c, 0xd0a24a};
    mien_paint_box(frame, (mien_box){x, y - 0.015f, x + 0.34f, y},
                   (mien_brush){mien_vec_of(0.3f, 0.25f, 0.2f), 0.003f, 1});
    for (uint32_t i = 0; i < 9; i++) {
        float left = x + 0.035f * (float)i + 0.01f;
        mien_vec colour = mien_srgb(colours[mien_chance_of(seed, 30 + i, 6)]);
        if (mien_chance_of(seed, 50 + i, 5) == 0) continue;
        mien_paint_box(frame, (mien_box){left, y, left + 0.03f, y + 0.13f},
                       (mien_brush){mien_scale(colour, 0.55f), 0.004f, 1});
        mien_box label = {left + 0.007f, y + 0.05f, left + 0.023f, y + 0.1f};
        mien_paint_box(
            frame, label,
            (mien_brush){mien_vec_of(0.5f, 0.5f, 0.48f), 0.004f, 0.8f});
    }
}

static void paint(mien_frame *frame, uint32_t seed) {
    float side = mien_paint_side(frame);
    float left = mien_chance_of(seed, 1, 2) ? 1.0f : -1.0f;
    room r = {mien_chance_vary(mien_srgb(0xdedad0), seed, 2, 0.15f),
              left * mien_chance(seed, 3, 0.2f, 0.36f)};
    mien_vec desk = mien_chance_vary(mien_srgb(0xa88660), seed, 4, 0.4f);
    float y = mien_chance(seed, 5, 0.16f, 0.28f);
    mien_paint_wash(frame, (mien_wash){.tint = tint, .what = &r, .cells = 24});
    window(frame, r.window, seed);
    float shelf = r.window > 0 ? -side + 0.02f : side - 0.36f;
    folders(frame, shelf, mien_chance(seed, 6, 0.68f, 0.8f), seed);
    folders(frame, shelf, mien_chance(seed, 7, 0.45f, 0.52f), seed + 1);
    mien_paint_box(frame, (mien_box){-side - 1, -1, side + 1, y},
                   (mien_brush){mien_scale(desk, 0.25f), 0.004f, 1});
    mien_paint_box(frame, (mien_box){-side - 1, y - 0.03f, side + 1, y},
                   (mien_brush){mien_scale(desk, 0.7f), 0.004f, 1});
    screen(frame, -left * mien_chance(seed, 8, 0.22f, 0.4f), y, seed);
    screen(frame, left * mien_chance(seed, 9, 0.25f, 0.45f), y, seed + 1);
}

const mien_backdrop mien_backdrop_office = {
    .name = "office",
    .summary = "a window, desks, screens and folders",
    .often = 1.2f,
    .paint = paint,
};
