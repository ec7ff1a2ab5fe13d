/* SPDX-License-Identifier: Apache-2.0 */
/* stadium.c - tiers of empty seats above a pitch, floodlights, blurred. */
#include "synth/backdrop.h"
#include "synth/paint.h"

typedef struct stand {
    float pitch, roof;
    mien_vec seats[2];
    uint32_t seed;
} stand;

static mien_vec tint(const void *what, float x, float y) {
    const stand *s = what;
    if (y < s->pitch) {
        float depth = 0.2f / (s->pitch + 0.05f - y);
        float mown = mien_step(-0.2f, 0.2f, mien_sine(depth * 9));
        mien_vec grass = mien_vec_of(0.1f, 0.27f, 0.06f);
        return mien_scale(grass, 0.75f + 0.35f * mown);
    }
    if (y > s->roof)
        return mien_blend(mien_vec_of(0.5f, 0.66f, 0.95f),
                          mien_vec_of(0.95f, 0.97f, 1),
                          mien_step(1.2f, 0.6f, y));
    float up = (y - s->pitch) / (s->roof - s->pitch);
    float gap = mien_step(0.03f, 0.02f, fabsf(up - 0.48f)); /* between tiers */
    float tier = (y - s->pitch) * 52 + 1.5f * x * x;
    float row = tier - floorf(tier);
    float tone = mien_noise2(x * 3.1f, up < 0.48f ? 3.3f : 7.6f, s->seed);
    float seats = mien_step(-0.05f, 0.05f, tone);
    float turn = x * mien_mix(15, 11, up);
    float aisle = mien_step(0.04f, 0.12f, fabsf(mien_sine(turn + 0.6f)));
    mien_vec seat = mien_blend(s->seats[0], s->seats[1], seats);
    mien_vec step = mien_vec_of(0.3f, 0.3f, 0.31f);
    seat = mien_scale(seat, mien_mix(0.4f, 0.75f, mien_step(0.1f, 0.6f, row)));
    seat = mien_blend(seat, mien_vec_of(0.03f, 0.03f, 0.03f), gap);
    float shade = mien_mix(1, 0.35f, mien_step(s->roof - 0.3f, s->roof, y));
    return mien_scale(mien_blend(step, seat, aisle), shade);
}

static void lights(mien_frame *frame, const stand *s) {
    float side = mien_paint_side(frame);
    mien_vec white = mien_vec_of(1.6f, 1.65f, 1.7f);
    for (float x = -side; x < side; x += 0.17f) {
        float y = s->roof + 0.02f;
        mien_paint_disc(frame, (mien_disc){x, y, 0.07f, 0.07f, true},
                        (mien_brush){mien_scale(white, 0.2f), 0.07f, 1});
        mien_paint_disc(frame, (mien_disc){x, y, 0.016f, 0.012f, false},
                        (mien_brush){white, 0.004f, 1});
    }
}

static void paint(mien_frame *frame, uint32_t seed) {
    static const uint32_t seats[] = {0x1f4f9a, 0xb3282d, 0xd9d9d4,
                                     0xd8a42a, 0x2f7a4a, 0x6f7680};
    stand s = {mien_chance(seed, 1, 0.1f, 0.3f),
               mien_chance(seed, 2, 0.72f, 0.95f),
               {mien_srgb(seats[mien_chance_of(seed, 3, 6)]),
                mien_srgb(seats[mien_chance_of(seed, 4, 6)])},
               seed};
    float side = mien_paint_side(frame);
    mien_paint_wash(frame, (mien_wash){.tint = tint, .what = &s, .cells = 128});
    mien_paint_box(frame,
                   (mien_box){-side - 1, s.roof, side + 1, s.roof + 0.05f},
                   (mien_brush){mien_vec_of(0.12f, 0.12f, 0.13f), 0.01f, 1});
    mien_vec board = mien_chance_vary(mien_srgb(0x4a6fa8), seed, 5, 0.6f);
    mien_paint_box(frame,
                   (mien_box){-side - 1, s.pitch, side + 1, s.pitch + 0.045f},
                   (mien_brush){mien_scale(board, 0.7f), 0.01f, 1});
    lights(frame, &s);
    mien_paint_grain(frame, (mien_grain){0.07f, 0.15f, seed});
}

const mien_backdrop mien_backdrop_stadium = {
    .name = "stadium",
    .summary = "tiers of empty seats above a pitch",
    .outdoor = true,
    .often = 0.5f,
    .paint = paint,
};
