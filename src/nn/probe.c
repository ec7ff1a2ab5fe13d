/* SPDX-License-Identifier: Apache-2.0 */
/* probe.c - totals as means and shares; the plain batch that goes in. */
#include "nn/probe.h"

#include <float.h>
#include <math.h>

#include "nn/runner_state.h"

mien_probe mien_probe_of_totals(const mien_kernel_totals *t,
                                const mien_rounding *r) {
    mien_probe p = {.count = t->count,
                    .non_finite = t->non_finite,
                    .max = t->max,
                    .first_bad = t->first_bad};
    const int64_t finite = t->count - t->non_finite;
    if (finite > 0) {
        p.mean = t->sum / (double)finite;
        p.rms = sqrt(t->squares / (double)finite);
    }
    if (t->count > 0) {
        p.overflow = (double)r->overflow / (double)t->count;
        p.underflow = (double)r->underflow / (double)t->count;
        p.zeros = (double)t->zeros / (double)t->count;
        p.saturated = (double)t->saturated / (double)t->count;
    }
    return p;
}

/* NaN, which both start with, is neither <= nor >= anything. */
static void widen(float *low, float *high, const float *x, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (!(fabsf(x[i]) <= FLT_MAX)) continue;
        if (!(*low <= x[i])) *low = x[i];
        if (!(*high >= x[i])) *high = x[i];
    }
}

void mien_probe_plain(mien_probe *out, const float *x, mien_shape s, float *low,
                      float *high) {
    mien_kernel_probe probe = {.shape = s, .x = x};
    mien_kernels_for(mien_cpu_isa())->probe(&probe);
    *out = mien_probe_of_totals(&probe.totals, &(mien_rounding){0});
    if (!low || !high) return;
    const size_t plane = (size_t)s.h * (size_t)s.w;
    for (int c = 0; c < s.c; c++) {
        low[c] = high[c] = NAN;
        for (int n = 0; n < s.n; n++) {
            const size_t at = (size_t)n * (size_t)s.c + (size_t)c;
            widen(&low[c], &high[c], x + at * plane, plane);
        }
    }
}
