/* SPDX-License-Identifier: Apache-2.0 */
/* paper.c - a roll of paper or a painted cloth in a studio, lit by a spot. */
#include "synth/backdrop.h"
#include "synth/paint.h"

static const uint32_t colours[] = {0xd9d9d6, 0xb9bcc0, 0x8f9498, 0x5d6266,
                                   0x3a3c40, 0x9fb0bf, 0x6f8496, 0xcdbfae,
                                   0xa8927c, 0x7d8a78, 0xefeeea, 0x4b5563};

typedef struct sheet {
    mien_vec colour;
    float x, y, reach, edge, mottle;
    uint32_t seed;
} sheet;

static mien_vec tint(const void *what, float x, float y) {
    const sheet *s = what;
    float dx = x - s->x, dy = y - s->y;
    float spot = mien_step(s->reach, 0, sqrtf(dx * dx + dy * dy));
    float cloud = mien_fractal2(x * 2.2f, y * 2.2f, 3, s->seed);
    float light = mien_mix(s->edge, 1, spot) * (1 + s->mottle * cloud);
    return mien_scale(s->colour, 0.8f * light);
}

static void paint(mien_frame *frame, uint32_t seed) {
    int count = (int)(sizeof colours / sizeof *colours);
    sheet s = {
        .colour = mien_srgb(colours[mien_chance_of(seed, 1, count)]),
        .x = mien_chance(seed, 2, -0.3f, 0.3f),
        .y = mien_chance(seed, 3, 0.3f, 0.8f),
        .reach = mien_chance(seed, 4, 0.6f, 1.5f),
        .edge = mien_chance(seed, 5, 0.3f, 0.85f),
        .mottle = mien_chance_of(seed, 6, 3) ? 0.02f : 0.35f,
        .seed = seed,
    };
    s.colour = mien_chance_vary(s.colour, seed, 7, 0.12f);
    mien_paint_wash(frame, (mien_wash){.tint = tint, .what = &s, .cells = 40});
}

const mien_backdrop mien_backdrop_paper = {
    .name = "paper",
    .summary = "a roll of paper in a studio",
    .often = 2.0f,
    .paint = paint,
};
