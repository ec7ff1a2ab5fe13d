/* SPDX-License-Identifier: Apache-2.0 */
/* waves.h - sines, powers, steps and noise, the same bits on every machine.
 *
 *   float bump = mien_bell((x - centre) / width);
 *   float skin = mien_noise3(p, seed) + mien_fractal2(u, v, 3, seed);
 *
 * libm may round differently from one processor to the next, and a picture
 * must not depend on that: these use only additions, multiplications,
 * divisions, square roots and rounding, which IEEE 754 fixes. The folder is
 * compiled without contraction (-ffp-contract=off). */
#ifndef MIEN_SYNTH_WAVES_H
#define MIEN_SYNTH_WAVES_H

#include <stdint.h>

#include "synth/vec.h"

#define MIEN_PI 3.14159265f

/* Units: radians. Accuracy: 1e-6. */
float mien_sine(float x);
float mien_cosine(float x);
float mien_arctan2(float y, float x);
/* e^x, 2^x, log2 x for x > 0, x^y for x >= 0. Accuracy: 1e-6, relative. */
float mien_exp(float x);
float mien_exp2(float x);
float mien_log2(float x);
float mien_power(float x, float y);

static inline float mien_clamp(float x, float low, float high) {
    return x < low ? low : x > high ? high : x;
}
static inline float mien_mix(float a, float b, float t) {
    return a + t * (b - a);
}
/* 0 below `low`, 1 above `high`, smooth between; low > high steps down. */
static inline float mien_step(float low, float high, float x) {
    float t = mien_clamp((x - low) / (high - low), 0, 1);
    return t * t * (3 - 2 * t);
}
/* A bell of height 1 and deviation about 1 that ends at |x| = 2.5:
 * (1 - x^2/6.25)^3; cheaper than a Gaussian and of bounded support. */
static inline float mien_bell(float x) {
    float t = 1 - x * x * 0.16f;
    return t > 0 ? t * t * t : 0;
}

/* Whole numbers to one of 0..2^32-1, well mixed. */
uint32_t mien_hash(uint32_t a, uint32_t b, uint32_t c);
/* The same as 0 <= x < 1. */
float mien_hash_unit(uint32_t a, uint32_t b, uint32_t c);

/* Smooth noise of wavelength about 1, mean 0, within -1..1.
 * Source: Perlin, Improving noise, SIGGRAPH 2002. */
float mien_noise2(float x, float y, uint32_t seed);
float mien_noise3(mien_vec p, uint32_t seed);
/* `octaves` of it, each of half the wavelength and half the height. */
float mien_fractal2(float x, float y, int octaves, uint32_t seed);
float mien_fractal3(mien_vec p, int octaves, uint32_t seed);

#endif
