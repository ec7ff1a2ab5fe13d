/* SPDX-License-Identifier: Apache-2.0 */
/* bookshelf.c - shelves of books, with gaps and a few upright boxes. */
#include "synth/backdrop.h"
#include "synth/paint.h"

static const uint32_t spines[] = {0x7b2d2a, 0x2c3e55, 0x3f5a46, 0xc9b88f,
                                  0x8a6a3c, 0x54433a, 0xd6d2c8, 0x23262b,
                                  0xa34f2e, 0x61758a, 0x9c9a8d, 0x4c2f45};

static mien_vec tint(const void *what, float x, float y) {
    (void)x;
    (void)y;
    return *(const mien_vec *)what;
}

static void book(mien_frame *frame, mien_box box, uint32_t seed) {
    int count = (int)(sizeof spines / sizeof *spines);
    mien_vec colour = mien_srgb(spines[mien_chance_of(seed, 1, count)]);
    colour = mien_scale(mien_chance_vary(colour, seed, 2, 0.35f), 0.7f);
    mien_paint_box(frame, box, (mien_brush){colour, 0.004f, 1});
    float width = box.right - box.left, high = box.top - box.bottom;
    mien_box light = {box.left + 0.15f * width, box.bottom,
                      box.left + 0.45f * width, box.top};
    mien_paint_box(frame, light,
                   (mien_brush){mien_scale(colour, 1.5f), 0.3f * width, 0.6f});
    if (mien_chance_of(seed, 3, 2)) return;
    mien_vec label = mien_chance_vary(mien_srgb(0xcbbd96), seed, 4, 0.4f);
    float y = box.bottom + high * mien_chance(seed, 5, 0.55f, 0.8f);
    mien_box band = {box.left, y, box.right,
                     y + high * mien_chance(seed, 6, 0.03f, 0.12f)};
    mien_paint_box(frame, band,
                   (mien_brush){mien_scale(label, 0.7f), 0.003f, 0.8f});
}

static void shelf(mien_frame *frame, float y, float high, uint32_t seed) {
    float side = mien_paint_side(frame), x = -side - 0.05f;
    for (uint32_t i = 0; x < side && i < 400; i++) {
        uint32_t one = mien_hash(seed, i, 5);
        float width = mien_chance(one, 10, 0.014f, 0.042f);
        if (mien_chance_of(one, 11, 14) == 0) {
            x += mien_chance(one, 12, 0.03f, 0.1f);
            continue;
        }
        float top = y + high * mien_chance(one, 13, 0.62f, 0.92f);
        book(frame, (mien_box){x, y, x + width, top}, one);
        x += width + 0.001f;
    }
}

static void paint(mien_frame *frame, uint32_t seed) {
    static const uint32_t woods[] = {0x6b4a2f, 0x3c2a1e, 0xb99a70, 0xd8d4cc};
    mien_vec board = mien_srgb(woods[mien_chance_of(seed, 1, 4)]);
    mien_vec dark = mien_scale(board, 0.12f);
    float side = mien_paint_side(frame);
    float high = mien_chance(seed, 2, 0.19f, 0.32f);
    float start = -mien_chance(seed, 3, 0, high);
    mien_paint_wash(frame,
                    (mien_wash){.tint = tint, .what = &dark, .cells = 1});
    for (int i = 0; start + (float)i * high < 1; i++) {
        float y = start + (float)i * high;
        shelf(frame, y, high - 0.02f, mien_hash(seed, (uint32_t)i, 4));
        mien_paint_box(frame, (mien_box){-side - 1, y - 0.02f, side + 1, y},
                       (mien_brush){mien_scale(board, 0.7f), 0.004f, 1});
        mien_box shade = {-side - 1, y + high - 0.07f, side + 1,
                          y + high - 0.02f};
        mien_paint_box(frame, shade, (mien_brush){{0, 0, 0}, 0.05f, 0.5f});
    }
    mien_paint_fall(frame,
                    (mien_fall){mien_chance(seed, 4, -0.7f, 0.7f), 0.8f, 1.4f,
                                mien_chance(seed, 5, 0.25f, 0.6f)});
}

const mien_backdrop mien_backdrop_bookshelf = {
    .name = "bookshelf",
    .summary = "shelves of books",
    .often = 0.9f,
    .paint = paint,
};
