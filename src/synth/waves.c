/* SPDX-License-Identifier: Apache-2.0 */
/* waves.c - sines, powers and noise, the same bits on every machine.
 *
 * A sine is brought to |r| <= pi/4 by multiples of pi/2, subtracted in three
 * parts, and its Taylor polynomial taken; a power of two to |r| <= 1/2; a
 * logarithm to a mantissa m of sqrt(1/2)..sqrt(2) and
 * ln m = 2 atanh((m - 1) / (m + 1)). Taylor's terms are as many as the
 * accuracy asks for. Where a float would not do (x^y), doubles do the sum.
 * Source: Cody and Waite, Software manual for the elementary functions, 1980;
 * Perlin, Improving noise, SIGGRAPH 2002. */
#include "synth/waves.h"

#include <string.h>

/* floorf() for |x| < 2^31, without a call. */
static inline int32_t floor_of(float x) {
    const int32_t whole = (int32_t)x;
    return whole - ((float)whole > x);
}

static float sine_near(float r) {
    const float s = r * r;
    return r +
           r * s *
               (-1.6666667e-1f +
                s * (8.3333310e-3f + s * (-1.9841270e-4f + s * 2.7557319e-6f)));
}

static float cosine_near(float r) {
    const float s = r * r;
    return 1 - s * (0.5f - s * (4.1666668e-2f -
                                s * (1.3888889e-3f - s * 2.4801587e-5f)));
}

/* sin(x + quarter pi/2) */
static float turned_sine(float x, int quarter) {
    const int32_t whole =
        floor_of(mien_clamp(x * 0.636619772f + 0.5f, -1e9f, 1e9f));
    const float k = (float)whole;
    float r = x - k * 1.5703125f;
    r -= k * 4.83751297e-4f;
    r -= k * 7.54978995e-8f;
    const int part = (int)((uint32_t)whole + (uint32_t)quarter) & 3;
    const float y = part & 1 ? cosine_near(r) : sine_near(r);
    return mien_clamp(part & 2 ? -y : y, -1, 1);
}

float mien_sine(float x) { return turned_sine(x, 0); }
float mien_cosine(float x) { return turned_sine(x, 1); }

/* For 0 <= x <= 1: around 0, and around tan(pi/8) by the tangent of the
 * difference. */
static float arctan_unit(float x) {
    float offset = 0;
    if (x > 0.41421356f) {
        x = (x - 1) / (x + 1);
        offset = 0.78539816f;
    }
    const float s = x * x;
    const float sum =
        s * (-3.3333333e-1f +
             s * (0.2f +
                  s * (-1.4285714e-1f +
                       s * (1.1111111e-1f +
                            s * (-9.0909091e-2f +
                                 s * (7.6923077e-2f - s * 6.6666667e-2f))))));
    return offset + (x + x * sum);
}

float mien_arctan2(float y, float x) {
    const float ax = x < 0 ? -x : x, ay = y < 0 ? -y : y;
    if (!(ax > 0) && !(ay > 0)) return 0;
    float a =
        ay > ax ? 1.57079633f - arctan_unit(ax / ay) : arctan_unit(ay / ax);
    if (x < 0) a = MIEN_PI - a;
    return y < 0 ? -a : a;
}

static double power_of_two(double x) {
    if (!(x > -126)) return 0; /* no denormals */
    if (x >= 128) x = 127.99999;
    const double k = floor_of((float)x + 0.5f);
    const double r = (x - k) * 0.69314718055994531;
    const double e =
        1 +
        r * (1 + r * (1.0 / 2 +
                      r * (1.0 / 6 +
                           r * (1.0 / 24 + r * (1.0 / 120 +
                                                r * (1.0 / 720 + r / 5040))))));
    const uint64_t bits = (uint64_t)(1023 + (int)k) << 52;
    double scale;
    memcpy(&scale, &bits, sizeof scale);
    return e * scale;
}

static double logarithm_of_two(float x) {
    double wide = x;
    uint64_t bits;
    memcpy(&bits, &wide, sizeof bits);
    int exponent = (int)(bits >> 52 & 2047) - 1023;
    bits = (bits & 0xfffffffffffffu) | (uint64_t)1023 << 52;
    double m;
    memcpy(&m, &bits, sizeof m);
    if (m > 1.4142135623730951) {
        m *= 0.5;
        exponent++;
    }
    const double t = (m - 1) / (m + 1), s = t * t;
    const double sum =
        t * (1 + s * (1.0 / 3 + s * (1.0 / 5 + s * (1.0 / 7 + s / 9))));
    return exponent + sum * 2.8853900817779268;
}

