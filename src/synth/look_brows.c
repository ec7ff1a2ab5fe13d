/* SPDX-License-Identifier: Apache-2.0 */
/* look_brows.c - the eyebrows, hair by hair.
 *
 * Along the brow a runs in mm from its inner end, b upwards from its middle
 * line. Hairs of one layer follow the curves b = M(a) + c, so psi = b - M(a)
 * is the same all along a hair; cells of psi and of a hold one hair each,
 * which is born at its lower end and tapers. Hairs of the lower half rise
 * steeply at the inner end and lie down outwards; those of the upper half
 * bend over the middle line, so both meet in the tail. Where a pixel is wider
 * than a hair, the brow is the shade of as many hairs. */
#include "synth/look_skin.h"

typedef struct brow_place {
    float a, b;     /* mm along, mm above the middle line */
    float s, t;     /* of the length; of the half height, -1 to 1 */
    float envelope; /* 0 to 1: how many hairs grow here */
} brow_place;

/* False where there is no brow. */
static bool place_of(brow_place *at, const mien_skin_point *p,
                     const mien_skin_look *k) {
    float from = 12.5f - 1.7f * k->brow_gap;
    float to = 57 + 2.2f * k->brow_length;
    at->a = p->out - from;
    at->s = at->a / (to - from);
    if (at->s < -0.12f || at->s > 1.1f) return false;
    float arch = 1.6f + 0.75f * k->brow_arch;
    float peak = (at->s - 0.64f) / 0.64f;
    float tail = fmaxf(at->s - 0.64f, 0);
    float middle = MIEN_CHART_BROW_V + 0.6f + arch * (1 - peak * peak) -
                   (9 + 3 * k->brow_arch) * tail * tail * 2 +
                   1.5f * k->brow_tilt * (at->s - 0.4f) + 0.4f * k->brow_rise +
                   0.3f * p->side * k->brow_uneven;
    float thick = mien_clamp(3.5f + 0.95f * k->brow_thick, 1.5f, 6);
    float half = thick * (1 - 0.3f * mien_step(0.3f, -0.05f, at->s)) *
                 (1 - 0.78f * mien_step(0.5f, 1.05f, at->s));
    at->b = p->v - middle;
    at->t = at->b / half;
    float soft = mien_clamp((1.0f + 0.5f * p->size) / half, 0.2f, 0.9f);
    at->envelope = mien_step(1 + soft, 1 - soft, fabsf(at->t)) *
                   mien_step(-0.10f, 0.17f, at->s) *
                   mien_step(1.06f, 0.84f, at->s);
    return at->envelope > 0.01f;
}

/* Hairs of a layer: their slope is rest + steep (reach / (a + reach))^2. */
typedef struct brow_layer {
    float rest, steep, reach;
} brow_layer;

static const brow_layer layers[] = {
    {0.12f, 1.9f, 15},  {-0.30f, 1.5f, 12}, {0.28f, 2.0f, 17},
    {-0.16f, 1.3f, 13}, {0.02f, 1.6f, 14},
};
enum { LAYERS = sizeof layers / sizeof layers[0] };

#define HAIR_GAP    0.55f /* mm between the hairs of a layer */
#define HAIR_LENGTH 8.0f  /* mm along the brow */

/* The hair of one layer through this point: 0 none to 1 its middle. */
static float strand(const brow_place *at, const brow_layer *layer, float size,
                    uint32_t seed) {
    float a = fmaxf(at->a, -4) + 4;
    float fall = layer->reach / (a + layer->reach);
    float slope = layer->rest + layer->steep * fall * fall;
    float curve = layer->rest * a - layer->steep * layer->reach * fall;
    float straight = 1 / sqrtf(1 + slope * slope);
    float y = (at->b - curve) / HAIR_GAP;
    float line = floorf(y);
    float x = a / HAIR_LENGTH + mien_hash_unit((uint32_t)(int)line, seed, 3);
    uint32_t g = mien_hash((uint32_t)(int)line, (uint32_t)(int)floorf(x), seed);
    float along = x - floorf(x), whole = 0.6f + 0.4f * (float)(g & 255) / 256;
    float born = 0.8f * (float)(g >> 8 & 255) / 256;
    if (along > whole || at->envelope < born) return 0;
    float middle = 0.3f + 0.4f * (float)(g >> 16 & 255) / 256;
    float wander = 0.3f * ((float)(g >> 24) / 256 - 0.5f) * along;
    float off = fabsf(y - line - middle - wander) * HAIR_GAP * straight;
    float radius = 0.10f * (1 - 0.7f * along / whole);
    float soft = 0.03f + 0.5f * size;
    return mien_step(radius + soft, radius - soft, off);
}

/* What share of the skin is covered when hairs cannot be told apart. */
static float mean_cover(const brow_place *at, const mien_skin_point *p,
                        const mien_skin_look *k) {
    float dense = mien_clamp(0.66f + 0.11f * k->brow_dense, 0.3f, 0.92f);
    float inner = 1 - 0.35f * mien_step(0.28f, 0, at->s);
    float streaks = mien_noise2(at->a / 3.2f, at->b / 1.9f, k->seed + 79) *
                    mien_look_fine(3.2f, p->size);
    return mien_clamp(dense * inner * (1 + 0.25f * streaks), 0, 1);
}

void mien_paint_brows(mien_surface *s, mien_skin_point *p,
                      const mien_skin_look *k) {
    if (p->v < 2 || p->v > 38 || p->out > 70) return;
    brow_place at;
    if (!place_of(&at, p, k)) return;
    float mean = mean_cover(&at, p, k) * at.envelope;
    float cover = mean;
    float fine = mien_step(0.7f, 0.3f, p->size);
    if (fine > 0) {
        uint32_t seed = k->seed + (p->side > 0 ? 80 : 180);
        float bare = 1;
        for (uint32_t i = 0; i < LAYERS; i++)
            bare *= 1 - strand(&at, &layers[i], p->size, seed + i);
        float hairs = (1 - bare) * mien_step(-0.3f, 0.7f, mean) + 0.3f * mean;
        cover = mien_mix(mean, mien_clamp(hairs, 0, 1), fine);
    }
    s->albedo = mien_blend(s->albedo, k->brow, 0.94f * cover);
    s->specular *= 1 - 0.5f * cover;
    s->scatter *= 1 - 0.8f * cover;
}
