/* SPDX-License-Identifier: Apache-2.0 */
/* kernel_check.h - what the tests of the kernels share: buffers with guards
 * behind them, comparison with the reference, the builds to be tested. */
#ifndef MIEN_TESTS_KERNEL_CHECK_H
#define MIEN_TESTS_KERNEL_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/rng.h"
#include "nn/kernels/kernels.h"

extern mien_rng kernel_rng;

/* Buffers are the caller's, freed by mien_free or check_close. */
float *guarded(size_t count);                               /* zero */
float *spread(size_t count, double mean, double deviation); /* evenly */
float *copy_of(const float *x, size_t count);

/* Put NaN, Inf and -Inf here and there. */
void poison(float *x, size_t count);

/* NaN and Inf in the same places, the rest within `bound` of the size of the
 * value or the typical size of all, whichever is more; nothing written behind
 * `got`. Frees both. */
void check_close(const char *what, float *got, float *want, size_t count,
                 double bound);

/* The builds that this machine can run. */
extern const mien_kernels *kernel_builds[3];
extern int n_kernel_builds;
#define EACH_BUILD(k)                            \
    for (int b_ = 0; b_ < n_kernel_builds; b_++) \
        for (const mien_kernels *k = kernel_builds[b_]; k; k = NULL)

int find_builds(void **state); /* group setup */
int restart_rng(void **state); /* test setup */

#endif
