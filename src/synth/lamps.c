/* SPDX-License-Identifier: Apache-2.0 */
/* lamps.c - the table of lamps and what they are made of.
 *
 * A wide source in direction d lights a surface of normal n, with c = d.n, by
 *
 *   max(c, 0) ~ 1/4 + 1/2 c + 5/32 (3 c^2 - 1)
 *
 * in second-order harmonics; seen under the radius w, the terms of first and
 * second order shrink as those of a cap's average do:
 *
 *   b1 = (1 + cos w) / 2        b2 = cos w (1 + cos w) / 2
 *
 * Source: Ramamoorthi and Hanrahan, An efficient representation for irradiance
 * environment maps, SIGGRAPH 2001. */
#include "synth/lamps.h"

#include "synth/backdrop.h"
#include "synth/waves.h"

#define MIEN_LAMP(name) extern const mien_lamp mien_lamp_##name;
#include "synth/lights.def"
#undef MIEN_LAMP

const mien_lamp *const mien_lamps[] = {
#define MIEN_LAMP(name) &mien_lamp_##name,
#include "synth/lights.def"
#undef MIEN_LAMP
    NULL};

/* How much of the way to the level the camera's exposure goes. */
#define EXPOSED 0.75f

static mien_vec headed(mien_vec v, bool mirror, float heading) {
    float angle = heading * (MIEN_PI / 180);
    float c = mien_cosine(angle), s = mien_sine(angle);
    float x = mirror ? -v.x : v.x;
    return mien_unit(mien_vec_of(c * x + s * v.z, v.y, c * v.z - s * x));
}

/* Half the sphere of each: 1/2 (above + below) + 1/2 y (above - below). */
static void add_halves(mien_light *light, mien_vec above, mien_vec below) {
    light->sky[0] = mien_along(light->sky[0], mien_add(above, below), 0.5f);
    light->sky[1] = mien_along(light->sky[1], mien_sub(above, below), 0.5f);
}

static void add_glow(mien_light *light, mien_vec d, const mien_glow *glow) {
    float c = mien_cosine(glow->wide);
    float b1 = 0.5f * 0.5f * (1 + c);
    float b2 = 5.0f / 32 * 0.5f * c * (1 + c);
    /* 3 (d.n)^2 - 1 in the polynomials of n that the sky is made of. */
    const float share[9] = {0.25f,
                            b1 * d.y,
                            b1 * d.z,
                            b1 * d.x,
                            6 * b2 * d.x * d.y,
                            6 * b2 * d.y * d.z,
                            0.5f * b2 * (3 * d.z * d.z - 1),
                            6 * b2 * d.x * d.z,
                            1.5f * b2 * (d.x * d.x - d.y * d.y)};
    for (int i = 0; i < 9; i++)
        light->sky[i] = mien_along(light->sky[i], glow->colour, share[i]);
}

mien_vec mien_light_on(const mien_light *light, mien_vec n) {
    const float of[9] = {1,
                         n.y,
                         n.z,
                         n.x,
                         n.x * n.y,
                         n.y * n.z,
                         3 * n.z * n.z - 1,
                         n.x * n.z,
                         n.x * n.x - n.y * n.y};
    mien_vec sum = {0};
    for (int i = 0; i < 9; i++) sum = mien_along(sum, light->sky[i], of[i]);
    sum = mien_vec_of(fmaxf(sum.x, 0), fmaxf(sum.y, 0), fmaxf(sum.z, 0));
    float key = fmaxf(mien_dot(light->towards, n), 0);
    float rim = fmaxf(mien_dot(light->rim_towards, n), 0);
    return mien_along(mien_along(sum, light->colour, key), light->rim, rim);
}

/* Luminance of a white face: the mean over where its skin faces. */
static float on_face(const mien_light *light) {
    static const mien_vec facing[] = {
        {0, 0, 1}, {0.6f, 0, 0.8f}, {-0.6f, 0, 0.8f}, {0, 0.5f, 0.866f}};
    enum { N = sizeof facing / sizeof facing[0] };
    float sum = 0;
    for (int i = 0; i < N; i++) {
        mien_vec on = mien_light_on(light, facing[i]);
        sum += 0.25f * on.x + 0.65f * on.y + 0.10f * on.z;
    }
    return sum / N;
}

static void expose(mien_light *light, float level) {
    float gain = level * mien_power(fmaxf(on_face(light), 0.02f), -EXPOSED);
    light->colour = mien_scale(light->colour, gain);
    light->rim = mien_scale(light->rim, gain);
    for (int i = 0; i < 9; i++) light->sky[i] = mien_scale(light->sky[i], gain);
}

void mien_light_mix(mien_light *light, const mien_lamp_mix *mix,
                    float heading) {
    *light = (mien_light){
        .towards = headed(mix->key.towards, mix->mirror, heading),
        .colour = mix->key.colour,
        .size = mix->key.wide,
        .rim_towards = headed(mix->rim.towards, mix->mirror, heading),
        .rim = mix->rim.colour};
    add_halves(light, mix->above, mix->below);
    for (int i = 0; i < MIEN_LAMP_GLOWS; i++) {
        const mien_glow *glow = &mix->glow[i];
        add_glow(light, headed(glow->towards, mix->mirror, heading), glow);
    }
    expose(light, mix->level);
}

float mien_lamp_choice(uint32_t seed, uint32_t n, float low, float high) {
    return mien_mix(low, high, mien_hash_unit(seed, n, 0x6c616d70u));
}

bool mien_lamp_toss(uint32_t seed) {
    return mien_lamp_choice(seed, 99, 0, 1) < 0.5f;
}
