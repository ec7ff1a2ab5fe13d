/* SPDX-License-Identifier: Apache-2.0 */
/* lens.c - from linear light to the pixels of a camera.
 *
 * A camera exposes what it is pointed at: the middle of the picture and what
 * is near weigh most; it does not quite reach the mean that it aims at, and
 * keeps the brightest twentieth from burning out. Then
 *
 *   x = l (l / GREY)^(CONTRAST - 1)
 *   y = x                               up to KNEE
 *   y = KNEE + (1 - KNEE) t / sqrt(1 + t^2),  t = (x - KNEE) / (1 - KNEE)
 *
 * bends highlights as film does, and sRGB's own curve (IEC 61966-2-1) makes
 * bytes. Noise: variance a + b x, of the sensor and of photons. */
#include "synth/lens.h"

#include "base/mem.h"
#include "synth/lens_parts.h"
#include "synth/waves.h"

#define KNEE       0.55f
#define GREY       0.2f /* what the contrast turns about */
#define CONTRAST   1.13f
#define BRIGHTEST  8.0f /* where the curve's table ends */
#define CURVE      4096
#define REST       90.0f /* mm beyond the focus that stay sharp */
#define LEAST_BLUR 0.2f  /* pixels: less is not worth the time */

/* ---- focus ------------------------------------------------------------- */

/* How much of the blur of the far distance there is at a depth. */
static float unsharp(float depth, float focus) {
    const float sharp = focus + REST;
    return depth > sharp ? 1 - sharp / depth : 0;
}

/* What is beyond the focus is blurred on its own, so that the face does not
 * bleed into it; then it is put behind the face. */
static void blur_beyond(plate *p, const mien_frame *frame, float focus,
                        float radius) {
    const size_t pixels = (size_t)p->width * (size_t)p->height;
    for (size_t i = 0; i < pixels; i++) {
        const float far = unsharp(frame->depth[i], focus);
        float *dot = p->dot + i * DOTS;
        for (int k = 0; k < 3; k++) dot[k] *= far;
        dot[3] = far;
    }
    mien_plate_blur(p, radius);
    for (size_t i = 0; i < pixels; i++) {
        const float far = unsharp(frame->depth[i], focus);
        float *dot = p->dot + i * DOTS;
        const mien_vec sharp = frame->light[i];
        const float own = 1 - mien_step(0, 0.3f, far);
        const float scale = dot[3] > 1e-4f ? 1 / dot[3] : 0;
        const float t = scale > 0 ? 1 - own : 0;
        dot[0] = mien_mix(sharp.x, dot[0] * scale, t);
        dot[1] = mien_mix(sharp.y, dot[1] * scale, t);
        dot[2] = mien_mix(sharp.z, dot[2] * scale, t);
    }
}

/* ---- exposure ---------------------------------------------------------- */

static float luminance(const float *dot) {
    return 0.2126f * dot[0] + 0.7152f * dot[1] + 0.0722f * dot[2];
}

#define METER 48 /* places metered along each side */
#define BINS  64 /* of luminance, 1/4 stop each, the first at 2^-10 */
#define AIM   0.21f

/* 2^((sum of weighted log2) / weight), and what a twentieth is brighter than.
 */
static void meter(float *mean, float *bright, const plate *p,
                  const mien_frame *frame) {
    float sum = 0, weight = 0, bin[BINS] = {0};
    for (int j = 0; j < METER; j++)
        for (int i = 0; i < METER; i++) {
            const int x = (2 * i + 1) * p->width / (2 * METER);
            const int y = (2 * j + 1) * p->height / (2 * METER);
            const size_t at = (size_t)y * (size_t)p->width + (size_t)x;
            const float u = (float)(2 * i + 1 - METER) / METER;
            const float v = (float)(2 * j + 1 - METER) / METER;
            const float near = frame->depth[at] < INFINITY ? 1 : 0.25f;
            const float w = near * mien_bell(1.2f * u) * mien_bell(1.2f * v);
            const float l = mien_log2(
                mien_clamp(luminance(p->dot + at * DOTS), 0.002f, 50));
            sum += w * l;
            weight += w;
            bin[(int)mien_clamp((l + 10) * 4, 0, BINS - 1)] += w;
        }
    float above = 0;
    int k = BINS;
    while (k > 0 && above <= 0.05f * weight) above += bin[--k];
    *mean = mien_exp2(sum / weight);
    *bright = mien_exp2(0.25f * (float)(k + 1) - 10);
}

static float exposure(const plate *p, const mien_frame *frame, float stops) {
    float mean, bright;
    meter(&mean, &bright, p, frame);
    float gain = mien_power(AIM / mean, 0.7f);
    if (gain * bright > 0.9f) gain = mien_mix(gain, 0.9f / bright, 0.88f);
    return mien_clamp(gain, 0.1f, 12) * mien_exp2(stops);
}

