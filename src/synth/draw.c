/* SPDX-License-Identifier: Apache-2.0 */
/* draw.c - uniform, normal and weighted draws by plain arithmetic.
 *
 * The sum of six uniform numbers has the mean 3 and the variance 1/2; times
 * the root of 2 it is normal enough within 2.5 deviations. */
#include "synth/draw.h"

float mien_draw_unit(mien_rng *rng) {
    return (float)(mien_rng_u32(rng) >> 8) * 0x1p-24f;
}

float mien_draw_between(mien_rng *rng, float low, float high) {
    return low + (high - low) * mien_draw_unit(rng);
}

bool mien_draw_chance(mien_rng *rng, float chance) {
    return mien_draw_unit(rng) < chance;
}

float mien_draw_normal(mien_rng *rng, float most) {
    float x;
    do {
        x = -3;
        for (int i = 0; i < 6; i++) x += mien_draw_unit(rng);
        x *= 1.41421356f;
    } while (x < -most || x > most);
    return x;
}

int mien_draw_weighted(mien_rng *rng, const float *weight, int n) {
    float total = 0;
    int last = -1;
    for (int i = 0; i < n; i++)
        if (weight[i] > 0) total += weight[i];
    float left = total * mien_draw_unit(rng);
    for (int i = 0; i < n; i++) {
        if (!(weight[i] > 0)) continue;
        last = i;
        if (left < weight[i]) return i;
        left -= weight[i];
    }
    return last; /* what rounding left over */
}
