/* SPDX-License-Identifier: Apache-2.0 */
/* look_skin_tone.c - from traits of pigment to colours.
 *
 * Light that comes back from skin has crossed melanin and blood, each of which
 * takes its share by Beer and Lambert's law, per channel:
 *
 *   albedo = surface + pale exp(-m melanin - h blood - c carotene)
 *
 * The rates are fitted by eye to published chips of skin; melanin takes blue
 * most, blood takes green. Hair is treated alike: eumelanin darkens it,
 * pheomelanin takes blue and green.
 * Source: Donner and Jensen, A spectral BSSRDF for shading human skin, EGSR
 * 2006, for the form of the law. */
#include "synth/look_skin_tone.h"

#include "synth/waves.h"

static mien_vec absorb(mien_vec rate, float amount) {
    return mien_vec_of(mien_exp(-rate.x * amount), mien_exp(-rate.y * amount),
                       mien_exp(-rate.z * amount));
}

mien_vec mien_skin_albedo(float tone, float undertone) {
    static const mien_vec pale = {0.72f, 0.505f, 0.39f};
    static const mien_vec surface = {0.020f, 0.017f, 0.013f};
    static const mien_vec melanin = {1, 1.38f, 1.75f};
    static const mien_vec blood = {0.01f, 0.045f, 0.015f};
    static const mien_vec carotene = {0.005f, 0.015f, 0.06f};
    float t = mien_clamp(tone, 0, 1);
    float m = t * (1 + t * (0.5f + 1.1f * t));
    mien_vec deep = mien_mul(pale, absorb(melanin, m));
    deep = mien_mul(deep, absorb(blood, -undertone));
    deep = mien_mul(deep, absorb(carotene, undertone));
    return mien_add(surface, deep);
}

static float triangle(float x) { /* of period 1: 1 at 0, 0 at a half */
    float t = x - floorf(x);
    return fabsf(2 * t - 1);
}

mien_vec mien_hair_albedo(float dark, float red, float grey, float dye) {
    static const mien_vec fair = {0.52f, 0.39f, 0.24f};
    static const mien_vec eumelanin = {3.75f, 3.75f, 3.45f};
    static const mien_vec brown = {0, 0.9f, 1.7f}; /* half way to black */
    static const mien_vec pheomelanin = {0.1f, 0.75f, 1.5f};
    static const mien_vec white = {0.52f, 0.52f, 0.51f};
    float d = mien_clamp(dark, 0, 1);
    mien_vec c = mien_mul(fair, absorb(eumelanin, d));
    c = mien_mul(c, absorb(brown, d * (1 - d)));
    c = mien_mul(c, absorb(pheomelanin, mien_clamp(red, 0, 1)));
    c = mien_blend(c, white, mien_clamp(grey, 0, 1));
    if (dye > 0) {
        mien_vec hue = {triangle(dye), triangle(dye - 1.0f / 3),
                        triangle(dye - 2.0f / 3)};
        hue = mien_along(mien_vec_of(0.03f, 0.03f, 0.04f), mien_mul(hue, hue),
                         0.4f);
        c = mien_blend(c, hue, 0.85f);
    }
    return c;
}

mien_vec mien_iris_albedo(float iris) {
    static const mien_vec colour[] = {
        {0.040f, 0.021f, 0.012f}, /* dark brown */
        {0.105f, 0.052f, 0.025f}, /* brown */
        {0.170f, 0.110f, 0.045f}, /* hazel */
        {0.150f, 0.165f, 0.085f}, /* green */
        {0.210f, 0.240f, 0.250f}, /* grey */
        {0.150f, 0.240f, 0.350f}, /* blue */
    };
    enum { LAST = sizeof(colour) / sizeof(colour[0]) - 1 };
    float at = mien_clamp(iris, 0, 1) * LAST;
    int i = (int)at < LAST - 1 ? (int)at : LAST - 1;
    return mien_blend(colour[i], colour[i + 1], at - (float)i);
}

mien_vec mien_lip_albedo(mien_vec skin, float lip_red) {
    static const mien_vec bare = {0.86f, 0.56f, 0.58f};
    static const mien_vec paint = {0.42f, 0.045f, 0.065f};
    float red = mien_clamp(lip_red, -2.5f, 2.5f);
    mien_vec redder = {1, 1 - 0.09f * red, 1 - 0.06f * red};
    mien_vec c = mien_mul(mien_mul(skin, bare), redder);
    /* Lipstick hides the skin, but a dark face chooses a darker one. */
    float depth = mien_mix(0.45f, 1, mien_step(0, 0.5f, skin.x));
    return mien_blend(c, mien_scale(paint, depth),
                      0.8f * mien_step(0.9f, 2, red));
}
