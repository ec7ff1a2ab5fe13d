/* SPDX-License-Identifier: Apache-2.0 */
/* hair_beard.c - beards by shells over the lower face.
 *
 * The parts of a beard are drawn in the chart, mirrored in u = 0; each fades
 * over a few millimetres, the lips are spared. */
#include "synth/hair_beard.h"

#include "synth/hair_crop.h"
#include "synth/waves.h"

typedef struct growth {
    mien_whiskers w;
    float scale; /* of lengths, by the trait */
    float thin;  /* of density */
    uint32_t seed;
} growth;

/* v of the edge of the jaw below u, and of the line from the sideburn to the
 * corner of the mouth above which cheeks are bare. */
static float jaw_line(float u) {
    return mien_mix(-112, -62, mien_step(8, 112, u));
}
static float cheek_line(float u) {
    const float t = mien_clamp((u - 28) / (104 - 28), 0, 1);
    return mien_mix(-62, -2, t * (0.4f + 0.6f * t * t));
}

/* 1 within `soft` inside of an edge, 0 outside of it. */
static float within(float distance, float soft) {
    return mien_step(-0.5f * soft, 0.5f * soft, distance);
}

static float larger(float a, float b) { return a > b ? a : b; }

/* The upper lip: from the nose's base to the red, sinking at its ends. */
static float on_lip(const growth *g, float u, float v) {
    const float end = mien_step(14, 30, u);
    const float low = mien_mix(MIEN_CHART_LIP_TOP_V + 0.2f, -71, end);
    const float high = mien_mix(MIEN_CHART_NOSE_BASE_V - 1.5f, -61, end);
    return g->w.lip * within(v - low, 2.5f) * within(high - v, 3.5f) *
           within(g->w.lip_broad - u, 6) *
           mien_mix(0.7f, 1, mien_step(1, 6, u));
}

static float on_chin(const growth *g, float u, float v) {
    const mien_whiskers *w = &g->w;
    const float beside = w->beside * within(u - 24, 5) * within(39 - u, 7) *
                         within(-60 - v, 6) * within(v + 92, 14);
    const float tuft =
        w->below * within(8 - u, 6) * within(-84 - v, 3) * within(v + 96, 8);
    const float round = w->chin_broad - 0.10f * (v + 110);
    const float chin = w->chin * within(round - u, 9) * within(-93 - v, 8) *
                       within(v + 124, 10);
    return larger(beside, larger(tuft, chin));
}

static float on_jaw(const growth *g, float u, float v) {
    const mien_whiskers *w = &g->w;
    const float edge = jaw_line(u);
    const float band = w->jaw * within(edge + 17 - v, 8) *
                       within(v - edge + 8, 8) * within(109 - u, 5);
    const float sideburn = w->jaw * within(u - 95, 5) * within(109 - u, 5) *
                           within(2 - v, 8) * within(v - edge, 6);
    const float side = w->cheek * within(cheek_line(u) - v, 7) *
                       within(v - edge + 6, 8) * within(109 - u, 5) *
                       larger(within(u - 27, 6), within(-84 - v, 5));
    const float neck = w->neck * within(edge - v + 4, 6) *
                       within(v - edge + 22, 12) * within(96 - u, 16);
    return larger(larger(band, sideburn), larger(side, neck));
}

static float off_lips(float u, float v) {
    const float x = u / (MIEN_CHART_MOUTH_U + 1.5f);
    const float middle =
        0.5f * (MIEN_CHART_LIP_TOP_V + MIEN_CHART_LIP_BOTTOM_V);
    const float half = 0.5f * (MIEN_CHART_LIP_TOP_V - MIEN_CHART_LIP_BOTTOM_V);
    const float y = (v - middle) / (half + 0.5f);
    return mien_step(0.86f, 1.2f, x * x + y * y);
}

static mien_tuft grow(const void *what, const mien_root *root) {
    const growth *g = what;
    const float u = root->u < 0 ? -root->u : root->u, v = root->v;
    const float lip = on_lip(g, u, v);
    const float rest = larger(on_chin(g, u, v), on_jaw(g, u, v));
    const float patchy =
        1 + 0.35f * mien_noise2(root->u * 0.09f, v * 0.09f, g->seed);
    const float dense = mien_clamp(
        1.25f * larger(lip, rest) * off_lips(u, v) * g->thin * patchy, 0, 1);
    const float is_lip = mien_step(-76, -68, v) * mien_step(40, 34, u);
    const float chin = mien_bell(u / 26) * mien_step(-86, -104, v);
    const float length = g->scale *
                         mien_mix(g->w.length, g->w.lip_length, is_lip) *
                         mien_mix(0.35f, 1, mien_step(0, 0.9f, dense));
    const float side = root->u < 0 ? -1 : 1;
    mien_vec comb = {side * 0.5f * length * is_lip, -0.75f * length, 0};
    comb.y -= g->scale * g->w.hang * chin;
    comb.z += 0.15f * g->w.hang * chin;
    const float into = mien_dot(comb, root->normal);
    if (into < 0) comb = mien_along(comb, root->normal, -into);
    return (mien_tuft){0.55f * length, comb, dense};
}

mien_status mien_beard_grow(mien_scene *scene, const mien_head *head,
                            const mien_whiskers *whiskers) {
    static const float level[] = {0.2f, 0.45f, 0.7f, 1};
    const mien_person *p = head->person;
    const float length = p->trait[MIEN_TRAIT_beard_length];
    const growth g = {.w = *whiskers,
                      .scale = mien_clamp(1 + 0.25f * length, 0.5f, 1.7f),
                      .thin = mien_clamp(0.92f + 0.1f * length, 0.7f, 1),
                      .seed = p->seed ^ 0xbea2du};
    mien_strands *strands;
    MIEN_TRY(mien_strands_make(&strands, scene, head, p->beard_colour));
    mien_scalp scalp;
    mien_scalp_of(&scalp, head, 0);
    const mien_crop crop = {
        .scalp = &scalp,
        .grow = grow,
        .what = &g,
        .beard = true,
        .level = level,
        .levels = 4,
        .coat = {.pitch = 0.6f, .stretch = 4, .curl = 0.8f}};
    return mien_crop_build(scene, strands, &crop);
}