/* Red and blue against each other, the luminance of grey kept. */
static mien_vec balance(float warmth) {
    const mien_vec raw = {1 + 0.16f * warmth, 1, 1 - 0.2f * warmth};
    const float grey = 0.2126f * raw.x + 0.7152f * raw.y + 0.0722f * raw.z;
    return mien_scale(raw, 1 / grey);
}

/* ---- the sensor -------------------------------------------------------- */

/* Nearly normal, deviation 1: the sum of the bytes of one number. */
static float bell_noise(uint32_t h) {
    const uint32_t sum =
        (h & 255) + (h >> 8 & 255) + (h >> 16 & 255) + (h >> 24);
    return ((float)sum - 510) * (1 / 147.8f);
}

/* The deviation that is asked for is that of the finished picture at mid
 * grey, where the curves' slope is 1.19. */
static void add_noise(plate *p, float deviation, uint32_t seed) {
    const float photon = 3.7f * deviation * deviation;
    const float read = 0.01f * deviation * deviation;
    const size_t pixels = (size_t)p->width * (size_t)p->height;
    for (size_t i = 0; i < pixels; i++)
        for (int k = 0; k < 3; k++) {
            float *x = p->dot + i * DOTS + k;
            const uint32_t h = mien_hash((uint32_t)i, (uint32_t)k, seed);
            const float light = *x > 0 ? *x : 0;
            *x += sqrtf(read + photon * light) * bell_noise(h);
        }
}

/* ---- bytes ------------------------------------------------------------- */

static float film(float x) {
    x *= mien_power(x / GREY, CONTRAST - 1);
    if (x <= KNEE) return x;
    const float t = (x - KNEE) / (1 - KNEE);
    return KNEE + (1 - KNEE) * t / sqrtf(1 + t * t);
}

static float srgb(float x) {
    return x <= 0.0031308f ? 12.92f * x
                           : 1.055f * mien_power(x, 1 / 2.4f) - 0.055f;
}

/* Over the square root of light, which spreads the shadows out. */
static void draw_curve(uint8_t curve[CURVE]) {
    for (int i = 0; i < CURVE; i++) {
        const float t = (float)i / (CURVE - 1);
        curve[i] =
            (uint8_t)(255 * mien_clamp(srgb(film(BRIGHTEST * t * t)), 0, 1) +
                      0.5f);
    }
}

static void print(mien_image *image, const plate *p) {
    uint8_t curve[CURVE];
    draw_curve(curve);
    for (int y = 0; y < p->height; y++) {
        const float *dot = p->dot + (size_t)y * (size_t)p->width * DOTS;
        uint8_t *out = image->pixels + (size_t)y * image->stride;
        for (int x = 0; x < p->width; x++, dot += DOTS, out += 3)
            for (int k = 0; k < 3; k++) {
                const float t = dot[k] > 0 ? dot[k] / BRIGHTEST : 0;
                out[k] =
                    curve[(int)(sqrtf(t < 1 ? t : 1) * (CURVE - 1) + 0.5f)];
            }
    }
}

static void load(plate *p, const mien_frame *frame) {
    const size_t pixels = (size_t)p->width * (size_t)p->height;
    for (size_t i = 0; i < pixels; i++) {
        float *dot = p->dot + i * DOTS;
        dot[0] = frame->light[i].x;
        dot[1] = frame->light[i].y;
        dot[2] = frame->light[i].z;
        dot[3] = 1;
    }
}

static void scale_all(plate *p, mien_vec gain) {
    const size_t pixels = (size_t)p->width * (size_t)p->height;
    for (size_t i = 0; i < pixels; i++) {
        float *dot = p->dot + i * DOTS;
        dot[0] *= gain.x;
        dot[1] *= gain.y;
        dot[2] *= gain.z;
    }
}

mien_status mien_lens_develop(mien_image **out, mien_frame *frame,
                              const mien_shot *shot, float focus) {
    MIEN_TRY(mien_image_new(out, frame->width, frame->height, 3));
    const size_t dots = (size_t)frame->width * (size_t)frame->height * DOTS;
    float *memory = mien_alloc(dots, 2 * sizeof *memory);
    if (!memory) {
        mien_image_free(*out);
        *out = NULL;
        return MIEN_ENOMEM;
    }
    plate p = {frame->width, frame->height, memory, memory + dots};
    const int side = p.width > p.height ? p.width : p.height;
    const float scale = (float)side / 256;
    load(&p, frame);
    if (shot->blur * scale > LEAST_BLUR)
        blur_beyond(&p, frame, focus, shot->blur * scale);
    const float dx = shot->shake[0] * scale, dy = shot->shake[1] * scale;
    if (dx * dx + dy * dy > LEAST_BLUR) mien_plate_smear(&p, dx, dy);
    if (shot->defocus * scale > LEAST_BLUR)
        mien_plate_blur(&p, shot->defocus * scale);
    const float gain = exposure(&p, frame, shot->exposure);
    scale_all(&p, mien_scale(balance(shot->warmth), gain));
    if (shot->noise > 0) add_noise(&p, shot->noise, shot->seed);
    print(*out, &p);
    mien_free(memory);
    return MIEN_OK;
}
