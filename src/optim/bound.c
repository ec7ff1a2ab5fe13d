/* SPDX-License-Identifier: Apache-2.0 */
/* bound.c - measure an update, take some of it back. */
#include "optim/bound.h"

#include <math.h>
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
} lanes;

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

static double root(const wide sums[2]) {
    double lane[MIEN_LANES];
    memcpy(lane, sums, sizeof lane);
    return sqrt(mien_add_lanes(lane));
}

MIEN_CLONES
mien_moved mien_measure_update(const mien_trained *t, const float *before) {
    lanes s = {0};
    size_t i = 0;
    for (; i + MIEN_LANES <= t->n; i += MIEN_LANES)
        for (int k = 0; k < 2; k++)
            add_half(&s, k, t->w + i + k * HALF, before + i + k * HALF, HALF);
    for (int k = 0; i < t->n; i += HALF, k++)
        add_half(&s, k, t->w + i, before + i,
                 t->n - i < HALF ? t->n - i : HALF);
    return (mien_moved){.before = root(s.before),
                        .after = root(s.after),
                        .update = root(s.update)};
}

double mien_stalled_share(const mien_trained *t, const float *before) {
    size_t asked = 0, stalled = 0;
    for (size_t i = 0; i < t->n; i++) {
        const bool has = t->g[i] != 0;
        asked += has;
        stalled += has & (t->w[i] == before[i]);
    }
    return (double)stalled / (double)(asked ? asked : 1);
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
