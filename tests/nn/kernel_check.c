/* SPDX-License-Identifier: Apache-2.0 */
/* kernel_check.c - buffers, comparison, builds. */
#include "kernel_check.h"

#include <math.h>
#include <string.h>

mien_rng kernel_rng;
const mien_kernels *kernel_builds[3];
int n_kernel_builds;

enum { GUARD = 16 }; /* floats behind each buffer that must not change */
static const float guard_value = 12345.0f;

float *guarded(size_t count) {
    float *x = mien_alloc(count + GUARD, sizeof *x);
    assert_non_null(x);
    for (int i = 0; i < GUARD; i++) x[count + (size_t)i] = guard_value;
    return x;
}

float *spread(size_t count, double mean, double deviation) {
    const double reach = deviation * sqrt(3);
    float *x = guarded(count);
    for (size_t i = 0; i < count; i++)
        x[i] = (float)mien_rng_range(&kernel_rng, mean - reach, mean + reach);
    return x;
}

float *copy_of(const float *x, size_t count) {
    float *y = guarded(count);
    memcpy(y, x, count * sizeof *y);
    return y;
}

void poison(float *x, size_t count) {
    static const float bad[] = {NAN, INFINITY, -INFINITY};
    for (int i = 0; i < 3; i++)
        x[mien_rng_below(&kernel_rng, (uint32_t)count)] = bad[i];
}

static void check_guard(const float *x, size_t count) {
    for (int i = 0; i < GUARD; i++)
        if (x[count + (size_t)i] != guard_value)
            fail_msg("float %d behind the buffer was written", i);
}

void check_close(const char *what, float *got, float *want, size_t count,
                 double bound) {
    double squares = 0;
    size_t finite = 0;
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(want[i])) continue;
        squares += (double)want[i] * (double)want[i];
        finite++;
    }
    const double typical = finite ? sqrt(squares / (double)finite) : 0;
    for (size_t i = 0; i < count; i++) {
        const double g = (double)got[i], w = (double)want[i];
        const bool same = isfinite(w)
                              ? fabs(g - w) <= bound * fmax(fabs(w), typical)
                          : isnan(w) ? isnan(g)
                                     : g == w;
        if (!same)
            fail_msg("%s: element %zu of %zu is %.9g, should be %.9g", what, i,
                     count, g, w);
    }
    check_guard(got, count);
    mien_free(got);
    mien_free(want);
}

int find_builds(void **state) {
    (void)state;
    n_kernel_builds = 0;
    for (int isa = 0; isa <= (int)mien_cpu_isa(); isa++)
        kernel_builds[n_kernel_builds++] = mien_kernels_for((mien_isa)isa);
    return 0;
}

int restart_rng(void **state) {
    (void)state;
    kernel_rng = mien_rng_at(7, MIEN_RNG_TEST, 0, 0);
    return 0;
}
