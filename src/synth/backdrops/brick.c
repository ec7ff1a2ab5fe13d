/* SPDX-License-Identifier: Apache-2.0 */
/* brick.c - a wall of bricks, bare or whitewashed. */
#include "synth/backdrop.h"
#include "synth/paint.h"

typedef struct kind {
    uint32_t brick, mortar;
    float vary;
} kind;

static const kind kinds[] = {{0x9a5544, 0xb5aa9c, 0.35f},
                             {0x7d4a3c, 0x8d8278, 0.4f},
                             {0xb98a66, 0xcbbfab, 0.25f},
                             {0xd9d5cc, 0xbdb8ae, 0.06f},
                             {0x6f6a66, 0x8f8a84, 0.25f}};

static void course(mien_frame *frame, const kind *k, uint32_t seed, int row) {
    float high = mien_chance(seed, 2, 0.045f, 0.085f), wide = 3.1f * high;
    float gap = high * mien_chance(seed, 3, 0.05f, 0.09f);
    float side = mien_paint_side(frame);
    float y = (float)row * high, offset = row & 1 ? 0.5f * wide : 0;
    int first = (int)floorf((-side - offset) / wide);
    for (int i = first; (float)i * wide + offset < side; i++) {
        uint32_t choice = mien_hash(seed, (uint32_t)row, (uint32_t)i);
        float x = (float)i * wide + offset;
        mien_vec colour =
            mien_chance_vary(mien_srgb(k->brick), choice, 1, k->vary);
        mien_box box = {x + gap, y + gap, x + wide - gap, y + high - gap};
        mien_paint_box(frame, box,
                       (mien_brush){mien_scale(colour, 0.8f), 0.1f * high, 1});
        box.top = y + 3 * gap; /* the lower edge is in shade */
        mien_paint_box(frame, box,
                       (mien_brush){{0, 0, 0}, 0.15f * high, 0.25f});
    }
}

static mien_vec mortar(const void *what, float x, float y) {
    (void)x;
    (void)y;
    return *(const mien_vec *)what;
}

static void paint(mien_frame *frame, uint32_t seed) {
    int count = (int)(sizeof kinds / sizeof *kinds);
    kind k = kinds[mien_chance_of(seed, 1, count)];
    float high = mien_chance(seed, 2, 0.045f, 0.085f);
    mien_vec joint = mien_scale(mien_srgb(k.mortar), 0.7f);
    mien_paint_wash(frame,
                    (mien_wash){.tint = mortar, .what = &joint, .cells = 1});
    for (int row = 0; (float)row * high < 1; row++)
        course(frame, &k, seed, row);
    mien_paint_grain(frame, (mien_grain){0.05f, 0.25f, seed});
    mien_paint_fall(frame, (mien_fall){mien_chance(seed, 4, -0.8f, 0.8f), 0.9f,
                                       1.6f, mien_chance(seed, 5, 0.3f, 0.7f)});
}

const mien_backdrop mien_backdrop_brick = {
    .name = "brick",
    .summary = "a wall of bricks",
    .outdoor = true,
    .often = 0.8f,
    .paint = paint,
};
