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

#include <string.h>

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

void mien_light_none(mien_light *light) {
    memset(light, 0, sizeof *light);
    light->towards = mien_vec_of(0, 0, 1);
    light->rim_towards = mien_vec_of(0, 0, -1);
    light->size = 0.1f;
}

static mien_vec headed(mien_vec v, float heading) {
    float angle = heading * (MIEN_PI / 180);
    float c = mien_cosine(angle), s = mien_sine(angle);
    return mien_unit(mien_vec_of(c * v.x + s * v.z, v.y, c * v.z - s * v.x));
}

void mien_light_key(mien_light *light, mien_glow glow, float heading) {
    light->towards = headed(glow.towards, heading);
    light->colour = glow.colour;
    light->size = glow.wide;
}

void mien_light_rim(mien_light *light, mien_glow glow, float heading) {
    light->rim_towards = headed(glow.towards, heading);
    light->rim = glow.colour;
}

/* Half the sphere of each: 1/2 (above + below) + 1/2 y (above - below). */
void mien_light_ambient(mien_light *light, mien_vec above, mien_vec below) {
    light->sky[0] = mien_along(light->sky[0], mien_add(above, below), 0.5f);
    light->sky[1] = mien_along(light->sky[1], mien_sub(above, below), 0.5f);
}

void mien_light_glow(mien_light *light, mien_glow glow, float heading) {
    mien_vec d = headed(glow.towards, heading);
    float c = mien_cosine(glow.wide);
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
        light->sky[i] = mien_along(light->sky[i], glow.colour, share[i]);
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
    float key = fmaxf(mien_dot(light->towards, n), 0);
    float rim = fmaxf(mien_dot(light->rim_towards, n), 0);
    mien_vec sum =
        mien_add(mien_scale(light->colour, key), mien_scale(light->rim, rim));
    for (int i = 0; i < 9; i++) sum = mien_along(sum, light->sky[i], of[i]);
    return sum;
}

float mien_lamp_choice(uint32_t seed, uint32_t n) {
    return mien_hash_unit(seed, n, 0x6c616d70u);
}
