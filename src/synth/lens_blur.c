/* SPDX-License-Identifier: Apache-2.0 */
/* lens_blur.c - a blur of a disc, and one along a line.
 *
 * Two boxes along each axis, one after the other, make a round bell whose
 * deviation is that of a disc of radius r, r / 2: a box of half length h has
 * a variance of h^2 / 3, so 2 h^2 / 3 = r^2 / 4. A box is the difference of
 * two ends of a running sum, so the time does not depend on the radius. */
#include "synth/lens_parts.h"

#include <string.h>

#include "image/simd.h"
#include "synth/waves.h"

typedef float dots __attribute__((vector_size(4 * DOTS), may_alias));

static int within(int i, int n) { return i < 0 ? 0 : i >= n ? n - 1 : i; }

/* One box along n pixels `step` dots apart; ends count by a fraction. */
static void box(dots *out, const dots *in, int n, size_t step, float half) {
    const int whole = (int)half;
    const float part = half - (float)whole;
    const float scale = 1 / (2 * half + 1);
    dots sum = {0};
    for (int i = -whole; i <= whole; i++)
        sum += in[(size_t)within(i, n) * step];
    for (int i = 0; i < n; i++) {
        const dots before = in[(size_t)within(i - whole - 1, n) * step];
        const dots after = in[(size_t)within(i + whole + 1, n) * step];
        out[(size_t)i * step] = (sum + part * (before + after)) * scale;
        sum += after - in[(size_t)within(i - whole, n) * step];
    }
}

void mien_plate_blur(plate *p, float radius) {
    const float half = radius * 0.61237244f; /* sqrt(3/8) */
    const int w = p->width, h = p->height;
    dots *const at = (dots *)(void *)p->dot;
    dots *const other = (dots *)(void *)p->scratch;
    for (int y = 0; y < h; y++) {
        const size_t row = (size_t)y * (size_t)w;
        box(other + row, at + row, w, 1, half);
        box(at + row, other + row, w, 1, half);
    }
    for (int x = 0; x < w; x++) {
        box(other + x, at + x, h, (size_t)w, half);
        box(at + x, other + x, h, (size_t)w, half);
    }
}

/* Between four pixels; beyond the edge lies the edge's pixel. */
static dots between(const plate *p, float x, float y) {
    x = mien_clamp(x, 0, (float)(p->width - 1));
    y = mien_clamp(y, 0, (float)(p->height - 1));
    const int x0 = (int)x, y0 = (int)y;
    const int x1 = within(x0 + 1, p->width), y1 = within(y0 + 1, p->height);
    const float u = x - (float)x0, v = y - (float)y0;
    const dots *at = (const dots *)(const void *)p->dot;
    const dots *top = at + (size_t)y0 * (size_t)p->width;
    const dots *low = at + (size_t)y1 * (size_t)p->width;
    const dots a = top[x0] + u * (top[x1] - top[x0]);
    const dots b = low[x0] + u * (low[x1] - low[x0]);
    return a + v * (b - a);
}

void mien_plate_smear(plate *p, float dx, float dy) {
    const float length = sqrtf(dx * dx + dy * dy);
    const int taps = (int)mien_clamp(1.5f * length, 1, 62) + 2;
    dots *out = (dots *)(void *)p->scratch;
    for (int y = 0; y < p->height; y++)
        for (int x = 0; x < p->width; x++) {
            dots sum = {0};
            for (int i = 0; i < taps; i++) {
                const float t = ((float)i + 0.5f) / (float)taps - 0.5f;
                sum += between(p, (float)x + t * dx, (float)y + t * dy);
            }
            *out++ = sum / (float)taps;
        }
    float *swap = p->dot;
    p->dot = p->scratch;
    p->scratch = swap;
}
