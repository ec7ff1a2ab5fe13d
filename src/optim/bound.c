/* SPDX-License-Identifier: Apache-2.0 */
/* bound.c - measure an update, take some of it back. */
#include "optim/bound.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "image/simd.h"
#include "optim/sums.h"

/* Four doubles side by side, as GCC and Clang know them: the compiler makes of
 * them what the machine has, and the bits are the same. */
enum { HALF = MIEN_LANES / 2 };
typedef double wide __attribute__((vector_size(HALF * sizeof(double))));
typedef float narrow __attribute__((vector_size(HALF * sizeof(float))));

/* Running sums, value i in lane i mod MIEN_LANES; see sums.h. */
typedef struct lanes {
    wide before[2], after[2], update[2];
    int64_t asked, stalled; /* values with a gradient; those that stayed */
} lanes;

/* Values a counter of 32 bits, which vectorises, is trusted with. */
enum { BLOCK = 1 << 14 };

static inline void count_stalled(lanes *s, const float *w, const float *g,
                                 const float *before, size_t n) {
    int32_t asked = 0, stalled = 0;
    for (size_t i = 0; i < n; i++) {
        const int32_t has = g[i] != 0;
        asked += has;
        stalled += has & (w[i] == before[i]);
    }
    s->asked += asked;
    s->stalled += stalled;
}

/* Up to HALF values into the first or the second half of the lanes; what is
 * missing counts as 0. */
static inline void add_half(lanes *s, int half, const float *w,
                            const float *before, size_t n) {
    narrow x = {0}, y = {0};
    memcpy(&x, before, n * sizeof *before);
    memcpy(&y, w, n * sizeof *w);
    const wide from = __builtin_convertvector(x, wide);
    const wide to = __builtin_convertvector(y, wide);
    const wide update = to - from;
    s->before[half] += from * from;
    s->after[half] += to * to;
    s->update[half] += update * update;
}

static inline void add_squares(lanes *total, const float *w,
                               const float *before, size_t n) {
    lanes s = *total;
    size_t i = 0;
    for (; i + MIEN_LANES <= n; i += MIEN_LANES)
        for (int k = 0; k < 2; k++)
            add_half(&s, k, w + i + k * HALF, before + i + k * HALF, HALF);
    for (int k = 0; i < n; i += HALF, k++)
        add_half(&s, k, w + i, before + i, n - i < HALF ? n - i : HALF);
    *total = s;
}

static double root(const wide sums[2]) {
    double lane[MIEN_LANES];
    memcpy(lane, sums, sizeof lane);
    return sqrt(mien_add_lanes(lane));
}

MIEN_CLONES
mien_moved mien_measure_update(const mien_trained *t, const float *before) {
    lanes s = {0};
    for (size_t at = 0; at < t->n; at += BLOCK) {
        const size_t n = t->n - at < BLOCK ? t->n - at : BLOCK;
        count_stalled(&s, t->w + at, t->g + at, before + at, n);
        add_squares(&s, t->w + at, before + at, n);
    }
    const double asked = (double)(s.asked ? s.asked : 1);
    return (mien_moved){.before = root(s.before),
                        .after = root(s.after),
                        .update = root(s.update),
                        .stalled = (double)s.stalled / asked};
}

static void shorten(const mien_trained *t, const float *before, double f) {
    for (size_t i = 0; i < t->n; i++) {
        const double x = (double)before[i];
        t->w[i] = (float)(x + f * ((double)t->w[i] - x));
    }
}

void mien_bound(const mien_choice *choice, const mien_trained *t,
                const float *before, mien_moved *moved) {
    const mien_bound_ops *ops = (const void *)choice->row;
    if (t->role != MIEN_ROLE_WEIGHT || !(moved->update > 0) ||
        !isfinite(moved->update) || !isfinite(moved->before))
        return;
    const double longest =
        ops->longest(&(mien_bound_pass){choice->config, t, before, moved});
    if (moved->update <= longest) return;
    shorten(t, before, longest / moved->update);
    *moved = mien_measure_update(t, before);
    moved->bounded = true;
}
