/* SPDX-License-Identifier: Apache-2.0 */
/* corridor.c - a corridor in perspective: doors, lamps, a bright end. */
#include "synth/backdrop.h"
#include "synth/paint.h"

typedef struct hall {
    float x, y;            /* where the lines meet */
    float wide, low, high; /* of its section at depth 1, from there */
    mien_vec wall, floor, ceiling;
} hall;

/* A corner of the section at a depth; what is nearer is further out. */
static void corner_at(float out[2], const hall *h, float x, float y,
                      float depth) {
    out[0] = h->x + x / depth;
    out[1] = h->y + y / depth;
}

/* The part of a side wall from one depth to another, between two heights. */
static void side_wall(mien_frame *frame, const hall *h, float side,
                      const float span[4], mien_brush brush) {
    float c[4][2], x = side * h->wide;
    int far = side > 0 ? 0 : 1, near = 1 - far;
    corner_at(c[far], h, x, span[2], span[1]);
    corner_at(c[near], h, x, span[2], span[0]);
    corner_at(c[3 - near], h, x, span[3], span[0]);
    corner_at(c[3 - far], h, x, span[3], span[1]);
    mien_paint_quad(frame, (const float(*)[2])c, brush);
}

/* A strip of floor or ceiling at a height. */
static void level(mien_frame *frame, const hall *h, float y, float half,
                  const float depth[2], mien_brush brush) {
    float c[4][2], near = depth[0], far = depth[1];
    bool floor = y < 0;
    corner_at(c[0], h, -half, y, floor ? near : far);
    corner_at(c[1], h, half, y, floor ? near : far);
    corner_at(c[2], h, half, y, floor ? far : near);
    corner_at(c[3], h, -half, y, floor ? far : near);
    mien_paint_quad(frame, (const float(*)[2])c, brush);
}

static void shell(mien_frame *frame, const hall *h) {
    for (int i = 0; i < 7; i++) {
        float near = 0.55f * mien_exp2(0.5f * (float)i);
        float depth[2] = {near, near * 1.43f};
        float span[4] = {depth[0], depth[1], -h->low, h->high};
        float light = 0.75f - 0.05f * (float)i + (i & 1 ? 0.05f : 0);
        level(frame, h, -h->low, h->wide, depth,
              (mien_brush){mien_scale(h->floor, 0.8f * light), 0.01f, 1});
        level(frame, h, h->high, h->wide, depth,
              (mien_brush){mien_scale(h->ceiling, light), 0.01f, 1});
        for (int s = -1; s <= 1; s += 2)
            side_wall(frame, h, (float)s, span,
                      (mien_brush){mien_scale(h->wall, light), 0.01f, 1});
    }
}

static void fittings(mien_frame *frame, const hall *h, uint32_t seed) {
    mien_vec door = mien_chance_vary(mien_srgb(0x7a5a40), seed, 20, 0.6f);
    mien_vec lamp = mien_vec_of(1.5f, 1.45f, 1.3f);
    for (int i = 0; i < 5; i++) {
        float near = 0.7f * mien_exp2(0.6f * (float)i);
        float span[4] = {near, near * 1.2f, -h->low,
                         -h->low + 0.75f * (h->low + h->high)};
        float depth[2] = {near, near * 1.16f};
        float light = 0.6f - 0.07f * (float)i;
        for (int s = -1; s <= 1; s += 2)
            if (mien_chance_of(seed, 30 + 2 * (uint32_t)i + (s > 0), 3))
                side_wall(frame, h, (float)s, span,
                          (mien_brush){mien_scale(door, light), 0.006f, 1});
        level(frame, h, h->high, 0.3f * h->wide, depth,
              (mien_brush){lamp, 0.008f, 1});
        level(frame, h, -h->low, 0.2f * h->wide, depth,
              (mien_brush){mien_scale(lamp, 0.4f), 0.05f, 0.3f});
    }
}

static mien_vec tint(const void *what, float x, float y) {
    (void)x;
    (void)y;
    return *(const mien_vec *)what;
}

static void paint(mien_frame *frame, uint32_t seed) {
    static const uint32_t walls[] = {0xdcd8cc, 0xb9c4c8, 0xcfc0a4, 0x9fae9c};
    static const uint32_t floors[] = {0x8a8680, 0x6d5540, 0x55606a, 0xa89c88};
    float side = mien_paint_side(frame);
    hall h = {.x = mien_chance(seed, 1, -0.25f, 0.25f),
              .y = mien_chance(seed, 2, 0.45f, 0.65f),
              .wide = mien_chance(seed, 3, 0.4f, 0.55f) * (0.5f + side),
              .low = mien_chance(seed, 4, 0.4f, 0.5f),
              .high = mien_chance(seed, 5, 0.3f, 0.42f),
              .wall = mien_srgb(walls[mien_chance_of(seed, 6, 4)]),
              .floor = mien_srgb(floors[mien_chance_of(seed, 7, 4)]),
              .ceiling = mien_srgb(0xe0ddd6)};
    mien_vec end = mien_scale(mien_vec_of(0.95f, 1.0f, 1.05f),
                              mien_chance(seed, 8, 0.3f, 1.2f));
    mien_paint_wash(frame, (mien_wash){.tint = tint, .what = &end, .cells = 1});
    shell(frame, &h);
    fittings(frame, &h, seed);
    mien_paint_grain(frame, (mien_grain){0.3f, 0.15f, seed});
}

const mien_backdrop mien_backdrop_corridor = {
    .name = "corridor",
    .summary = "a corridor with doors and lamps",
    .often = 0.8f,
    .paint = paint,
};
