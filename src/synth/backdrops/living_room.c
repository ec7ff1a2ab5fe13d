/* SPDX-License-Identifier: Apache-2.0 */
/* living_room.c - a sofa, a lamp that stands, a plant, pictures, a window. */
#include "synth/backdrop.h"
#include "synth/paint.h"

typedef struct room {
    mien_vec wall;
    float lamp[2];
} room;

static mien_vec tint(const void *what, float x, float y) {
    const room *r = what;
    float dx = x - r->lamp[0], dy = y - r->lamp[1];
    float glow = 1 / (1 + 9 * (dx * dx + dy * dy));
    mien_vec warm = mien_vec_of(0.5f, 0.38f, 0.22f);
    return mien_mul(r->wall,
                    mien_along(mien_vec_of(0.26f, 0.26f, 0.27f), warm, glow));
}

static void sofa(mien_frame *frame, mien_vec colour, float top) {
    float side = mien_paint_side(frame);
    mien_box back = {-side + 0.06f, -1, side - 0.06f, top};
    mien_paint_box(frame, back,
                   (mien_brush){mien_scale(colour, 0.4f), 0.02f, 1});
    back = (mien_box){-side + 0.08f, top - 0.03f, side - 0.08f, top};
    mien_paint_box(frame, back,
                   (mien_brush){mien_scale(colour, 0.65f), 0.03f, 0.8f});
    for (int i = -2; i <= 2; i++) {
        float x = 0.36f * (float)i + 0.1f;
        mien_paint_box(frame, (mien_box){x - 0.006f, -1, x + 0.006f, top},
                       (mien_brush){{0, 0, 0}, 0.02f, 0.5f});
    }
}

static void plant(mien_frame *frame, float x, float y, uint32_t seed) {
    mien_vec green = mien_chance_vary(mien_srgb(0x4d6b3a), seed, 20, 0.4f);
    mien_vec pot = mien_chance_vary(mien_srgb(0xb98a6a), seed, 21, 0.5f);
    mien_paint_box(frame, (mien_box){x - 0.05f, -1, x + 0.05f, y},
                   (mien_brush){mien_scale(pot, 0.45f), 0.006f, 1});
    for (uint32_t i = 0; i < 26; i++) {
        float lean = mien_chance(seed, 30 + i, -1, 1);
        float long_ = mien_chance(seed, 60 + i, 0.12f, 0.3f);
        float ex = x + lean * 0.17f, ey = y + long_ * (1 - 0.35f * lean * lean);
        mien_vec leaf =
            mien_scale(mien_chance_vary(green, seed, 90 + i, 0.5f), 0.6f);
        mien_paint_stroke(frame, (mien_stroke){x, y, ex, ey, 0.008f},
                          (mien_brush){leaf, 0.004f, 1});
        mien_paint_disc(frame, (mien_disc){ex, ey, 0.032f, 0.022f, false},
                        (mien_brush){leaf, 0.008f, 1});
    }
}

static void picture(mien_frame *frame, float x, float y, uint32_t seed) {
    float w = mien_chance(seed, 40, 0.06f, 0.1f), h = 1.25f * w;
    mien_vec mount = mien_vec_of(0.4f, 0.39f, 0.36f);
    mien_vec print = mien_chance_vary(mien_srgb(0x7f8f99), seed, 41, 0.8f);
    mien_box box = {x - w, y - h, x + w, y + h};
    mien_paint_box(frame, box,
                   (mien_brush){mien_vec_of(0.05f, 0.04f, 0.03f), 0.004f, 1});
    box = (mien_box){x - w + 0.008f, y - h + 0.008f, x + w - 0.008f,
                     y + h - 0.008f};
    mien_paint_box(frame, box, (mien_brush){mount, 0.004f, 1});
    box = (mien_box){x - 0.6f * w, y - 0.6f * h, x + 0.6f * w, y + 0.6f * h};
    mien_paint_box(frame, box, (mien_brush){mien_scale(print, 0.4f), 0.01f, 1});
}

static void standing_lamp(mien_frame *frame, const float at[2]) {
    float x = at[0], y = at[1];
    const float shade[4][2] = {{x - 0.1f, y - 0.07f},
                               {x + 0.1f, y - 0.07f},
                               {x + 0.065f, y + 0.08f},
                               {x - 0.065f, y + 0.08f}};
    mien_paint_stroke(frame, (mien_stroke){x, -1, x, y, 0.012f},
                      (mien_brush){mien_vec_of(0.05f, 0.04f, 0.03f), 0, 1});
    mien_paint_disc(frame, (mien_disc){x, y, 0.35f, 0.35f, true},
                    (mien_brush){mien_vec_of(0.2f, 0.14f, 0.07f), 0.35f, 1});
    mien_paint_quad(frame, shade,
                    (mien_brush){mien_vec_of(1.2f, 0.92f, 0.55f), 0.01f, 1});
}

static void paint(mien_frame *frame, uint32_t seed) {
    static const uint32_t walls[] = {0xe3dccf, 0xc7cfc8, 0xb9a78f, 0x8798a3,
                                     0xd9c3b0};
    static const uint32_t sofas[] = {0x6d7378, 0x7b4a3a, 0x3f5563,
                                     0xb7a98f, 0x5b6a4a, 0x8d3f40};
    float left = mien_chance_of(seed, 1, 2) ? 1.0f : -1.0f;
    float side = mien_paint_side(frame);
    room r = {mien_srgb(walls[mien_chance_of(seed, 2, 5)]),
              {left * (side - mien_chance(seed, 3, 0.1f, 0.2f)),
               mien_chance(seed, 4, 0.6f, 0.75f)}};
    mien_vec cover = mien_srgb(sofas[mien_chance_of(seed, 5, 6)]);
    mien_paint_wash(frame, (mien_wash){.tint = tint, .what = &r, .cells = 32});
    picture(frame, -left * mien_chance(seed, 6, 0.1f, 0.2f), 0.84f, seed);
    picture(frame, -left * mien_chance(seed, 7, 0.32f, 0.42f), 0.8f, seed + 1);
    standing_lamp(frame, r.lamp);
    plant(frame, -left * (side - mien_chance(seed, 8, 0.06f, 0.16f)),
          mien_chance(seed, 9, 0.3f, 0.42f), seed);
    sofa(frame, cover, mien_chance(seed, 10, 0.24f, 0.36f));
}

const mien_backdrop mien_backdrop_living_room = {
    .name = "living_room",
    .summary = "a sofa, a lamp, a plant",
    .often = 1.0f,
    .paint = paint,
};
