/* SPDX-License-Identifier: Apache-2.0 */
/* ponytail.c - gathered high in the back, a tail falling from there. */
#include "synth/hair_style.h"
#include "synth/waves.h"

typedef struct tail {
    mien_vec knot;
    float length, broad, wave, aside;
} tail;

/* c goes round the tail; it thickens below the knot and thins at the tip. */
static mien_vec tail_at(const void *what, float c, float s, float extra) {
    const tail *t = what;
    const float turn = 2 * MIEN_PI * c;
    const float radius =
        t->broad * mien_step(-0.12f, 0.3f, s) * mien_step(1.5f, 0.6f, s) +
        0.5f * extra;
    const float down = t->length * s;
    const float out = 34 * mien_step(0, 0.3f, s) - 12 * s;
    const mien_vec middle = {
        t->knot.x + t->aside * s + t->wave * mien_sine(down * 0.06f),
        t->knot.y - down * mien_step(-0.25f, 0.35f, s) + 14 * mien_bell(s * 6),
        t->knot.z - out};
    return (mien_vec){middle.x + 1.2f * radius * mien_sine(turn), middle.y,
                      middle.z + 0.9f * radius * mien_cosine(turn)};
}

static mien_status add_tail(mien_hairdo *h, mien_vec knot) {
    const tail t = {.knot = knot,
                    .length = mien_clamp(190 + 35 * h->length, 90, 280),
                    .broad = mien_clamp(20 + 4 * h->volume, 11, 32),
                    .wave = mien_clamp(3 + 2 * h->curl, 0, 8),
                    .aside = 14 * h->part};
    const mien_layer layer = {
        .flow = {tail_at, &t, 120, {0.8f, 1}, h->seed + 4},
        .sheet = {17, 18, 0, 3},
        .locks = {.n = 40,
                  .points = 12,
                  .from = {0, 0.3f},
                  .to = {0.8f, 1.04f},
                  .c = {0, 1},
                  .extra = {1, 6},
                  .broad = 11,
                  .drift = 0.1f},
        .pitch = 1.3f,
        .fray = 0.3f};
    return mien_hairdo_layer(h, &layer);
}

static mien_status build(mien_scene *scene, const mien_head *head) {
    mien_hairdo h;
    MIEN_TRY(mien_hairdo_begin(&h, scene, head, 0));
    MIEN_TRY(mien_hairdo_undercoat(&h, 3));
    const mien_vec back = mien_head_at(head, MIEN_CHART_BACK, 88, NULL);
    const mien_vec knot = {0, back.y, back.z - 6};
    const mien_gather up = {.scalp = &h.scalp,
                            .knot = knot,
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
    return add_tail(&h, knot);
}

const mien_hair mien_hair_ponytail = {
    .name = "ponytail",
    .summary = "gathered in the back, a tail falling",
    .women = 1.2f,
    .men = 0.05f,
    .old = 0.4f,
    .build = build,
};