float mien_exp2(float x) { return (float)power_of_two(x); }
float mien_exp(float x) { return (float)power_of_two(x * 1.4426950408889634); }
float mien_log2(float x) {
    return x > 0 ? (float)logarithm_of_two(x) : -INFINITY;
}

float mien_power(float x, float y) {
    if (!(x > 0)) return y > 0 ? 0 : 1;
    return (float)power_of_two(y * logarithm_of_two(x));
}

uint32_t mien_hash(uint32_t a, uint32_t b, uint32_t c) {
    uint32_t h = a * 0x9e3779b1u ^ (b * 0x85ebca77u + 0x7f4a7c15u);
    h = (h ^ h >> 15) * 0x2c1b3c6du + c * 0xc2b2ae3du;
    h = (h ^ h >> 12) * 0x297a2d39u;
    h = (h ^ h >> 15) * 0x165667b1u;
    return h ^ h >> 16;
}

float mien_hash_unit(uint32_t a, uint32_t b, uint32_t c) {
    return (float)(mien_hash(a, b, c) >> 8) * 0x1p-24f;
}

/* t^3 (6 t^2 - 15 t + 10): flat to the second order at both ends. */
static float fade(float t) { return t * t * t * (t * (t * 6 - 15) + 10); }

/* The whole part of x, and what is left of it in *rest. */
static int32_t cell(float *rest, float x) {
    const int32_t whole = floor_of(mien_clamp(x, -1e9f, 1e9f));
    *rest = mien_clamp(x - (float)whole, 0, 1);
    return whole;
}

/* The slope along one of eight directions, times (x, y): four diagonals and
 * four axes, all of length sqrt(2). */
static float slope2(uint32_t h, float x, float y) {
    if (h & 4) return (h & 1 ? -x : x) + (h & 2 ? -y : y);
    const float axis = 1.41421356f * (h & 1 ? x : y);
    return h & 2 ? -axis : axis;
}

float mien_noise2(float x, float y, uint32_t seed) {
    float fx, fy;
    const uint32_t ix = (uint32_t)cell(&fx, x), iy = (uint32_t)cell(&fy, y);
    const float u = fade(fx), v = fade(fy);
    float row[2];
    for (uint32_t j = 0; j < 2; j++) {
        const float dy = fy - (float)j;
        const float a = slope2(mien_hash(ix, iy + j, seed) >> 8, fx, dy);
        const float b =
            slope2(mien_hash(ix + 1, iy + j, seed) >> 8, fx - 1, dy);
        row[j] = mien_mix(a, b, u);
    }
    return mien_clamp(mien_mix(row[0], row[1], v), -1, 1);
}

/* The twelve edges of a cube as directions, four of them twice. */
static float slope3(uint32_t h, mien_vec p) {
    h &= 15;
    const float a = h < 8 ? p.x : p.y;
    const float b = h < 4 ? p.y : h == 12 || h == 14 ? p.x : p.z;
    return (h & 1 ? -a : a) + (h & 2 ? -b : b);
}

float mien_noise3(mien_vec p, uint32_t seed) {
    mien_vec f;
    const uint32_t ix = (uint32_t)cell(&f.x, p.x);
    const uint32_t iy = (uint32_t)cell(&f.y, p.y);
    const uint32_t iz = (uint32_t)cell(&f.z, p.z);
    const float u = fade(f.x), v = fade(f.y), w = fade(f.z);
    float layer[2];
    for (uint32_t k = 0; k < 2; k++) {
        float row[2];
        const uint32_t mixed = seed + (iz + k) * 0x27d4eb2fu;
        for (uint32_t j = 0; j < 2; j++) {
            mien_vec d = {f.x, f.y - (float)j, f.z - (float)k};
            const float a = slope3(mien_hash(ix, iy + j, mixed) >> 8, d);
            d.x -= 1;
            const float b = slope3(mien_hash(ix + 1, iy + j, mixed) >> 8, d);
            row[j] = mien_mix(a, b, u);
        }
        layer[k] = mien_mix(row[0], row[1], v);
    }
    return mien_clamp(mien_mix(layer[0], layer[1], w), -1, 1);
}

float mien_fractal2(float x, float y, int octaves, uint32_t seed) {
    float sum = 0, height = 1;
    for (int i = 0; i < octaves; i++) {
        sum += height * mien_noise2(x, y, seed + (uint32_t)i);
        x *= 2, y *= 2, height *= 0.5f;
    }
    return sum;
}

float mien_fractal3(mien_vec p, int octaves, uint32_t seed) {
    float sum = 0, height = 1;
    for (int i = 0; i < octaves; i++) {
        sum += height * mien_noise3(p, seed + (uint32_t)i);
        p = mien_scale(p, 2), height *= 0.5f;
    }
    return sum;
}
