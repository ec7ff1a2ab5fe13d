/* SPDX-License-Identifier: Apache-2.0 */
/* reference_probe.c - what a buffer holds, one value at a time in double. */
#include <math.h>

#include "nn/kernels/reference.h"

static size_t index_of(const mien_kernel_probe *a, int n, int c, int hw) {
    const mien_shape s = a->shape;
    if (a->blocked) return mien_blocked_at(s, n, c, hw / s.w, hw % s.w);
    return ((size_t)n * (size_t)s.c + (size_t)c) * (size_t)(s.h * s.w) +
           (size_t)hw;
}

static bool is_saturated(float x, mien_kernel_saturation where) {
    switch (where) {
        case MIEN_SATURATION_TANH: return fabsf(x) > .97f;
        case MIEN_SATURATION_SIGMOID: return x < .05f || x > .95f;
        default: return false;
    }
}

static void take(mien_kernel_totals *t, float x, int n) {
    t->zeros += x == 0;
    if (!isfinite(x)) {
        if (t->non_finite++ == 0) t->first_bad = n;
        return;
    }
    t->sum += (double)x;
    t->squares += (double)x * (double)x;
    t->max = fmax(t->max, fabs((double)x));
}

void mien_reference_probe(mien_kernel_probe *a) {
    const mien_shape s = a->shape;
    a->totals = (mien_kernel_totals){.count = (int64_t)mien_shape_count(s),
                                     .first_bad = -1};
    for (int n = 0; n < s.n; n++)
        for (int c = 0; c < s.c; c++)
            for (int i = 0; i < s.h * s.w; i++) {
                const float x = a->x[index_of(a, n, c, i)];
                take(&a->totals, x, n);
                a->totals.saturated += is_saturated(x, a->saturation);
                if (a->alive && !(x == 0)) a->alive[c] = 1;
            }
}
