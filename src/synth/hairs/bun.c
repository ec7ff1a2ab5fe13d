/* SPDX-License-Identifier: Apache-2.0 */
/* bun.c - gathered into a knot on the back of the head. */
#include "synth/hair_style.h"
#include "synth/waves.h"

typedef struct knot {
    mien_vec middle, up, back, side;
    float radius;
} knot;

/* Strands wind round the knot's axis: s once round and a half, c from its rim
 * to the middle. */
static mien_vec knot_at(const void *what, float c, float s, float extra) {
    const knot *k = what;
    const float turn = 2 * MIEN_PI * 1.02f * s;
    const float lean = 0.5f * MIEN_PI * (1.25f * c - 0.25f);
    const float out = (k->radius + extra) * mien_cosine(lean);
    const float groove = 1 + 0.05f * mien_sine(5 * lean + turn);
    mien_vec p =
        mien_along(k->middle, k->side, out * groove * mien_cosine(turn));
    p = mien_along(p, k->up, out * groove * mien_sine(turn));
    return mien_along(p, k->back, 0.8f * (k->radius + extra) * mien_sine(lean));
}

static mien_status add_knot(mien_hairdo *h, mien_vec middle, mien_vec back) {
    const mien_vec side = {1, 0, 0};
    const knot k = {.middle = middle,
                    .back = back,
                    .side = side,
                    .up = mien_cross(back, side),
                    .radius = mien_clamp(33 + 5 * h->volume, 22, 46)};
    const mien_layer layer = {
        .flow = {knot_at, &k, 60, {0.95f, 0.95f}, h->seed + 4},
        .sheet = {14, 25, 0, 2.5f},
        .locks = {.n = 26,
                  .points = 12,
                  .from = {0, 0.6f},
                  .to = {0.5f, 1},
                  .c = {0, 0.9f},
                  .extra = {0, 3},
                  .broad = 9,
                  .drift = 0.25f},
        .pitch = 1.3f};
    return mien_hairdo_layer(h, &layer);
}

static mien_status build(mien_scene *scene, const mien_head *head) {
    mien_hairdo h;
    MIEN_TRY(mien_hairdo_begin(&h, scene, head, 0));
    MIEN_TRY(mien_hairdo_undercoat(&h, 3));
    mien_vec back;
    const float high = mien_clamp(70 + 26 * h.length, 10, 140);
    const mien_vec on = mien_head_at(head, MIEN_CHART_BACK, high, &back);
    const mien_gather up = {.scalp = &h.scalp,
                            .knot = mien_along(on, back, 4),
                            .volume = mien_clamp(5 + 1.5f * h.volume, 2, 10),
                            .stop = 0.97f,
                            .top = mien_clamp(3 + 2 * h.volume, 0, 8)};
    const mien_layer layer = {
        .flow = {mien_gather_at, &up, 440, {0.9f, 0.95f}, h.seed},
        .sheet = {72, 14, 0, 2.2f},
        .root = 0.06f,
        .locks = {.n = 60,
                  .points = 8,
                  .from = {0, 0.2f},
                  .to = {0.85f, 1},
                  .c = {0, 1},
                  .extra = {0, 2.5f},
                  .broad = 9,
                  .drift = 0.02f},
        .pitch = 1.3f};
    MIEN_TRY(mien_hairdo_layer(&h, &layer));
    return add_knot(&h, mien_along(on, back, 10), back);
}

const mien_hair mien_hair_bun = {
    .name = "bun",
    .summary = "gathered into a knot",
    .women = 1,
    .men = 0.05f,
    .old = 1.2f,
    .build = build,
};
